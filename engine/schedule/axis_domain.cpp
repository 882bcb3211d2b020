#include "engine/schedule/axis_domain.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/inverse_iter_map.h"
#include "engine/ir/op.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using arith::IntSet;
using ir::Expr;

// The domains found so far, one an axis, in the block's order.
struct Domains {
  const ir::Block& block;
  std::vector<AxisDomain> axes;

  AxisDomain* of(const ir::VarNode* var) {
    for (size_t i = 0; i < axes.size(); ++i)
      if (block.iter_vars[i].var.get() == var) return &axes[i];
    return nullptr;
  }
};

IntSet hull(const IntSet& a, const IntSet& b) {
  const IntSet both[] = {a, b};
  return arith::union_sets(both);
}

// (d0 and b0) or (d1 and b1), relaxed to (d0 or d1) and (b0 or b1).
void unite(AxisDomain& into, const AxisDomain& other) {
  into.dom = hull(into.dom, other.dom);
  into.bound = hull(into.bound, other.bound);
}

IntSet simplified(const IntSet& set, const arith::Analyzer& analyzer) {
  if (set.is_nothing) return set;
  return IntSet::interval(set.min ? analyzer.simplify(set.min) : nullptr, set.max ? analyzer.simplify(set.max) : nullptr);
}

// Drops the bound where dom provably lies in it, takes it for dom where it lies in dom.
void simplify(AxisDomain& axis, const arith::Analyzer& analyzer) {
  if (axis.dom.is_nothing) {
    if (axis.bound.min && axis.bound.max) {
      axis.dom = simplified(axis.bound, analyzer);
      axis.bound = IntSet::nothing();
    }
    return;
  }
  axis.dom = simplified(axis.dom, analyzer);
  axis.bound = simplified(axis.bound, analyzer);
  const IntSet both[] = {axis.dom, axis.bound};
  const IntSet common = simplified(arith::intersect(both), analyzer);
  const auto equal = [&](const Expr& a, const Expr& b) { return a && b && analyzer.can_prove_equal(a, b); };
  const auto same = [&](const IntSet& a) { return equal(a.min, common.min) && equal(a.max, common.max); };
  if (same(axis.dom)) {
    axis.bound = IntSet::nothing();
  } else if (same(axis.bound)) {
    axis.dom = axis.bound;
    axis.bound = IntSet::nothing();
  } else if (common.min && common.max && ir::as_int(common.min) && ir::as_int(common.max)) {
    axis.dom = common;
    axis.bound = IntSet::nothing();
  }
}

struct Solution {
  const ir::VarNode* var = nullptr;
  AxisDomain domain;
};

const ir::Binary* binary(const Expr& e, ir::ExprKind kind) { return e && e->kind == kind ? ir::as<ir::Binary>(e) : nullptr; }

// The indices of one dimension are no function that can be solved for one axis.
Error unsolvable(const ir::Buffer& buffer, size_t dimension, const IntSet& given, const arith::Analyzer& analyzer) {
  const IntSet set = simplified(given, analyzer);
  const bool several = set.min && set.max && !analyzer.can_prove_equal(set.min, set.max);
  const std::string first = set.min ? script::print_expr(set.min) : "?", last = set.max ? script::print_expr(set.max) : "?";
  return fail(DiagnosticKind::RegionPatternMismatch,
              several ? fmt::format("one instance of the block touches several elements of {} at once: {} to {} in dimension {}", buffer->name,
                                    first, last, dimension)
                      : fmt::format("the index {} of {} (dimension {}) cannot be solved for one axis of the block", first, buffer->name, dimension),
              "the block can follow a loop where each index is an axis, an axis times a factor, its quotient or its remainder");
}

// v * e or e * v: `required` divided by e.
std::optional<Solution> solve_product(const Expr& provided, const IntSet& required, const Expr& dim_max) {
  const ir::Binary* product = binary(provided, ir::ExprKind::Mul);
  if (!product) return std::nullopt;
  const bool left = ir::as<ir::VarNode>(product->a);
  if (!left && !ir::as<ir::VarNode>(product->b)) return std::nullopt;
  const Expr factor = left ? product->b : product->a;
  const auto divided = [&](const Expr& e) { return e ? ir::floordiv(e, factor) : nullptr; };
  return Solution{ir::as<ir::VarNode>(left ? product->a : product->b),
                  {IntSet::interval(divided(required.min), divided(required.max)),
                   IntSet::interval(ir::make_int(0, dim_max->dtype), divided(dim_max))}};
}

