#include "engine/locality/counters.h"

#include "engine/support/check.h"

namespace loopglass::locality {

std::vector<int64_t> counters_at(const Nest& nest, const std::map<const ir::VarNode*, int64_t>& iteration) {
  Box box;
  box.low.assign(nest.loops.size(), 0);
  for (const LoopItem* loop : nest.loops) {   // outer ones first
    const auto it = iteration.find(loop->var.get());
    if (it == iteration.end()) continue;
    box.high = box.low;
    const auto first = resolve(*loop->first, box), step = resolve(*loop->step, box);
    if (!first || !step || step->constant == 0) continue;
    const int64_t distance = it->second - first->constant;
    box.low[static_cast<size_t>(loop->id)] = distance % step->constant == 0 ? distance / step->constant : -1;
  }
  return box.low;
}

int64_t value_at(const Term& term, const std::vector<int64_t>& counters) {
  const auto value = resolve(term, Box{counters, counters});
  CHECK(value && value->is_constant(), "a term has no value in one iteration");
  return value->constant;
}

int64_t value_at(const LoopItem& loop, const std::vector<int64_t>& counters) {
  return value_at(*loop.first, counters) + value_at(*loop.step, counters) * counters[static_cast<size_t>(loop.id)];
}

}  // namespace loopglass::locality
