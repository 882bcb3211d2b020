#include "engine/locality/fold_maker.h"

namespace loopglass::locality {

namespace {

constexpr size_t kMostTouches = size_t{1} << 23;        // 16 bytes each
constexpr int64_t kMostLines = int64_t{1} << 24;        // of all counters of folds being made, some 13 bytes each

}  // namespace

bool FoldMaker::has_room() const {
  return touches_ < kMostTouches && static_cast<int64_t>(under_way_ + 1) * lines_.count <= kMostLines;
}

void FoldMaker::begin_tree(const OrderedTree& tree) {
  sites_.clear();
  parts_.clear();
  touches_ = 0;
  sites_.resize(tree.loops);
  parts_.resize(tree.loops);
}

FoldSite& FoldMaker::site(const OrderedTree& tree, const OrderedNode& node) {
  std::unique_ptr<FoldSite>& site = sites_[node.id];
  if (!site) site = std::make_unique<FoldSite>(tree, node, node.count, line_, buffers_);
  return *site;
}

FoldSite& FoldMaker::part(const OrderedTree& tree, const OrderedNode& node, int64_t iterations) {
  std::unique_ptr<FoldSite>& site = parts_[node.id];
  if (!site || site->iterations != iterations) site = std::make_unique<FoldSite>(tree, node, iterations, line_, buffers_);
  return *site;
}

ReuseCounter& FoldMaker::begin() {
  if (under_way_ == counters_.size()) counters_.push_back(std::make_unique<ReuseCounter>(lines_, buffers_, wanted_));
  ReuseCounter& counter = *counters_[under_way_++];
  counter.begin_fold();
  return counter;
}

std::unique_ptr<Fold> FoldMaker::end(const std::vector<int64_t>& bases) {
  std::unique_ptr<Fold> fold = counters_[--under_way_]->take_fold();
  touches_ += fold->first.size() + fold->last.size();
  for (auto* touches : {&fold->first, &fold->last})
    for (Fold::Touch& t : *touches) t.line -= bases[static_cast<size_t>(t.buffer)];
  for (Fold::OfBuffer& part : fold->by_line) {
    touches_ += 2 * part.inner.size();
    for (Fold::OfLine& of : part.inner) of.line -= bases[static_cast<size_t>(part.buffer)];
  }
  return fold;
}

}  // namespace loopglass::locality
