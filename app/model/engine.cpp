#include "app/model/engine.h"

#include <sched.h>

#include <algorithm>
#include <array>

#include "app/model/export.h"
#include "app/model/files.h"
#include "app/model/moves.h"
#include "engine/support/thread_turn.h"

namespace loopglass::app {

namespace {

// Each view that differs is drawn, which takes a software renderer most of a frame: what nobody waits for comes with the next one.
constexpr std::chrono::milliseconds kFrame(16);
constexpr std::chrono::milliseconds kAnswer(30);     // after a gesture: by then the frame that answers has been drawn
constexpr std::chrono::milliseconds kRest(150);      // ...and the hand has come to rest, for now
constexpr std::chrono::milliseconds kCountsPatience(4);    // with the counts of a version, so that it is shown with them: those of most programs take less

// So few that what nobody waits for takes the processor from the window, its pictures, or the engine.
bool has_few_cpus() {
  constexpr int kFew = 3;
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) <= kFew;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

emit::LinkedText text_or_reason(Result<emit::LinkedText> text) {
  if (text) return std::move(*text);
  return {"# " + text.error().message + "\n", {}};
}

}  // namespace

Engine::Engine(SessionOptions options, std::function<void()> wake) : options_(std::move(options)), wake_(std::move(wake)) {
  view_.history = std::make_shared<const History>();
  view_.cold = options_.cold;
  publish();
  if (!options_.worker.empty()) {
    client_ = std::make_unique<measure::Client>(options_.worker, options_.kernel_directory);
    client_->on_event([this] { post([this] { take_events(); }); });
  }
  if (!options_.state_directory.empty()) {
    shelf_.emplace(options_.state_directory);
    if (Result<Journal> journal = Journal::create(options_.state_directory, &quiet_)) journal_ = std::move(*journal);
  }
  thread_ = std::thread([this] { run(); });
}

Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (client_) client_->on_event(nullptr);
  if (keep_work() && journal_) journal_->close();   // else the journal stays, and brings it back
}

void Engine::send(Command command) {
  if (has_few_cpus()) quiet_.keep(kAnswer);
  if (client_) client_->hold_spare(kRest);
  if (std::holds_alternative<PreviewStep>(command) || std::holds_alternative<ClearPreview>(command)) {
    const uint64_t serial = ++newest_preview_;
    post([this, serial, command = std::move(command)] {
      if (serial != newest_preview_) return;   // a newer preview is on its way
      std::visit([this](const auto& c) { handle(c); }, command);
    });
    return;
  }
  post([this, command = std::move(command)] {
    std::visit([this](const auto& c) { handle(c); }, command);
    view_.answers.versions += leads_to_version(command);
  });
}

void Engine::wait_for(const Answers& answers, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] {
    const Answers given = published_.load()->answers;
    return given.versions >= answers.versions && given.moments >= answers.moments;
  });
}

void Engine::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void Engine::run() {
  ask_for_short_turns();
  while (const std::optional<Task> task = next_task()) {
    can_wait_ = false;
    (*task)();
    if (!due_ || (!is_awaited_ && !can_wait_)) changed_at_ = std::chrono::steady_clock::now();
    is_awaited_ = is_awaited_ || !can_wait_;
    due_ = published_at_ + (is_awaited_ ? std::chrono::milliseconds(0) : kFrame);
  }
}

// Waits for a task; what the last ones have changed is published in time, with what is in line behind them.
std::optional<Engine::Task> Engine::next_task() {
  std::unique_lock lock(mutex_);
  const auto is_wanted = [this] { return !tasks_.empty() || is_ending_; };
  while (due_ && !is_ending_) {
    const auto latest = std::max(published_at_ + kFrame, changed_at_ + kCountsPatience);
    if (changed_.wait_until(lock, *due_, is_wanted) && std::chrono::steady_clock::now() < latest) break;
    lock.unlock();
    publish();
    lock.lock();
  }
  busy_ = false;
  changed_.wait(lock, is_wanted);
  if (tasks_.empty()) return {};
  Task task = std::move(tasks_.front());
  tasks_.pop_front();
  busy_ = true;
  return task;
}

bool Engine::is_settled() const {
  const std::array<const JobSlot*, 9> jobs{&access_job_, &misses_job_, &estimate_job_, &preview_job_, &touched_job_, &seek_job_, &values_job_, &touchers_job_, &compared_job_};
  return tasks_.empty() && !busy_ && requests_under_way_ == 0 && std::ranges::all_of(jobs, &JobSlot::is_idle);
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
  published_at_ = std::chrono::steady_clock::now();
  due_.reset();
  is_awaited_ = false;
  ++view_.serial;
  {
    auto view = std::make_shared<const View>(view_);
    const std::lock_guard lock(mutex_);
    published_ = std::move(view);
  }
  changed_.notify_all();
  if (wake_) wake_();
}

// What stands only until the next command.
void Engine::clear_passing() {
  view_.preview.reset();
  preview_job_.stop();
  view_.refusal.reset();
  view_.refused_request.reset();
  view_.insert_before.clear();
}

void Engine::notify(std::string key, std::vector<std::pair<std::string, std::string>> values, std::optional<Diagnostic> error) {
  const uint64_t serial = view_.notice ? view_.notice->serial + 1 : 1;
  view_.notice = Notice{std::move(key), std::move(values), std::move(error), serial};
}

