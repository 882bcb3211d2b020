// transform_block_layout(block, index_map): a block's axes become functions of them, and loops of its own run over those.
//
// Before:                                     After transform_block_layout(B, lambda i, j: (i * 16 + j,)):
//   for i, j in T.grid(16, 16):                 for ax0 in range(256):
//       with T.sblock("B"):                         with T.sblock("B"):
//           vi, vj = T.axis.remap("SS", [i, j])         v0 = T.axis.spatial(256, ax0)
//           B[vi, vj] = A[vi, vj] * 2                   B[v0 // 16, v0 % 16] = A[v0 // 16, v0 % 16] * 2
//
// Requires: LoopNotStartWithZero, NotOnlyChild, NotTrivialBinding, IndexMapRank, NotBijectiveIndexMap, MixedAxisTypes.
// Keeps: the block's identity. Its loops go, with their kinds. (TVM: src/s_tir/schedule/primitive/layout_transformation.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/access_simplifier.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/index_map_text.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// From the outermost loop down, each loop holds the next, and the last the block, and nothing else.
Result<void> check_only_chain(const Place& block, const std::vector<Place>& loops) {
  for (size_t i = 0; i < loops.size(); ++i) {
    const ir::Stmt& below = i + 1 < loops.size() ? loops[i + 1].stmt() : block.stmt();
    if (loops[i].loop().body == below) continue;
    return fail(DiagnosticKind::NotOnlyChild, fmt::format("{} holds more than {}; the loops are made anew, for the block alone", quoted(loops[i]), quoted(block)),
                "move the other statements elsewhere first, with compute_at or loop_partition", {label(loops[i], "holds more"), label(block, "the block")});
  }
  return {};
}

Result<void> check_axes_from_zero(const Place& block) {
  for (const ir::IterVar& iter : block.block().iter_vars)
    if (!ir::is_zero(iter.min))
      return fail(DiagnosticKind::LoopNotStartWithZero, fmt::format("the axis {} of {} starts with {}", iter.var->name, quoted(block), script::print_expr(iter.min)),
                  "only axes that start with 0 can be mapped", {label(block, "")});
  return {};
}

// The type of the axes that an expression uses; Opaque where it uses none, or several types.
ir::IterType type_of(const ir::Expr& e, const std::vector<ir::IterVar>& axes) {
  std::optional<ir::IterType> type;
  bool mixed = false;
  for (const ir::IterVar& axis : axes) {
    if (!ir::uses_var(e, axis.var)) continue;
    mixed |= type && *type != axis.type;
    type = axis.type;
  }
  return mixed || !type ? ir::IterType::Opaque : *type;
}

Error mixed_types(const Place& block, const ir::Expr& index) {
  Error error = fail(DiagnosticKind::MixedAxisTypes,
                     fmt::format("{} would be one axis of {} that is neither spatial nor reduce: it is made of axes of several types, or of none", script::print_expr(index), quoted(block)),
                     "fuse spatial axes with spatial ones and reduction axes with reduction ones", {label(block, "")});
  error.error().values = {{"index", script::print_expr(index)}, {"block", block.block().name}};
  return error;
}

// The new axes v0, v1, ...
Result<std::vector<ir::IterVar>> new_axes(const Place& block, const std::vector<ir::Expr>& indices, const std::vector<ir::Expr>& extents) {
  std::vector<ir::IterVar> axes;
  for (size_t i = 0; i < indices.size(); ++i) {
    const ir::IterType type = ir::is_one(extents[i]) ? ir::IterType::Spatial : type_of(indices[i], block.block().iter_vars);
    if (type == ir::IterType::Opaque) return mixed_types(block, indices[i]);
    const ir::Var var = ir::make_var(fmt::format("v{}", i), indices[i]->dtype);
    axes.push_back({var, ir::make_int(0, var->dtype), ir::cast(var->dtype, extents[i]), type});
  }
  return axes;
}

Error not_bijective(const Place& block, const IndexMap& map, const std::string& why) {
  Error error = fail(DiagnosticKind::NotBijectiveIndexMap, fmt::format("the index map {} does not name each instance of {} once: {}", to_python(map), quoted(block), why),
                     "give a map that splits, fuses and reorders axes, without loss and without gaps", {label(block, "")});
  error.error().values = {{"map", to_python(map)}, {"block", block.block().name}, {"reason", why}};
  return error;
}

