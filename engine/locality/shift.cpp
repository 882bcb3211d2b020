#include "engine/locality/shift.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/locality/avx2.h"

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

LineMoves::LineMoves(const LineRange& lines, const Shift& shift) {
  for (size_t buffer = 0; buffer < shift.lines.size(); ++buffer)
    if (shift.lines[buffer] != 0)
      moving_.push_back({static_cast<uint32_t>(lines.starts[buffer]), static_cast<uint32_t>(lines.starts[buffer + 1] - lines.starts[buffer]), static_cast<uint32_t>(shift.lines[buffer])});
}

bool LineMoves::lead(std::span<const uint32_t> from, std::span<const uint32_t> to) const {
  return fastest([&]() __attribute__((always_inline)) { return lead_all(from, to); });
}

void LineMoves::move(std::span<const uint32_t> from, std::span<uint32_t> to) const {
  fastest([&]() __attribute__((always_inline)) { move_all(from, to); });
}

inline __attribute__((always_inline)) bool LineMoves::lead_all(std::span<const uint32_t> from, std::span<const uint32_t> to) const {
  std::array<uint32_t, 128> steps;   // of so many lines at once
  for (size_t first = 0; first < from.size(); first += steps.size()) {
    const size_t count = std::min(steps.size(), from.size() - first);
    const uint32_t* const before = from.data() + first;
    const uint32_t* const now = to.data() + first;
    steps.fill(0);
    uint32_t wrong = 0;
    for (const Moving& buffer : moving_)
      for (size_t i = 0; i < count; ++i) {
        const uint32_t at = before[i] - buffer.low, is_its = at < buffer.count ? ~uint32_t{0} : 0;
        steps[i] |= is_its & buffer.by;
        wrong |= is_its & (at + buffer.by < buffer.count ? 0 : 1);
      }
    for (size_t i = 0; i < count; ++i) wrong |= (before[i] + steps[i]) ^ now[i];
    if (wrong != 0) return false;
  }
  return true;
}

inline __attribute__((always_inline)) void LineMoves::move_all(std::span<const uint32_t> from, std::span<uint32_t> to) const {
  std::ranges::copy(from, to.begin());
  for (const Moving& buffer : moving_)
    for (size_t i = 0; i < from.size(); ++i) to[i] += from[i] - buffer.low < buffer.count ? buffer.by : 0;
}

}  // namespace loopglass::locality
