// What each level of a cache hierarchy holds at any time of a function.
//
// The exact pass keeps checkpoints; a time is replayed from the last one before it. What the pass left out, because it repeats what went before,
// is found there. The memory is bounded (CacheHistory::Options::max_bytes), so far-apart times of long programs whose nests have no short cuts
// take longer.
#pragma once

#include "engine/locality/cache_model.h"
#include "engine/locality/seek.h"

namespace loopglass::locality {

struct LevelContent {
  std::string level;             // "L1"
  int64_t sets = 0, ways = 0;
  // Line numbers (address / line) of set 0, then of set 1, ..., -1 where a way is empty. The most recently used first; a level that has room for
  // all lines of the function never evicts, and has its lines by their first touch, the latest first.
  std::vector<int64_t> lines;
};

// Of all lines that the function's buffers lie on.
struct NearestLevels {
  int64_t first = 0;             // line number (address / line)
  std::vector<uint8_t> level;    // by line, from `first` on: the nearest level that has it, from 1; 0: none
  std::vector<int64_t> held;     // lines, by level
};

class CacheHistory {
 public:
  struct Pass;                   // the result, and what is kept of it

  // Errors: simulate_caches', and BadArgument with more than one thread: times are those of program order.
  static Result<Pass> simulate(const ir::Function& function, const CacheOptions& options, int64_t max_bytes = int64_t{64} << 20);
  CacheHistory(CacheHistory&&) noexcept;
  CacheHistory& operator=(CacheHistory&&) noexcept;
  ~CacheHistory();

  int64_t accesses() const;
  // After the first `time` accesses; 0 <= time <= accesses(). By level. A time soon after the one asked for before is fastest. Not to be called by two
  // threads at once. Errors: where the function has to be executed, those of executing it.
  Result<std::vector<LevelContent>> content(int64_t time);
  // The same by line: one walk over all lines on top of the replay.
  Result<NearestLevels> nearest(int64_t time);
  const std::vector<CacheLevel>& levels() const;
  // So many levels, from the nearest on, have their lines by recency; those behind never evict.
  size_t ordered_levels() const;
  int64_t checkpoint_bytes() const;

 private:
  struct State;
  explicit CacheHistory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct CacheHistory::Pass {
  CacheResult result;            // equal to simulate_caches'
  CacheHistory history;
};

}  // namespace loopglass::locality
