#include "app/model/history_edit.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"

namespace loopglass::app {
namespace {

using schedule::Instruction;
using schedule::TraceStep;

// One step of a branch: its queries and its primitive, which comes last.
struct BranchStep {
  int version;
  std::vector<TraceStep> instructions;
  std::string label;
  TraceStep& primitive() { return instructions.back(); }
};

// A branch from its root to a tip as a list that can be edited.
struct Branch {
  int root;
  std::vector<BranchStep> steps;
  int cursor;   // steps before the cursor

  int index_of(int version) const {
    const auto found = std::ranges::find(steps, version, &BranchStep::version);
    return found == steps.end() ? -1 : static_cast<int>(found - steps.begin());
  }
};

BranchStep step_of(const History& history, const Version& version) {
  BranchStep step{version.id, {}, version.step};
  const auto& instructions = version.schedule.trace().instructions;
  for (size_t i = history.at(version.parent)->schedule.trace().instructions.size(); i < instructions.size(); ++i) step.instructions.push_back({instructions[i]});
  if (!version.skipped) return step;
  for (const Instruction& instruction : version.skipped->instructions) step.instructions.push_back({instruction});
  step.primitive().on = version.skipped->reason.has_value();
  return step;
}

Branch branch_to(const History& history, int tip) {
  Branch branch{history.root_of(tip)->id, {}, 0};
  for (int id = tip; history.at(id)->parent >= 0; id = history.at(id)->parent) branch.steps.push_back(step_of(history, *history.at(id)));
  std::ranges::reverse(branch.steps);
  branch.cursor = branch.index_of(history.current()->id) + 1;
  return branch;
}

// The branch that a version is edited in: the cursor's, where it lies on it.
Branch branch_through(const History& history, int version) {
  const int tip = history.tip(history.current()->id);
  return branch_to(history, history.is_on_path(version, tip) ? tip : history.tip(version));
}

Result<int> step_index(const History& history, const Branch& branch, int version) {
  const int index = version < 0 || version >= static_cast<int>(history.versions().size()) ? -1 : branch.index_of(version);
  if (index >= 0) return index;
  return fail(DiagnosticKind::BadArgument, "this version has no step that could be edited", "choose a step of the schedule");
}

bool same_trace(const std::vector<Instruction>& a, const std::vector<Instruction>& b) {
  return schedule::trace_to_python({a}) == schedule::trace_to_python({b});
}

// The child of a version that says the same, -1 for none: an edit that was made before leads to where it led.
int same_child(const History& history, int parent, const Version& wanted) {
  for (int id : history.children(parent)) {
    const Version& child = *history.at(id);
    if (child.primitive != wanted.primitive || child.skipped.has_value() != wanted.skipped.has_value()) continue;
    if (!same_trace(child.schedule.trace().instructions, wanted.schedule.trace().instructions)) continue;
    if (!wanted.skipped) return id;
    if (child.skipped->reason.has_value() == wanted.skipped->reason.has_value() && same_trace(child.skipped->instructions, wanted.skipped->instructions)) return id;
  }
  return -1;
}

// Steps become versions one by one, each below the one before.
class BranchWriter {
 public:
  BranchWriter(History history, int parent) : history_(std::move(history)), at_(parent), schedule_(history_.at(parent)->schedule) {}

  void write(schedule::StepOutcome outcome, std::string label) {
    const bool is_query = outcome.step.instruction.primitive->is_query;
    if (!outcome.made) unapplied_.push_back(outcome.step.instruction);
    else schedule_ = outcome.made->schedule;
    if (is_query) return;
    Version version = *history_.at(at_);
    version.primitive = outcome.step.instruction.primitive;
    version.schedule = schedule_;
    version.forwarding = outcome.made ? std::move(outcome.made->forwarding) : schedule::Forwarding{};
    version.warnings = outcome.made ? std::move(outcome.made->warnings) : std::vector<Diagnostic>{};
    version.step = outcome.made ? schedule::describe(schedule_, outcome.step.instruction) : std::move(label);
    version.hash = ir::structural_hash(schedule_.module());
    version.skipped.reset();
    if (!outcome.made) version.skipped = Skipped{std::move(unapplied_), std::move(outcome.refusal)};
    unapplied_.clear();
    add(std::move(version));
  }

  std::pair<History, int> finish() && { return {std::move(history_), at_}; }

 private:
  void add(Version version) {
    if (const int known = same_child(history_, at_, version); known >= 0) {
      at_ = known;
      return;
    }
    history_ = history_.with_version(std::move(version), at_);
    at_ = static_cast<int>(history_.versions().size()) - 1;
  }

