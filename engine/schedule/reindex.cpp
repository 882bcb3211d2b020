// reindex(block, buffer): what a block reads (writes) of a buffer is laid out by the block's axes first (afterwards), in a new buffer.
//
// Before:                                        After reindex(B, ("read", 0)):
//   for i, j in T.grid(16, 8):                     for ax0, ax1 in T.grid(16, 8):
//       with T.sblock("B"): ...                        with T.sblock("A_reindex_reindex"): ...
//           B[vi, vj] = A[vj, vi] * 2                      A_reindex[v0, v1] = A[v1, v0]
//                                                  for i, j in T.grid(16, 8):
//                                                      with T.sblock("B"): ...
//                                                          B[vi, vj] = A_reindex[vi, vj] * 2
//
// Requires: BufferIndexOutOfRange, BadArgument, RootBlock, NotStagePipeline; a block that holds no others (BlockProperty), uses the buffer by
// loads and stores alone (OpaqueAccess) and always with the same indices (RegionPatternMismatch), below one chain of loops (LoopsNotAChain).
// Our own: unsound_reindex. (TVM: src/s_tir/schedule/primitive/cache_read_write.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/derived_buffer.h"
#include "engine/schedule/reindex_soundness.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// The indices of every load and store of the buffer, in the order in which they run.
class IndexCollector : public ir::Visitor {
 public:
  explicit IndexCollector(const ir::Buffer& buffer) : buffer_(buffer) {}
  using Visitor::visit;
  void visit(const ir::Expr& e) override {
    if (!e) return;
    Visitor::visit(e);
    if (e.get() == buffer_->data.get()) is_opaque = true;
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e); load && load->buffer == buffer_) found.push_back(load->indices);
  }
  void visit(const ir::Stmt& s) override {
    if (!s) return;
    Visitor::visit(s);
    has_block |= ir::as<ir::BlockRealize>(s) != nullptr;
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s); store && store->buffer == buffer_) found.push_back(store->indices);
  }
  std::vector<std::vector<ir::Expr>> found;
  bool has_block = false, is_opaque = false;

 private:
  const ir::Buffer& buffer_;
};

bool same(const std::vector<ir::Expr>& a, const std::vector<ir::Expr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const ir::Expr& x, const ir::Expr& y) { return ir::structural_equal(x, y); });
}

std::string text_of(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) { return script::print_expr(ir::make_load(buffer, indices)); }

Result<std::vector<ir::Expr>> only_indices(const Place& block, const ir::Buffer& buffer) {
  IndexCollector collector(buffer);
  collector.visit(block.block().body);
  if (collector.has_block)
    return fail(DiagnosticKind::BlockProperty, fmt::format("{} holds other blocks", quoted(block)), "choose one of the blocks in it", {label(block, "")});
  if (collector.is_opaque)
    return fail(DiagnosticKind::OpaqueAccess, fmt::format("{} uses {} by its address", quoted(block), buffer->name),
                "only a buffer that is used by plain loads and stores can be laid out anew", {label(block, "")});
  if (collector.found.empty())
    return fail(DiagnosticKind::BadArgument, fmt::format("the body of {} does not use {}", quoted(block), buffer->name), {}, {label(block, "")});
  for (const auto& indices : collector.found)
    if (!same(indices, collector.found[0]))
      return fail(DiagnosticKind::RegionPatternMismatch,
                  fmt::format("{} uses {} at different indices: {} and {}", quoted(block), buffer->name, text_of(buffer, collector.found[0]), text_of(buffer, indices)),
                  "a buffer can be laid out by a block's axes where each instance of the block uses one element of it", {label(block, "")});
  return collector.found[0];
}

// Simplified in the axes' domains, unless it becomes a constant.
std::vector<ir::Expr> simplified(std::vector<ir::Expr> indices, const ir::Block& block) {
  arith::Analyzer analyzer;
  for (const ir::IterVar& iter : block.iter_vars) analyzer.bind(iter.var, ir::Range{iter.min, iter.extent});
  for (ir::Expr& index : indices)
    if (ir::Expr simple = analyzer.simplify(index); !ir::as<ir::IntImm>(simple)) index = std::move(simple);
  return indices;
}

// The loop that stands directly in the scope, with nothing but loops between it and the block's innermost loop.
Result<Place> outermost_loop(const Place& block) {
  const std::vector<Place> loops = loops_above(block);
  for (size_t i = 0; i + 1 < loops.size(); ++i)
    if (loops[i].loop().body != loops[i + 1].stmt())
      return fail(DiagnosticKind::LoopsNotAChain, fmt::format("the loops above {} are no chain: {} holds more than {}", quoted(block), quoted(loops[i]), quoted(loops[i + 1])),
                  "choose a block whose loops hold nothing else", {label(block, ""), label(loops[i], "holds more")});
  if (!loops.empty()) return loops.front();
  return fail(DiagnosticKind::LoopsNotAChain, fmt::format("{} stands below no loop", quoted(block)), "add_unit_loop gives it one", {label(block, "")});
}

