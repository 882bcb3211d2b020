// fuse(*loops): perfectly nested loops become one.
//
// Before: for i, j in T.grid(4, 16): ... vi = i, vj = j
// After:  for i_j_fused in range(64): ... vi = i_j_fused // 16, vj = i_j_fused % 16
//
// Requires: each loop is the only child of the one before, starts with 0, and carries neither annotation nor thread; no extent depends on
// another of the loops. Keeps: the order of execution; the loops' kinds are dropped. (TVM: loop_transformation.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/simplify_bindings.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

Result<void> check_nested(const Place& outer, const Place& inner) {
  const std::optional<Place> above = parent(inner), outer_above = parent(outer);
  if (outer_above && outer_above->stmt() == inner.stmt())
    return fail(DiagnosticKind::OuterNotInnerParent,
                fmt::format("{} and {} cannot be fused in this order: {} is inside {}", quoted(outer), quoted(inner), outer.loop().loop_var->name,
                            inner.loop().loop_var->name),
                "give the loops from the outermost to the innermost", {label(outer, "the inner one"), label(inner, "the outer one")});
  if (!above || above->stmt() != outer.stmt())
    return fail(DiagnosticKind::OuterNotInnerParent,
                fmt::format("{} and {} cannot be fused: {} is not directly inside {}", quoted(outer), quoted(inner), inner.loop().loop_var->name,
                            outer.loop().loop_var->name),
                "give the loops from the outermost to the innermost, each directly inside the one before; reorder brings loops together",
                {label(inner, "not directly inside"), label(outer, "this loop")});
  if (outer.loop().body != inner.stmt())
    return fail(DiagnosticKind::NotOnlyChild,
                fmt::format("{} and {} cannot be fused: {} is not all that {} holds", quoted(outer), quoted(inner), inner.loop().loop_var->name,
                            outer.loop().loop_var->name),
                "fuse needs perfectly nested loops; move the other statements out first (compute_at, reverse_compute_at, compute_inline)",
                {label(inner, "not the only child"), label(outer, "holds other statements too")});
  return {};
}

Result<void> check_independent(const Place& loop, const std::vector<Place>& outer) {
  for (const Place& other : outer) {
    const ir::VarNode* var = other.loop().loop_var.get();
    if (!ir::uses_var(loop.loop().extent, [&](const ir::VarNode* v) { return v == var; })) continue;
    return fail(DiagnosticKind::DependentLoop, fmt::format("the extent of {} depends on {}, so the two cannot be fused", quoted(loop), var->name), {},
                {label(loop, bounds_text(loop.loop())), label(other, "the extent depends on it")});
  }
  return {};
}

// The loops from the outermost, checked.
Result<std::vector<Place>> nest(const ir::Module& module, const std::vector<LoopRef>& refs) {
  std::vector<Place> loops;
  for (const LoopRef& loop : refs) {
    Place place = at(module, loop);
    TRY(check_plain_loop(place, "fused"));
    if (!loops.empty()) TRY(check_nested(loops.back(), place));
    TRY(check_starts_with_zero(place, "fused"));
    TRY(check_independent(place, loops));
    loops.push_back(std::move(place));
  }
  return loops;
}

// What each of the old loop variables is in terms of the fused one.
ir::VarMap digits(const std::vector<Place>& loops, const ir::Var& fused) {
  const arith::Analyzer analyzer;
  ir::VarMap map;
  const ir::Expr zero = ir::make_int(0, fused->dtype);
  ir::Expr lower = ir::make_int(1, fused->dtype);
  for (size_t i = loops.size(); i-- > 1;) {
    const ir::For& loop = loops[i].loop();
    const ir::Expr next_lower = analyzer.canonical_simplify(ir::mul(loop.extent, lower));
    map[loop.loop_var.get()] = ir::is_one(loop.extent) ? zero : ir::floordiv(ir::floormod(fused, next_lower), lower);
    lower = next_lower;
  }
  const ir::For& first = loops.front().loop();
  map[first.loop_var.get()] = ir::is_one(first.extent) ? zero : ir::floordiv(fused, lower);
  for (auto& [var, value] : map) value = ir::cast(var->dtype, value);
  return map;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const std::vector<LoopRef> refs = loops_argument(args[0]);
  if (refs.empty()) return fail(DiagnosticKind::BadArgument, "fuse needs at least one loop");
  TRY_ASSIGN(const std::vector<Place> loops, nest(context.module, refs));
  std::vector<Diagnostic> warnings;
  for (const Place& loop : loops) TRY(refuse_or_warn(context, dropped_step(loop, "fuse"), warnings));

  std::string name = loops.front().loop().loop_var->name;
  int bits = 0;
  ir::Expr extent = ir::make_int(1);
  for (size_t i = 0; i < loops.size(); ++i) {
    if (i > 0) name += "_" + loops[i].loop().loop_var->name;
    bits = std::max<int>(bits, loops[i].loop().loop_var->dtype.bits);
    extent = ir::mul(extent, loops[i].loop().extent);
  }
  const ir::Var fused = ir::make_var(name + "_fused", {ir::TypeCode::Int, static_cast<uint8_t>(bits)});
  ir::Stmt body = ir::substitute(loops.back().loop().body, digits(loops, fused));
  body = ir::make_for(fused, ir::make_int(0, fused->dtype), ir::cast(fused->dtype, arith::Analyzer().simplify(extent)), ir::ForKind::Serial,
                      std::move(body));
  body = simplify_bindings(body, loops_above(loops.front()), bool_argument(args[1]));

  Rewrite rewrite{replace(context.module, loops.front(), std::move(body)), {result(LoopRef{fused})}, {}, std::move(warnings)};
  rewrite.same_accesses = rewrite.warnings.empty();
  for (const LoopRef& loop : refs) rewrite.forwarding.moved.push_back({loop, LoopRef{fused}});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kFuse = {
    .name = "fuse",
    .json_kind = "Fuse",
    .summary = "Fuses perfectly nested loops into one.",
    .params = {{"loops", ParamKind::Loops, "the loops, from the outermost to the innermost", {}, false},
               {.name = "preserve_unit_iters", .kind = ParamKind::Bool, .summary = "keep loops of extent 1 in the blocks' bindings", .default_value = Value{true}, .is_attr = true, .json_int = true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
