// pad_einsum(block, padding): the axes of a block whose accesses are its axes alone (an einsum) become multiples of the given numbers; what it
// reads is copied into padded buffers first, filled up with 0, and what it writes is copied back.
//
// Before: for i, j, k in T.grid(127, 127, 127): with T.sblock("C"): ... C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
// After pad_einsum(C, [16, 16, 16]):
//   for i0, i1 in T.grid(128, 128): with T.sblock("A_pad"): A_pad[v0, v1] = T.if_then_else(v0 < 127 and v1 < 127, A[v0, v1], 0)
//   (B_pad likewise)
//   for i, j, k in T.grid(128, 128, 128): with T.sblock("C"): ... C_pad[vi, vj] = C_pad[vi, vj] + A_pad[vi, vk] * B_pad[vk, vj]
//   for i0, i1 in T.grid(127, 127): with T.sblock("C_pad"): C[v0, v1] = C_pad[v0, v1]
//
// Requires: NotStagePipeline; one positive number an axis (InvalidPadding); every region is of distinct buffers, at points that are axes or
// constants (NotEinsum); the zeros do not change the result (PaddingChangesResult, padding_result.h). Keeps: the block and its loops.
// (TVM: src/s_tir/schedule/primitive/pad_einsum.cc)
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/padding_result.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

Result<void> check_padding(const Place& block, const std::vector<int64_t>& padding) {
  const size_t axes = block.block().iter_vars.size();
  const bool positive = std::all_of(padding.begin(), padding.end(), [](int64_t p) { return p > 0; });
  if (padding.size() == axes && positive) return {};
  return fail(DiagnosticKind::InvalidPadding, fmt::format("{} has {} axes: it is padded by {} positive integers, not by [{}]", quoted(block), axes, axes, fmt::join(padding, ", ")),
              "give each axis the number that its extent should be a multiple of, 1 to leave it as it is", {label(block, "")});
}

Result<void> check_einsum(const Place& block) {
  const auto refuse = [&](std::string why) {
    return fail(DiagnosticKind::NotEinsum, fmt::format("{} is no einsum: {}", quoted(block), std::move(why)),
                "every buffer has to be read or written in one place, indexed by axes or constants alone", {label(block, "")});
  };
  std::vector<ir::Buffer> seen;
  for (const auto* regions : {&block.block().reads, &block.block().writes})
    for (const ir::BufferRegion& region : *regions) {
      if (std::find(seen.begin(), seen.end(), region.buffer) != seen.end()) return refuse(fmt::format("it accesses {} in several places", region.buffer->name));
      seen.push_back(region.buffer);
      for (const ir::Range& range : region.region)
        if (!ir::is_one(range.extent) || !(ir::as_int(range.min) || ir::as_var(range.min))) return refuse(fmt::format("it accesses {}", script::print_region(region)));
    }
  return {};
}

// The axes, and the loops that are axes by themselves, with their padded extents.
ir::VarMap padded_extents(const ir::BlockRealize& realize, const std::vector<int64_t>& padding) {
  const arith::Analyzer analyzer;
  ir::VarMap extents;
  for (size_t i = 0; i < padding.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    const ir::Expr factor = ir::make_int(padding[i], axis.extent->dtype);
    const ir::Expr padded = analyzer.simplify(ir::mul(ir::ceildiv(axis.extent, factor), factor));
    if (analyzer.can_prove_equal(padded, axis.extent)) continue;
    extents[axis.var.get()] = padded;
    if (const ir::Var loop = ir::as_var(realize.iter_values[i])) extents[loop.get()] = padded;
  }
  return extents;
}

bool needs_padding(const ir::BufferRegion& region, const ir::VarMap& extents) {
  return std::any_of(region.region.begin(), region.region.end(), [&](const ir::Range& range) {
    const ir::Var axis = ir::as_var(range.min);
    return axis && extents.contains(axis.get());
  });
}

ir::Buffer padded_buffer(const ir::BufferRegion& region, const ir::VarMap& extents) {
  std::vector<ir::Expr> shape;
  for (size_t i = 0; i < region.region.size(); ++i) {
    const ir::Var axis = ir::as_var(region.region[i].min);
    const auto padded = axis ? extents.find(axis.get()) : extents.end();
    shape.push_back(!axis                      ? ir::make_int(1, region.region[i].min->dtype)
                    : padded == extents.end() ? region.buffer->shape[i]
                                              : padded->second);
  }
  return ir::make_buffer({.name = region.buffer->name + "_pad", .dtype = region.buffer->dtype, .shape = std::move(shape), .scope = region.buffer->scope});
}

enum class Copy { IntoPadded, OutOfPadded };

