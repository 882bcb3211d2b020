// Makes the folds of a tree's loops, and keeps them.
#pragma once

#include "engine/locality/fold.h"
#include "engine/locality/reuse_counter.h"

namespace loopglass::locality {

class FoldMaker {
 public:
  // `wanted`: that of the ReuseCounter, if there is one, that executes the folds; without it they have no distances.
  FoldMaker(LineRange lines, size_t buffers, int64_t line, std::optional<ReuseOptions> wanted = {}) : lines_(lines), buffers_(buffers), line_(line), wanted_(std::move(wanted)) {}
  void begin_tree(const OrderedTree& tree);
  FoldSite& site(const OrderedTree& tree, const OrderedNode& node);
  // Of the loop's parts of so many iterations; it forgets those of another number.
  FoldSite& part(const OrderedTree& tree, const OrderedNode& node, int64_t iterations);
  // Of the parts that are in use; null where none are.
  FoldSite* part(const OrderedNode& node) { return parts_[node.id].get(); }
  // Whether there is memory for one more.
  bool has_room() const;
  // A counter for what the fold is made of; folds are made inside others.
  ReuseCounter& begin();
  std::unique_ptr<Fold> end(const std::vector<int64_t>& bases);

 private:
  LineRange lines_;
  size_t buffers_;
  int64_t line_;
  std::optional<ReuseOptions> wanted_;
  std::vector<std::unique_ptr<FoldSite>> sites_, parts_;   // by loop
  std::vector<std::unique_ptr<ReuseCounter>> counters_;
  size_t under_way_ = 0, touches_ = 0;                  // folds being made; touches of all that are kept
};

}  // namespace loopglass::locality
