// reorder(*loops): loops of one chain change places; those not named stay where they are.
//
// Before: for i, j in T.grid(4, 16): ...
// After reorder(j, i): for j, i in T.grid(16, 4): ...
//
// Requires: each loop once; all in one chain without other statements between; the blocks below have spatial and reduction axes
// only, with affine bindings; no outer loop's domain depends on an inner one. Keeps: each loop with its kind and annotations.
// (TVM: src/s_tir/schedule/primitive/loop_transformation.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

bool is_same(const Place& a, const Place& b) { return a.stmt() == b.stmt(); }

bool contains(const std::vector<Place>& places, const Place& place) {
  return std::any_of(places.begin(), places.end(), [&](const Place& p) { return is_same(p, place); });
}

Result<void> check_distinct(const std::vector<Place>& loops) {
  for (size_t i = 0; i < loops.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (is_same(loops[i], loops[j]))
        return fail(DiagnosticKind::LoopMultiAppearance, fmt::format("{} is given to reorder twice", quoted(loops[i])), "name each loop once",
                    {label(loops[i], "given twice")});
  return {};
}

Error not_one_scope(const Place& a, const Place& b) {
  return fail(DiagnosticKind::LoopsNotAChain, fmt::format("{} and {} stand in different nests and cannot be reordered", quoted(a), quoted(b)),
              "reorder the loops of one nest at a time; compute_at or reverse_compute_at brings a block into another nest",
              {label(a, "in one nest"), label(b, "in another")});
}

Error not_a_chain(const Place& outer, const Place& inner) {
  return fail(DiagnosticKind::LoopsNotAChain,
              fmt::format("the loops are not a chain: {} holds more than {}", quoted(outer), inner.loop().loop_var->name),
              "only perfectly nested loops change places; move the other statements out first", {label(outer, "holds several statements")});
}

// The loops from the innermost of those given up to the outermost, with those between.
Result<std::vector<Place>> chain(const std::vector<Place>& loops) {
  const Place& bottom = *std::max_element(loops.begin(), loops.end(),
                                          [](const Place& a, const Place& b) { return a.depth() < b.depth(); });
  std::vector<Place> above = loops_above(bottom);
  above.push_back(bottom);
  size_t top = above.size();
  for (const Place& loop : loops) {
    const auto it = std::find_if(above.begin(), above.end(), [&](const Place& p) { return is_same(p, loop); });
    if (it == above.end()) return not_one_scope(loop, bottom);
    top = std::min<size_t>(top, it - above.begin());
  }
  std::vector<Place> result{above.back()};
  for (size_t i = above.size() - 1; i > top; --i) {
    if (above[i - 1].loop().body != above[i].stmt()) return not_a_chain(above[i - 1], above[i]);
    result.push_back(above[i - 1]);
  }
  return result;
}

Result<void> check_block(const Context& context, const Place& block, const Place& top) {
  for (const ir::IterVar& axis : block.block().iter_vars) {
    if (axis.type == ir::IterType::Spatial || axis.type == ir::IterType::Reduction) continue;
    return fail(DiagnosticKind::BlockProperty,
                fmt::format("the axis {} of {} is {}, so the order of its iterations may matter", axis.var->name, quoted(block), ir::to_string(axis.type)),
                "only loops of spatial and reduction axes change places", {label(block, fmt::format("{} is no spatial or reduction axis", axis.var->name))});
  }
  if (block.block().iter_vars.empty() || is_judged_affine(&context, block)) return {};
  const std::optional<Place> above = parent(top);
  if (above && is_affine_binding(block, &*above)) return {};
  return fail(DiagnosticKind::NotAffineBinding,
              fmt::format("the bindings of {} are not a quasi-affine map of the loops from {} down", quoted(block), quoted(top)),
              "every axis has to be a sum of products, quotients and remainders of distinct parts of the loop variables", {label(block, "")});
}

// The chain (innermost first) rebuilt with the given loops in their new order.
Result<ir::Stmt> rebuilt(const std::vector<Place>& chain, const std::vector<Place>& ordered) {
  std::vector<ir::Var> inner;
  ir::Stmt body = chain.front().loop().body;
  size_t next = ordered.size();
  for (const Place& old : chain) {
    const Place& place = contains(ordered, old) ? ordered[--next] : old;
    ir::For loop = place.loop();
    for (const ir::Var& var : inner) {
      const auto is_var = [&](const ir::VarNode* v) { return v == var.get(); };
      if (ir::uses_var(loop.min, is_var) || ir::uses_var(loop.extent, is_var))
        return fail(DiagnosticKind::DependentLoop, fmt::format("the domain of {} depends on {}, which would come to stand inside it", quoted(place), var->name),
                    fmt::format("keep {} outside {}", var->name, loop.loop_var->name), {label(place, bounds_text(loop))});
    }
    inner.push_back(loop.loop_var);
    loop.body = std::move(body);
    body = ir::make_stmt(std::move(loop));
  }
  return body;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  std::vector<Place> ordered;
  for (const LoopRef& loop : loops_argument(args[0])) ordered.push_back(at(context.module, loop));
  if (ordered.size() <= 1) return Rewrite{context.module, {}, {}, {}};
  TRY(check_distinct(ordered));
  TRY_ASSIGN(const std::vector<Place> loops, chain(ordered));
  for (const Place& block : child_blocks(loops.front())) {
    Result<void> orderless = check_block(context, block, loops.back());
    if (orderless) continue;
    for (const Place& loop : ordered)
      if (!orderless.error().witness) add_carried_witness(orderless.error(), loop);
    return Error(std::move(orderless).error());
  }
  TRY_ASSIGN(ir::Stmt nest, rebuilt(loops, ordered));
  return Rewrite{replace(context.module, loops.back(), std::move(nest)), {}, {}, {}};
}

}  // namespace

const PrimitiveSpec kReorder = {
    .name = "reorder",
    .json_kind = "Reorder",
    .summary = "Puts the loops of a nest into another order.",
    .params = {{"ordered_loops", ParamKind::Loops, "the loops in their new order", {}, false}},
    .apply = apply,
    .gesture = Gesture::DragLoop,
};

}  // namespace loopglass::schedule
