// compute_inline: a block goes, and each load of what it wrote becomes the expression that it stored.
//
// Before:                                   After compute_inline(B):
//   for i, j in T.grid(128, 128):             for i, j in T.grid(128, 128):
//       with T.sblock("B"): ...                   with T.sblock("C"):
//           B[vi, vj] = A[vi, vj] * 2                 vi, vj = T.axis.remap("SS", [i, j])
//   for i, j in T.grid(128, 128):                     C[vi, vj] = A[vi, vj] * 2 + 1
//       with T.sblock("C"): ...
//           C[vi, vj] = B[vi, vj] + 1
//
// Requires: HasInitBlock, NotSingleReadWriteBuffer, NotStagePipeline, OutputBlock, IncompleteBlock, BodyNotInlinable, OnlyLeaf,
// OpaqueAccess. Method as in TVM's compute_inline.cc.
#include <fmt/format.h>

#include "engine/arith/inverse_iter_map.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/inliner.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

const char kBodyForm[] = "the body has to be `B[f(axes)] = value`, with indices that name every element by the axes in one way only";

// The stored value as a function of the buffer's indices, which `indices` stand for.
struct Formula {
  std::vector<ir::Var> indices;
  ir::Expr value;
};

// The indices are the block's axes in order (or 0 for an axis that is only ever 0).
std::optional<Formula> direct_formula(const ir::Block& block, const ir::BufferStore& store, const arith::Analyzer& analyzer) {
  if (block.iter_vars.size() != store.indices.size()) return std::nullopt;
  Formula formula{{}, store.value};
  const auto is = [&](const ir::Expr& e, int64_t value) { return analyzer.can_prove_equal(e, ir::make_int(value, e->dtype)); };
  for (size_t i = 0; i < store.indices.size(); ++i) {
    const ir::IterVar& iter = block.iter_vars[i];
    if (store.indices[i] != iter.var && !(is(store.indices[i], 0) && is(iter.min, 0) && is(iter.extent, 1))) return std::nullopt;
    formula.indices.push_back(iter.var);
  }
  return formula;
}

// The indices are a bijective map of the axes: its inverse.
std::optional<Formula> inverted_formula(const ir::Block& block, const ir::BufferStore& store, arith::Analyzer& analyzer) {
  arith::VarRanges ranges;
  for (const ir::IterVar& iter : block.iter_vars) ranges.emplace_back(iter.var, ir::Range{iter.min, iter.extent});
  const arith::IterMapResult map =
      arith::detect_iter_map(store.indices, ranges, ir::make_bool(true), arith::IterMapLevel::Bijective, analyzer, false);
  if (!map.errors.empty()) return std::nullopt;
  Formula formula;
  std::vector<ir::Expr> outputs;
  for (size_t i = 0; i < store.indices.size(); ++i) {
    formula.indices.push_back(ir::make_var(fmt::format("ph_{}", i), store.indices[i]->dtype));
    outputs.push_back(formula.indices.back());
  }
  const auto inverse = arith::inverse_affine_iter_map(map.indices, outputs);
  if (!inverse) return std::nullopt;
  ir::VarMap axes;
  for (const auto& [var, value] : *inverse) axes[var.get()] = value;
  for (const ir::IterVar& iter : block.iter_vars)
    if (ir::as_int(iter.min) && analyzer.can_prove_equal(iter.extent, ir::make_int(1, iter.extent->dtype))) axes[iter.var.get()] = iter.min;
  formula.value = ir::substitute(store.value, axes);
  return formula;
}

Result<Formula> formula_of(const Place& place) {
  const ir::Block& block = place.block();
  const ir::BufferStore* store = ir::as<ir::BufferStore>(block.body);
  if (!store) return body_not_inlinable(place, "it is not a single store", kBodyForm);
  arith::Analyzer analyzer;
  if (auto formula = direct_formula(block, *store, analyzer)) return *std::move(formula);
  if (auto formula = inverted_formula(block, *store, analyzer)) return *std::move(formula);
  std::string text;
  for (const ir::Expr& index : store->indices) text += (text.empty() ? "" : ", ") + script::print_expr(index);
  return body_not_inlinable(place, fmt::format("{}[{}] does not name each element once", store->buffer->name, text), kBodyForm);
}

// Puts the formula in the place of every load.
class LoadInliner : public Inliner {
 public:
  LoadInliner(ir::Buffer inlined, const ir::Block& block, const ir::BlockRealize& scope, Formula formula)
      : Inliner(std::move(inlined), block, scope), formula_(std::move(formula)) {}

  using Inliner::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::Expr out = Inliner::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(out);
    if (!load || load->buffer != inlined_) return out;
    ir::VarMap indices;
    for (size_t i = 0; i < load->indices.size(); ++i) indices[formula_.indices[i].get()] = load->indices[i];
    return ir::substitute(formula_.value, indices);
  }

 private:
  const Formula formula_;
};

Result<void> check_single_write(const Place& block) {
  const size_t n = block.block().writes.size();
  if (n == 1) return {};
  return fail(DiagnosticKind::NotSingleReadWriteBuffer, fmt::format("{} writes {} regions", quoted(block), n),
              "only a block that writes one buffer can be inlined", {label(block, "")});
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY(check_no_init(block));
  TRY(check_single_write(block));
  TRY_ASSIGN(const Place scope, check_scope(context, block, true));
  TRY(check_not_output_block(block, scope));
  TRY(check_complete_block(block));
  TRY_ASSIGN(Formula formula, formula_of(block));
  LoadInliner inliner(block.block().writes[0].buffer, block.block(), scope.realize(), std::move(formula));
  TRY_ASSIGN(ir::Stmt result, inline_away(scope, block, inliner));
  Rewrite rewrite{replace(context.module, scope, std::move(result)), {}, {}, {}};
  const BlockScope children = make_block_scope(scope);
  if (const auto after = consumers(children, children.index_of(block)); !after.empty())
    rewrite.forwarding.moved.emplace_back(ref(block), ref(children.blocks[after[0]]));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kComputeInline{
    "compute_inline", "ComputeInline", "Removes a block by computing its value where it is read.",
    {{"block", ParamKind::Block, "the producer to inline into its consumers", std::nullopt, false}}, false, apply};

}  // namespace loopglass::schedule
