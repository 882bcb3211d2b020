#include "app/command_line/report.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "app/command_line/outcome.h"
#include "app/model/places.h"
#include "app/model/source.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::app {
namespace {

constexpr double kSecondsOfTiming = 0.5;      // for each end
constexpr double kSlowest = 100;              // ms, of a start that is timed in turns with the last version
constexpr auto kTimeOfMemory = std::chrono::seconds(60);   // for all that is counted and simulated; what is not done then is left out

// Asks for a stop once the time is over.
class Limit {
 public:
  explicit Limit(std::chrono::seconds time)
      : timer_([this, time](std::stop_token ended) {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any over;
          over.wait_for(lock, ended, time, [] { return false; });
          if (!ended.stop_requested()) source_.request_stop();
        }) {}
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread timer_;
};

History history_of(const Program& program, const std::string& function) {
  auto source = std::make_shared<Source>();
  source->path = program.path == "-" ? std::string() : program.path;
  source->module = program.schedule.original()->name;
  source->function = function;
  source->dialect = program.dialect;
  Version start{.schedule = schedule::Schedule(program.schedule.original(), program.schedule.replay_options()), .source = std::move(source)};
  start.hash = ir::structural_hash(program.schedule.original());
  auto [history, last] = with_trace(History().with_version(std::move(start), -1), 0, program.schedule.trace());
  return history.at_cursor(last);
}

ir::Function function_of(const Version& version) { return ir::find_function(version.schedule.module(), version.source->function); }

// The caches of one version; nothing where they cannot be simulated.
std::optional<locality::CacheResult> simulated(const Version& version, const ReportOptions& options, std::stop_token stop) {
  auto caches = locality::simulate_caches(function_of(version), {.levels = options.levels, .stop = std::move(stop)});
  return caches ? std::optional(std::move(*caches)) : std::nullopt;
}

// What the last step changed.
void compare_with_parent(View& view, MemoryFigures& figures, const ReportOptions& options, const std::stop_token& stop) {
  const Version& now = *view.version();
  if (now.parent < 0) return;
  const Version& parent = *view.history->at(now.parent);
  const auto before = locality::count_accesses(function_of(parent), {.stop = stop});
  const auto caches = simulated(parent, options, stop);
  if (!before || !caches) return;
  view.traffic[parent.id] = traffic_of(*caches);
  compare(figures, parent.id, {function_of(parent), &*before, &*caches}, function_of(now), *view.access, options.levels);
}

void simulate_others(View& view, const ReportOptions& options, const std::stop_token& stop) {
  for (const VersionPtr& version : view.history->versions()) {
    if (view.traffic.contains(version->id)) continue;
    if (const auto caches = simulated(*version, options, stop)) view.traffic[version->id] = traffic_of(*caches);
  }
}

void add_values(View& view, const ReportOptions& options, const std::stop_token& stop) {
  auto values = element_values(function_of(*view.version()), *view.access, *options.values, options.threads, {.stop = stop});
  if (values) view.values = std::make_shared<const ElementValues>(std::move(*values));
  else view.values_error = values.error();
}

void add_memory(View& view, const ReportOptions& options) {
  const Version& now = *view.version();
  const Limit limit(kTimeOfMemory);
  auto counted = locality::count_accesses(function_of(now), {.stop = limit.token()});
  if (!counted) {
    if (counted.error().kind != DiagnosticKind::Cancelled) view.access_error = counted.error();
    return;
  }
  view.access = std::make_shared<const locality::Access>(std::move(*counted));
  if (options.values) add_values(view, options, limit.token());
  if (options.levels.empty()) return;
  const auto caches = simulated(now, options, limit.token());
  if (!caches) return;
  view.access = std::make_shared<const locality::Access>(locality::with_misses(*view.access, *caches, {.levels = options.levels}));
  view.traffic[now.id] = traffic_of(*caches);
  if (!options.with_steps) return;
  MemoryFigures figures = memory_figures(function_of(now), *view.access, *caches, options.levels);
  compare_with_parent(view, figures, options, limit.token());
  view.figures = std::make_shared<const MemoryFigures>(std::move(figures));
  simulate_others(view, options, limit.token());
}

// Each end by itself; where that is soon done, in turns too, which tells their ratio best.
void add_times(View& view) {
  measure::Client client(worker_program(), kernel_directory());
  const Version &first = *view.history->versions().front(), &last = *view.version();
  const auto run = [&](const Version& version, const ir::Module& against) {
    return run_to_end(client, {.module = version.schedule.module(), .function = version.source->function, .reference = version.schedule.original(), .against = against, .budget_s = kSecondsOfTiming, .want_assembly = false});
  };
  const auto time = [&](const Version& version) {
    Outcome outcome = run(version, nullptr);
    auto measured = std::make_shared<Measurement>();
    measured->state = outcome.error ? Measurement::State::Failed : Measurement::State::Done;
    measured->compiled = std::move(outcome.compiled);
    measured->verified = std::move(outcome.verified);
    measured->timed = std::move(outcome.timed);
    measured->error = std::move(outcome.error);
    view.measurements[view.time_key(version)] = measured;
    return measured->timed ? measured->timed->time.median : 0;
  };
  const double start_ms = time(first);
  if (&first == &last || time(last) <= 0 || start_ms <= 0 || start_ms > kSlowest) return;
  if (const Outcome outcome = run(last, first.schedule.module()); outcome.timed) view.duel = Duel{last.id, first.id, outcome.timed->against, {}};
}

}  // namespace

View view_of(const Program& program, const std::string& function, const ReportOptions& options) {
  View view;
  view.history = std::make_shared<const History>(history_of(program, function));
  add_memory(view, options);
  if (options.with_times) add_times(view);
  return view;
}

}  // namespace loopglass::app
