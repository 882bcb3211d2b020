#include "engine/schedule/reindex_soundness.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

bool touches(const std::vector<ir::BufferRegion>& regions, const ir::Buffer& buffer) {
  return std::any_of(regions.begin(), regions.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; });
}

bool loads(const ir::Stmt& s, const ir::Buffer& buffer) {
  bool found = false;
  ir::for_each_expr(s, [&](const ir::Expr& e) {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    found |= load && load->buffer == buffer;
  });
  return found;
}

std::optional<Diagnostic> accumulator(const Reindex& r) {
  const ir::Block& block = r.block.block();
  const bool goes_on = !block.init && loads(block.body, r.buffer);
  if (r.is_write && goes_on)
    return unsound_step(DiagnosticKind::ChangedResults,
                        fmt::format("reindex would let {} go on with what is in {}, where nothing has been put of {}", quoted(r.block), r.derived->name, r.buffer->name),
                        {label(r.block, "goes on with what is there")});
  if (!r.is_write && touches(block.writes, r.buffer))
    return unsound_step(DiagnosticKind::ChangedResults,
                        fmt::format("reindex would let {} write {} instead of {}, and nothing copies it back", quoted(r.block), r.derived->name, r.buffer->name),
                        {label(r.block, "writes what it reads")});
  return std::nullopt;
}

// A block in the same loops that makes what is copied before them, or needs what is copied after them.
std::optional<Diagnostic> other_block(const Reindex& r) {
  for (const Place& other : child_blocks(r.nest)) {
    if (other.block().id == r.block.block().id) continue;
    const bool writes = touches(other.block().writes, r.buffer), reads = touches(other.block().reads, r.buffer);
    if (!writes && !(r.is_write && reads)) continue;
    return unsound_step(DiagnosticKind::ChangedResults,
                        fmt::format("reindex would copy {} {} {}, in which {} {} it", r.buffer->name, r.is_write ? "after" : "before", quoted(r.nest), quoted(other),
                                    writes ? "writes" : "reads"),
                        {label(r.block, "laid out anew"), label(other, writes ? "writes it" : "reads it")});
  }
  return std::nullopt;
}

std::optional<Diagnostic> outside_buffer(const Reindex& r) {
  arith::Analyzer analyzer;
  for (const ir::IterVar& iter : r.axes) analyzer.bind(iter.var, ir::Range{iter.min, iter.extent});
  for (size_t d = 0; d < r.indices.size(); ++d) {
    const ir::Expr& index = r.indices[d];
    const auto extent = ir::as_int(r.buffer->shape[d]);
    const arith::ConstIntBound bound = analyzer.const_int_bound(index);
    const bool below = bound.min != arith::ConstIntBound::kNegInf && bound.min < 0;
    const bool above = extent && bound.max != arith::ConstIntBound::kPosInf && bound.max >= *extent;
    if (!below && !above) continue;
    return unsound_step(DiagnosticKind::UncoveredRead,
                        fmt::format("reindex would copy for all axes of {}: {} goes from {} to {}, and {} has no such elements", quoted(r.block),
                                    script::print_expr(index), bound.min, bound.max, r.buffer->name),
                        {label(r.block, "uses part of it")});
  }
  return std::nullopt;
}

// The copy back takes every element that the axes' domains name; the block may run for fewer.
std::optional<Diagnostic> not_written(const Reindex& r) {
  if (!r.is_write) return std::nullopt;
  arith::Analyzer analyzer;
  for (const Place& loop : loops_above(r.block)) analyzer.bind(loop.loop().loop_var, ir::Range{loop.loop().min, loop.loop().extent});
  const ir::BlockRealize& realize = r.block.realize();
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& iter = realize.block.iter_vars[i];
    const auto begin = ir::as_int(iter.min), extent = ir::as_int(iter.extent);
    if (!begin || !extent || std::none_of(r.axes.begin(), r.axes.end(), [&](const ir::IterVar& a) { return a.var == iter.var; })) continue;
    const auto guard = analyzer.assume(realize.predicate);
    const arith::ConstIntBound bound = analyzer.const_int_bound(realize.iter_values[i]);
    if (bound.min <= *begin && bound.max >= *begin + *extent - 1) continue;
    return unsound_step(DiagnosticKind::UncoveredRead,
                        fmt::format("reindex would copy back all {} values of {}, of which {} takes only [{}, {}]", *extent, iter.var->name, quoted(r.block),
                                    std::max(bound.min, *begin), std::min(bound.max, *begin + *extent - 1)),
                        {label(r.block, "runs for some of them")});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> unsound_reindex(const Reindex& r) {
  if (auto found = accumulator(r)) return found;
  if (auto found = other_block(r)) return found;
  if (auto found = outside_buffer(r)) return found;
  return not_written(r);
}

}  // namespace loopglass::schedule
