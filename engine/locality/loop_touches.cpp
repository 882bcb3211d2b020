#include "engine/locality/loop_touches.h"

#include <algorithm>
#include <cstdlib>

namespace loopglass::locality {

namespace {

constexpr int64_t kMostIterations = 16;   // looked at one by one
constexpr int kMostPlaces = 64;           // of the loops inside

void append_dims(const OrderedNode& node, int64_t iterations, size_t leaf, std::vector<LoopDim>& dims) {
  for (const OrderedNode& part : node.body)
    if (part.first_leaf <= leaf && leaf < part.last_leaf && !part.body.empty()) append_dims(part, part.count, leaf, dims);
  const int64_t step = node.steps[leaf - node.first_leaf];
  if (step != 0 && iterations > 1) dims.push_back({step, iterations});
}

// Of a size above 0, and from 0 on, that are less than x.
int64_t multiples_below(int64_t x, int64_t size) { return x > 0 ? (x - 1) / size + 1 : 0; }

// Whether some place of the loops from `dim` on lies between the two, or there were too many to look at.
bool is_between(const std::vector<LoopDim>& dims, size_t dim, int64_t span, int64_t low, int64_t high, int& places) {
  if (high < 0 || low > span) return false;
  if (dim == dims.size()) return true;
  const auto [step, count] = dims[dim];
  const int64_t rest = span - step * (count - 1);
  for (int64_t n = multiples_below(low - rest, step); n < count && n * step <= high; ++n)
    if (--places < 0 || is_between(dims, dim + 1, rest, low - n * step, high - n * step, places)) return true;
  return false;
}

}  // namespace

std::vector<LoopDim> loop_dims(const OrderedNode& node, int64_t iterations, size_t leaf) {
  std::vector<LoopDim> dims;
  append_dims(node, iterations, leaf, dims);
  return dims;
}

LoopTouches::LoopTouches(const OrderedNode& node, int64_t line) : line_(line) {
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    Leaf& made = leaves_.emplace_back(Leaf{.leaf = leaf, .step = node.steps[leaf - node.first_leaf], .dims = loop_dims(node, 1, leaf)});
    for (LoopDim& dim : made.dims) {
      const int64_t moved = dim.step * (dim.count - 1);
      made.low += std::min<int64_t>(moved, 0), made.span += std::abs(moved);
      dim.step = std::abs(dim.step);
    }
    std::ranges::sort(made.dims, std::greater(), &LoopDim::step);
  }
}

BlockTouches::BlockTouches(const OrderedTree& tree, const LoopTouches& touches, int64_t iterations, int64_t last)
    : iterations_(iterations), count_((last + 1) * iterations), line_(touches.line_) {
  for (const LoopTouches::Leaf& leaf : touches.leaves_) {
    const int64_t lowest = tree.leaves[leaf.leaf].address - iterations * leaf.step + leaf.low, moved = (count_ - 1) * leaf.step;
    const auto same = [&](const Box& box) { return box.lowest == lowest && box.leaf->step == leaf.step && box.leaf->dims == leaf.dims; };
    if (std::ranges::none_of(boxes_, same)) boxes_.push_back({&leaf, lowest, lowest + std::min<int64_t>(moved, 0), lowest + leaf.span + std::max<int64_t>(moved, 0)});
  }
}

int64_t BlockTouches::first(int64_t line) const {
  int64_t earliest = count_;
  for (const Box& box : boxes_) {
    const int64_t start = line * line_, step = box.leaf->step, size = std::abs(step);
    if (start > box.to || start + line_ <= box.from) continue;
    const int64_t low = start - box.lowest, high = low + line_ - 1;
    const auto comes_there = [&](int64_t n) {
      int places = kMostPlaces;
      return is_between(box.leaf->dims, 0, box.leaf->span, low - n * step, high - n * step, places);
    };
    int64_t n = 0, last = 0;
    if (size > 0) {
      // n * size has to lie between the two.
      const int64_t from = step > 0 ? low - box.leaf->span : -high, to = step > 0 ? high : box.leaf->span - low;
      n = multiples_below(from, size);
      if (n * size > to) continue;
      last = std::min(earliest - 1, to / size);
    }
    if (last - n < kMostIterations)
      while (n <= last && !comes_there(n)) ++n;
    if (n <= last) earliest = std::min(earliest, n);
  }
  return earliest / iterations_;
}

}  // namespace loopglass::locality