void Engine::handle(const SelectNode& command) {
  can_wait_ = true;   // the selection itself is the window's
  view_.moves.clear();
  view_.moves_of = command.path;
  view_.touched.reset();
  view_.touched_loop.reset();
  view_.touched_is_to_come = false;
  const Version* now = view_.version();
  if (!now || !command.path) return;
  view_.moves = legal_moves(now->schedule, *command.path);

  const ir::Stmt node = ir::node_at(now->schedule.module(), *command.path);
  const ir::For* loop = ir::as<ir::For>(node);
  if (!loop) return;
  view_.touched_loop = command.path;
  view_.touched_is_to_come = true;
  touched_job_.submit([this, function = ir::find_function(now->schedule.module(), command.path->function), var = loop->loop_var,
                       path = *command.path](const Interruption&) {
    auto touched = locality::touched_by_iteration(function, var.get());
    auto shared = touched ? std::make_shared<const std::vector<locality::Touched>>(std::move(*touched)) : nullptr;
    post([this, shared, path] {
      can_wait_ = true;
      if (view_.touched_loop != path) return;
      view_.touched = shared;
      view_.touched_is_to_come = false;
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
                                       .budget_s = 2 * options_.budget_s,
                                       .cold = view_.cold});
  running_[id] = {view_.time_key(first), std::chrono::steady_clock::now(), true};
  ++requests_under_way_;
}

void Engine::handle(const ExportAs& command) {
  const Version* now = view_.version();
  if (!now) return;
  Result<std::string> text = is_machine_code(command.format)                 ? machine_code_of(*now, command.format)
                             : options_.draw && is_drawn(command.format) ? options_.draw(view_, command)
                                                                         : export_text(now->schedule, {}, command.format);
  Result<void> written = text ? write_file(command.path, *text) : std::unexpected(text.error());
  if (!written) return notify("notice.export_failed", {{"path", command.path.string()}}, std::move(written).error());
  notify("notice.exported." + command.format, {{"path", command.path.string()}});
}

Result<std::string> Engine::machine_code_of(const Version& version, const std::string& format) const {
  const Measurement* measurement = view_.measurement(version);
  if (measurement && measurement->compiled && !measurement->compiled->assembly.empty())
    return machine_code_text(version.schedule.module(), *measurement->compiled, format);
  return fail(DiagnosticKind::BadArgument, "this version has not been compiled yet", "wait for its time, then export again");
}

void Engine::handle(const MeasureAgain&) {
  const Version* now = view_.version();
  if (!now) return;
  view_.measurements.erase(view_.time_key(*now));
  request_time(*now, std::chrono::steady_clock::now());
}

void Engine::handle(const MeasureCold& command) {
  view_.cold = command.on;
  if (const Version* now = view_.version()) request_time(*now, std::chrono::steady_clock::now());
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
  view_.touched_is_to_come = view_.touched_is_to_come || view_.touched;   // the selection goes along with the step
  view_.touched.reset();
  view_.touched_loop.reset();
  access_job_.wait_until_idle(kCountsPatience);
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

void Engine::request_time(const Version& version, std::chrono::steady_clock::time_point gesture) {
  if (!client_) return;
  const auto known = view_.measurements.find(view_.time_key(version));
  if (known != view_.measurements.end() && known->second->state != Measurement::State::Failed) return;
  // The user has moved on: what is still being measured for another version stops, and is measured again when it is shown.
  if (current_request_ && running_.contains(*current_request_)) client_->cancel(*current_request_);
  auto measurement = std::make_shared<Measurement>();
  measurement->state = Measurement::State::Running;
  view_.measurements[view_.time_key(version)] = std::move(measurement);
  const uint64_t id = client_->submit({.module = version.schedule.module(),
                                       .function = version.source->function,
                                       .reference = version.schedule.original(),
                                       .threads = options_.threads,
                                       .budget_s = options_.budget_s,
                                       .cold = view_.cold});
  running_[id] = {view_.time_key(version), gesture, false};
  current_request_ = id;
  ++requests_under_way_;
}

void Engine::take_events() {
  can_wait_ = true;
  for (const measure::Event& event : client_->poll()) take_event(event);
}

void Engine::take_event(const measure::Event& event) {
  const auto it = running_.find(event.request);
  if (it == running_.end()) return;
  const Running running = it->second;
  const auto* timed = std::get_if<measure::Timed>(&event.what);
  const auto* error = std::get_if<Diagnostic>(&event.what);
  if (error || (timed && timed->final)) {
    can_wait_ = false;
    running_.erase(it);
    --requests_under_way_;
  }
  if (running.is_duel) {
    if (view_.duel && timed && timed->against) view_.duel->result = timed->against;
    if (view_.duel && error) view_.duel->error = *error;
    return;
  }
  if (error && error->kind == DiagnosticKind::Cancelled) {
    const auto known = view_.measurements.find(running.time_key);
    if (known != view_.measurements.end() && !known->second->is_of_optimised_code()) view_.measurements.erase(known);
    return;
  }
  const auto known = view_.measurements.find(running.time_key);
  Measurement next = known == view_.measurements.end() ? Measurement{} : *known->second;
  if (const auto* compiled = std::get_if<measure::Compiled>(&event.what)) next.compiled = *compiled;
  if (const auto* verified = std::get_if<measure::Verified>(&event.what)) next.verified = *verified;
  if (timed) {
    if (!next.timed) {
      can_wait_ = false;
      next.first_time_ms = milliseconds_since(running.gesture);
    }
    next.timed = *timed;
    next.state = timed->final ? Measurement::State::Done : Measurement::State::Running;
  }
  if (error) {
    next.error = *error;
    next.state = Measurement::State::Failed;
  }
  view_.measurements[running.time_key] = std::make_shared<const Measurement>(std::move(next));
}

}  // namespace loopglass::app
