// Method as in TVM's tirx/ir/index_map.cc.
#include "engine/schedule/index_map.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/arith/inverse_iter_map.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

arith::VarRanges domains(const IndexMap& map, const std::vector<ir::Range>& ranges) {
  CHECK(map.initial_indices.size() == ranges.size(), "an index map is given another number of ranges");
  arith::VarRanges result;
  for (size_t i = 0; i < ranges.size(); ++i) result.emplace_back(map.initial_indices[i], ranges[i]);
  return result;
}

arith::IterMapResult detect(const IndexMap& map, const std::vector<ir::Range>& ranges, arith::IterMapLevel level, arith::Analyzer& analyzer) {
  return arith::detect_iter_map(map.final_indices, domains(map, ranges), ir::make_bool(true), level, analyzer, false);
}

// The terms of a sum are digits of one number: the extent is that of the largest.
ir::Range range_of(const arith::IterSum& sum, const arith::Analyzer& analyzer) {
  ir::Expr extent;
  for (const arith::IterSplit& term : sum.args) {
    const ir::Expr own = ir::mul(term.extent, term.scale);
    extent = extent ? ir::max(extent, own) : own;
  }
  return {sum.base, extent ? analyzer.simplify(extent) : ir::make_int(1)};
}

ir::DataType widest(const std::vector<ir::Range>& ranges) {
  ir::DataType type = ranges.empty() ? ir::kInt32 : ir::DataType{ir::TypeCode::Int, 0};
  for (const ir::Range& range : ranges) type.bits = std::max(type.bits, range.extent->dtype.bits);
  return type;
}

// Rewriting and canonical form in turn, until nothing is left to do or `steps` are done.
ir::Expr simplify_long(const arith::Analyzer& analyzer, const ir::Expr& e, int steps) {
  ir::Expr result = analyzer.canonical_simplify(e);
  for (int i = 0; i < steps && !ir::as_int(result); ++i)
    result = i % 2 == 0 ? analyzer.rewrite_simplify(result) : analyzer.canonical_simplify(result);
  return result;
}

std::vector<ir::Var> output_variables(const IndexMap& map) {
  std::vector<ir::Var> result;
  for (size_t i = 0; i < map.final_indices.size(); ++i) {
    const ir::Expr& index = map.final_indices[i];
    const ir::Var passed_through = ir::as_var(index);
    result.push_back(ir::make_var(passed_through ? passed_through->name : fmt::format("axis{}", i), index->dtype));
  }
  return result;
}

}  // namespace

std::vector<ir::Range> ranges_of(const std::vector<ir::Expr>& shape) {
  std::vector<ir::Range> result;
  for (const ir::Expr& extent : shape) result.push_back({ir::make_int(0, extent->dtype), extent});
  return result;
}

std::vector<ir::Expr> map_indices(const IndexMap& map, const std::vector<ir::Expr>& indices, const arith::Analyzer& analyzer) {
  CHECK(map.initial_indices.size() == indices.size(), "an index map is given another number of indices");
  ir::VarMap values;
  for (size_t i = 0; i < indices.size(); ++i) values[map.initial_indices[i].get()] = indices[i];
  std::vector<ir::Expr> result;
  for (const ir::Expr& index : map.final_indices) result.push_back(analyzer.simplify(ir::substitute(index, values, true)));
  return result;
}

std::vector<ir::Range> map_ranges(const IndexMap& map, const std::vector<ir::Range>& ranges, arith::Analyzer& analyzer) {
  std::vector<ir::Range> result;
  for (const arith::IterSum& sum : detect(map, ranges, arith::IterMapLevel::NoCheck, analyzer).indices) result.push_back(range_of(sum, analyzer));
  if (result.empty()) {
    const arith::IntSetMap sets = arith::as_int_set(domains(map, ranges));
    for (const ir::Expr& index : map.final_indices) {
      const arith::IntSet set = arith::eval_set(index, sets);
      if (!set.min || !set.max) return {};
      result.push_back({analyzer.simplify(set.min), analyzer.simplify(ir::add(ir::sub(set.max, set.min), ir::make_int(1)))});
    }
  }
  const ir::DataType type = widest(ranges);
  for (ir::Range& range : result) range = {ir::cast(type, range.min), ir::cast(type, range.extent)};
  return result;
}

