#include "app/model/engine.h"

#include <algorithm>

#include "app/model/beside.h"
#include "app/model/export.h"
#include "app/model/files.h"
#include "app/model/history_edit.h"
#include "app/model/moves.h"
#include "app/model/project.h"
#include "app/model/source.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"

namespace loopglass::app {

namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

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

// Saves, reads the file back and replays it: "saved" is said of a file that holds the same history.
Result<void> save_and_read_back(const History& history, const std::filesystem::path& path) {
  TRY(save_project(history, path));
  TRY_ASSIGN(const History again, load_project(path));
  const auto same = [](const VersionPtr& a, const VersionPtr& b) {
    return a->parent == b->parent && ir::structural_equal(a->schedule.module(), b->schedule.module());
  };
  if (std::ranges::equal(history.versions(), again.versions(), same)) return {};
  return fail(DiagnosticKind::ExportDiffers, "the saved project, read back, holds another history", "this is a bug in Loopglass; export the schedule too");
}

// The primitive before which a refused step would apply, as its refusal suggests; empty where that does not help.
std::string insertion_that_works(const History& history, const StepRequest& request, const Diagnostic& refusal) {
  const auto suggested = std::ranges::find(refusal.values, "insert_before", [](const auto& value) { return value.first; });
  if (suggested == refusal.values.end() || !with_step_inserted(history, request, suggested->second)) return {};
  return suggested->second;
}

emit::LinkedText text_or_reason(Result<emit::LinkedText> text) {
  if (text) return std::move(*text);
  return {"# " + text.error().message + "\n", {}};
}

}  // namespace

Engine::Engine(SessionOptions options, std::function<void()> wake) : options_(std::move(options)), wake_(std::move(wake)) {
  view_.history = std::make_shared<const History>();
  publish();
  if (!options_.worker.empty()) {
    client_ = std::make_unique<measure::Client>(options_.worker);
    client_->on_event([this] { post([this] { take_events(); }); });
  }
  if (!options_.state_directory.empty()) {
    shelf_.emplace(options_.state_directory);
    if (Result<Journal> journal = Journal::create(options_.state_directory)) journal_ = std::move(*journal);
  }
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Engine::~Engine() {
  thread_.request_stop();
  changed_.notify_all();
  thread_.join();
  if (client_) client_->on_event(nullptr);
  if (keep_work() && journal_) journal_->close();   // else the journal stays, and brings it back
}

void Engine::send(Command command) {
  if (std::holds_alternative<PreviewStep>(command) || std::holds_alternative<ClearPreview>(command)) {
    const uint64_t serial = ++newest_preview_;
    post([this, serial, command = std::move(command)] {
      if (serial != newest_preview_) return;   // a newer preview is on its way
      std::visit([this](const auto& c) { handle(c); }, command);
    });
    return;
  }
  post([this, command = std::move(command)] { std::visit([this](const auto& c) { handle(c); }, command); });
}

void Engine::post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  changed_.notify_all();
}

