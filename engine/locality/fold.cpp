#include "engine/locality/fold.h"

#include <algorithm>
#include <cstdlib>

namespace loopglass::locality {

namespace {

constexpr size_t kMostPlaces = 512;   // of one loop, remembered

// Translates farther apart than what they move share at most a line with each neighbour; others count as one.
int64_t least_lines(std::vector<LoopDim> dims, int64_t line) {
  for (LoopDim& dim : dims) dim.step = std::abs(dim.step);
  std::ranges::sort(dims, {}, &LoopDim::step);
  int64_t span = 0, lines = 1;
  for (const auto& [step, count] : dims) {
    if (step >= span + line) lines *= count;
    else if (step > span && lines > 1) lines = lines * count - (count - 1);
    else if (lines == 1 && step <= line) lines = std::max<int64_t>(1, (span + step * (count - 1)) / line);
    span += step * (count - 1);
  }
  return lines;
}

}  // namespace

FoldSite::FoldSite(const OrderedTree& tree, const OrderedNode& node, int64_t iterations, int64_t line, size_t buffers)
    : iterations(iterations), first_leaf_(node.first_leaf), shift_(shift_of(tree, node, line, buffers)), line_(line) {
  std::vector<int64_t> least;   // by buffer
  for (size_t leaf = node.first_leaf; leaf < node.last_leaf; ++leaf) {
    const auto buffer = static_cast<size_t>(tree.leaves[leaf].buffer);
    size_t anchor = node.first_leaf;
    while (tree.leaves[anchor].buffer != tree.leaves[leaf].buffer) ++anchor;
    anchors_.push_back(anchor);
    if (buffer >= least.size()) least.resize(buffer + 1);
    least[buffer] = std::max(least[buffer], locality::least_lines(loop_dims(node, iterations, leaf), line));
  }
  for (int64_t lines : least) least_lines_ += lines;
  bases_.resize(least.size());
  key_.resize(anchors_.size());
}

std::unique_ptr<Fold>* FoldSite::find(const OrderedTree& tree) {
  for (size_t i = 0; i < anchors_.size(); ++i) {
    const OrderedTree::Leaf& leaf = tree.leaves[first_leaf_ + i];
    const OrderedTree::Leaf& anchor = tree.leaves[anchors_[i]];
    const bool is_anchor = anchors_[i] == first_leaf_ + i;
    key_[i] = is_anchor ? leaf.address % line_ : leaf.address - anchor.address;
    if (is_anchor) bases_[static_cast<size_t>(leaf.buffer)] = leaf.address / line_;
  }
  const auto it = folds_.find(key_);
  if (it != folds_.end()) return &it->second;
  if (folds_.size() == kMostPlaces) is_hopeless = true;
  else folds_.emplace(key_, nullptr);
  return nullptr;
}

}  // namespace loopglass::locality
