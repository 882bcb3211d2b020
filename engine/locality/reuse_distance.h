// How far apart the touches of a line are: exact LRU stack distances.
#pragma once

#include "engine/locality/access.h"

namespace loopglass::locality {

struct ReuseHistogram {
  int64_t cold = 0;                 // first touches
  // By distance, the number of distinct other lines touched since the last touch of the line: [0] at 0, [k] in [2^(k-1), 2^k).
  std::vector<int64_t> log2;        // no trailing zeros
  std::vector<int64_t> at_least;    // by edge: touches, not the first ones, at this distance or farther
  bool operator==(const ReuseHistogram&) const = default;
};

constexpr int64_t kNotTouchedAgain = -1, kNeverTouched = -2;

// By line, of its touches after the first, whichever buffers they belong to: the least distance; near the median the least one of those between the
// same powers of two (of two medians the lower one counts), so at most the median and more than half of it; the largest distance.
// kNotTouchedAgain where a line was touched once, kNeverTouched where it was not.
struct LineReuse {
  std::vector<int64_t> min, median, max;
  bool operator==(const LineReuse&) const = default;
};

struct ReuseOptions {
  std::vector<int64_t> edges;       // distances at which to tell touches apart besides the powers of two
  bool by_line = false;             // takes 4 bytes a line, 24 more for each power of two that its distances have, in each of some nested counts; 10 to 50 ms for 200,000 lines
};

struct ReuseResult {
  int64_t accesses = 0;
  std::vector<ReuseHistogram> buffers;   // in the order of Access::buffers: the buffer accessed
  int64_t line = 64, first_line = 0;     // bytes; line number = address / line
  LineReuse by_line;                     // from first_line on, as LevelMisses::by_line; empty unless asked for
  int64_t repetitions_left_out = 0, blocks_left_out = 0, nests_folded = 0;   // as in CacheResult
  double elapsed_ms = 0;
};

// Distances are in lines, over all buffers, in program order whatever the number of threads. Uses Options' row_pitch, line, max_bytes,
// arguments, max_runs and stop. Errors: what count_accesses gives.
Result<ReuseResult> measure_reuse(const ir::Function& function, const Options& options = {}, const ReuseOptions& wanted = {});

// What one of the lists of result.by_line says of the line on which each element lies, row-major. `buffer` is count_accesses' for the same function,
// row pitches and line.
ElementCounts reuse_of_elements(const ReuseResult& result, const std::vector<int64_t>& of_lines, const BufferAccess& buffer);

}  // namespace loopglass::locality
