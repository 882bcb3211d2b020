#include "engine/schedule/block_division.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/subspace.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using arith::DividedIndex;
using arith::SubspaceDivision;

bool uses_loop(const ir::Expr& e, std::span<const Place> loops) {
  return ir::uses_var(e, [&](const ir::VarNode* v) {
    return std::any_of(loops.begin(), loops.end(), [&](const Place& loop) { return loop.loop().loop_var.get() == v; });
  });
}

// The loops above a block, divided.
struct Loops {
  std::span<const Place> outer, inner;

  Loops(std::span<const Place> all, size_t first_inner) : outer(all.first(first_inner)), inner(all.subspan(first_inner)) {}
  bool mixes(const ir::Expr& e) const { return uses_loop(e, outer) && uses_loop(e, inner); }
};

// Where each value uses loops of one side alone, whatever its form.
std::optional<SubspaceDivision> divide_by_use(const ir::BlockRealize& realize, const Loops& loops) {
  if (!ir::is_one(realize.predicate)) return std::nullopt;
  SubspaceDivision division{{}, ir::make_bool(true), ir::make_bool(true)};
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::Expr &value = realize.iter_values[i], &extent = realize.block.iter_vars[i].extent;
    const ir::Expr zero = ir::make_int(0, extent->dtype), one = ir::make_int(1, extent->dtype);   // (TVM dies of int64 axes here)
    if (loops.mixes(value)) return std::nullopt;
    if (uses_loop(value, loops.outer))
      division.indices.push_back({value, extent, zero, one});
    else if (uses_loop(value, loops.inner))
      division.indices.push_back({zero, one, value, extent});
    else
      division.indices.push_back({zero, one, value, one});
  }
  return division;
}

std::optional<SubspaceDivision> divide(const ir::BlockRealize& realize, const Loops& loops, bool preserve_unit_iters) {
  arith::VarRanges domains;
  std::vector<ir::Var> inner;
  for (const std::span<const Place> side : {loops.inner, loops.outer})
    for (size_t i = side.size(); i-- > 0;) {
      const ir::For& loop = side[i].loop();
      domains.emplace_back(loop.loop_var, ir::Range{loop.min, loop.extent});
      if (side.data() == loops.inner.data()) inner.push_back(loop.loop_var);
    }
  arith::Analyzer analyzer;
  auto division = arith::subspace_divide(realize.iter_values, domains, inner, realize.predicate, arith::IterMapLevel::Surjective, analyzer,
                                         !preserve_unit_iters);
  return division ? division : divide_by_use(realize, loops);
}

// Which axis or condition stands in the way.
std::string obstacle(const ir::BlockRealize& realize, const Loops& loops) {
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    ir::BlockRealize alone = realize;
    alone.iter_values = {realize.iter_values[i]};
    alone.block.iter_vars = {realize.block.iter_vars[i]};
    alone.predicate = ir::make_bool(true);
    if (!divide(alone, loops, true))
      return fmt::format("{} = {}", realize.block.iter_vars[i].var->name, script::print_expr(realize.iter_values[i]));
  }
  if (loops.mixes(realize.predicate)) return "its condition " + script::print_expr(realize.predicate);
  return "its axes together";
}

std::string divisible_loops(const ir::BlockRealize& realize, const std::vector<Place>& loops) {
  std::string names;
  for (size_t i = 0; i < loops.size(); ++i)
    if (divide(realize, Loops(loops, i), true)) names += (names.empty() ? "" : ", ") + loops[i].loop().loop_var->name;
  return names;
}

Error not_divisible(const Place& block, const std::vector<Place>& loops, size_t first_inner) {
  const std::string names = divisible_loops(block.realize(), loops), part = obstacle(block.realize(), Loops(loops, first_inner));
  const std::string loop = first_inner < loops.size() ? loops[first_inner].loop().loop_var->name : "";
  std::vector<Label> labels{label(block, "")};
  if (first_inner < loops.size()) labels.push_back(label(loops[first_inner], "the first loop inside"));
  return fail(DiagnosticKind::SubspaceNotDivisible,
              fmt::format("the axes of {} cannot be divided into a part of the loops outside and a part of those inside{}: {} mixes the two", quoted(block),
                          first_inner < loops.size() ? " " + quoted(loops[first_inner]) : "", part),
              names.empty() ? std::string() : "it can be divided at " + names, std::move(labels),
              {{"block", block.block().name}, {"loop", loop}, {"part", part}});
}