void Engine::run(std::stop_token stop) {
  while (true) {
    std::unique_lock lock(mutex_);
    busy_ = false;
    changed_.notify_all();
    if (!changed_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    busy_ = true;
    lock.unlock();
    task();
    publish();
  }
}

bool Engine::is_settled() const {
  return tasks_.empty() && !busy_ && requests_under_way_ == 0 && access_job_.is_idle() && touched_job_.is_idle();
}

bool Engine::settle(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock(mutex_);
  while (!is_settled()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    changed_.wait_for(lock, std::chrono::milliseconds(2));
  }
  return true;
}

void Engine::publish() {
  ++view_.serial;
  published_ = std::make_shared<const View>(view_);
  if (wake_) wake_();
}

// What stands only until the next command.
void Engine::clear_passing() {
  view_.preview.reset();
  view_.refusal.reset();
  view_.refused_request.reset();
  view_.insert_before.clear();
}

void Engine::notify(std::string key, std::vector<std::pair<std::string, std::string>> values, std::optional<Diagnostic> error) {
  const uint64_t serial = view_.notice ? view_.notice->serial + 1 : 1;
  view_.notice = Notice{std::move(key), std::move(values), std::move(error), serial};
}

void Engine::handle(const Start& command) {
  if (!command.file.empty()) return handle(OpenFile{command.file});
  if (!options_.state_directory.empty()) {
    if (std::optional<History> left_behind = recover_journal(options_.state_directory)) {
      notify("notice.recovered", {{"count", std::to_string(left_behind->versions().size())}});
      const Source& source = *left_behind->at(0)->source;
      document_ = Document{source.path, source.text, open_source(History(), source.path, source.text).history.versions().size()};
      return replace_history(std::move(*left_behind));
    }
  }
  const std::optional<std::filesystem::path> last = shelf_ ? shelf_->last_file() : std::nullopt;
  handle(OpenFile{last.value_or(command.fallback)});
}

void Engine::handle(const OpenFile& command) {
  clear_passing();
  if (Result<void> kept = keep_work(); !kept) return notify("notice.open_failed", {{"path", command.path.string()}}, std::move(kept).error());
  open(command.path == "-" ? command.path : std::filesystem::absolute(command.path));   // the journal may be read in another folder
}

void Engine::handle(const StartAnew&) {
  clear_passing();
  if (!document_) return;
  if (shelf_) shelf_->drop(document_->path);
  open(document_->path);
}

void Engine::open(const std::filesystem::path& path) {
  Result<std::string> text = read_text_file(path);
  if (!text) return notify("notice.open_failed", {{"path", path.string()}}, std::move(text).error());
  if (path.extension() == ".loopglass") {
    Result<History> history = parse_project(*text);
    if (!history) return notify("notice.open_failed", {{"path", path.string()}}, std::move(history).error());
    return take_up({path, *text}, std::move(*history));
  }
  Opened opened = schedule::is_trace(*text)      ? open_trace(*view_.history, path.string(), *text)
                  : schedule::is_database(*text) ? open_database(*view_.history, path.string(), *text)
                                                 : open_source(History(), path.string(), *text);
  if (!opened.errors.empty()) {
    Diagnostic first = opened.errors.front();
    std::vector<std::pair<std::string, std::string>> where{{"path", path.string()}};
    if (!first.labels.empty() && first.labels[0].span) where.emplace_back("line", std::to_string(line_column_at(*text, first.labels[0].span->begin).line));
    if (path.extension() != ".py" && path.extension() != ".json")
      first.help = "open a Python file (.py) with TVMScript in it, a trace or a database of TVM's (.json), or a .loopglass project";
    notify("notice.open_failed", std::move(where), std::move(first));
    if (!view_.history->empty()) return;   // what was open stays
    view_.edited_text = *text;
    view_.text_errors = std::move(opened.errors);
    return;
  }
  if (opened.schedule_error) notify("notice.schedule_stopped", {}, std::move(opened.schedule_error));
  if (opened.is_branch) return replace_history(std::move(opened.history));
  take_up({path, *text}, std::move(opened.history));
}

void Engine::take_up(Document document, History fresh) {
  document.versions = fresh.versions().size();
  document.cursor = fresh.current()->id;
  std::optional<Shelf::Work> kept = shelf_ ? shelf_->find(document.path) : std::nullopt;
  document_ = std::move(document);
  if (!kept) return replace_history(std::move(fresh));
  if (kept->file_text == document_->text) {
    notify("notice.resumed", {});
    return replace_history(std::move(kept->history));
  }
  if (document_->path.extension() == ".loopglass") return replace_history(std::move(fresh));   // saved since, with what it holds
  notify("notice.file_changed", {});
  replace_history(open_source(kept->history, document_->path.string(), document_->text).history);
}

Result<void> Engine::keep_work() const {
  if (!shelf_ || !document_ || document_->path.empty() || document_->path == "-" || view_.history->empty()) return {};
  const History& history = *view_.history;
  if (history.versions().size() != document_->versions || history.current()->id != document_->cursor) return shelf_->keep(document_->path, {history, document_->text});
  shelf_->drop(document_->path);
  return {};
}

void Engine::replace_history(History history) {
  texts_.clear();
  accesses_.clear();
  view_.edited_text.clear();
  view_.text_errors.clear();
  view_.text_left_out.reset();
  view_.duel.reset();
  typing_.reset();
  if (journal_) journal_->start(history);
  show(std::move(history));
}

void Engine::handle(const EditText& command) {
  clear_passing();
  view_.edited_text = command.text;
  const Version* now = view_.version();
  if (!typing_ || (typing_->root >= 0 && !(now->id == typing_->root && view_.history->versions().size() == typing_->versions)))
    typing_ = Typing{now ? now->id : -1};   // a step was taken, or the cursor moved, since the last letter
  const History before = before_edit();
  Opened opened = open_source(before, now ? now->source->path : std::string(), command.text, {}, now ? now->source->function : std::string(), typing_->from);
  view_.text_errors = std::move(opened.errors);
  view_.text_left_out.reset();
  if (!view_.text_errors.empty()) return;
  Beside beside = read_beside(command.text);
  view_.text_errors = std::move(beside.errors);
  view_.text_left_out = beside.left_out;
  if (!view_.text_errors.empty()) return;
  const auto is_edited = [&](const Version& version) {
    return ir::structural_equal(opened.history.current()->schedule.module(), version.schedule.module());
  };
  if (now && is_edited(*now)) return;   // only the layout of the text changed
  const int kept = static_cast<int>(before.versions().size());
  if (typing_->root >= 0) forget_versions_from(kept);
  typing_->root = -1;
  if (now && is_edited(*before.current())) {   // all is as it was
    if (journal_) journal_->move_cursor(before.current()->id);
    return show(before);
  }
  if (opened.schedule_error) notify("notice.schedule_stopped", {}, std::move(opened.schedule_error));
  if (journal_) journal_->add_versions(opened.history, kept);
  typing_ = Typing{typing_->from, opened.history.current()->id, opened.history.versions().size()};
  show(std::move(opened.history));
}

History Engine::before_edit() const {
  if (typing_->root < 0 || typing_->from < 0) return *view_.history;
  return view_.history->first(typing_->root).at_cursor(typing_->from);
}

void Engine::forget_versions_from(int id) {
  texts_.erase(texts_.lower_bound(id), texts_.end());
  accesses_.erase(accesses_.lower_bound(id), accesses_.end());
  if (view_.duel && std::max(view_.duel->first, view_.duel->second) >= id) view_.duel.reset();
  if (journal_) journal_->keep_first(id);
}

void Engine::handle(const EndEdit& command) {
  clear_passing();
  const std::optional<Typing> typing = std::exchange(typing_, std::nullopt);
  view_.edited_text.clear();
  view_.text_errors.clear();
  view_.text_left_out.reset();
  if (!command.discard || !typing || typing->from < 0 || typing->root < 0 || view_.version()->id != typing->root) return;
  if (journal_) journal_->move_cursor(typing->from);
  show(view_.history->at_cursor(typing->from));
}

void Engine::handle(const ChooseModule& command) {
  clear_passing();
  const Version* now = view_.version();
  if (!now) return;
  Opened opened = open_source(*view_.history, now->source->path, now->source->text, command.module, command.function);
  if (!opened.errors.empty()) return notify("notice.open_failed", {{"path", now->source->path}}, opened.errors.front());
  if (journal_) journal_->add_versions(opened.history, static_cast<int>(view_.history->versions().size()));
  show(std::move(opened.history));
}

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

void Engine::handle(const SelectNode& command) {
  view_.moves.clear();
  view_.moves_of = command.path;
  view_.touched.reset();
  view_.touched_loop.reset();
  const Version* now = view_.version();
  if (!now || !command.path) return;
  view_.moves = legal_moves(now->schedule, *command.path);

  const ir::Stmt node = ir::node_at(now->schedule.module(), *command.path);
  const ir::For* loop = ir::as<ir::For>(node);
  if (!loop) return;
  view_.touched_loop = command.path;
  touched_job_.submit([this, function = ir::find_function(now->schedule.module(), command.path->function), var = loop->loop_var,
                       path = *command.path](std::stop_token) {
    auto touched = locality::touched_by_iteration(function, var.get());
    if (!touched) return;
    auto shared = std::make_shared<const std::vector<locality::Touched>>(std::move(*touched));
    post([this, shared, path] {
      if (view_.touched_loop == path) view_.touched = shared;
    });
  });
}

void Engine::handle(const RunDuel& command) {
  const int count = static_cast<int>(view_.history->versions().size());
  if (!client_ || std::min(command.first, command.second) < 0 || std::max(command.first, command.second) >= count) return;
  const Version& first = *view_.history->at(command.first);
  const Version& second = *view_.history->at(command.second);
  view_.duel = Duel{command.first, command.second, {}, {}};
  const uint64_t id = client_->submit({.module = first.schedule.module(),
                                       .function = first.source->function,
                                       .reference = first.schedule.original(),
                                       .against = second.schedule.module(),
                                       .threads = options_.threads,
                                       .budget_s = 2 * options_.budget_s});
  running_[id] = {first.hash, std::chrono::steady_clock::now(), true};
  ++requests_under_way_;
}

void Engine::handle(const SaveProject& command) {
  if (Result<void> saved = save_and_read_back(*view_.history, command.path); !saved)
    return notify("notice.save_failed", {{"path", command.path.string()}}, std::move(saved).error());
  notify("notice.saved", {{"path", command.path.string()}});
}

void Engine::handle(const ExportAs& command) {
  const Version* now = view_.version();
  if (!now) return;
  Result<std::string> text = command.format == "asm" ? assembly_of(*now) : export_text(now->schedule, {}, command.format);
  Result<void> written = text ? write_file(command.path, *text) : std::unexpected(text.error());
  if (!written) return notify("notice.export_failed", {{"path", command.path.string()}}, std::move(written).error());
  notify("notice.exported." + command.format, {{"path", command.path.string()}});
}

Result<std::string> Engine::assembly_of(const Version& version) const {
  const Measurement* measurement = view_.measurement(version);
  if (measurement && measurement->compiled) return measurement->compiled->assembly;
  return fail(DiagnosticKind::BadArgument, "this version has not been compiled yet", "wait for its time, then export again");
}

void Engine::handle(const MeasureAgain&) {
  const Version* now = view_.version();
  if (!now) return;
  view_.measurements.erase(now->hash);
  request_time(*now, std::chrono::steady_clock::now());
}

void Engine::show(History history) {
  view_.history = std::make_shared<const History>(std::move(history));
  const Version& now = *view_.version();
  request_time(now, std::chrono::steady_clock::now());
  request_access(now);
  view_.texts = texts_of(now);
  view_.parent_texts = now.parent >= 0 ? texts_of(*view_.history->at(now.parent)) : nullptr;
  view_.moves.clear();
  view_.moves_of.reset();
  view_.touched.reset();
  view_.touched_loop.reset();
}

std::shared_ptr<const Texts> Engine::texts_of(const Version& version) {
  if (const auto it = texts_.find(version.id); version.id >= 0 && it != texts_.end()) return it->second;
  const ir::Module& module = version.schedule.module();
  auto texts = std::make_shared<Texts>();
  const script::Dialect dialect = version.source->dialect;
  const script::Dialect other = dialect == script::Dialect::Tir ? script::Dialect::STir : script::Dialect::Tir;
  texts->script = script::print(module, {.dialect = dialect, .header = false, .show_regions = false});
  texts->other_dialect = script::print(module, {.dialect = other, .header = false, .show_regions = false});
  texts->whole = script::print(module, {.dialect = dialect, .header = false}).text;
  texts->numpy = text_or_reason(emit::to_numpy(module));
  texts->c = text_or_reason(emit::to_c(module));
  if (version.id >= 0) texts_[version.id] = texts;
  return texts;
}

void Engine::request_access(const Version& version) {
  view_.access_error.reset();
  view_.access = accesses_.contains(version.id) ? accesses_[version.id] : nullptr;
  if (view_.access) return;
  access_job_.submit([this, id = version.id, hash = version.hash, function = ir::find_function(version.schedule.module(), version.source->function)](
                         std::stop_token stop) {
    auto counted = std::make_shared<Result<locality::Access>>(locality::count_accesses(function, {.stop = stop}));
    if (stop.stop_requested()) return;
    post([this, id, hash, counted] {
      if (id >= static_cast<int>(view_.history->versions().size()) || view_.history->at(id)->hash != hash) return;   // an edit has taken its place
      const bool is_current = view_.version() && view_.version()->id == id;
      if (!*counted) {
        if (is_current) view_.access_error = counted->error();
        return;
      }
      accesses_[id] = std::make_shared<const locality::Access>(std::move(**counted));
      if (is_current) view_.access = accesses_[id];
    });
  });
}

void Engine::request_time(const Version& version, std::chrono::steady_clock::time_point gesture) {
  if (!client_) return;
  const auto known = view_.measurements.find(version.hash);
  if (known != view_.measurements.end() && known->second->state != Measurement::State::Failed) return;
  // The user has moved on: what is still being measured for another version stops, and is measured again when it is shown.
  if (current_request_ && running_.contains(*current_request_)) client_->cancel(*current_request_);
  auto measurement = std::make_shared<Measurement>();
  measurement->state = Measurement::State::Running;
  view_.measurements[version.hash] = std::move(measurement);
  const uint64_t id = client_->submit({.module = version.schedule.module(),
                                       .function = version.source->function,
                                       .reference = version.schedule.original(),
                                       .threads = options_.threads,
                                       .budget_s = options_.budget_s});
  running_[id] = {version.hash, gesture, false};
  current_request_ = id;
  ++requests_under_way_;
}

void Engine::take_events() {
  for (const measure::Event& event : client_->poll()) take_event(event);
}

void Engine::take_event(const measure::Event& event) {
  const auto it = running_.find(event.request);
  if (it == running_.end()) return;
  const Running running = it->second;
  const auto* timed = std::get_if<measure::Timed>(&event.what);
  const auto* error = std::get_if<Diagnostic>(&event.what);
  if (error || (timed && timed->final)) {
    running_.erase(it);
    --requests_under_way_;
  }
  if (running.is_duel) {
    if (view_.duel && timed && timed->against) view_.duel->result = timed->against;
    if (view_.duel && error) view_.duel->error = *error;
    return;
  }
  if (error && error->kind == DiagnosticKind::Cancelled) {
    const auto known = view_.measurements.find(running.hash);
    if (known != view_.measurements.end() && !known->second->timed) view_.measurements.erase(known);
    return;
  }
  const auto known = view_.measurements.find(running.hash);
  Measurement next = known == view_.measurements.end() ? Measurement{} : *known->second;
  if (const auto* compiled = std::get_if<measure::Compiled>(&event.what)) next.compiled = *compiled;
  if (const auto* verified = std::get_if<measure::Verified>(&event.what)) next.verified = *verified;
  if (timed) {
    if (!next.timed) next.first_time_ms = milliseconds_since(running.gesture);
    next.timed = *timed;
    next.state = timed->final ? Measurement::State::Done : Measurement::State::Running;
  }
  if (error) {
    next.error = *error;
    next.state = Measurement::State::Failed;
  }
  view_.measurements[running.hash] = std::make_shared<const Measurement>(std::move(next));
}

}  // namespace loopglass::app
