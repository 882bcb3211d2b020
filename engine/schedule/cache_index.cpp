// cache_index(block, storage_scope, cse_thresh): arithmetic on a block's axes, such as indices, is done beforehand and looked up in buffers.
//
// Before: for i, j in T.grid(16, 8): with T.sblock("B"): ... B[vi, vj] = A[vi // 2, vj // 4]
// After:  for ax0 in range(16): with T.sblock("index_0"): ... index_var_0[v0] = v0 // 2
//         for ax0 in range(8): with T.sblock("index_1"): ... index_var_1[v0] = v0 // 4
//         for i, j in T.grid(16, 8): with T.sblock("B"): ... B[vi, vj] = A[index_var_0[vi], index_var_1[vj]]
//
// Requires: RootBlock; BadArgument: the threshold is not negative; at least two expressions on the block's axes, each axis of which runs with
// loops of constant extent in the block's scope. Our own: outside_domain. As in TVM, the block's T.reads are left as they were.
// (TVM: src/s_tir/schedule/primitive/cache_index.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/index_candidates.h"
#include "engine/schedule/made_block.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

struct IndexCache {
  ir::Expr value;                // in the block's axes
  std::vector<ir::Var> axes;     // that it depends on
  ir::Buffer buffer;
  ir::Stmt stage;
  BlockRef block;
};

Error no_index(const Place& block, std::string why) {
  return fail(DiagnosticKind::BadArgument, fmt::format("the indices of {} cannot be cached: {}", quoted(block), why),
              "what is cached is arithmetic on axes that run with loops of constant extent", {label(block, "")});
}

std::vector<ir::Var> variables(const ir::Expr& e) {
  std::vector<ir::Var> found;
  ir::for_each_expr(e, [&](const ir::Expr& x) {
    const ir::Var var = ir::as_var(x);
    if (var && std::find(found.begin(), found.end(), var) == found.end()) found.push_back(var);
  });
  return found;
}

const ir::Expr* value_of(const ir::BlockRealize& realize, const ir::Var& axis) {
  for (size_t i = 0; i < realize.iter_values.size(); ++i)
    if (realize.block.iter_vars[i].var == axis) return &realize.iter_values[i];
  return nullptr;
}

// The loops that the axes run with, in the order in which the axes' values name them.
Result<std::vector<const ir::For*>> loops_of(const Place& block, const std::vector<ir::Var>& axes) {
  const std::vector<Place> above = loops_above(block);
  std::vector<const ir::For*> found;
  for (const ir::Var& axis : axes) {
    const ir::Expr* value = value_of(block.realize(), axis);
    if (!value) return no_index(block, fmt::format("{} is none of its axes", axis->name));
    for (const ir::Var& var : variables(*value)) {
      const auto loop = std::find_if(above.begin(), above.end(), [&](const Place& p) { return p.loop().loop_var == var; });
      if (loop == above.end() || !ir::as_int(loop->loop().extent) || !ir::as_int(loop->loop().min))
        return no_index(block, fmt::format("its axis {} depends on {}, which is no loop of constant extent in its scope", axis->name, var->name));
      if (std::find(found.begin(), found.end(), &loop->loop()) == found.end()) found.push_back(&loop->loop());
    }
  }
  if (found.size() < axes.size()) return no_index(block, "some of its axes run with no loop");
  return found;
}

ir::DataType loop_type(const ir::For& loop) {
  const int64_t begin = *ir::as_int(loop.min), last = begin + *ir::as_int(loop.extent) - 1;
  return begin >= INT32_MIN && last <= INT32_MAX ? ir::kInt32 : ir::kInt64;
}

