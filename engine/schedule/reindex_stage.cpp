#include "engine/schedule/reindex_stage.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/index_map_text.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

bool uses(const std::vector<ir::Expr>& exprs, const ir::Var& var) {
  return std::any_of(exprs.begin(), exprs.end(), [&](const ir::Expr& e) { return ir::uses_var(e, var); });
}

std::string list_text(const std::vector<ir::Expr>& exprs) {
  std::string text;
  for (const ir::Expr& e : exprs) text += (text.empty() ? "" : ", ") + script::print_expr(e);
  return "[" + text + "]";
}

std::vector<ir::Expr> points(const ir::BufferRegion& region) {
  std::vector<ir::Expr> result;
  for (const ir::Range& range : region.region) result.push_back(range.min);
  return result;
}

ir::BufferRegion element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
  ir::BufferRegion region{buffer, {}};
  for (const ir::Expr& index : indices) region.region.push_back({index, ir::make_int(1, index->dtype)});
  return region;
}

Result<void> check_single_point(const Place& block, const ir::BufferRegion& region) {
  for (const ir::Range& range : region.region)
    if (!ir::is_one(range.extent)) {
      Error error = fail(DiagnosticKind::NotSinglePoint, fmt::format("{} accesses {}, which is more than one element", quoted(block), script::print_region(region)),
                         "only the access of a single element can get other indices", {label(block, "")});
      error.error().values = {{"block", block.block().name}, {"region", script::print_region(region)}};
      return error;
    }
  return {};
}

// The axes that index the buffer and those that index the cache are the same. Gives them.
Result<std::vector<size_t>> shared_axes(const Place& block, const std::vector<ir::Expr>& old_indices, const std::vector<ir::Expr>& new_indices) {
  std::vector<size_t> result;
  const std::vector<ir::IterVar>& axes = block.block().iter_vars;
  for (size_t i = 0; i < axes.size(); ++i) {
    const bool in_old = uses(old_indices, axes[i].var), in_new = uses(new_indices, axes[i].var);
    if (in_old && in_new) result.push_back(i);
    if (in_old == in_new) continue;
    Error error = fail(DiagnosticKind::AxesDiffer,
                       fmt::format("the axis {} of {} is part of {}, but not of {}", axes[i].var->name, quoted(block), list_text(in_old ? old_indices : new_indices), list_text(in_old ? new_indices : old_indices)),
                       "the cache's indices use those axes that the buffer's use", {label(block, "")});
    error.error().values = {{"axis", axes[i].var->name}, {"block", block.block().name}};
    return error;
  }
  return result;
}

// Whether the place in the cache says which element lies there.
bool tells_elements_apart(const Place& block, const std::vector<size_t>& axes, const std::vector<ir::Expr>& old_indices, const std::vector<ir::Expr>& new_indices) {
  IndexMap places{{}, new_indices, nullptr};
  std::vector<ir::Expr> extents;
  for (const size_t i : axes) {
    places.initial_indices.push_back(block.block().iter_vars[i].var);
    extents.push_back(block.block().iter_vars[i].extent);
  }
  return determines(places, old_indices, extents);
}

// Whether the copy stays inside the buffer: the block may touch the element under a condition that the copy does not have.
bool stays_inside(const Context& context, const Place& block, const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
  arith::Analyzer analyzer;
  bind_context(analyzer, context.module, block);
  for (const ir::IterVar& iter : block.block().iter_vars) analyzer.bind(iter.var, ir::Range{iter.min, iter.extent});
  for (size_t i = 0; i < indices.size(); ++i) {
    const ir::Expr inside = ir::logical_and(ir::ge(indices[i], ir::make_int(0, indices[i]->dtype)), ir::lt(indices[i], buffer->shape[i]));
    if (!analyzer.can_prove(inside, arith::ProofStrength::SymbolicBound)) return false;
  }
  return true;
}

Error leaves_buffer(const Place& block, const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
  return fail(DiagnosticKind::UncoveredRead, fmt::format("the copy would touch {}{} for all axes of {}, and some are not there", buffer->name, list_text(indices), quoted(block)),
              "TVM accepts this step, but the copy has no condition to guard it; with trust it is applied all the same", {label(block, "")});
}

}  // namespace

