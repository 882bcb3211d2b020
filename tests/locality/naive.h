// The oracle: walks a function statement by statement and writes down every access. Shares nothing with engine/locality or interp.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/ir/module.h"

namespace loopglass::naive {

struct Element {
  int64_t reads = 0, writes = 0, first = -1, last = -1;
  bool operator==(const Element&) const = default;
};

struct Counts {
  int64_t accesses = 0;
  std::map<const ir::BufferNode*, std::vector<Element>> elements;      // row-major
  std::vector<int64_t> references;                                     // in program order
  std::map<const ir::VarNode*, std::map<const ir::BufferNode*, int64_t>> footprints;   // elements
  std::map<const ir::VarNode*, int64_t> total_bytes;
};

// `data`: of integer buffers that are read in indices, bounds and conditions.
Counts count(const ir::Function& function, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data = {});

// One load or store: the elements of its lanes, row-major, and the thread that makes it.
struct Event {
  ir::Buffer buffer;
  std::vector<int64_t> elements;
  int reference, thread;
  std::vector<std::pair<const ir::VarNode*, int64_t>> loops;   // under way, the outermost first; kept for one thread
};
// Tells of every access in program order; with more than one thread the outermost parallel loops go round them, one iteration each.
void for_each_access(const ir::Function& function, int threads, const std::map<const ir::BufferNode*, std::vector<int64_t>>& data,
                     const std::function<void(const Event&)>& tell);

// The elements that the loop touches while it and the loops around it are at these values.
std::map<const ir::BufferNode*, std::set<int64_t>> touched(const ir::Function& function, const std::map<const ir::VarNode*, int64_t>& at);

}  // namespace loopglass::naive
