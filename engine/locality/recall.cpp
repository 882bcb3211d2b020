#include "engine/locality/recall.h"

#include <algorithm>
#include <numeric>

namespace loopglass::locality {

namespace {

constexpr int64_t kLeastReturns = 3;                 // times that iterations have to lie alike
constexpr int64_t kLeastFills = 2, kMostFills = 32;  // accesses of an iteration, for each line that the cache holds
constexpr size_t kMostPlaces = size_t{1} << 16;      // of one loop, remembered
constexpr size_t kMostTouches = size_t{1} << 25;     // of all streams

// Iterations of `loop` after which all leaves of `node` stand at the same places in their lines, and of the sets, apart from a turn of all of these.
int64_t returns_after(const OrderedNode& loop, const OrderedNode& node, int64_t sets, int64_t line) {
  int64_t iterations = 1;
  const int64_t first = loop.steps[node.first_leaf - loop.first_leaf];
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    const int64_t step = loop.steps[leaf - loop.first_leaf];
    iterations = std::lcm(iterations, line / std::gcd(line, step));
    iterations = std::lcm(iterations, sets * line / std::gcd(sets * line, step - first));
    if (iterations > loop.count) break;
  }
  return iterations;
}

// The loop of which the leaf is an access.
const OrderedNode& innermost(const OrderedNode& node, size_t leaf) {
  for (const OrderedNode& part : node.body)
    if (part.first_leaf <= leaf && leaf < part.last_leaf) return part.body.empty() ? node : innermost(part, leaf);
  return node;
}

}  // namespace

RecallSite::RecallSite(const OrderedTree& tree, const OrderedNode& node, int64_t sets, int64_t line) : first_leaf_(node.first_leaf), sets_(sets), line_(line) {
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    size_t anchor = node.first_leaf;
    while (tree.leaves[anchor].buffer != tree.leaves[leaf].buffer) ++anchor;
    anchors_.push_back(anchor);
    const OrderedNode& loop = innermost(node, leaf);
    const int64_t step = &loop == &node ? 0 : loop.steps[leaf - loop.first_leaf];
    steps_.push_back(std::abs(step) >= line ? step / std::gcd(line, step) : step == 0 ? 0 : step / std::abs(step));
    bases_.resize(std::max(bases_.size(), static_cast<size_t>(tree.leaves[leaf].buffer) + 1));
  }
  open_.resize(anchors_.size());
}

bool RecallSite::has_room() const { return streams_.size() < kMostPlaces; }

const MissStream* RecallSite::find(const OrderedTree& tree, const std::vector<int64_t>& before) {
  key_.clear();
  const int64_t first = tree.leaves[first_leaf_].address / line_;
  for (size_t i = 0; i < anchors_.size(); ++i) {
    const int64_t address = tree.leaves[first_leaf_ + i].address;
    key_.push_back(address - before[i]);
    if (anchors_[i] == first_leaf_ + i) key_.push_back(address % line_ + ((address / line_ - first) % sets_ + sets_) % sets_ * line_);
    else key_.push_back(address - tree.leaves[anchors_[i]].address);
  }
  const auto found = streams_.find(key_);
  return found == streams_.end() ? nullptr : found->second;
}

void RecallSite::find_bases(const OrderedTree& tree) {
  for (size_t i = 0; i < anchors_.size(); ++i)
    if (anchors_[i] == first_leaf_ + i) bases_[static_cast<size_t>(tree.leaves[anchors_[i]].buffer)] = tree.leaves[anchors_[i]].address / line_;
}

std::vector<int64_t> RecallSite::places(const OrderedTree& tree) const {
  std::vector<int64_t> places;
  for (size_t i = 0; i < anchors_.size(); ++i) places.push_back(tree.leaves[first_leaf_ + i].address);
  return places;
}

bool RecallSite::add(MissStream& stream, size_t leaf, const OrderedTree::Leaf& at, int64_t line) {
  return append(stream, open_[leaf - first_leaf_], at.reference, at.buffer, line - bases_[static_cast<size_t>(at.buffer)], steps_[leaf - first_leaf_]);
}

void Recalls::begin_tree(const OrderedTree& tree, int64_t sets, int64_t ways, int64_t line) {
  sites_.clear();
  streams_.clear();
  touches_ = 0;
  sites_.resize(tree.loops);
  std::vector<const OrderedNode*> around;
  const auto visit = [&](auto& self, const OrderedNode& node) -> void {
    around.push_back(&node);
    const bool has_size = node.accesses >= kLeastFills * sets * ways && node.accesses <= kMostFills * sets * ways;
    const auto returns = [&](const OrderedNode* loop) { return loop->count / kLeastReturns >= returns_after(*loop, node, sets, line); };
    if (has_size && std::ranges::any_of(around, returns)) sites_[node.id] = std::make_unique<RecallSite>(tree, node, sets, line);
    for (const OrderedNode& part : node.body)
      if (!part.body.empty()) self(self, part);
    around.pop_back();
  };
  for (const OrderedNode& part : tree.root.body)
    if (!part.body.empty()) visit(visit, part);
}

bool Recalls::has_room() const { return touches_ < kMostTouches; }

const MissStream* Recalls::intern(MissStream stream) {
  const size_t touches = stream.order.size();
  const auto [it, is_new] = streams_.insert(std::move(stream));
  if (is_new) touches_ += touches;
  return &*it;
}

}  // namespace loopglass::locality
