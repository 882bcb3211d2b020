#include "app/command_line/report.h"

#include <chrono>

#include "app/command_line/outcome.h"
#include "app/model/places.h"
#include "app/model/source.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::app {
namespace {

constexpr double kSecondsOfTiming = 0.5;      // for each end
constexpr double kSlowest = 100;              // ms, of a start that is timed in turns with the last version
constexpr double kSecondsOfMisses = 30;       // for the versions between the ends; what comes later is left out

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
std::optional<locality::CacheResult> simulated(const Version& version, const ReportOptions& options) {
  auto caches = locality::simulate_caches(function_of(version), {.levels = options.levels});
  return caches ? std::optional(std::move(*caches)) : std::nullopt;
}

// What the last step changed.
void compare_with_parent(View& view, MemoryFigures& figures, const ReportOptions& options) {
  const Version& now = *view.version();
  if (now.parent < 0) return;
  const Version& parent = *view.history->at(now.parent);
  const auto before = locality::count_accesses(function_of(parent));
  const auto caches = simulated(parent, options);
  if (!before || !caches) return;
  view.traffic[parent.id] = traffic_of(*caches);
  compare(figures, parent.id, {function_of(parent), &*before, &*caches}, function_of(now), *view.access, options.levels);
}

void simulate_others(View& view, const ReportOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  for (const VersionPtr& version : view.history->versions()) {
    if (view.traffic.contains(version->id)) continue;
    if (version->id > 0 && std::chrono::steady_clock::now() - start > std::chrono::duration<double>(kSecondsOfMisses)) return;
    if (const auto caches = simulated(*version, options)) view.traffic[version->id] = traffic_of(*caches);
  }
}

void add_memory(View& view, const ReportOptions& options) {
  const Version& now = *view.version();
  auto counted = locality::count_accesses(function_of(now));
  if (!counted) {
    view.access_error = counted.error();
    return;
  }
  view.access = std::make_shared<const locality::Access>(std::move(*counted));
  if (options.levels.empty()) return;
  const auto caches = simulated(now, options);
  if (!caches) return;
  view.access = std::make_shared<const locality::Access>(locality::with_misses(*view.access, *caches, {.levels = options.levels}));
  view.traffic[now.id] = traffic_of(*caches);
  if (!options.with_steps) return;
  MemoryFigures figures = memory_figures(function_of(now), *view.access, *caches);
  compare_with_parent(view, figures, options);
  view.figures = std::make_shared<const MemoryFigures>(std::move(figures));
  simulate_others(view, options);
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