Result<void> make_reindex_stage(const Context& context, ReindexStage& stage, const Place& block, const IndexMap& map, const std::string& storage_scope,
                                CopyDirection direction, std::vector<Diagnostic>& warnings) {
  TRY(check_single_point(block, stage.copy.region));
  const std::vector<ir::IterVar>& axes = block.block().iter_vars;
  TRY(check_rank(map, axes.size(), fmt::format("{} has {} ax{}s", quoted(block), axes.size(), axes.size() == 1 ? "i" : "e"), block));
  arith::Analyzer analyzer;
  std::vector<ir::Expr> vars, extents;
  for (const ir::IterVar& iter : axes) {
    vars.push_back(iter.var);
    extents.push_back(iter.extent);
  }
  stage.cache_indices = map_indices(map, vars, analyzer);
  const auto shape = map_shape(map, extents, analyzer);
  const std::vector<ir::Expr> old_indices = points(stage.copy.region);
  TRY_ASSIGN(const std::vector<size_t> touched, shared_axes(block, old_indices, stage.cache_indices));
  const bool is_sound = shape && tells_elements_apart(block, touched, old_indices, stage.cache_indices);
  if (!is_sound) {
    Error error = fail(DiagnosticKind::NotInjectiveIndexMap,
                       fmt::format("the index map {} is no layout of a cache for {}{}: {}", to_python(map), stage.copy.original->name, list_text(old_indices),
                                   shape ? "two elements may get one place" : "an index does not begin at 0"),
                       "each element needs a place of its own; TVM takes some maps without, and the results change", {label(block, "")});
    error.error().values = {{"map", to_python(map)}, {"buffer", stage.copy.original->name}, {"reason", ""}};
    if (!context.trust || !shape) return error;
    warnings.push_back(error.error());
  }

  if (!stays_inside(context, block, stage.copy.original, old_indices)) {
    Error error = leaves_buffer(block, stage.copy.original, old_indices);
    if (!context.trust) return error;
    warnings.push_back(error.error());
  }

  ir::BufferNode fields = *stage.copy.original;
  fields.name = stage.copy.original->name + "_" + storage_scope;
  fields.scope = storage_scope;
  fields.shape = *shape;
  fields.data = nullptr;
  stage.copy.cache = ir::make_buffer(std::move(fields));

  // The loops and axes of the block that the touched element depends on, renewed.
  ir::VarMap renewed;
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block.id = stage.copy.block = ir::make_block_id();
  realize.block.name = stage.copy.cache->name;
  std::vector<ir::Expr> bindings;
  for (const size_t i : touched) bindings.push_back(block.realize().iter_values[i]);
  std::vector<const ir::For*> loops;
  std::vector<ir::Var> loop_vars;
  for (const Place& loop : loops_above(block)) {
    const bool is_inside = is_below(loop, stage.copy.location) && loop.stmt() != stage.copy.location.stmt();
    if (!is_inside || !uses(bindings, loop.loop().loop_var)) continue;
    loops.push_back(&ir::get<ir::For>(loop.stmt()));
    loop_vars.push_back(ir::make_var(loops.back()->loop_var->name, loops.back()->loop_var->dtype));
    renewed[loops.back()->loop_var.get()] = loop_vars.back();
  }
  for (size_t k = 0; k < touched.size(); ++k) {
    ir::IterVar axis = axes[touched[k]];
    axis.type = ir::IterType::Spatial;
    axis.var = ir::make_var(axis.var->name, axis.var->dtype);
    renewed[axes[touched[k]].var.get()] = axis.var;
    realize.block.iter_vars.push_back(std::move(axis));
    realize.iter_values.push_back(ir::substitute(bindings[k], renewed));
  }
  std::vector<ir::Expr> original_indices, cache_indices;
  for (const ir::Expr& e : old_indices) original_indices.push_back(ir::substitute(e, renewed));
  for (const ir::Expr& e : stage.cache_indices) cache_indices.push_back(ir::substitute(e, renewed));
  const ir::BufferRegion original = element(stage.copy.original, original_indices), cache = element(stage.copy.cache, cache_indices);
  const bool into = direction == CopyDirection::IntoCache;
  realize.block.reads = {into ? original : cache};
  realize.block.writes = {into ? cache : original};
  realize.block.body = into ? ir::make_store(stage.copy.cache, ir::make_load(stage.copy.original, original_indices), cache_indices)
                            : ir::make_store(stage.copy.original, ir::make_load(stage.copy.cache, cache_indices), original_indices);
  stage.copy.stmt = ir::make_stmt(std::move(realize));
  for (size_t i = loops.size(); i-- > 0;) stage.copy.stmt = ir::make_for(loop_vars[i], loops[i]->min, loops[i]->extent, ir::ForKind::Serial, stage.copy.stmt);
  return {};
}

Result<void> read_axes_map(const Context& context, std::span<Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  std::vector<std::string> names;
  for (const ir::IterVar& iter : block.block().iter_vars) names.push_back(iter.var->name);
  return read_index_map(args[3], context, block, std::nullopt, std::move(names));
}

std::vector<ir::BufferRegion> with_cache_element(const ReindexStage& stage, std::vector<ir::BufferRegion> regions) {
  for (ir::BufferRegion& region : regions)
    if (region.buffer == stage.copy.original) region = element(stage.copy.cache, stage.cache_indices);
  return regions;
}

std::vector<ir::MatchBuffer> with_cache_element(const ReindexStage& stage, std::vector<ir::MatchBuffer> matches) {
  for (ir::MatchBuffer& match : matches)
    if (match.source.buffer == stage.copy.original) match.source = element(stage.copy.cache, stage.cache_indices);
  return matches;
}

}  // namespace loopglass::schedule
