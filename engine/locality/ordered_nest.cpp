#include "engine/locality/ordered_nest.h"

#include <algorithm>
#include <numeric>

namespace loopglass::locality {

int64_t ThreadOrder::iteration_at(int64_t n, int64_t count) const {
  const int64_t length = chunk(count), full = count / length, rest = count - full * length;   // the last chunk may be shorter
  const int64_t together = rest * (full + 1);
  const int64_t step = n < together ? n / (full + 1) : rest + (n - together) / full;
  const int64_t thread = n < together ? n % (full + 1) : (n - together) % full;
  return thread * length + step;
}

OrderedNest::OrderedNest(const Layout& layout, int64_t line, ThreadOrder order, std::function<void(OrderedTree&, int)> run)
    : layout_(layout), line_(line), order_(order), run_(std::move(run)) {}

void OrderedNest::open_segment(const LoopItem& loop, int64_t first, int64_t count) {
  OrderedNode& node = open_.emplace_back();
  node.first_leaf = tree_.leaves.size();
  node.count = count;
  node.accesses = 0;
  node.loop = loop.id;
  node.first = first;
}

void OrderedNest::access(const AccessItem& item, const Linear& address) {
  int64_t at = layout_.buffers[static_cast<size_t>(item.buffer)].base + address.constant;
  for (const OrderedNode& open : open_) at += address.coefficient(open.loop) * open.first;
  OrderedNode leaf;
  leaf.first_leaf = tree_.leaves.size();
  leaf.last_leaf = leaf.first_leaf + 1;
  tree_.leaves.push_back({item.reference, item.buffer, at});
  moves_.push_back(address);
  std::vector<OrderedNode>& siblings = open_.empty() ? tree_.root.body : open_.back().body;
  siblings.push_back(std::move(leaf));
  if (open_.empty()) give_away();
}

void OrderedNest::close_segment() {
  OrderedNode node = std::move(open_.back());
  open_.pop_back();
  node.id = tree_.loops++;
  node.last_leaf = tree_.leaves.size();
  node.may_stay = node.count > 1;
  node.is_innermost = std::ranges::all_of(node.body, [](const OrderedNode& part) { return part.body.empty(); });
  for (const OrderedNode& part : node.body) node.accesses += part.accesses * part.count;
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    const int64_t step = moves_[leaf].coefficient(node.loop);
    node.steps.push_back(step);
    node.granules.push_back(line_);
    node.phases.push_back(std::abs(step) >= line_ ? line_ / std::gcd(line_, step) : 0);
    if (std::abs(step) >= line_) node.may_stay = false, node.leaves_lines = true;
  }
  const auto narrow = [&](auto& self, const OrderedNode& inner) -> void {
    for (size_t leaf = inner.first_leaf; leaf < inner.last_leaf && inner.count > 1; ++leaf) {
      int64_t& granule = node.granules[leaf - node.first_leaf];
      granule = std::gcd(granule, inner.steps[leaf - inner.first_leaf]);
    }
    for (const OrderedNode& part : inner.body) self(self, part);
  };
  for (const OrderedNode& part : node.body) narrow(narrow, part);
  for (size_t leaf = 0; leaf < node.steps.size(); ++leaf) node.may_stay = node.may_stay && std::abs(node.steps[leaf]) < node.granules[leaf];
  if (node.body.empty()) return;   // nothing happens in it
  std::vector<OrderedNode>& siblings = open_.empty() ? tree_.root.body : open_.back().body;
  siblings.push_back(std::move(node));
  if (open_.empty()) give_away();
}

void OrderedNest::abandon_segments() {
  open_.clear();
  tree_ = {};
  moves_.clear();
}

void OrderedNest::give_away() {
  tree_.root.last_leaf = tree_.leaves.size();
  run_(tree_, thread_);
  abandon_segments();
}

bool OrderedNest::streams(const LoopItem& loop) const {
  if (order_.threads == 1 || parallel_) return false;
  return loop.is_parallel || std::ranges::any_of(loop.inner, &LoopItem::is_parallel);
}

int64_t OrderedNest::iteration_at(const LoopItem& loop, int64_t n, int64_t count) {
  if (order_.threads == 1 || parallel_ || !loop.is_parallel) return n;
  const int64_t iteration = order_.iteration_at(n, count);
  parallel_ = &loop;
  thread_ = static_cast<int>(iteration / order_.chunk(count));
  return iteration;
}

void OrderedNest::end_iteration(const LoopItem& loop) {
  if (parallel_ != &loop) return;
  parallel_ = nullptr;
  thread_ = 0;
}

}  // namespace loopglass::locality