std::optional<Solution> solve(const IntSet& provided, const IntSet& required, const Expr& dim_max, const arith::Analyzer& analyzer);

// x // f in [a, b] with f > 0: x in [a * f, b * f + f - 1].
std::optional<Solution> solve_quotient(const ir::Binary& quotient, const IntSet& required, const Expr& dim_max, const arith::Analyzer& analyzer) {
  const Expr& factor = quotient.b;
  if (!analyzer.can_prove_greater_equal(factor, 1)) return std::nullopt;
  const auto last = [&](const Expr& e) { return e ? analyzer.simplify(ir::sub(ir::add(ir::mul(e, factor), factor), ir::make_int(1))) : nullptr; };
  const IntSet scaled = IntSet::interval(required.min ? ir::mul(required.min, factor) : nullptr, last(required.max));
  if (const ir::VarNode* var = ir::as<ir::VarNode>(quotient.a))
    return Solution{var, {scaled, IntSet::interval(ir::make_int(0, dim_max->dtype), last(dim_max))}};
  return solve(IntSet::single_point(quotient.a), scaled, dim_max, analyzer);
}

// x % f says nothing of a variable x; of another x it says that it is not below what is required.
std::optional<Solution> solve_remainder(const ir::Binary& remainder, const IntSet& required, const Expr& dim_max, const arith::Analyzer& analyzer) {
  if (const ir::VarNode* var = ir::as<ir::VarNode>(remainder.a)) return Solution{var, {}};
  const bool positive = analyzer.can_prove_greater_equal(remainder.a, 1) && analyzer.can_prove_greater_equal(remainder.b, 1);
  if (!positive || !required.min || !analyzer.can_prove_greater_equal(required.min, 0)) return std::nullopt;
  return solve(IntSet::single_point(remainder.a), IntSet::interval(required.min, nullptr), dim_max, analyzer);
}

std::optional<Solution> solve(const IntSet& provided, const IntSet& required_set, const Expr& dim_max, const arith::Analyzer& analyzer) {
  const IntSet given = simplified(provided, analyzer);
  const IntSet required = simplified(required_set, analyzer);
  if (!given.min || !given.max) return std::nullopt;
  if (std::optional<Solution> product = solve_product(given.min, required, dim_max)) return product;
  if (!analyzer.can_prove_equal(given.min, given.max)) return std::nullopt;
  if (const ir::VarNode* var = ir::as<ir::VarNode>(given.min))
    return Solution{var, {required, IntSet::interval(ir::make_int(0, dim_max->dtype), dim_max)}};
  if (const ir::Binary* quotient = binary(given.min, ir::ExprKind::FloorDiv))
    return solve_quotient(*quotient, required, dim_max, analyzer);
  if (const ir::Binary* remainder = binary(given.min, ir::ExprKind::FloorMod))
    return solve_remainder(*remainder, required, dim_max, analyzer);
  return std::nullopt;
}

Expr last_index(const Expr& extent) { return ir::max(ir::sub(extent, ir::make_int(1, extent->dtype)), ir::make_int(0, extent->dtype)); }

// Each dimension for itself.
Result<void> update_by_dimension(Domains& domains, const ir::Buffer& buffer, const Regions& provided, const Regions& required,
                                 const arith::Analyzer& analyzer) {
  const auto equal = [&](const Expr& a, const Expr& b) { return a && b && analyzer.can_prove_equal(a, b); };
  for (size_t i = 0; i < buffer->shape.size(); ++i) {
    const auto& [given, needed] = std::tie(provided[i], required[i]);
    const auto refuse = [&] { return unsolvable(buffer, i, given, analyzer); };
    if (arith::can_prove_single_point(given, analyzer) && ir::as_int(given.min)) {
      if (!arith::can_prove_single_point(needed, analyzer) || !equal(given.min, needed.min)) return refuse();
      continue;
    }
    const std::optional<Solution> solution = solve(given, needed, last_index(buffer->shape[i]), analyzer);
    if (!solution) return refuse();
    if (AxisDomain* axis = domains.of(solution->var))
      unite(*axis, solution->domain);
    else if (!equal(given.min, needed.min) || !equal(given.max, needed.max))
      return refuse();
  }
  return {};
}