ir::Buffer index_buffer(const IndexCache& cache, size_t number, const ir::BlockRealize& realize, const arith::IntSetMap& domains, const std::string& storage_scope) {
  ir::BufferNode fields;
  fields.name = fmt::format("index_var_{}", number);
  fields.dtype = cache.value->dtype;
  for (const ir::Var& axis : cache.axes) fields.shape.push_back(ir::add(arith::eval_set(*value_of(realize, axis), domains).max, ir::make_int(1)));
  fields.strides = {ir::make_int(1)};
  if (!fields.shape.empty() && fields.shape[0]->dtype != ir::kInt32) fields.elem_offset = ir::make_int(0);
  fields.scope = storage_scope.empty() ? "global" : storage_scope;
  return ir::make_buffer(std::move(fields));
}

// The block that computes the expression for all values of its axes. As in TVM, the n-th axis gets the domain of the n-th loop, which is not
// the axis' own where it runs with several.
void make_stage(IndexCache& cache, size_t number, const Place& block, const std::vector<const ir::For*>& loops) {
  ir::VarMap loop_vars, axes;
  std::vector<ir::For> nest;
  for (const ir::For* loop : loops) {
    ir::For fresh;
    fresh.loop_var = ir::make_var(fmt::format("ax{}", nest.size()), loop_type(*loop));
    fresh.min = ir::make_int(0, fresh.loop_var->dtype);
    fresh.extent = ir::make_int(*ir::as_int(loop->extent), fresh.loop_var->dtype);
    loop_vars[loop->loop_var.get()] = fresh.loop_var;
    nest.push_back(std::move(fresh));
  }
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block.id = ir::make_block_id();
  realize.block.name = fmt::format("index_{}", number);
  std::vector<ir::Expr> indices;
  ir::BufferRegion written{cache.buffer, {}};
  for (size_t i = 0; i < cache.axes.size(); ++i) {
    const ir::DataType type = cache.axes[i]->dtype;
    const ir::Var axis = ir::make_var(fmt::format("v{}", i), type);
    realize.block.iter_vars.push_back({axis, ir::make_int(0, type), ir::cast(type, loops[i]->extent), ir::IterType::Spatial});
    realize.iter_values.push_back(ir::substitute(*value_of(block.realize(), cache.axes[i]), loop_vars));
    indices.push_back(axis);
    written.region.push_back({axis, ir::make_int(1, type)});
    axes[cache.axes[i].get()] = axis;
  }
  realize.block.writes = {written};
  realize.block.body = ir::make_store(cache.buffer, ir::substitute(cache.value, axes), indices);
  cache.block = {realize.block.id};
  cache.stage = ir::make_stmt(std::move(realize));
  for (size_t i = nest.size(); i-- > 0;) {
    nest[i].body = std::move(cache.stage);
    cache.stage = ir::make_stmt(std::move(nest[i]));
  }
}

// Looks the expressions up in the stores of the block.
class LookUp : public ir::Rewriter {
 public:
  explicit LookUp(const IndexCache& cache) : cache_(cache) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (in_store_ && equivalent(e, cache_.value)) return ir::make_load(cache_.buffer, {cache_.axes.begin(), cache_.axes.end()});
    return Rewriter::rewrite(e);
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (ir::as<ir::BlockRealize>(s)) return s;   // blocks inside look up nothing
    const bool outside = std::exchange(in_store_, in_store_ || ir::as<ir::BufferStore>(s));
    ir::Stmt out = Rewriter::rewrite(s);
    in_store_ = outside;
    return out;
  }

 private:
  const IndexCache& cache_;
  bool in_store_ = false;
};

Result<std::vector<IndexCache>> find_indices(const Place& block, size_t threshold) {
  std::vector<ir::Expr> values;
  ir::for_each_stmt(block.block().body, [&](const ir::Stmt& s) {
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) add_candidates(*store, threshold, values);
    return !ir::as<ir::BlockRealize>(s);
  });
  std::vector<IndexCache> caches;
  for (const ir::Expr& value : values) caches.push_back({value, variables(value), nullptr, nullptr, {}});
  if (caches.size() > 1) return caches;
  return no_index(block, caches.empty() ? fmt::format("no arithmetic on its axes occurs {} times", threshold)
                                        : fmt::format("{} is the only arithmetic on its axes, and TVM needs two expressions at least", script::print_expr(caches[0].value)));
}

