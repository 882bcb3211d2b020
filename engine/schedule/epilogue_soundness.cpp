#include "engine/schedule/epilogue_soundness.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/reduction_body.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

bool is_load(const ir::Expr& e, const ir::Buffer& buffer) {
  const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
  return load && load->buffer == buffer;
}

bool loads(const ir::Expr& e, const ir::Buffer& buffer) {
  bool found = false;
  ir::for_each_expr(e, [&](const ir::Expr& x) { found |= is_load(x, buffer); });
  return found;
}

// The result, or a sum of it and one addend. (Of more addends TVM keeps some in each step.)
bool is_sum(const ir::Expr& value, const ir::Buffer& result) {
  if (is_load(value, result)) return true;
  if (value->kind != ir::ExprKind::Add) return false;
  const ir::Binary& sum = ir::get<ir::Binary>(value);
  if (is_load(sum.a, result)) return !loads(sum.b, result);
  return is_sum(sum.b, result) && !loads(sum.a, result);
}

bool same(const std::vector<ir::Expr>& a, const std::vector<ir::Expr>& b) {
  const arith::Analyzer analyzer;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const ir::Expr& x, const ir::Expr& y) { return analyzer.can_prove_equal(x, y); });
}

const ir::BufferLoad& load_of(const ir::Expr& value, const ir::Buffer& buffer) {
  const ir::BufferLoad* found = nullptr;
  ir::for_each_expr(value, [&](const ir::Expr& e) {
    if (is_load(e, buffer)) found = &ir::get<ir::BufferLoad>(e);
  });
  return *found;
}

// Every axis of the epilogue takes all values of its domain, which is the reduction's.
bool same_elements(const Epilogue& e) {
  arith::Analyzer analyzer;
  for (const Place& loop : loops_above(e.block)) analyzer.bind(loop.loop().loop_var, ir::Range{loop.loop().min, loop.loop().extent});
  const ir::BlockRealize& realize = e.block.realize();
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    for (const ir::IterVar& other : e.reduction.block().iter_vars)
      if (other.var == e.axes.at(axis.var.get()) &&
          !(analyzer.can_prove_equal(axis.min, other.min) && analyzer.can_prove_equal(axis.extent, other.extent)))
        return false;
    const auto begin = ir::as_int(axis.min), extent = ir::as_int(axis.extent);
    const arith::ConstIntBound bound = analyzer.const_int_bound(realize.iter_values[i]);
    if (begin && extent && (bound.min > *begin || bound.max < *begin + *extent - 1)) return false;
  }
  return true;
}

bool touches(const std::vector<ir::BufferRegion>& regions, const ir::Buffer& buffer) {
  return std::any_of(regions.begin(), regions.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; });
}

// A block between the two whose place in the order matters, or one that reads the result too.
std::string other_block(const Epilogue& e, const Place& scope) {
  const BlockScope children = make_block_scope(scope);
  const size_t first = children.index_of(e.reduction), last = children.index_of(e.block);
  for (size_t i = 0; i < children.blocks.size(); ++i) {
    const Place& other = children.blocks[i];
    if (i == first || i == last) continue;
    if (touches(other.block().reads, e.result)) return fmt::format("{} reads {} too, which would not be written any more", quoted(other), e.result->name);
    if (i < first || i > last) continue;
    for (const ir::BufferRegion& write : other.block().writes)
      if (touches(e.block.block().reads, write.buffer))
        return fmt::format("{} writes {} after the reduction has started and before the epilogue reads it", quoted(other), write.buffer->name);
    if (touches(other.block().reads, e.output) || touches(other.block().writes, e.output))
      return fmt::format("{} uses {} between the two blocks", quoted(other), e.output->name);
  }
  return {};
}

// Why the results change; empty where they do not.
std::string reason(const Epilogue& e, const Place& scope) {
  const Result<ReductionBody> body = reduction_body(e.reduction);
  const bool adds = body && body->updates.size() == 1 && body->reducer.combiner.result[0]->kind == ir::ExprKind::Add;
  if (!adds) return fmt::format("{} is no sum, but its init would be what is made of 0", quoted(e.reduction));
  if (!is_sum(e.value, e.result))
    return fmt::format("{} would be applied to the partial result in each step of {}, and not once at the end", script::print_expr(e.value), quoted(e.reduction));
  const auto& update = body->updates[0];
  if (!same(load_of(e.value, e.result).indices, update.indices) || !same(e.indices, update.indices))
    return fmt::format("{} takes the elements of {} in another order than {} makes them", quoted(e.block), e.result->name, quoted(e.reduction));
  if (!same_elements(e)) return fmt::format("{} does not run for just the elements that {} makes", quoted(e.block), quoted(e.reduction));
  return other_block(e, scope);
}

}  // namespace

std::optional<Diagnostic> unsound_epilogue(const Epilogue& e, const Place& scope, const ir::Module& after) {
  const std::string why = reason(e, scope);
  if (why.empty()) return std::nullopt;
  Diagnostic diagnostic = unsound_step(DiagnosticKind::ChangedResults, fmt::format("fuse_reduction_epilogue would change the results: {}", why),
                                       {label(e.block, "the epilogue"), label(e.reduction, "the reduction")});
  const Place fused = at(after, ref(e.reduction));
  for (const Place& loop : loops_above(fused)) {
    if (!runs_axis(fused.realize(), loop.loop().loop_var, ir::IterType::Reduction)) continue;
    add_carried_witness(diagnostic, loop);
    break;
  }
  return diagnostic;
}

}  // namespace loopglass::schedule
