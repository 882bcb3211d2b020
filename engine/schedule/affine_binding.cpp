// Whether a block's axes are a quasi-affine map of its loops.
#include <algorithm>

#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"
#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {
namespace {

// Each axis is a loop's variable, no two the same, and the loops have constant bounds.
bool is_plain_binding(const ir::BlockRealize& realize, const std::vector<const ir::For*>& loops) {
  const std::vector<ir::Expr>& values = realize.iter_values;
  if (!ir::is_one(realize.predicate)) return false;
  if (!std::ranges::all_of(loops, [](const ir::For* loop) { return ir::as_int(loop->min) && ir::as_int(loop->extent); })) return false;
  for (size_t i = 0; i < values.size(); ++i)
    if (!ir::as<ir::VarNode>(values[i]) || std::find(values.begin(), values.begin() + i, values[i]) != values.begin() + i) return false;
  return true;
}

}  // namespace

bool is_affine_binding(const Place& block, const Place* high) {
  const std::optional<Place> above = parent(block);
  if (!above) return true;
  const std::vector<const ir::For*> loops = loops_between(*above, high);
  if (loops.empty() || is_plain_binding(block.realize(), loops)) return true;
  arith::Analyzer analyzer;
  arith::VarRanges ranges;
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
    ranges.emplace_back((*it)->loop_var, ir::Range{(*it)->min, (*it)->extent});
    analyzer.bind(ranges.back().first, ranges.back().second);
  }
  const arith::IterMapResult map = arith::detect_iter_map(block.realize().iter_values, ranges, block.realize().predicate,
                                                          arith::IterMapLevel::Surjective, analyzer, false);
  if (map.indices.empty()) return false;
  return std::all_of(map.indices.begin(), map.indices.end(),
                     [](const arith::IterSum& sum) { return sum.args.empty() || ir::is_one(sum.args[0].scale); });
}

}  // namespace loopglass::schedule