ir::Stmt with_lookups(const Place& block, const std::vector<IndexCache>& caches) {
  ir::BlockRealize realize = block.realize();
  for (const IndexCache& cache : caches) {
    LookUp look_up(cache);
    realize.block.body = look_up.rewrite(realize.block.body);
    if (realize.block.init) realize.block.init = look_up.rewrite(realize.block.init);
  }
  return ir::make_stmt(std::move(realize));
}

// TVM fills the buffer from 0 on.
std::optional<Diagnostic> not_from_zero(const ir::For& loop, const Place& block) {
  if (ir::is_zero(loop.min)) return std::nullopt;
  return unsound_step(DiagnosticKind::LostIterations,
                      fmt::format("cache_index would fill its buffers from 0 on, and loop \"{}\" starts with {}", loop.loop_var->name, script::print_expr(loop.min)),
                      {label(block, "looks up what is not filled")});
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const int64_t threshold = int_argument(args[2]);
  if (threshold < 0) return fail(DiagnosticKind::BadArgument, fmt::format("cse_thresh is {}", threshold), "it says how often an expression has to occur: 0 or more");
  TRY_ASSIGN(const Place scope, check_scope(context, block, false));
  TRY_ASSIGN(std::vector<IndexCache> caches, find_indices(block, static_cast<size_t>(threshold)));
  arith::VarRanges ranges;
  for (const Place& loop : loops_above(block)) ranges.emplace_back(loop.loop().loop_var, ir::Range{loop.loop().min, loop.loop().extent});
  const arith::IntSetMap domains = arith::as_int_set(ranges);
  ArgumentList results;
  std::vector<Diagnostic> warnings;
  for (size_t i = 0; i < caches.size(); ++i) {
    TRY_ASSIGN(const std::vector<const ir::For*> loops, loops_of(block, caches[i].axes));
    for (const ir::For* loop : loops) TRY(refuse_or_warn(context, not_from_zero(*loop, block), warnings));
    caches[i].buffer = index_buffer(caches[i], i, block.realize(), domains, string_argument(args[1]));
    make_stage(caches[i], i, block, loops);
    results.push_back(result(caches[i].block));
  }

  ir::BlockRealize changed = ir::get<ir::BlockRealize>(ir::replace_stmts(scope.stmt(), {{block.stmt().get(), with_lookups(block, caches)}}));
  std::vector<ir::Stmt> body = statements(changed.block.body);
  const size_t position = body.size() > 1 ? block.step(scope.depth() + 1) : 0;
  for (size_t i = 0; i < caches.size(); ++i) {
    body.insert(body.begin() + static_cast<std::ptrdiff_t>(position + i), caches[i].stage);
    changed.block.alloc_buffers.push_back(caches[i].buffer);
  }
  changed.block.body = ir::make_seq(std::move(body));
  Rewrite rewrite{replace(context.module, scope, ir::make_stmt(std::move(changed))), {Argument{std::move(results)}}, {}, std::move(warnings)};
  for (const IndexCache& cache : caches) TRY(refuse_or_warn(context, outside_domain(rewrite.module, cache.block, "cache_index"), rewrite.warnings));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kCacheIndex = {
    .name = "cache_index",
    .json_kind = "CacheIndex",
    .summary = "Computes the indices of a block beforehand and looks them up in buffers.",
    .params = {{"block", ParamKind::Block, "the block whose arithmetic on axes is cached", {}, false},
               {"storage_scope", ParamKind::String, "where the new buffers lie: \"global\" or \"local\"", {}, true},
               {"cse_thresh", ParamKind::Int, "how often an expression has to occur to be cached; 0: any", Value{int64_t{0}}, true}},
    .apply = apply,
    .gives_list = true,
};

}  // namespace loopglass::schedule
