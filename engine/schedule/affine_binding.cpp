// Whether a block's axes are a quasi-affine map of its loops.
//
// TVM decides that when a block is made or moved and remembers it: splitting a loop afterwards does not change it. Here it is decided from
// the program as it stands, so a split whose tail is cut off (T.where(i_0 * 2 + i_1 < 5)) is undone first where the map of the new loops
// alone is not recognised.
#include <algorithm>

#include "engine/arith/affine.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {
namespace {

struct Binding {
  std::vector<ir::Expr> values;
  arith::VarRanges loops;
  std::vector<ir::Expr> conditions;   // all hold
};

void split_conjunction(const ir::Expr& e, std::vector<ir::Expr>& out) {
  if (e->kind == ir::ExprKind::And) {
    split_conjunction(ir::get<ir::Binary>(e).a, out);
    split_conjunction(ir::get<ir::Binary>(e).b, out);
  } else if (!ir::is_one(e)) {
    out.push_back(e);
  }
}

bool is_affine(const Binding& binding) {
  if (binding.loops.empty()) return true;
  arith::Analyzer analyzer;
  for (const auto& [var, range] : binding.loops) analyzer.bind(var, range);
  ir::Expr predicate = ir::make_bool(true);
  for (const ir::Expr& condition : binding.conditions) predicate = ir::logical_and(predicate, condition);
  const arith::IterMapResult map =
      arith::detect_iter_map(binding.values, binding.loops, predicate, arith::IterMapLevel::Surjective, analyzer, false);
  if (map.indices.empty()) return false;
  return std::all_of(map.indices.begin(), map.indices.end(),
                     [](const arith::IterSum& sum) { return sum.args.empty() || ir::is_one(sum.args[0].scale); });
}

// The integer coefficients of the variables in e, with its base; nothing where they are no integers.
struct Linear {
  std::vector<int64_t> coefficients;
  ir::Expr base;
  bool is_constant() const {
    return std::all_of(coefficients.begin(), coefficients.end(), [](int64_t c) { return c == 0; });
  }
};
std::optional<Linear> linear(const ir::Expr& e, const std::vector<ir::Var>& vars) {
  const auto equation = arith::detect_linear_equation(e, vars);
  if (!equation) return std::nullopt;
  Linear result{{}, equation->base};
  for (const ir::Expr& c : equation->coefficients) {
    const auto value = ir::as_int(c);
    if (!value) return std::nullopt;
    result.coefficients.push_back(*value);
  }
  return result;
}

// What `value` is of `part` where it is factor * part + base; nothing where it is not.
std::optional<ir::Expr> with_part_replaced(const ir::Expr& value, const std::vector<ir::Var>& vars, const Linear& part, const ir::Var& whole) {
  const auto equation = linear(value, vars);
  if (!equation) return std::nullopt;
  if (equation->is_constant()) return value;
  if (equation->coefficients[0] % part.coefficients[0] != 0) return std::nullopt;
  const int64_t factor = equation->coefficients[0] / part.coefficients[0];
  for (size_t i = 0; i < vars.size(); ++i)
    if (equation->coefficients[i] != factor * part.coefficients[i]) return std::nullopt;
  return ir::add(ir::mul(whole, ir::make_int(factor, whole->dtype)), equation->base);
}

// With the condition `part < bound`: one loop over [0, bound) in the place of the loops in `part`. Nothing where they are used otherwise.
std::optional<Binding> without_tail(const Binding& binding, size_t condition) {
  const ir::Expr& e = binding.conditions[condition];
  if (e->kind != ir::ExprKind::LT || !ir::as_int(ir::get<ir::Binary>(e).b)) return std::nullopt;
  Binding result;
  std::vector<ir::Var> vars;
  for (const auto& [var, range] : binding.loops)
    if (ir::uses_var(ir::get<ir::Binary>(e).a, [&](const ir::VarNode* v) { return v == var.get(); }))
      vars.push_back(var);
    else
      result.loops.emplace_back(var, range);
  const auto part = linear(ir::get<ir::Binary>(e).a, vars);
  const bool all_used = part && std::all_of(part->coefficients.begin(), part->coefficients.end(), [](int64_t c) { return c > 0; });
  if (vars.size() < 2 || !all_used || !ir::is_zero(part->base)) return std::nullopt;
  const ir::Var whole = ir::make_var("t", vars[0]->dtype);
  result.loops.emplace_back(whole, ir::Range{ir::make_int(0, whole->dtype), ir::get<ir::Binary>(e).b});
  for (const ir::Expr& value : binding.values) {
    const auto replaced = with_part_replaced(value, vars, *part, whole);
    if (!replaced) return std::nullopt;
    result.values.push_back(*replaced);
  }
  for (size_t i = 0; i < binding.conditions.size(); ++i) {
    if (i == condition) continue;
    const auto uses = [&](const ir::VarNode* v) { return std::any_of(vars.begin(), vars.end(), [&](const ir::Var& x) { return x.get() == v; }); };
    if (ir::uses_var(binding.conditions[i], uses)) return std::nullopt;
    result.conditions.push_back(binding.conditions[i]);
  }
  return result;
}

}  // namespace

bool is_affine_binding(const Place& block, const Place* high) {
  const std::optional<Place> above = parent(block);
  if (!above) return true;
  Binding binding{block.realize().iter_values, {}, {}};
  const std::vector<const ir::For*> loops = loops_between(*above, high);
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) binding.loops.emplace_back((*it)->loop_var, ir::Range{(*it)->min, (*it)->extent});
  split_conjunction(block.realize().predicate, binding.conditions);
  if (is_affine(binding)) return true;
  for (size_t i = 0; i < binding.conditions.size();) {
    if (std::optional<Binding> undone = without_tail(binding, i)) {
      binding = *std::move(undone);
      if (is_affine(binding)) return true;
      i = 0;
    } else {
      ++i;
    }
  }
  return false;
}

}  // namespace loopglass::schedule
