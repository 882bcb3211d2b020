// fuse_reduction_epilogue(reduction_block, epilogue_block): what a block makes of a reduction's result is done by the reduction itself: its
// init becomes the epilogue of 0, its update the epilogue of the update, without an addend.
//
// Before:                                                  After fuse_reduction_epilogue(Y, D):
//   for i, j, k in T.grid(16, 16, 8): block Y:               for i, j, k in T.grid(16, 16, 8): block Y:
//       with T.init(): Y[vi, vj] = 0                             with T.init(): D[vi, vj] = C[vi, vj]
//       Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]            D[vi, vj] = D[vi, vj] + A[vi, vk] * B[vk, vj]
//   for i, j in T.grid(16, 16): block D:
//       D[vi, vj] = Y[vi, vj] + C[vi, vj]
//
// Requires: NotStagePipeline, NotSingleReadWriteBuffer, NotReductionBlock, IncompleteBlock, OutputBlock, BodyNotInlinable. Our own:
// unsound_epilogue. Keeps: the reduction's identity and its loops. (TVM: src/s_tir/schedule/primitive/compute_inline.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/epilogue_soundness.h"
#include "engine/schedule/inliner.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

const char kBodyForm[] = "the epilogue has to be one store, without T.where, of a value in which the result occurs once, under +, -, T.min, T.max or a call";

bool loads(const ir::Expr& e, const ir::Buffer& buffer) {
  bool found = false;
  ir::for_each_expr(e, [&](const ir::Expr& x) {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(x);
    found |= load && load->buffer == buffer;
  });
  return found;
}

// A product, quotient or remainder with the buffer in it.
bool scales(const ir::Expr& e, const ir::Buffer& buffer) {
  bool found = false;
  ir::for_each_expr(e, [&](const ir::Expr& x) {
    const bool is_scaling = x->kind == ir::ExprKind::Mul || x->kind == ir::ExprKind::Div || x->kind == ir::ExprKind::Mod;
    found |= is_scaling && loads(x, buffer);
  });
  return found;
}

std::vector<ir::Var> spatial_axes(const ir::Block& block) {
  std::vector<ir::Var> axes;
  for (const ir::IterVar& iter : block.iter_vars)
    if (iter.type == ir::IterType::Spatial) axes.push_back(iter.var);
  return axes;
}

Result<ir::Buffer> single_write(const Place& block) {
  const auto& writes = block.block().writes;
  if (writes.size() == 1) return writes[0].buffer;
  return fail(DiagnosticKind::NotSingleReadWriteBuffer, fmt::format("{} writes {} regions", quoted(block), writes.size()),
              "the reduction has to write one buffer", {label(block, "")});
}

// Takes the epilogue's body apart.
Result<Epilogue> analyze(const Place& reduction, const Place& block, const ir::Buffer& result) {
  const auto refuse = [&](std::string why) { return body_not_inlinable(block, std::move(why), kBodyForm); };
  if (!ir::is_one(block.realize().predicate)) return refuse("it runs under a condition");
  const ir::BufferStore* store = ir::as<ir::BufferStore>(block.block().body);
  if (!store) return refuse("it is not a single store");
  int uses = 0;
  ir::for_each_expr(block.block().body, [&](const ir::Expr& e) {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    uses += load && load->buffer == result;
  });
  if (uses != 1) return refuse(fmt::format("it loads {} {} times", result->name, uses));
  if (scales(store->value, result)) return refuse(fmt::format("it scales {}", result->name));
  const std::vector<ir::Var> axes = spatial_axes(block.block()), of_reduction = spatial_axes(reduction.block());
  if (axes.size() != of_reduction.size()) return refuse(fmt::format("it has {} axes, the reduction {} spatial ones", axes.size(), of_reduction.size()));
  if (of_reduction.size() == reduction.block().iter_vars.size()) return refuse(fmt::format("{} has no reduction axis", quoted(reduction)));
  if (store->indices.size() != result->shape.size()) return refuse(fmt::format("{} and {} differ in their number of dimensions", store->buffer->name, result->name));
  ir::VarMap map;
  for (size_t i = 0; i < axes.size(); ++i) map[axes[i].get()] = of_reduction[i];
  Epilogue epilogue{reduction, block, result, store->buffer, ir::substitute(store->value, map), {}, map};
  for (const ir::Expr& index : store->indices) epilogue.indices.push_back(ir::substitute(index, map));
  return epilogue;
}

// The epilogue of another expression than the reduction's result.
class Applied : public ir::Rewriter {
 public:
  Applied(const ir::Buffer& result, ir::Expr replacement) : result_(result), replacement_(std::move(replacement)) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    return load && load->buffer == result_ ? replacement_ : Rewriter::rewrite(e);
  }

 protected:
  const ir::Buffer result_;
  const ir::Expr replacement_;
};