  History history_;
  int at_;
  schedule::Schedule schedule_;
  std::vector<Instruction> unapplied_;   // queries that the next step needs and that do not apply
};

// Replays a branch from its first changed step on.
History replayed(const History& history, const Branch& branch, size_t first_changed) {
  const int parent = first_changed == 0 ? branch.root : branch.steps[first_changed - 1].version;
  std::vector<TraceStep> instructions;
  std::vector<std::string> labels;
  for (size_t i = first_changed; i < branch.steps.size(); ++i) {
    instructions.insert(instructions.end(), branch.steps[i].instructions.begin(), branch.steps[i].instructions.end());
    labels.push_back(branch.steps[i].label);
  }
  auto [next, tip] = with_steps(history, parent, std::move(instructions), std::move(labels));
  const Branch written = branch_to(next, tip);
  const size_t cursor = std::min<size_t>(branch.cursor, written.steps.size());
  next = next.at_cursor(tip);   // redo goes on along this branch
  return next.at_cursor(cursor == 0 ? written.root : written.steps[cursor - 1].version);
}

}  // namespace

std::pair<History, int> with_steps(History history, int parent, std::vector<TraceStep> steps, std::vector<std::string> labels) {
  schedule::EditedTrace edited = schedule::replay_steps(history.at(parent)->schedule, std::move(steps));
  BranchWriter writer(std::move(history), parent);
  size_t label = 0;
  for (schedule::StepOutcome& outcome : edited.outcomes) {
    const bool is_query = outcome.step.instruction.primitive->is_query;
    writer.write(std::move(outcome), is_query ? std::string() : std::move(labels[label]));
    label += !is_query;
  }
  return std::move(writer).finish();
}

Result<History> with_step_switched(const History& history, int version, bool on) {
  Branch branch = branch_through(history, version);
  TRY_ASSIGN(const int index, step_index(history, branch, version));
  branch.steps[index].primitive().on = on;
  return replayed(history, branch, index);
}

Result<History> with_step_deleted(const History& history, int version) {
  Branch branch = branch_through(history, version);
  TRY_ASSIGN(const int index, step_index(history, branch, version));
  std::vector<TraceStep> queries = branch.steps[index].instructions;   // later steps may use what they give
  queries.pop_back();
  branch.steps.erase(branch.steps.begin() + index);
  if (index < static_cast<int>(branch.steps.size()))
    branch.steps[index].instructions.insert(branch.steps[index].instructions.begin(), queries.begin(), queries.end());
  if (branch.cursor > index) --branch.cursor;
  return replayed(history, branch, index);
}

Result<History> with_step_moved(const History& history, int version, int by) {
  Branch branch = branch_through(history, version);
  TRY_ASSIGN(const int from, step_index(history, branch, version));
  const int to = from + by;
  if (to < 0 || to >= static_cast<int>(branch.steps.size()))
    return fail(DiagnosticKind::BadArgument, "the step cannot be moved beyond the ends of its schedule");
  const auto begin = branch.steps.begin();
  if (to < from) std::rotate(begin + to, begin + from, begin + from + 1);
  else std::rotate(begin + from, begin + from + 1, begin + to + 1);
  return replayed(history, branch, std::min(from, to));
}

Result<History> with_step_changed(const History& history, int version, const std::map<size_t, schedule::Value>& values) {
  Branch branch = branch_through(history, version);
  TRY_ASSIGN(const int index, step_index(history, branch, version));
  Instruction& instruction = branch.steps[index].primitive().instruction;
  for (const auto& [param, value] : values) {
    if (param >= instruction.args.size()) return fail(DiagnosticKind::BadArgument, fmt::format("{} has no parameter {}", instruction.primitive->name, param));
    instruction.args[param] = value;
  }
  branch.steps[index].primitive().on = true;
  return replayed(history, branch, index);
}

Result<History> with_step_inserted(const History& history, const StepRequest& request, std::string_view before_primitive) {
  Branch branch = branch_to(history, history.current()->id);
  const auto last = std::find_if(branch.steps.rbegin(), branch.steps.rend(), [&](BranchStep& step) { return step.primitive().instruction.primitive->name == before_primitive; });
  if (last == branch.steps.rend()) return fail(DiagnosticKind::BadArgument, fmt::format("there is no {} before this step", before_primitive));
  const auto at = last.base() - 1;
  TRY_ASSIGN(NamedRequest named, name_nodes(history.current()->schedule, request));
  BranchStep inserted{-1, {}, request.primitive->name};
  const auto& instructions = named.schedule.trace().instructions;
  for (size_t i = history.current()->schedule.trace().instructions.size(); i < instructions.size(); ++i) inserted.instructions.push_back({instructions[i]});
  inserted.instructions.push_back({{request.primitive, std::move(named.args), {}, request.trust}});
  const size_t index = at - branch.steps.begin();
  branch.steps.insert(at, std::move(inserted));
  ++branch.cursor;
  History next = replayed(history, branch, index);
  for (int id = next.current()->id; history.versions().size() <= static_cast<size_t>(id); id = next.at(id)->parent)
    if (const auto& skipped = next.at(id)->skipped; skipped && skipped->reason) return std::unexpected(*skipped->reason);
  return next;
}

WrittenStep written_step(const History& history, int version) {
  BranchStep step = step_of(history, *history.at(version));
  step.primitive().on = false;   // its queries are made, it is not
  schedule::EditedTrace edited = schedule::replay_steps(history.at(history.at(version)->parent)->schedule, std::move(step.instructions));
  return {std::move(edited.schedule), std::move(edited.outcomes.back().step.instruction)};
}

Result<History> with_dead_steps_removed(const History& history) {
  const Branch branch = branch_to(history, history.current()->id);
  if (branch.steps.empty()) return history;
  schedule::Schedule start(history.at(branch.root)->schedule);
  schedule::Trace trace = schedule::simplified(history.current()->schedule.trace());
  std::vector<TraceStep> kept = schedule::without_idle_steps(start, schedule::steps_of(trace));
  std::vector<std::string> labels(kept.size());
  auto [next, tip] = with_steps(history, branch.root, std::move(kept), std::move(labels));
  return next.at_cursor(tip);
}

}  // namespace loopglass::app
