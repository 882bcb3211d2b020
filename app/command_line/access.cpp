#include <fmt/format.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <span>
#include <nlohmann/json.hpp>

#include "app/command_line/commands.h"
#include "app/model/cache_levels.h"
#include "app/model/files.h"
#include "engine/locality/cache_model.h"
#include "engine/locality/reuse_distance.h"
#include "engine/measure/machine.h"
#include "engine/measure/npy.h"

namespace loopglass::app {

namespace {

using nlohmann::ordered_json;

std::map<std::string, int64_t> row_pitches(const std::vector<std::string>& strides) {
  std::map<std::string, int64_t> pitches;
  for (const std::string& stride : strides) {
    const size_t equals = stride.find('=');
    const int64_t bytes = equals == std::string::npos ? 0 : std::strtoll(stride.c_str() + equals + 1, nullptr, 10);
    if (bytes <= 0) throw CommandFailure{kUsageWrong, fmt::format("--stride takes BUFFER=BYTES, not {}\n", stride)};
    pitches[stride.substr(0, equals)] = bytes;
  }
  return pitches;
}

// `NAME=BYTES,WAYS` of --level, the nearest first: the last of several is shared by the threads. None given: this machine's caches, of which
// those that more than one core uses are shared; one whose ways the system does not tell is left out.
std::vector<locality::CacheLevel> wanted_levels(const std::vector<std::string>& texts) {
  std::vector<locality::CacheLevel> levels;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    int64_t bytes = 0, ways = 0;
    int used = 0;
    if (equals == 0 || equals == std::string::npos || std::sscanf(text.c_str() + equals + 1, "%" SCNd64 ",%" SCNd64 "%n", &bytes, &ways, &used) != 2 ||
        equals + 1 + static_cast<size_t>(used) != text.size() || bytes <= 0 || ways <= 0)
      throw CommandFailure{kUsageWrong, fmt::format("--level takes NAME=BYTES,WAYS, not {}\n", text)};
    levels.push_back({text.substr(0, equals), bytes, ways});
    for (size_t i = 0; i + 1 < levels.size(); ++i)
      if (levels[i].name == levels.back().name) throw CommandFailure{kUsageWrong, fmt::format("--level names {} twice\n", levels[i].name)};
  }
  if (levels.size() > 1) levels.back().is_shared = true;
  return texts.empty() ? cache_levels(measure::read_machine()) : levels;
}

// All that the command reports of one function.
struct Report {
  std::string function;
  const std::vector<locality::CacheLevel>& levels;
  locality::Access access;
  locality::CacheResult caches;
  locality::ReuseResult reuse;
  double total_ms = 0;
};

// {"L1": n, ...}; `list` of LevelMisses that is counted in.
ordered_json misses_of(const Report& report, std::vector<int64_t> locality::LevelMisses::* list, size_t at) {
  ordered_json misses = ordered_json::object();
  for (size_t level = 0; level < report.levels.size(); ++level) misses[report.levels[level].name] = (report.caches.levels[level].*list)[at];
  return misses;
}

ordered_json buffer_json(const Report& report, size_t at) {
  const locality::BufferAccess& buffer = report.access.buffers[at];
  const locality::ReuseHistogram& reuse = report.reuse.buffers[at];
  return {{"name", buffer.buffer->name}, {"dtype", ir::to_string(buffer.buffer->dtype)},
          {"shape", buffer.shape},       {"base", buffer.base},
          {"strides", buffer.strides},   {"reads", buffer.reads},
          {"writes", buffer.writes},     {"lines", buffer.lines},
          {"bytes_used", buffer.bytes_used},
          {"misses", misses_of(report, &locality::LevelMisses::by_buffer, at)},
          {"reuse_distance", {{"cold", reuse.cold}, {"log2", reuse.log2}}}};
}

ordered_json reference_json(const Report& report, size_t at) {
  const locality::Reference& reference = report.access.references[at];
  return {{"block", reference.block},
          {"buffer", reference.buffer->name},
          {"text", reference.text},
          {"kind", reference.is_write ? "write" : "read"},
          {"count", reference.count},
          {"misses", misses_of(report, &locality::LevelMisses::by_reference, at)}};
}

ordered_json to_json(const locality::LoopFootprint& loop) {
  ordered_json bytes = ordered_json::object();
  for (const auto& [buffer, n] : loop.footprint_bytes) bytes[buffer->name] = n;
  return {{"path", loop.path}, {"var", loop.var->name}, {"extent", loop.extent}, {"footprint_bytes", bytes}, {"total_bytes", loop.total_bytes}};
}

ordered_json to_json(const Report& report) {
  ordered_json levels = ordered_json::array(), buffers = levels, references = levels, loops = levels;
  for (const locality::CacheLevel& level : report.levels) levels.push_back({{"name", level.name}, {"bytes", level.bytes}, {"ways", level.ways}});
  for (size_t b = 0; b < report.access.buffers.size(); ++b) buffers.push_back(buffer_json(report, b));
  for (size_t r = 0; r < report.access.references.size(); ++r) references.push_back(reference_json(report, r));
  for (const locality::LoopFootprint& loop : report.access.loops) loops.push_back(to_json(loop));
  const double counts = report.access.counts_ms, misses = report.caches.elapsed_ms, reuse = report.reuse.elapsed_ms;
  return {{"function", report.function},
          {"exact", true},
          {"line", report.caches.line},
          {"levels", levels},
          {"accesses", report.access.accesses},
          {"elapsed_ms", {{"counts", counts}, {"misses", misses}, {"reuse", reuse}, {"total", report.total_ms}}},
          {"buffers", buffers},
          {"references", references},
          {"loops", loops}};
}

std::string to_text(const Report& report) {
  std::string text = fmt::format("{}: {} accesses\n", report.function, report.access.accesses);
  for (size_t i = 0; i < report.access.buffers.size(); ++i) {
    const locality::BufferAccess& b = report.access.buffers[i];
    text += fmt::format("  {:12} {:>14} reads {:>14} writes {:>10} lines {:>12} bytes used", b.buffer->name, b.reads, b.writes, b.lines, b.bytes_used);
    for (size_t level = 0; level < report.levels.size(); ++level)
      text += fmt::format(" {:>12} misses {}", report.caches.levels[level].by_buffer[i], report.levels[level].name);
    text += '\n';
  }
  return text;
}

void dump(const std::filesystem::path& directory, const std::string& name, const std::vector<int64_t>& shape, const locality::ElementCounts& values) {
  const std::filesystem::path path = directory / fmt::format("{}.npy", name);
  interp::Tensor tensor = interp::make_tensor(ir::kInt64, shape);
  locality::for_each_block(values, [&](int64_t first, std::span<const int64_t> block) { std::memcpy(tensor.bytes.data() + first * static_cast<int64_t>(sizeof(int64_t)), block.data(), block.size_bytes()); });
  if (Result<void> written = measure::write_npy(path, tensor); !written) throw CommandFailure{kInputWrong, render(written.error(), path.string(), {})};
}

void dump(const std::filesystem::path& directory, const Report& report) {
  std::filesystem::create_directories(directory);
  for (const locality::BufferAccess& b : report.access.buffers) {
    const std::pair<const char*, const locality::ElementCounts*> quantities[] = {
        {"reads", &b.read_counts}, {"writes", &b.write_counts}, {"first", &b.first}, {"last", &b.last}};
    for (const auto& [name, values] : quantities) dump(directory, fmt::format("{}.{}", b.buffer->name, name), b.shape, *values);
    for (size_t level = 0; level < report.levels.size(); ++level)
      dump(directory, fmt::format("{}.miss_{}", b.buffer->name, report.levels[level].name), b.shape,
           locality::misses_of_elements(report.caches, level, b));
    const locality::LineReuse& lines = report.reuse.by_line;
    for (const auto& [name, values] : {std::pair{"min", &lines.min}, {"median", &lines.median}, {"max", &lines.max}})
      dump(directory, fmt::format("{}.reuse_{}", b.buffer->name, name), b.shape, locality::reuse_of_elements(report.reuse, *values, b));
  }
}

template <class T>
T value_or_fail(Result<T> result, const Program& program) {
  if (!result) throw CommandFailure{kInputWrong, render(result.error(), program.path, {})};
  return std::move(*result);
}

Report report_on(const Program& program, const std::string& name, const locality::CacheOptions& caching, bool is_dumped) {
  const auto start = std::chrono::steady_clock::now();
  const ir::Function function = ir::find_function(program.schedule.module(), name);
  const locality::Options counting{.row_pitch = caching.row_pitch, .line = caching.line};
  Report report{name, caching.levels, value_or_fail(locality::count_accesses(function, counting), program),
                value_or_fail(locality::simulate_caches(function, caching), program),
                value_or_fail(locality::measure_reuse(function, counting, {.by_line = is_dumped}), program)};
  report.total_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace

int access_command(const AccessOptions& options) {
  const Program program = load_program(options.input);
  const locality::CacheOptions caching{.levels = wanted_levels(options.levels), .line = options.line, .threads = options.threads, .row_pitch = row_pitches(options.strides)};
  ordered_json all = ordered_json::array();
  for (const std::string& name : chosen_functions(program, options.input.function)) {
    const Report report = report_on(program, name, caching, !options.dump.empty());
    all.push_back(to_json(report));
    if (!options.json) fmt::print("{}", to_text(report));
    if (!options.dump.empty()) dump(options.dump, report);
  }
  if (options.json) fmt::print("{}\n", (options.input.function == "all" ? all : all.front()).dump(1));
  return kDone;
}

}  // namespace loopglass::app
