#include "engine/locality/shift.h"

#include <numeric>

namespace loopglass::locality {

Shift Shift::times(int64_t factor) const {
  Shift all{period * factor, lines};
  for (int64_t& moved : all.lines) moved *= factor;
  return all;
}

Shift shift_of(const OrderedTree& tree, const OrderedNode& node, int64_t line, size_t buffers) {
  std::vector<std::optional<int64_t>> steps(buffers);   // bytes
  int64_t period = 1;
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    std::optional<int64_t>& step = steps[static_cast<size_t>(tree.leaves[leaf].buffer)];
    const int64_t here = node.steps[leaf - node.first_leaf];
    if (step && *step != here) return {};
    step = here;
    period = std::lcm(period, line / std::gcd(line, here));
  }
  Shift shift{period, {}};
  for (const auto& step : steps) shift.lines.push_back(step.value_or(0) * period / line);
  return shift;
}

}  // namespace loopglass::locality
