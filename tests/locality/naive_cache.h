// The oracle for caches and stack distances: every access by itself, on plain lists. Shares nothing with engine/locality.
#pragma once

#include "tests/locality/naive.h"

namespace loopglass::naive {

struct Level {
  int64_t sets, ways;
  bool is_shared = false;
};

struct Memory {
  std::vector<Level> levels;
  int64_t line = 64;
  int threads = 1;
  std::map<std::string, int64_t> row_pitch;
};

struct Misses {
  std::map<std::string, int64_t> by_buffer;
  std::map<int, int64_t> by_reference;
  std::map<int64_t, int64_t> by_line;   // by address / line
};

struct CacheCounts {
  int64_t accesses = 0;
  std::vector<Misses> levels;
};
CacheCounts simulate(const ir::Function& function, const Memory& memory, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {});

// Every line of every access, in program order: the access, which of its lines it is, the line.
void for_each_line(const ir::Function& function, const Memory& memory, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data,
                   const std::function<void(const Event&, int64_t n, int64_t line)>& tell);

// What each set of each level holds after so many accesses, the most recent first; by time.
using Contents = std::map<int64_t, std::vector<std::vector<std::vector<int64_t>>>>;
Contents contents(const ir::Function& function, const Memory& memory, const std::set<int64_t>& times);

struct Reuse {
  std::map<std::string, std::map<int, int64_t>> by_buffer;   // element 0 counts first touches, element k + 1 the contract's bucket k
  std::map<int64_t, std::vector<int64_t>> by_line;           // by address / line: the distances of all touches but the first, in program order
};
Reuse reuse(const ir::Function& function, const Memory& memory, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {});
// The least of the distances with as many bits as their lower median.
int64_t near_median(std::vector<int64_t> distances);

}  // namespace loopglass::naive
