// What each level of a cache hierarchy misses: exact for true LRU, write-allocate, no write-backs, the next level seeing only this level's
// misses. This is the model of valgrind's cachegrind, not a forecast of a processor (memory-model.md).
#pragma once

#include "engine/locality/access.h"

namespace loopglass::locality {

struct CacheLevel {
  std::string name;          // "L1"
  int64_t bytes = 0;
  int64_t ways = 0;
  bool is_shared = false;    // by all threads; the levels behind it are then shared too
  bool operator==(const CacheLevel&) const = default;
};

struct CacheOptions {
  std::vector<CacheLevel> levels;             // the nearest first
  int64_t line = 64;                          // bytes
  // Parallel loops are cut into this many chunks of ceil(extent / threads) iterations. A shared level sees the threads in turn, one
  // iteration each.
  int threads = 1;
  std::map<std::string, int64_t> row_pitch;   // bytes, by buffer name
  int64_t max_bytes = int64_t{2} << 30;       // of the counts and the caches' contents; more gives KernelMemory
  const std::vector<interp::Tensor>* arguments = nullptr;   // as locality::Options has it
  size_t max_runs = 20000;                    // as locality::Options has it
  Interruption stop;                          // gives Cancelled
};

struct LevelMisses {
  std::vector<int64_t> by_buffer;             // in the order of Access::buffers; a miss belongs to the buffer accessed
  std::vector<int64_t> by_reference;          // in the order of Access::references
  std::vector<int64_t> by_line;               // from CacheResult::first_line on
};

struct CacheResult {
  int64_t accesses = 0;
  int64_t line = 64, first_line = 0;          // bytes; line number = address / line
  std::vector<LevelMisses> levels;            // as in CacheOptions
  int64_t repetitions_left_out = 0;           // iterations that touched the lines of the one before, and were not executed
  int64_t blocks_left_out = 0;                // groups of iterations that did what the ones before did, moved on
  int64_t nests_folded = 0;                   // loops of which only first and last touches were executed
  int64_t streams_left_out = 0;               // runs of lines that plainly all miss
  int64_t iterations_recalled = 0;            // iterations that lay as earlier ones, of which the nearest level was not executed
  int64_t iterations_replayed = 0;            // iterations that let through the nearest level what earlier ones did, moved on: the levels behind executed it
  int64_t ends_partly_moved = 0;              // ends of iterations from which others were replayed though lines that they left alone had not moved
  int64_t iterations_found_behind = 0;        // iterations of which the level behind the nearest plainly had all that it was asked for
  double elapsed_ms = 0;
};

// Errors: BadArgument (a level that is not a whole number of sets, threads < 1), what count_accesses gives.
Result<CacheResult> simulate_caches(const ir::Function& function, const CacheOptions& options);

// The misses of the line on which each element lies, row-major. `buffer` is count_accesses' for the same function and row pitches.
ElementCounts misses_of_elements(const CacheResult& result, size_t level, const BufferAccess& buffer);

// The same accesses with the misses of each level. `caches`: simulate_caches' with these options.
Access with_misses(Access access, const CacheResult& caches, const CacheOptions& options);
// The same, simulated. `access`: count_accesses' of the function, with the same row pitches. Errors: simulate_caches'.
Result<Access> with_misses(Access access, const ir::Function& function, const CacheOptions& options);

}  // namespace loopglass::locality