Result<void> check_same_outer(const Place& block, const SubspaceDivision& division, const DividedAxes& other) {
  const arith::Analyzer analyzer;
  bool same = division.indices.size() <= other.outer.size();   // a block with fewer axes uses the first of them
  for (size_t i = 0; same && i < division.indices.size(); ++i)
    same = analyzer.can_prove_equal(other.outer[i].extent, division.indices[i].outer_extent) &&
           analyzer.can_prove_equal(other.outer_values[i], division.indices[i].outer);
  if (same) return {};
  std::string axes;
  for (const DividedIndex& d : division.indices)
    axes += fmt::format("{}{} in [0, {})", axes.empty() ? "" : ", ", script::print_expr(d.outer), script::print_expr(d.outer_extent));
  return fail(DiagnosticKind::DifferentOuterAxes,
              fmt::format("{} would need other axes of the block around it than the blocks before it: {}", quoted(block), axes),
              "blockize it alone, or only blocks whose axes run over the same outer loops", {label(block, "")},
              {{"block", block.block().name}, {"axes", axes}});
}

}  // namespace

Result<DividedAxes> divide_axes(const Place& block, const std::vector<Place>& loops, size_t first_inner, bool preserve_unit_iters,
                                const DividedAxes* same_outer) {
  const std::optional<SubspaceDivision> division = divide(block.realize(), Loops(loops, first_inner), preserve_unit_iters);
  if (!division) return not_divisible(block, loops, first_inner);
  if (same_outer) TRY(check_same_outer(block, *division, *same_outer));
  arith::Analyzer analyzer;
  for (const Place& loop : loops) analyzer.bind(loop.loop().loop_var, {loop.loop().min, loop.loop().extent});

  DividedAxes axes;
  axes.outer_predicate = division->outer_predicate;
  axes.inner_predicate = division->inner_predicate;
  if (same_outer) {
    axes.outer = same_outer->outer;
    axes.outer_values = same_outer->outer_values;
  }
  for (size_t i = 0; i < division->indices.size(); ++i) {
    const DividedIndex& d = division->indices[i];
    const ir::IterVar& axis = block.block().iter_vars[i];
    const auto part = [&](const char* suffix, const ir::Expr& extent) {
      return ir::IterVar{ir::make_var(axis.var->name + suffix, axis.var->dtype), ir::make_int(0, extent->dtype), extent, axis.type};
    };
    if (!same_outer) {
      axes.outer.push_back(part("_o", d.outer_extent));
      axes.outer_values.push_back(d.outer);
    }
    const ir::Var& outer = axes.outer[i].var;
    ir::Expr& value = axes.substitution[axis.var.get()];
    if (ir::is_one(d.inner_extent)) {
      value = ir::is_one(d.outer_extent) && !preserve_unit_iters ? ir::make_int(0, d.outer_extent->dtype) : ir::Expr(outer);
      if (!analyzer.can_prove_equal(d.inner, ir::make_int(0, d.inner->dtype))) axes.lost_offsets.push_back(axis.var->name + " + " + script::print_expr(d.inner));
      continue;
    }
    axes.inner.push_back(part("_i", d.inner_extent));
    axes.inner_values.push_back(d.inner);
    value = axes.inner.back().var;
    if (!ir::is_one(d.outer_extent)) value = ir::add(ir::mul(outer, d.inner_extent), value);
  }
  return axes;
}

namespace {
class SimplifyingSubstitution : public ir::Rewriter {
 public:
  SimplifyingSubstitution(const ir::VarMap& map, const arith::Analyzer& analyzer) : map_(map), analyzer_(analyzer) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (!e) return e;
    const auto replaced = e->kind == ir::ExprKind::Var ? map_.find(&ir::get<ir::VarNode>(e)) : map_.end();
    const ir::Expr result = replaced != map_.end() ? replaced->second : Rewriter::rewrite(e);
    return result == e ? e : analyzer_.simplify(result);
  }

 private:
  const ir::VarMap& map_;
  const arith::Analyzer& analyzer_;
};
}  // namespace

ir::Block substitute_axes(const ir::Block& block, const ir::VarMap& substitution, const arith::Analyzer& analyzer) {
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block = block;
  realize.block.iter_vars.clear();
  const ir::Stmt changed = SimplifyingSubstitution(substitution, analyzer).rewrite(ir::make_stmt(std::move(realize)));
  return ir::get<ir::BlockRealize>(changed).block;
}

std::vector<ir::BufferRegion> relaxed_regions(const std::vector<ir::BufferRegion>& regions, const arith::IntSetMap& domains) {
  std::vector<ir::BufferRegion> relaxed;
  for (const ir::BufferRegion& region : regions) {
    ir::BufferRegion& r = relaxed.emplace_back(ir::BufferRegion{region.buffer, {}});
    for (size_t i = 0; i < region.region.size(); ++i) {
      const ir::Expr& extent = region.buffer->shape[i];
      r.region.push_back(arith::cover_range(arith::eval_set(region.region[i], domains), {ir::make_int(0, extent->dtype), extent}));
    }
  }
  return relaxed;
}

ir::Stmt wrap_in_loops(ir::Stmt body, std::span<const Place> places) {
  for (size_t i = places.size(); i-- > 0;) {
    ir::For loop = places[i].loop();
    loop.body = std::move(body);
    body = ir::make_stmt(std::move(loop));
  }
  return body;
}

}  // namespace loopglass::schedule
