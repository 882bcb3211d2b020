#include "engine/locality/cache_pass.h"

#include <fmt/format.h>

#include "engine/locality/miss_counter.h"
#include "engine/locality/replay.h"

namespace loopglass::locality {

namespace {

Error bad_level(const CacheLevel& level, const std::string& what) {
  return fail(DiagnosticKind::BadArgument, fmt::format("{}: {} bytes in {} ways {}", level.name, level.bytes, level.ways, what),
              "choose bytes that are a multiple of ways * line");
}

}  // namespace

Result<void> check_levels(const CacheOptions& options) {
  if (options.threads < 1) return fail(DiagnosticKind::BadArgument, fmt::format("{} threads", options.threads), "choose 1 or more");
  __int128 held = 0;
  for (const CacheLevel& level : options.levels) {
    if (level.bytes <= 0 || level.ways <= 0) return bad_level(level, "hold nothing");
    if (level.bytes / options.line / level.ways == 0 || level.bytes % (level.ways * options.line) != 0)
      return bad_level(level, fmt::format("of lines of {} bytes are no whole number of sets", options.line));
    held += __int128{level.bytes / options.line} * 4 * options.threads;
  }
  if (held > options.max_bytes)
    return fail(DiagnosticKind::KernelMemory, fmt::format("the contents of the caches need more than the {} bytes that are allowed", options.max_bytes),
                "choose smaller levels or fewer threads");
  return {};
}

Options counting_options(const CacheOptions& options) {
  return {.row_pitch = options.row_pitch, .line = options.line, .max_bytes = options.max_bytes, .arguments = options.arguments, .max_runs = options.max_runs, .stop = options.stop};
}

CacheResult empty_result(const CacheOptions& options, const Layout& layout, LineRange lines, size_t references) {
  CacheResult result;
  result.line = options.line;
  result.first_line = lines.first;
  for (size_t level = 0; level < options.levels.size(); ++level) {
    LevelMisses& misses = result.levels.emplace_back();
    misses.by_buffer.resize(layout.buffers.size());
    misses.by_reference.resize(references);
    misses.by_line.resize(static_cast<size_t>(lines.count));
  }
  return result;
}

Result<CacheResult> simulate_nest(const Nest& nest, const Layout& layout, LineRange lines, const CacheOptions& options, Checkpoints* checkpoints) {
  CacheResult result = empty_result(options, layout, lines, nest.references.size());
  MissCounter counter(options, lines, result, checkpoints);
  int64_t time = 0;
  FoldMaker folds(lines, layout.buffers.size(), options.line);
  OrderedNest ordered(layout, options.line, {options.threads}, [&](OrderedTree& tree, int thread) {
    counter.set_thread(thread);
    folds.begin_tree(tree);
    counter.begin_tree(tree);
    Replay(tree, counter, LineNumber(options.line), folds, options.stop, time).run();
    for (const OrderedNode& part : tree.root.body) time += part.accesses * part.count;
  });
  try {
    TRY_ASSIGN(result.accesses, Walker(nest, layout, ordered, options.stop, options.max_runs).walk());
  } catch (const ReplayStopped&) {
    return fail(DiagnosticKind::Cancelled, "the simulation of the caches was cancelled");
  }
  counter.finish();
  return result;
}

}  // namespace loopglass::locality