std::optional<std::vector<ir::Expr>> map_shape(const IndexMap& map, const std::vector<ir::Expr>& shape, arith::Analyzer& analyzer) {
  const std::vector<ir::Range> mapped = map_ranges(map, ranges_of(shape), analyzer);
  if (mapped.size() != map.final_indices.size()) return std::nullopt;
  std::vector<ir::Expr> result;
  for (const ir::Range& range : mapped) {
    if (!ir::is_zero(range.min)) return std::nullopt;
    result.push_back(range.extent);
  }
  return result;
}

std::expected<Inversion, std::string> invert(const IndexMap& map, const std::vector<ir::Range>& ranges, arith::IterMapLevel level,
                                             arith::Analyzer& analyzer) {
  if (map.inverse) return Inversion{*map.inverse, ir::make_bool(false)};
  const arith::IterMapResult detected = detect(map, ranges, level, analyzer);
  if (!detected.errors.empty()) return std::unexpected(detected.errors.front());
  const std::vector<ir::Var> outputs = output_variables(map);
  const auto found = arith::inverse_affine_iter_map(detected.indices, std::vector<ir::Expr>(outputs.begin(), outputs.end()));
  if (!found) return std::unexpected("a sum of indices is no number whose digits they are");
  ir::VarMap inverse;
  for (const auto& [var, value] : *found) inverse[var.get()] = value;
  std::vector<ir::Expr> initial;
  for (size_t i = 0; i < map.initial_indices.size(); ++i) {
    const auto known = inverse.find(map.initial_indices[i].get());
    if (known == inverse.end() && !ir::is_one(ranges[i].extent)) return std::unexpected(fmt::format("{} is lost", map.initial_indices[i]->name));
    initial.push_back(analyzer.simplify(known == inverse.end() ? ranges[i].min : known->second));
  }
  arith::Analyzer of_outputs;
  const std::vector<ir::Range> output_ranges = map_ranges(map, ranges, analyzer);
  for (size_t i = 0; i < outputs.size(); ++i) of_outputs.bind(outputs[i], output_ranges[i]);
  ir::Expr padding = detected.padding_predicate ? ir::substitute(detected.padding_predicate, inverse) : ir::make_bool(false);
  padding = simplify_long(of_outputs, simplify_long(analyzer, padding, 10), 10);
  if (level == arith::IterMapLevel::Bijective && !analyzer.can_prove(ir::logical_not(padding))) return std::unexpected("it leaves gaps");
  return Inversion{{outputs, std::move(initial), nullptr}, padding};
}

IndexMap with_index_type_of(const IndexMap& map, const std::vector<ir::Expr>& shape) {
  CHECK(map.initial_indices.size() == shape.size(), "an index map is given a shape of another rank");
  IndexMap result{{}, {}, map.inverse};
  ir::VarMap changed;
  for (size_t i = 0; i < shape.size(); ++i) {
    const ir::Var& old = map.initial_indices[i];
    const bool same = old->dtype == shape[i]->dtype;
    result.initial_indices.push_back(same ? old : ir::make_var(old->name, shape[i]->dtype));
    if (!same) changed[old.get()] = result.initial_indices.back();
  }
  if (changed.empty()) return map;
  for (const ir::Expr& index : map.final_indices) {
    const auto constant = ir::as<ir::IntImm>(index);
    result.final_indices.push_back(constant ? ir::make_int(constant->value, shape[0]->dtype) : ir::substitute(index, changed, true));
  }
  if (map.inverse) result.inverse = std::make_shared<const IndexMap>(with_index_type_of(*map.inverse, result.final_indices));
  return result;
}

