// What changed between two versions of a program: misses by buffer and level, and the loops that keep a buffer in a level.
#pragma once

#include <optional>

#include "engine/locality/cache_model.h"

namespace loopglass::locality {

// Holds are told by bytes, as footprints are: lines of which little is used need more room than that.

// One version: the function, and what count_accesses and simulate_caches say of it, all with the same options.
struct Version {
  ir::Function function;
  const Access* access = nullptr;
  const CacheResult* caches = nullptr;
};

// Around the reference to a buffer that misses a level most. One iteration of `stays_within` touches no more bytes, of all buffers, than the level has;
// one iteration of `leaves_in`, the loop around it, touches more: there the level forgets between two iterations of `stays_within`.
struct Hold {
  std::string reference;      // "C[vi, vj]"
  std::string stays_within;   // path; "" where not even the innermost loop's iteration fits, or the function as a whole does
  std::string leaves_in;      // path; "" where nothing is forgotten
  int64_t bytes = 0;          // of one iteration of stays_within; of leaves_in where there is none
  bool operator==(const Hold&) const = default;
};

struct MissChange {
  std::string buffer, level;  // names
  int64_t before = 0, after = 0;
  // Where they can be told (not for functions that have to be executed, nor for buffers that one version lacks).
  std::optional<Hold> hold_before, hold_after;
  // Whether the loops that hold the buffer are others than before, and more of them where it misses less (or fewer where it misses more): then the change
  // is put down to them.
  bool is_due_to_loops = false;
};

// By buffer (matched by name) and level, those that changed, the largest change first. `levels`: of both. Errors: those of lay_out.
Result<std::vector<MissChange>> compare_misses(const Version& before, const Version& after, const std::vector<CacheLevel>& levels);

}  // namespace loopglass::locality
