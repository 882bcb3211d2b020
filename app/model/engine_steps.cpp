// The engine's commands on the schedule: steps taken, previewed and edited, and the way through the history.
#include <algorithm>

#include "app/model/engine.h"
#include "app/model/history_edit.h"
#include "app/model/step.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::app {

namespace {

// The child of a version that the same primitive already made of it, so that doing it again goes there; -1 for none.
int equal_child(const History& history, int parent, const schedule::PrimitiveSpec* primitive, const ir::Module& module) {
  for (int child : history.children(parent))
    if (history.at(child)->primitive == primitive && ir::structural_equal(history.at(child)->schedule.module(), module)) return child;
  return -1;
}

// What a step makes of a version; it has no place in the history yet.
Version version_of(const Version& parent, const StepRequest& request, AppliedStep applied) {
  const uint64_t hash = ir::structural_hash(applied.step.schedule.module());
  return {.id = -1,
          .parent = parent.id,
          .schedule = std::move(applied.step.schedule),
          .source = parent.source,
          .primitive = request.primitive,
          .step = std::move(applied.text),
          .forwarding = std::move(applied.step.forwarding),
          .warnings = std::move(applied.step.warnings),
          .hash = hash};
}

// The primitive before which a refused step would apply, as its refusal suggests; empty where that does not help.
std::string insertion_that_works(const History& history, const StepRequest& request, const Diagnostic& refusal) {
  const auto suggested = std::ranges::find(refusal.values, "insert_before", [](const auto& value) { return value.first; });
  if (suggested == refusal.values.end() || !with_step_inserted(history, request, suggested->second)) return {};
  return suggested->second;
}

}  // namespace

void Engine::handle(const ApplyStep& command) {
  clear_passing();
  const Version* now = view_.version();
  if (!now) return;
  Result<AppliedStep> applied = apply_step(now->schedule, command.request);
  if (!applied) {
    view_.refusal = std::move(applied).error();
    view_.refused_request = command.request;
    view_.insert_before = insertion_that_works(*view_.history, command.request, *view_.refusal);
    return;
  }
  Version next = version_of(*now, command.request, std::move(*applied));
  if (const int child = equal_child(*view_.history, now->id, next.primitive, next.schedule.module()); child >= 0) {
    if (journal_) journal_->move_cursor(child);
    return show(view_.history->at_cursor(child));
  }
  History history = view_.history->with_version(std::move(next), now->id);
  const int id = static_cast<int>(history.versions().size()) - 1;
  history = history.at_cursor(id);
  if (journal_) journal_->add_versions(history, id);   // on its way to the disk before it is shown as committed
  request_time(*history.current(), command.gesture);
  show(std::move(history));
}

void Engine::handle(const InsertStep& command) {
  edit([&] { return with_step_inserted(*view_.history, command.request, command.before); });
}
void Engine::handle(const SwitchStep& command) {
  edit([&] { return with_step_switched(*view_.history, command.version, command.on); });
}
void Engine::handle(const DeleteStep& command) {
  edit([&] { return with_step_deleted(*view_.history, command.version); });
}
void Engine::handle(const MoveStep& command) {
  edit([&] { return with_step_moved(*view_.history, command.version, command.by); });
}
void Engine::handle(const ChangeStep& command) {
  edit([&] { return with_step_changed(*view_.history, command.version, command.values); });
}
void Engine::handle(const RemoveDeadSteps&) {
  const size_t steps = view_.history->empty() ? 0 : view_.history->depth();
  edit([&] { return with_dead_steps_removed(*view_.history); });
  notify("notice.dead_steps", {{"count", std::to_string(steps - (steps ? view_.history->depth() : 0))}});
}

// Takes over a history that an edit of its steps gave.
void Engine::edit(const std::function<Result<History>()>& change) {
  clear_passing();
  if (view_.history->empty()) return;
  Result<History> history = change();
  if (!history) {
    view_.refusal = std::move(history).error();
    return;
  }
  if (journal_) journal_->add_versions(*history, static_cast<int>(view_.history->versions().size()));
  if (journal_) journal_->move_cursor(history->current()->id);
  show(std::move(*history));
}

void Engine::handle(const PreviewStep& command) {
  view_.preview.reset();
  const Version* now = view_.version();
  if (!now) return;
  Preview preview{.request = command.request};
  Result<AppliedStep> applied = apply_step(now->schedule, command.request);
  if (!applied) {
    preview.refusal = std::move(applied).error();
  } else {
    auto version = std::make_shared<Version>(version_of(*now, command.request, std::move(*applied)));
    preview.texts = texts_of(*version);
    preview.version = std::move(version);
  }
  view_.preview = std::move(preview);
  if (view_.preview->version) request_preview_footprints();
}

void Engine::handle(const ClearPreview&) { clear_passing(); }

void Engine::handle(const Undo&) {
  clear_passing();
  if (!view_.history->can_undo()) return;
  History history = view_.history->undone();
  if (journal_) journal_->move_cursor(history.current()->id);
  show(std::move(history));
}

void Engine::handle(const Redo&) {
  clear_passing();
  if (!view_.history->can_redo()) return;
  History history = view_.history->redone();
  if (journal_) journal_->move_cursor(history.current()->id);
  show(std::move(history));
}

void Engine::handle(const GoTo& command) {
  clear_passing();
  if (command.version < 0 || command.version >= static_cast<int>(view_.history->versions().size())) return;
  if (journal_) journal_->move_cursor(command.version);
  show(view_.history->at_cursor(command.version));
}

}  // namespace loopglass::app