// The copy between the buffer and the new one.
ir::Stmt copy_nest(const Reindex& r, BlockRef& made) {
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  ir::VarMap renamed;
  std::vector<ir::Expr> axes;
  for (const ir::IterVar& iter : r.axes) {
    ir::IterVar axis = iter;
    axis.type = ir::IterType::Spatial;
    axis.var = ir::make_var(fmt::format("v{}", axes.size()), iter.var->dtype);
    renamed[iter.var.get()] = axis.var;
    realize.iter_values.push_back(ir::make_var(fmt::format("ax{}", axes.size()), iter.var->dtype));
    axes.push_back(axis.var);
    realize.block.iter_vars.push_back(std::move(axis));
  }
  std::vector<ir::Expr> indices;
  for (const ir::Expr& index : r.indices) indices.push_back(ir::substitute(index, renamed));
  const ir::Buffer& from = r.is_write ? r.derived : r.buffer;
  const ir::Buffer& to = r.is_write ? r.buffer : r.derived;
  const std::vector<ir::Expr>& source = r.is_write ? axes : indices;
  const std::vector<ir::Expr>& target = r.is_write ? indices : axes;
  const auto point = [](const ir::Buffer& buffer, const std::vector<ir::Expr>& at) {
    ir::BufferRegion region{buffer, {}};
    for (const ir::Expr& index : at) region.region.push_back({index, ir::make_int(1, index->dtype)});
    return region;
  };
  realize.block.id = ir::make_block_id();
  realize.block.name = to->name + "_reindex";
  realize.block.reads = {point(from, source)};
  realize.block.writes = {point(to, target)};
  realize.block.body = ir::make_store(to, ir::make_load(from, source), target);
  made = ref(realize);
  const std::vector<ir::Expr> loop_vars = realize.iter_values;
  ir::Stmt nest = ir::make_stmt(std::move(realize));
  for (size_t i = r.axes.size(); i-- > 0;) nest = ir::make_for(ir::as_var(loop_vars[i]), r.axes[i].min, r.axes[i].extent, ir::ForKind::Serial, std::move(nest));
  return nest;
}

// The block on the new buffer.
class OnDerived : public ir::Rewriter {
 public:
  explicit OnDerived(const Reindex& r) : r_(r) {
    region_.buffer = r.derived;
    for (const ir::IterVar& iter : r.axes) {
      indices_.push_back(iter.var);
      region_.region.push_back({iter.var, ir::make_int(1, iter.var->dtype)});
    }
  }
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    return load && load->buffer == r_.buffer ? ir::make_load(r_.derived, indices_) : Rewriter::rewrite(e);
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::Stmt out = Rewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    return store && store->buffer == r_.buffer ? ir::make_store(r_.derived, store->value, indices_) : out;
  }
  ir::BufferRegion rewrite_region(const ir::BufferRegion& r) override { return r.buffer == r_.buffer ? region_ : r; }

 private:
  const Reindex& r_;
  std::vector<ir::Expr> indices_;
  ir::BufferRegion region_;
};

Result<void> normalize(const Context& context, std::span<Argument> args) {
  TRY_ASSIGN(const BufferAccess access, find_access(args[1], at(context.module, block_argument(args[0]))));
  args[1] = Argument{to_value(access)};
  return {};
}

Result<Reindex> prepare(const Context& context, std::span<const Argument> args) {
  Reindex r;
  r.block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const BufferAccess access, find_access(args[1], r.block));
  r.is_write = access.is_write;
  r.buffer = accessed_buffer(access, r.block);
  TRY_ASSIGN(r.scope, check_scope(context, r.block, true));
  TRY_ASSIGN(std::vector<ir::Expr> indices, only_indices(r.block, r.buffer));
  r.indices = simplified(std::move(indices), r.block.block());
  std::vector<ir::Expr> shape;
  for (const ir::IterVar& iter : r.block.block().iter_vars) {
    const auto is_axis = [&](const ir::VarNode* v) { return v == iter.var.get(); };
    if (std::none_of(r.indices.begin(), r.indices.end(), [&](const ir::Expr& e) { return ir::uses_var(e, is_axis); })) continue;
    r.axes.push_back(iter);
    shape.push_back(ir::add(iter.min, iter.extent));
  }
  TRY_ASSIGN(r.nest, outermost_loop(r.block));
  r.derived = derived_buffer(r.buffer, r.buffer->name + "_reindex", std::move(shape), {});
  return r;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  TRY_ASSIGN(const Reindex r, prepare(context, args));
  BlockRef made;
  const ir::Stmt copy = copy_nest(r, made);
  const ir::Stmt used = ir::replace_stmts(r.nest.stmt(), {{r.block.stmt().get(), OnDerived(r).rewrite(r.block.stmt())}});
  const ir::Stmt both = ir::make_seq(r.is_write ? std::vector{used, copy} : std::vector{copy, used});
  ir::BlockRealize changed = ir::get<ir::BlockRealize>(ir::replace_stmts(r.scope.stmt(), {{r.nest.stmt().get(), both}}));
  changed.block.alloc_buffers.push_back(r.derived);
  Rewrite rewrite{replace(context.module, r.scope, ir::make_stmt(std::move(changed))), {result(made)}, {}, {}};
  TRY(refuse_or_warn(context, unsound_reindex(r), rewrite.warnings));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kReindex = {
    .name = "reindex",
    .json_kind = "ReIndex",
    .summary = "Lays out what a block reads or writes of a buffer by the block's axes, in a new buffer.",
    .params = {{"block", ParamKind::Block, "the block that uses the buffer", {}, false},
               {"buffer", ParamKind::BufferAccess, "the buffer: (\"read\", 0), (\"write\", 0) or its name", {}, true}},
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