// The same for the update: what is added to the result has been added by the init, so it is left out. As in TVM, a sum whose left side is
// such a sum keeps its right side (which unsound_epilogue reports).
class AppliedToUpdate : public Applied {
 public:
  using Applied::Applied;
  using Applied::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e); load && load->buffer == result_) {
      found_ = true;
      return replacement_;
    }
    if (e->kind != ir::ExprKind::Add) return Rewriter::rewrite(e);
    const ir::Binary& sum = ir::get<ir::Binary>(e);
    const bool found_before = std::exchange(found_, false);
    ir::Expr a = rewrite(sum.a);
    const bool in_a = std::exchange(found_, false);
    ir::Expr b = rewrite(sum.b);
    if (in_a) return a;
    if (found_) return b;
    found_ = found_before;
    return ir::make_binary(ir::ExprKind::Add, std::move(a), std::move(b));
  }

 private:
  bool found_ = false;
};

// The reduction's body, accumulating in the epilogue's output.
class FusedBody : public ir::Rewriter {
 public:
  explicit FusedBody(const Epilogue& epilogue) : epilogue_(epilogue) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::Expr out = Rewriter::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(out);
    return load && load->buffer == epilogue_.result ? ir::make_load(epilogue_.output, load->indices) : out;
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::Stmt out = Rewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    if (!store || store->buffer != epilogue_.result) return out;
    return ir::make_store(epilogue_.output, AppliedToUpdate(epilogue_.result, store->value).rewrite(epilogue_.value), store->indices);
  }

 private:
  const Epilogue& epilogue_;
};

ir::Stmt fused_block(const Epilogue& epilogue) {
  ir::BlockRealize realize = epilogue.reduction.realize();
  ir::Block& block = realize.block;
  const ir::DataType type = epilogue.output->dtype;
  const ir::Expr zero = type.is_float() ? ir::make_float(0, type) : ir::make_int(0, type);
  const arith::Analyzer analyzer;
  block.init = ir::make_store(epilogue.output, analyzer.simplify(Applied(epilogue.result, zero).rewrite(epilogue.value)), epilogue.indices);
  block.body = FusedBody(epilogue).rewrite(block.body);
  for (ir::BufferRegion& write : block.writes) write.buffer = epilogue.output;
  std::vector<ir::BufferRegion> reads;
  for (const ir::BufferRegion& read : epilogue.block.block().reads)
    if (read.buffer != epilogue.result) reads.push_back(ir::substitute(read, epilogue.axes));
  const auto is_read = [&](const ir::Buffer& buffer) { return std::any_of(reads.begin(), reads.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; }); };
  for (const ir::BufferRegion& read : epilogue.reduction.block().reads)
    if (read.buffer != epilogue.result && !is_read(read.buffer)) reads.push_back(read);
  block.reads = std::move(reads);
  return ir::make_stmt(std::move(realize));
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place reduction = at(context.module, block_argument(args[0])), block = at(context.module, block_argument(args[1]));
  TRY_ASSIGN(const Place scope, check_scope(context, block, true));
  TRY_ASSIGN(const ir::Buffer result, single_write(reduction));
  TRY(check_reduction_block(reduction, &context));
  TRY(check_complete_block(block));
  TRY(check_not_output_block(reduction, scope));
  TRY_ASSIGN(const Epilogue epilogue, analyze(reduction, block, result));

  const ir::Stmt fused = fused_block(epilogue);
  // The result's buffer stays allocated, as in TVM.
  ir::Stmt changed = ir::replace_stmts(scope.stmt(), {{reduction.stmt().get(), fused}, {block.stmt().get(), nullptr}});
  Rewrite rewrite{replace(context.module, scope, std::move(changed)), {}, {}, {}};
  rewrite.forwarding.moved.emplace_back(ref(block), ref(reduction));
  rewrite.judged_again.push_back({ref(scope.realize()), JudgedAgain::Scope});
  TRY(refuse_or_warn(context, unsound_epilogue(epilogue, scope, rewrite.module), rewrite.warnings));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kFuseReductionEpilogue = {
    .name = "fuse_reduction_epilogue",
    .json_kind = "FuseReductionEpilogue",
    .summary = "Lets a reduction do what a later block makes of its result, such as adding a bias.",
    .params = {{"reduction_block", ParamKind::Block, "the reduction", {}, false},
               {"epilogue_block", ParamKind::Block, "the block that takes its result", {}, false}},
    .apply = apply,
};

}  // namespace loopglass::schedule