// The loops that copy a buffer, filled up with zeros, into the padded one, or what belongs to it out of there.
ir::Stmt copy_nest(const ir::Buffer& buffer, const ir::Buffer& padded, Copy direction) {
  const bool into = direction == Copy::IntoPadded;
  const arith::Analyzer analyzer;
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  ir::Block& block = realize.block;
  block.id = ir::make_block_id();
  block.name = padded->name;
  std::vector<ir::Expr> indices;
  std::vector<ir::Range> points;
  ir::Expr inside = ir::make_bool(true);
  const std::vector<ir::Expr>& shape = into ? padded->shape : buffer->shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    const ir::DataType type = shape[i]->dtype;
    const ir::Var axis = ir::make_var(fmt::format("v{}", i), type);
    block.iter_vars.push_back({axis, ir::make_int(0, type), shape[i], ir::IterType::Spatial});
    realize.iter_values.push_back(ir::make_var(fmt::format("i{}", i), type));
    indices.push_back(axis);
    points.push_back({axis, ir::make_int(1, type)});
    if (!analyzer.can_prove_equal(buffer->shape[i], padded->shape[i])) inside = ir::logical_and(inside, ir::lt(axis, buffer->shape[i]));
  }
  block.reads = {{into ? buffer : padded, points}};
  block.writes = {{into ? padded : buffer, points}};
  const ir::Expr value = ir::make_load(into ? buffer : padded, indices);
  const ir::Expr zero = buffer->dtype.is_float() ? ir::make_float(0, buffer->dtype) : ir::make_int(0, buffer->dtype);
  block.body = into ? ir::make_store(padded, ir::if_then_else(inside, value, zero), indices) : ir::make_store(buffer, value, indices);
  const std::vector<ir::Expr> loops = realize.iter_values;
  ir::Stmt nest = ir::make_stmt(std::move(realize));
  for (size_t i = shape.size(); i-- > 0;)
    nest = ir::make_for(ir::as_var(loops[i]), ir::make_int(0, shape[i]->dtype), shape[i], ir::ForKind::Serial, std::move(nest));
  return nest;
}

// The padded buffers and extents in the place of the others.
class Padder : public ir::Rewriter {
 public:
  Padder(const ir::BufferMap& buffers, const ir::VarMap& extents) : buffers_(buffers), extents_(extents) {}
  using Rewriter::rewrite;
  ir::Buffer rewrite_buffer(const ir::Buffer& b) override {
    const auto padded = buffers_.find(b.get());
    return padded == buffers_.end() ? b : padded->second;
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::Stmt out = Rewriter::rewrite(s);
    if (const ir::For* loop = ir::as<ir::For>(out); loop && extents_.contains(loop->loop_var.get())) {
      ir::For longer = *loop;
      longer.extent = extents_.at(loop->loop_var.get());
      return ir::make_stmt(std::move(longer));
    }
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(out)) {
      ir::BlockRealize larger = *realize;
      for (ir::IterVar& axis : larger.block.iter_vars)
        if (const auto padded = extents_.find(axis.var.get()); padded != extents_.end()) axis.extent = padded->second;
      return ir::make_stmt(std::move(larger));
    }
    return out;
  }

 private:
  const ir::BufferMap& buffers_;
  const ir::VarMap& extents_;
};

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::vector<int64_t> padding = ints_argument(args[1]);
  TRY_ASSIGN(const Place root, check_scope(context, block, true));
  TRY(check_padding(block, padding));
  TRY(check_einsum(block));
  const ir::VarMap extents = padded_extents(block.realize(), padding);
  Rewrite rewrite;
  TRY(refuse_or_warn(context, padding_changes_result(root, block, extents), rewrite.warnings));

  ir::BlockRealize scope = root.realize();
  ir::BufferMap buffers;
  std::vector<ir::Stmt> before, after, body;
  const auto pad = [&](const std::vector<ir::BufferRegion>& regions, Copy direction) {
    for (const ir::BufferRegion& region : regions) {
      if (!needs_padding(region, extents)) continue;
      const ir::Buffer padded = padded_buffer(region, extents);
      buffers[region.buffer.get()] = padded;
      (direction == Copy::IntoPadded ? before : after).push_back(copy_nest(region.buffer, padded, direction));
      scope.block.alloc_buffers.push_back(padded);
    }
  };
  pad(block.block().reads, Copy::IntoPadded);
  pad(block.block().writes, Copy::OutOfPadded);
  for (const ir::Stmt& s : statements(scope.block.body)) {
    if (!stands_in(block, s)) {
      body.push_back(s);
      continue;
    }
    body.insert(body.end(), before.begin(), before.end());
    body.push_back(Padder(buffers, extents).rewrite(s));
    body.insert(body.end(), after.begin(), after.end());
  }
  scope.block.body = ir::make_seq(std::move(body));
  rewrite.module = replace(context.module, root, ir::make_stmt(std::move(scope)));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kPadEinsum = {
    .name = "pad_einsum",
    .json_kind = "PadEinsum",
    .summary = "Pads the axes of an einsum to multiples, with copies into and out of padded buffers.",
    .params = {{"block", ParamKind::Block, "the block, whose accesses are its axes alone", {}, false},
               {"padding", ParamKind::Ints, "for each axis what its extent should be a multiple of; 1: as it is", {}, true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