// The old axes in the new ones.
Result<ir::VarMap> old_axes(const Place& block, const IndexMap& map, const std::vector<ir::Expr>& extents, const std::vector<ir::IterVar>& axes,
                            arith::Analyzer& analyzer) {
  const auto inverse = invert(map, ranges_of(extents), arith::IterMapLevel::Bijective, analyzer);
  if (!inverse) return not_bijective(block, map, inverse.error());
  if (inverse->map.initial_indices.size() != axes.size() || inverse->map.final_indices.size() != extents.size())
    return not_bijective(block, map, "the inverse that it brings is of another rank");
  std::vector<ir::Expr> vars;
  for (const ir::IterVar& axis : axes) vars.push_back(axis.var);
  const std::vector<ir::Expr> values = map_indices(inverse->map, vars, analyzer);
  ir::VarMap result;
  for (size_t i = 0; i < values.size(); ++i) result[block.block().iter_vars[i].var.get()] = values[i];
  return result;
}

// The block with the new axes, in loops ax0, ax1, ...
ir::Stmt new_nest(const Context& context, const Place& block, std::vector<ir::IterVar> axes, const ir::VarMap& old) {
  ir::BlockRealize realize = ir::get<ir::BlockRealize>(ir::substitute(block.stmt(), old));
  std::vector<ir::Var> loops;
  std::vector<ir::Expr> extents;
  ir::VarMap loop_values, of_axes;
  realize.iter_values.clear();
  for (size_t i = 0; i < axes.size(); ++i) {
    loops.push_back(ir::make_var(fmt::format("ax{}", i), axes[i].var->dtype));
    extents.push_back(axes[i].extent);
    realize.iter_values.push_back(loops.back());
    of_axes[axes[i].var.get()] = loops.back();
  }
  // The predicate speaks of the loops that go; each was an axis.
  for (size_t i = 0; i < block.realize().iter_values.size(); ++i)
    loop_values[ir::as_var(block.realize().iter_values[i]).get()] = ir::substitute(old.at(block.block().iter_vars[i].var.get()), of_axes);
  realize.predicate = ir::substitute(realize.predicate, loop_values);
  realize.block.iter_vars = std::move(axes);
  ir::Stmt nest = simplify_accesses(ir::make_stmt(std::move(realize)), *ir::find_function(context.module, block.function()));
  for (size_t i = loops.size(); i-- > 0;) nest = ir::make_for(loops[i], ir::make_int(0, loops[i]->dtype), extents[i], ir::ForKind::Serial, std::move(nest));
  return nest;
}

Result<void> normalize(const Context& context, std::span<Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  std::vector<std::string> names;
  for (const ir::IterVar& iter : block.block().iter_vars) names.push_back(iter.var->name);
  return read_index_map(args[1], context, block, std::nullopt, std::move(names));
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const IndexMap& map = index_map_argument(args[1]);
  const std::vector<Place> loops = loops_above(block);
  for (const Place& loop : loops) TRY(check_starts_with_zero(loop, "mapped"));
  TRY(check_only_chain(block, loops));
  TRY(check_trivial_binding(block));
  TRY(check_axes_from_zero(block));
  const std::vector<ir::IterVar>& old = block.block().iter_vars;
  TRY(check_rank(map, old.size(), fmt::format("{} has {} axes", quoted(block), old.size()), block));

  arith::Analyzer analyzer;
  bind_shapes(analyzer, *ir::find_function(context.module, block.function()));
  std::vector<ir::Expr> vars, extents;
  for (const ir::IterVar& iter : old) {
    vars.push_back(iter.var);
    extents.push_back(iter.extent);
  }
  const auto new_extents = map_shape(map, extents, analyzer);
  if (!new_extents) return not_bijective(block, map, "an axis would not begin at 0");
  TRY_ASSIGN(std::vector<ir::IterVar> axes, new_axes(block, map_indices(map, vars, analyzer), *new_extents));
  TRY_ASSIGN(const ir::VarMap inverse, old_axes(block, map, extents, axes, analyzer));
  if (loops.empty() && !axes.empty()) return not_bijective(block, map, "the block has no loops");
  const ir::Stmt nest = new_nest(context, block, std::move(axes), inverse);
  const Place& root = loops.empty() ? block : loops.front();
  Rewrite rewrite{replace(context.module, root, nest), {}, {}, {}};
  for (const Place& loop : loops) rewrite.forwarding.moved.emplace_back(ref(loop), ir::as<ir::For>(nest) ? NodeRef{ref(ir::get<ir::For>(nest))} : NodeRef{ref(block)});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kTransformBlockLayout = {
    .name = "transform_block_layout",
    .json_kind = "TransformBlockLayout",
    .summary = "Makes a block's axes anew as functions of them, with loops of its own.",
    .params = {{"block", ParamKind::Block, "a block alone in its loops", {}, false},
               {"index_map", ParamKind::Lambda, "the new axes as functions of the old ones: lambda i, j: (i * 16 + j,)", {}, true}},
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