namespace {

// Whether the inverse leads back: then each final index comes from one initial index alone.
bool leads_back(const IndexMap& map, const std::vector<ir::Expr>& extents) {
  arith::Analyzer analyzer;
  const auto inversion = invert(map, ranges_of(extents), arith::IterMapLevel::NoCheck, analyzer);
  if (!inversion || inversion->map.initial_indices.size() != map.final_indices.size() || inversion->map.final_indices.size() != extents.size()) return false;
  for (size_t i = 0; i < extents.size(); ++i) analyzer.bind(map.initial_indices[i], ir::Range{ir::make_int(0, extents[i]->dtype), extents[i]});
  const std::vector<ir::Expr> vars(map.initial_indices.begin(), map.initial_indices.end());
  const std::vector<ir::Expr> back = map_indices(inversion->map, map_indices(map, vars, analyzer), analyzer);
  for (size_t i = 0; i < vars.size(); ++i)
    if (!analyzer.can_prove_equal(back[i], vars[i])) return false;
  return true;
}

// The constant value of an expression where variables have values; nothing where it has none.
std::optional<int64_t> value_of(const ir::Expr& e, const ir::VarMap& values) { return ir::as_int(ir::substitute(e, values, true)); }

// Plain to see: the function is constant, one of the indices, or quotient and remainder by one number are among them.
bool reads_off(const std::vector<ir::Expr>& indices, const ir::Expr& function) {
  if (ir::as_int(function)) return true;
  const auto has = [&](const ir::Expr& e) { return std::ranges::any_of(indices, [&](const ir::Expr& index) { return ir::structural_equal(index, e); }); };
  if (has(function)) return true;
  return std::ranges::any_of(indices, [&](const ir::Expr& index) {
    const auto* quotient = ir::as<ir::Binary>(index);
    if (!quotient || quotient->kind != ir::ExprKind::FloorDiv || ir::as_int(quotient->b).value_or(0) <= 0) return false;
    return ir::structural_equal(quotient->a, function) && has(ir::make_binary(ir::ExprKind::FloorMod, function, quotient->b));
  });
}

}  // namespace

bool determines(const IndexMap& map, const std::vector<ir::Expr>& functions, const std::vector<ir::Expr>& extents) {
  const auto plain = [&](const ir::Expr& function) { return reads_off(map.final_indices, function); };
  if (std::ranges::all_of(functions, plain) || leads_back(map, extents)) return true;
  constexpr int64_t kMost = 65536;
  int64_t count = 1;
  for (const ir::Expr& extent : extents) {
    const auto constant = ir::as_int(extent);
    if (!constant || *constant < 0 || *constant > kMost || (count *= *constant) > kMost) return false;
  }
  std::map<std::vector<int64_t>, std::vector<int64_t>> seen;
  for (int64_t n = 0; n < count; ++n) {
    ir::VarMap values;
    int64_t rest = n;
    for (size_t i = extents.size(); i-- > 0;) {
      const int64_t extent = *ir::as_int(extents[i]);
      values[map.initial_indices[i].get()] = ir::make_int(rest % extent, map.initial_indices[i]->dtype);
      rest /= extent;
    }
    std::vector<int64_t> place, of_functions;
    for (const auto& [from, to] : {std::pair{&map.final_indices, &place}, std::pair{&functions, &of_functions}})
      for (const ir::Expr& e : *from) {
        const auto value = value_of(e, values);
        if (!value) return false;
        to->push_back(*value);
      }
    const auto [known, is_new] = seen.emplace(std::move(place), of_functions);
    if (!is_new && known->second != of_functions) return false;
  }
  return true;
}

bool is_injective(const IndexMap& map, const std::vector<ir::Expr>& extents) {
  return determines(map, std::vector<ir::Expr>(map.initial_indices.begin(), map.initial_indices.end()), extents);
}

}  // namespace loopglass::schedule
