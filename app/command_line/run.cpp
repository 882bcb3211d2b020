#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command_line/commands.h"
#include "app/command_line/outcome.h"
#include "app/model/known_peaks.h"
#include "app/model/places.h"

namespace loopglass::app {

namespace {

using nlohmann::ordered_json;

Outcome measure_function(measure::Client& client, const RunOptions& options, const Program& program, const std::string& function,
                         const ir::Module& against) {
  measure::Request request{.module = program.schedule.module(),
                           .function = function,
                           .reference = program.schedule.original(),
                           .against = against,
                           .threads = options.threads,
                           .budget_s = options.seconds,
                           .seed = options.seed,
                           .want_assembly = options.profile,
                           .cold = options.cold};
  request.deadline_s = options.deadline + options.seconds * (against ? 2 : 1);
  for (const std::string& input : options.inputs) {
    const size_t equals = input.find('=');
    if (equals == std::string::npos) throw CommandFailure{kUsageWrong, fmt::format("--input takes NAME=FILE.npy, not {}\n", input)};
    request.inputs.emplace_back(input.substr(0, equals), std::filesystem::absolute(input.substr(equals + 1)));
  }
  return run_to_end(client, std::move(request));
}

ordered_json to_json(const measure::TimeEstimate& time) {
  return {{"min", time.min},
          {"median", time.median},
          {"ci95", {time.ci95_low, time.ci95_high}},
          {"samples", time.samples},
          {"total_s", time.total_s}};
}

ordered_json to_json(const measure::Conditions& conditions) {
  return {{"caches", conditions.cold ? "cold" : "warm"},
          {"outliers", {{"count", conditions.outliers.count}, {"ms", conditions.outliers.ms}}},
          {"drift", {{"checks", conditions.checks}, {"slowest", conditions.slowest_check}, {"samples", conditions.drifted}}},
          {"waiting_share", conditions.waiting},
          {"stolen_share", conditions.stolen}};
}

// Of one call; "counters_missing" says why there are none.
void add_counters(ordered_json& out, const std::vector<std::pair<std::string, double>>& counters, const std::string& missing) {
  if (counters.empty()) {
    out["counters_missing"] = missing;
    return;
  }
  for (const auto& [name, value] : counters) out["counters"][name] = value;
}

// Why there are no hardware counters of a run.
std::string why_uncounted(const measure::Machine& machine, int threads) {
  if (!machine.counters_missing.empty()) return machine.counters_missing;
  return threads > 1 ? "counted for runs on one thread alone" : "the CPU had none to spare";
}

ordered_json to_json(const measure::Comparison& comparison) {
  return {{"time_ms", to_json(comparison.other)},
          {"ratio", {{"median", comparison.ratio_median}, {"ci95", {comparison.ratio_low, comparison.ratio_high}}}},
          {"verdict", measure::to_string(comparison.verdict)}};
}

ordered_json to_json(const measure::FirstWrong& wrong) {
  return {{"buffer", wrong.buffer}, {"index", wrong.index}, {"got", wrong.got}, {"expected", wrong.expected}};
}

// The loops around a statement as `access` writes them, "i_0/k", and its innermost block ("" outside any but the root).
std::pair<std::string, std::string> place_of(const ir::Module& module, const ir::NodePath& path) {
  std::pair<std::string, std::string> place;
  ir::NodePath at{path.function, {}};
  for (size_t depth = 0; depth <= path.steps.size(); ++depth) {
    const ir::Stmt node = ir::node_at(module, at);
    if (const auto* loop = ir::as<ir::For>(node)) place.first += (place.first.empty() ? "" : "/") + loop->loop_var->name;
    if (const auto* realize = ir::as<ir::BlockRealize>(node); realize && depth > 0) place.second = realize->block.name;
    if (depth < path.steps.size()) at.steps.push_back(path.steps[depth]);
  }
  return place;
}

ordered_json to_json(const measure::Profile& profile, const ir::Module& module) {
  ordered_json statements = ordered_json::array();
  for (const auto& [path, samples] : profile.statements) {
    const auto [loops, block] = place_of(module, path);
    statements.push_back({{"path", ir::to_string(path)}, {"loops", loops}, {"block", block}, {"share", static_cast<double>(samples) / static_cast<double>(profile.samples)}});
  }
  return {{"samples", profile.samples}, {"statements", statements}};
}

double gflops(const measure::Timed& timed) { return timed.time.median > 0 ? timed.flops / (timed.time.median * 1e6) : 0; }

ordered_json to_json(const Program& program, const std::string& function, int threads, double peak_gflops, const measure::Machine& machine, const Outcome& outcome) {
  ordered_json out{{"function", function}, {"target", outcome.compiled.target}, {"threads", threads}};
  out["verified"] = outcome.verified && outcome.verified->ok;
  if (outcome.verified) out["max_rel_error"] = outcome.verified->max_rel_error;
  if (outcome.verified && outcome.verified->first_wrong) out["first_wrong"] = to_json(*outcome.verified->first_wrong);
  out["code"] = outcome.compiled.code;
  out["lower_ms"] = outcome.compiled.lower_ms;
  out["compile_ms"] = outcome.compiled.compile_ms;
  out["cached"] = outcome.compiled.cached;   // loaded, as an earlier run had compiled it
  if (outcome.timed) {
    out["time_ms"] = to_json(outcome.timed->time);
    out["flops"] = outcome.timed->flops;
    out["gflops"] = gflops(*outcome.timed);
    out["peak_gflops"] = peak_gflops;
    out["bytes_min"] = outcome.timed->bytes_min;
    out["conditions"] = to_json(outcome.timed->conditions);
    add_counters(out, outcome.timed->counters, why_uncounted(machine, threads));
    if (outcome.timed->against) out["against"] = to_json(*outcome.timed->against);
    if (outcome.timed->profile) out["profile"] = to_json(*outcome.timed->profile, program.schedule.module());
  }
  if (outcome.error) out["error"] = {{"kind", to_string(outcome.error->kind)}, {"message", outcome.error->message}};
  return out;
}

std::string to_text(const std::string& function, const Outcome& outcome) {
  if (!outcome.timed) return {};
  const measure::TimeEstimate& time = outcome.timed->time;
  std::string text = fmt::format("{}: {:.4g} ms (95 % {:.4g} to {:.4g}, {} samples), {:.4g} GFLOP/s, verified, max_rel_error {:.2g}\n", function,
                                 time.median, time.ci95_low, time.ci95_high, time.samples, gflops(*outcome.timed),
                                 outcome.verified ? outcome.verified->max_rel_error : 0.0);
  if (const auto& against = outcome.timed->against)
    text += fmt::format("  {} against {:.4g} ms: ratio {:.3f} (95 % {:.3f} to {:.3f})\n", measure::to_string(against->verdict), against->other.median,
                        against->ratio_median, against->ratio_low, against->ratio_high);
  const measure::Conditions& conditions = outcome.timed->conditions;
  if (conditions.cold) text += "  cold: the caches were emptied before each call\n";
  if (conditions.outliers.count > 0)
    text += fmt::format("  {} outliers among the samples, the farthest {:.4g} ms\n", conditions.outliers.count, conditions.outliers.ms.front());
  if (conditions.drifted > 0)
    text += fmt::format("  beside {} samples the CPU was slower, by up to {:.0f} %\n", conditions.drifted, 100 * (conditions.slowest_check - 1));
  if (conditions.stolen > 0.001) text += fmt::format("  the hypervisor took {:.1f} % of the time\n", 100 * conditions.stolen);
  return text;
}

std::string wrong_numbers(const std::string& function, const measure::FirstWrong& wrong) {
  return fmt::format("{}: error: wrong numbers: {}[{}] is {:.9g}, the unscheduled program gives {:.9g}\n", function, wrong.buffer,
                     fmt::join(wrong.index, ", "), wrong.got, wrong.expected);
}

int report_problems(const std::string& function, const Outcome& outcome) {
  if (outcome.error) {
    fmt::print(stderr, "{}", render(*outcome.error, function, {}));
    return exit_code_of(*outcome.error);
  }
  if (outcome.verified && outcome.verified->ok) return kDone;
  if (outcome.verified && outcome.verified->first_wrong) fmt::print(stderr, "{}", wrong_numbers(function, *outcome.verified->first_wrong));
  return kKernelFailed;
}

}  // namespace

int run_command(const RunOptions& options) {
  const Program program = load_program(options.input);
  const ir::Module against = options.against ? load_against(options.input, *options.against) : nullptr;
  const measure::Machine machine = measure::read_machine();
  const measure::Peaks peaks = known_peaks(machine);
  const int cores = std::min(options.threads, machine.cores);
  if (!options.target.empty()) setenv("LOOPGLASS_TARGET", options.target.c_str(), 1);   // for the worker
  measure::Client client(worker_program(), kernel_directory());
  int exit_code = kDone;
  ordered_json all = ordered_json::array();
  for (const std::string& function : chosen_functions(program, options.input.function)) {
    const Outcome outcome = measure_function(client, options, program, function, against);
    exit_code = std::max(exit_code, report_problems(function, outcome));
    const double peak = measure::peak_gflops(peaks, *ir::find_function(program.schedule.module(), function), cores).value_or(peaks.gflops * cores);
    all.push_back(to_json(program, function, options.threads, peak, machine, outcome));
    if (!options.json) fmt::print("{}", to_text(function, outcome));
  }
  if (options.json) fmt::print("{}\n", (options.input.function == "all" ? all : all.front()).dump(1));
  return exit_code;
}

}  // namespace loopglass::app
