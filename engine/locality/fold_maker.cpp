#include "engine/locality/fold_maker.h"

namespace loopglass::locality {

void FoldMaker::begin_tree(const OrderedTree& tree) {
  sites_.clear();
  sites_.resize(tree.loops);
}

FoldSite& FoldMaker::site(const OrderedTree& tree, const OrderedNode& node) {
  std::unique_ptr<FoldSite>& site = sites_[node.id];
  if (!site) site = std::make_unique<FoldSite>(tree, node, line_, buffers_);
  return *site;
}

ReuseCounter& FoldMaker::begin() {
  if (under_way_ == counters_.size()) counters_.push_back(std::make_unique<ReuseCounter>(lines_, buffers_));
  ReuseCounter& counter = *counters_[under_way_++];
  counter.begin_fold();
  return counter;
}

std::unique_ptr<Fold> FoldMaker::end(const std::vector<int64_t>& bases) {
  std::unique_ptr<Fold> fold = counters_[--under_way_]->take_fold();
  for (auto* touches : {&fold->first, &fold->last})
    for (Fold::Touch& t : *touches) t.line -= bases[static_cast<size_t>(t.buffer)];
  return fold;
}

}  // namespace loopglass::locality
