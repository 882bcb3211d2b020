#include "engine/schedule/reducer.h"

#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::schedule {
namespace {

using ir::Expr;
using Exprs = std::vector<Expr>;

Expr constant(int64_t value, ir::DataType type) {
  return type.is_float() ? ir::make_float(static_cast<double>(value), type) : ir::make_int(value, type);
}

// The largest finite value of a float type; nothing for a type that is not known.
std::optional<double> largest_float(ir::DataType type) {
  if (type.code == ir::TypeCode::BFloat) return static_cast<double>(std::numeric_limits<float>::max());   // as TVM has it, though it is beyond bfloat16
  switch (type.bits) {
    case 16: return 65504.0;
    case 32: return static_cast<double>(std::numeric_limits<float>::max());
    case 64: return std::numeric_limits<double>::max();
    default: return std::nullopt;
  }
}

// The largest (sign 1) or smallest (sign -1) value of a type; null where it has none (bool).
Expr extreme(ir::DataType type, int sign) {
  if (type.is_float()) {
    const auto largest = largest_float(type);
    return largest ? ir::make_float(sign * *largest, type) : nullptr;
  }
  if (!type.is_integral()) return nullptr;
  if (type.is_uint()) {
    const uint64_t largest = type.bits >= 64 ? UINT64_MAX : (uint64_t{1} << type.bits) - 1;
    return ir::make_int(sign > 0 ? static_cast<int64_t>(largest) : 0, type);
  }
  const int64_t largest = type.bits >= 64 ? INT64_MAX : (int64_t{1} << (type.bits - 1)) - 1;
  return ir::make_int(sign > 0 ? largest : -largest - 1, type);
}

// Fills the identity and the result of a combiner whose x and y have the types of the values; false where the types do not allow it.
using Fill = bool (*)(Combiner&);

Expr of(ir::ExprKind kind, const Expr& a, const Expr& b) { return ir::make_binary(kind, a, b); }
Expr either(Expr condition, const Expr& a, const Expr& b) { return std::make_shared<const ir::Select>(std::move(condition), a, b); }

template <ir::ExprKind kind, int identity>
bool arithmetic(Combiner& c) {
  for (size_t i = 0; i < c.x.size(); ++i) {
    c.identity.push_back(constant(identity, c.x[i]->dtype));
    c.result.push_back(of(kind, c.x[i], c.y[i]));
  }
  return true;
}

template <ir::ExprKind kind, int sign>
bool extremum(Combiner& c) {
  c.identity = {extreme(c.x[0]->dtype, sign)};
  c.result = {of(kind, c.x[0], c.y[0])};
  return c.identity[0] != nullptr;
}

// Of (index, value) pairs the one whose value is `better`; of equal ones the left.
template <ir::ExprKind not_worse, int sign>
bool arg_extremum(Combiner& c) {
  const Expr left = of(not_worse, c.x[1], c.y[1]);
  c.identity = {constant(-1, c.x[0]->dtype), extreme(c.x[1]->dtype, sign)};
  c.result = {either(left, c.x[0], c.y[0]), either(left, c.x[1], c.y[1])};
  return c.identity[1] != nullptr;
}

// The same; of equal ones that with the smaller index.
template <ir::ExprKind better, int sign>
bool arg_extremum_by_index(Combiner& c) {
  const Expr left = of(better, c.x[1], c.y[1]);
  const Expr tie = of(ir::ExprKind::And, of(ir::ExprKind::EQ, c.x[1], c.y[1]), of(ir::ExprKind::LT, c.x[0], c.y[0]));
  c.identity = {constant(-1, c.x[0]->dtype), extreme(c.x[1]->dtype, sign)};
  c.result = {either(of(ir::ExprKind::Or, left, tie), c.x[0], c.y[0]), either(left, c.x[1], c.y[1])};
  return c.identity[1] != nullptr;
}

struct Registered {
  size_t values;
  Fill fill;
};
using K = ir::ExprKind;
const Registered kReducers[] = {
    {1, arithmetic<K::Add, 0>},           {1, arithmetic<K::Mul, 1>},
    {1, extremum<K::Min, 1>},             {1, extremum<K::Max, -1>},
    {2, arithmetic<K::Add, 0>},           {2, arg_extremum<K::GE, -1>},
    {2, arg_extremum_by_index<K::GT, -1>}, {2, arg_extremum<K::LE, 1>},
    {2, arg_extremum_by_index<K::LT, 1>},
};

// Matches a registered result, whose variables are holes, with what a program has.
class Matcher {
 public:
  bool match(const Expr& pattern, const Expr& e) {
    if (const ir::VarNode* hole = ir::as<ir::VarNode>(pattern)) {
      const auto [it, is_new] = filled_.emplace(hole, e);
      return is_new || ir::structural_equal(it->second, e);
    }
    if (pattern->kind != e->kind) return false;
    if (const ir::Binary* p = ir::as<ir::Binary>(pattern)) {
      const ir::Binary& b = ir::get<ir::Binary>(e);
      return match(p->a, b.a) && match(p->b, b.b);
    }
    const ir::Select& p = ir::get<ir::Select>(pattern);
    const ir::Select& s = ir::get<ir::Select>(e);
    return match(p.condition, s.condition) && match(p.true_value, s.true_value) && match(p.false_value, s.false_value);
  }
  const Expr& operator[](const ir::Var& hole) const { return filled_.at(hole.get()); }

 private:
  std::unordered_map<const ir::VarNode*, Expr> filled_;
};

std::optional<MatchedReducer> match(Combiner combiner, const Exprs& identities, const Exprs& loads, const Exprs& values) {
  for (size_t i = 0; i < identities.size(); ++i)
    if (!ir::structural_equal(combiner.identity[i], identities[i])) return std::nullopt;
  Matcher matcher;
  for (size_t i = 0; i < values.size(); ++i)
    if (!matcher.match(combiner.result[i], values[i])) return std::nullopt;
  MatchedReducer matched;
  for (size_t i = 0; i < loads.size(); ++i) {
    if (!ir::structural_equal(loads[i], matcher[combiner.x[i]])) return std::nullopt;
    matched.left.push_back(matcher[combiner.x[i]]);
    matched.right.push_back(matcher[combiner.y[i]]);
  }
  matched.combiner = std::move(combiner);
  return matched;
}

}  // namespace

Exprs Combiner::operator()(const Exprs& left, const Exprs& right) const {
  ir::VarMap map;
  for (size_t i = 0; i < x.size(); ++i) {
    map[x[i].get()] = left[i];
    map[y[i].get()] = right[i];
  }
  Exprs values;
  for (const Expr& e : result) values.push_back(ir::substitute(e, map));
  return values;
}

std::optional<MatchedReducer> match_reducer(const Exprs& identities, const Exprs& loads, const Exprs& values) {
  for (const Registered& reducer : kReducers) {
    if (reducer.values != identities.size()) continue;
    Combiner combiner;
    for (size_t i = 0; i < identities.size(); ++i) {
      combiner.x.push_back(ir::make_var("x" + std::to_string(i), identities[i]->dtype));
      combiner.y.push_back(ir::make_var("y" + std::to_string(i), identities[i]->dtype));
    }
    if (!reducer.fill(combiner)) continue;
    if (auto matched = match(std::move(combiner), identities, loads, values)) return matched;
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