// TVM recognises the indices as a map of the axes and then cannot turn it round: by rights each dimension could be looked at for itself.
Error not_invertible(const ir::Buffer& buffer, const std::vector<Expr>& indices) {
  std::string list;
  for (const Expr& index : indices) list += (list.empty() ? "" : ", ") + script::print_expr(index);
  return fail(DiagnosticKind::RegionPatternMismatch,
              fmt::format("TVM cannot solve the indices {}[{}] for the axes of the block, or what is needed of {} has no bounds", buffer->name, list,
                          buffer->name),
              "this is a limit of TVM, not of the program: an index that steps over elements, such as v * 2, or one that is read from a buffer");
}

// The values of the variables at both ends of a region; nothing where the map cannot be inverted there.
std::optional<std::vector<std::pair<ir::Var, IntSet>>> invert(const std::vector<arith::IterSum>& map, const Regions& region,
                                                              const arith::Analyzer& analyzer) {
  std::vector<Expr> low, high;
  for (const IntSet& set : region) {
    if (!set.min || !set.max) return std::nullopt;
    low.push_back(set.min);
    high.push_back(set.max);
  }
  const auto at_low = arith::inverse_affine_iter_map(map, low), at_high = arith::inverse_affine_iter_map(map, high);
  if (!at_low || !at_high) return std::nullopt;
  std::vector<std::pair<ir::Var, IntSet>> result;
  for (size_t i = 0; i < at_low->size(); ++i) {
    const Expr &a = (*at_low)[i].second, &b = (*at_high)[i].second;
    result.emplace_back((*at_low)[i].first, IntSet::interval(analyzer.simplify(ir::min(a, b)), analyzer.simplify(ir::max(a, b))));
  }
  return result;
}

// All dimensions at once, where the indices are a bijective map of the axes. False where they are not.
Result<bool> update_by_inverse(Domains& domains, const ir::Buffer& buffer, const Regions& provided, const Regions& required,
                       arith::Analyzer& analyzer) {
  std::vector<Expr> indices;
  Regions whole;
  for (size_t i = 0; i < provided.size(); ++i) {
    if (!arith::can_prove_single_point(provided[i], analyzer)) return false;
    indices.push_back(provided[i].min);
    whole.push_back(IntSet::interval(ir::make_int(0, buffer->shape[i]->dtype), last_index(buffer->shape[i])));
  }
  arith::VarRanges ranges;
  for (const ir::IterVar& iter : domains.block.iter_vars) ranges.emplace_back(iter.var, ir::Range{iter.min, iter.extent});
  const arith::IterMapResult map =
      arith::detect_iter_map(indices, ranges, ir::make_bool(true), arith::IterMapLevel::Bijective, analyzer, false);
  if (map.indices.empty()) return false;
  const auto doms = invert(map.indices, required, analyzer), bounds = invert(map.indices, whole, analyzer);
  if (!doms || !bounds) return not_invertible(buffer, indices);
  for (size_t i = 0; i < doms->size(); ++i)
    if (AxisDomain* axis = domains.of((*doms)[i].first.get())) unite(*axis, {(*doms)[i].second, (*bounds)[i].second});
  return true;
}

}  // namespace

Result<std::vector<AxisDomain>> covering_domains(const ir::Block& block, const std::vector<Need>& needs, arith::Analyzer& analyzer) {
  Domains domains{block, std::vector<AxisDomain>(block.iter_vars.size())};
  for (const Need& need : needs) {
    if (need.required.empty()) continue;
    const Regions required = need.required.size() == 1 ? need.required[0] : arith::union_region(need.required);
    const Regions provided = need.provided.size() == 1 ? need.provided[0] : arith::union_region(need.provided);
    TRY_ASSIGN(const bool is_found, update_by_inverse(domains, need.buffer, provided, required, analyzer));
    if (!is_found) TRY(update_by_dimension(domains, need.buffer, provided, required, analyzer));
  }
  for (size_t i = 0; i < domains.axes.size(); ++i) {
    AxisDomain& axis = domains.axes[i];
    const IntSet whole = IntSet::from_range({block.iter_vars[i].min, block.iter_vars[i].extent});
    const IntSet both[] = {axis.bound, whole};
    axis.bound = axis.bound.is_nothing ? whole : arith::intersect(both);
    simplify(axis, analyzer);
  }
  return std::move(domains.axes);
}

}  // namespace loopglass::schedule
