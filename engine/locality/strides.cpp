// How far the references of a nest step from one access to the next.
#include "engine/locality/ordered_nest.h"
#include "engine/locality/quantities.h"

namespace loopglass::locality {

namespace {

// Adds the steps that a leaf makes while the loops of `node` run `times` times over; gives how far the leaf gets within one iteration of `node`'s parent.
int64_t add_steps(const OrderedNode& node, size_t leaf, int64_t times, std::map<int64_t, int64_t>& steps) {
  for (const OrderedNode& part : node.body) {
    if (leaf < part.first_leaf || leaf >= part.last_leaf) continue;
    if (part.body.empty()) return 0;
    const int64_t inside = add_steps(part, leaf, times * part.count, steps), step = part.steps[leaf - part.first_leaf];
    if (part.count > 1) steps[step - inside] += times * (part.count - 1);
    return inside + step * (part.count - 1);
  }
  return 0;
}

}  // namespace

Result<std::vector<DominantStride>> dominant_strides(const ir::Function& function, const Options& options) {
  TRY_ASSIGN(const Layout layout, lay_out(function, options));
  const std::optional<Nest> nest = build_nest(function, layout);
  if (!nest) {
    TRY_ASSIGN(const Access access, count_accesses(function, options));
    return std::vector<DominantStride>(access.references.size());
  }
  std::vector<std::map<int64_t, int64_t>> steps(nest->references.size());
  OrderedNest ordered(layout, options.line, {}, [&](OrderedTree& tree, int) {
    for (size_t leaf = 0; leaf < tree.leaves.size(); ++leaf) add_steps(tree.root, leaf, 1, steps[static_cast<size_t>(tree.leaves[leaf].reference)]);
  });
  TRY(Walker(*nest, layout, ordered, options.stop, options.max_runs).walk());
  std::vector<DominantStride> strides(steps.size());
  for (size_t r = 0; r < steps.size(); ++r)
    for (const auto& [bytes, times] : steps[r]) {
      strides[r].of += times;
      if (times > strides[r].times || (times == strides[r].times && std::abs(bytes) < std::abs(strides[r].bytes))) strides[r].bytes = bytes, strides[r].times = times;
    }
  return strides;
}

}  // namespace loopglass::locality
