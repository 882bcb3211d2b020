#include "engine/schedule/rfactor_soundness.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/access_walk.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using Values = std::vector<std::pair<const ir::VarNode*, int64_t>>;
using LoopValues = std::vector<std::pair<std::string, int64_t>>;

bool is_factored(const Factoring& f, const ir::For& loop) { return loop.loop_var == f.loop.loop().loop_var; }

bool feeds_reduction(const Factoring& f, const ir::For& loop) { return runs_axis(f.block.realize(), loop.loop_var, ir::IterType::Reduction); }

// The block's condition at the step that starts a partial result: the other reduction loops at their first iteration.
ir::Expr condition_of_start(const Factoring& f) {
  ir::VarMap first;
  for (const Place& place : f.loops)
    if (const ir::For& loop = place.loop(); !is_factored(f, loop) && feeds_reduction(f, loop)) first[loop.loop_var.get()] = loop.min;
  return ir::substitute(f.block.realize().predicate, first, true);
}

// Looks for an iteration of the loops that a condition depends on in which it does not hold. Unknown extents get small values.
class CounterExample {
 public:
  CounterExample(const Factoring& f, ir::Expr condition) : condition_(std::move(condition)) {
    for (const Place& place : f.loops)
      if (ir::uses_var(condition_, place.loop().loop_var)) loops_.push_back(&place.loop());
    const auto is_symbol = [&](const ir::VarNode* v) {
      const bool known = std::any_of(loops_.begin(), loops_.end(), [&](const ir::For* l) { return l->loop_var.get() == v; });
      if (!known && std::find(symbols_.begin(), symbols_.end(), v) == symbols_.end()) symbols_.push_back(v);
      return false;
    };
    ir::uses_var(condition_, is_symbol);
    for (const ir::For* loop : loops_) ir::uses_var(loop->extent, is_symbol);
  }

  // The values of the symbols and the loops.
  std::optional<Values> find() {
    for (const int64_t value : symbols_.empty() ? std::vector<int64_t>{0} : std::vector<int64_t>{1, 2, 3, 5, 7, 8, 12, 17, 31, 33, 64}) {
      Bindings bindings;
      values_.clear();
      for (const ir::VarNode* symbol : symbols_) {
        bindings.push(symbol, value);
        values_.emplace_back(symbol, value);
      }
      if (search(0, bindings)) return values_;
    }
    return std::nullopt;
  }

 private:
  bool search(size_t depth, Bindings& bindings) {
    if (depth == loops_.size()) return evaluate(condition_, bindings) == 0;
    const ir::For& loop = *loops_[depth];
    const auto begin = evaluate(loop.min, bindings), extent = evaluate(loop.extent, bindings);
    for (int64_t i = 0; begin && extent && i < *extent && budget_-- > 0; ++i) {
      bindings.push(loop.loop_var.get(), *begin + i);
      values_.emplace_back(loop.loop_var.get(), *begin + i);
      if (search(depth + 1, bindings)) return true;
      values_.pop_back();
      bindings.pop();
    }
    return false;
  }

  const ir::Expr condition_;
  std::vector<const ir::For*> loops_;
  std::vector<const ir::VarNode*> symbols_;
  Values values_;
  int64_t budget_ = 100'000;
};

LoopValues named(const Values& values) {
  LoopValues result;
  for (const auto& [var, value] : values) result.emplace_back(var->name, value);
  return result;
}

// The element of the partial results; empty where it is not known.
std::vector<int64_t> element(const Factoring& f, const Values& values) {
  Bindings bindings;
  for (const Place& place : f.loops) bindings.push(place.loop().loop_var.get(), evaluate(place.loop().min, bindings));
  for (const auto& [var, value] : values) bindings.push(var, value);
  const ir::BlockRealize& realize = f.block.realize();
  const auto factored = bindings[f.loop.loop().loop_var.get()];
  for (size_t i = 0; i < realize.iter_values.size(); ++i) bindings.push(realize.block.iter_vars[i].var.get(), evaluate(realize.iter_values[i], bindings));
  std::vector<int64_t> result;
  const auto& indices = f.body.updates[0].indices;
  for (size_t d = 0; d <= indices.size(); ++d) {
    const auto index = d == f.dimension ? factored : evaluate(indices[d - (d > f.dimension ? 1 : 0)], bindings);
    if (!index) return {};
    result.push_back(*index);
  }
  return result;
}

std::string text_of(const LoopValues& values) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : values) parts.push_back(fmt::format("{} = {}", name, value));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::optional<Diagnostic> missing_partial(const Factoring& f, std::span<const ir::Buffer> partials) {
  if (ir::is_one(f.block.realize().predicate)) return std::nullopt;
  const ir::Expr condition = condition_of_start(f);
  arith::Analyzer analyzer;
  for (const Place& place : f.loops) analyzer.bind(place.loop().loop_var, ir::Range{place.loop().min, place.loop().extent});
  if (analyzer.can_prove(condition, arith::ProofStrength::SymbolicBound)) return std::nullopt;
  const auto found = CounterExample(f, condition).find();
  if (!found) return std::nullopt;
  const LoopValues loops = named(*found);
  const Witness witness{partials[0]->name, element(f, *found), loops, loops};
  return unsound_step(DiagnosticKind::UncoveredRead,
                      fmt::format("rfactor would let {} take in the partial result {}[{}], which was never started: with {}, {} is false", quoted(f.block), witness.buffer,
                                  fmt::join(witness.index, ", "), text_of(loops), script::print_expr(condition)),
                      {label(f.loop, "factored"), label(f.block, "runs under a condition")}, witness);
}

// The new dimension has as many elements as the loop has iterations, and is indexed by the loop's variable.
std::optional<Diagnostic> outside_partials(const Factoring& f, std::span<const ir::Buffer> partials) {
  const ir::For& loop = f.loop.loop();
  if (ir::is_zero(loop.min) || arith::Analyzer().can_prove_equal(loop.min, ir::make_int(0, loop.min->dtype))) return std::nullopt;
  return unsound_step(DiagnosticKind::LoopNotStartWithZero,
                      fmt::format("rfactor would index {} elements of {} by {}", script::print_expr(loop.extent), partials[0]->name, bounds_text(loop)),
                      {label(f.loop, "does not start with 0")});
}

std::optional<Diagnostic> own_result(const Factoring& f) {
  for (const ReductionUpdate& update : f.body.updates)
    for (const ir::Expr& right : f.body.reducer.right) {
      bool reads = false;
      ir::for_each_expr(right, [&](const ir::Expr& e) {
        const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
        reads |= load && load->buffer == update.buffer;
      });
      if (reads)
        return unsound_step(DiagnosticKind::UncoveredRead,
                            fmt::format("rfactor would let the partial results of {} read {}, which is written after them", quoted(f.block), update.buffer->name),
                            {label(f.block, "what it accumulates depends on the result so far")});
    }
  return std::nullopt;
}

bool is_idempotent(const Combiner& combiner) {
  const ir::ExprKind kind = combiner.result[0]->kind;
  return kind != ir::ExprKind::Add && kind != ir::ExprKind::Mul;
}

std::optional<Diagnostic> repeated_partial(const Factoring& f) {
  const ir::For& loop = f.loop.loop();
  if (feeds_reduction(f, loop) || ir::is_one(loop.extent) || is_idempotent(f.body.reducer.combiner)) return std::nullopt;
  return unsound_step(DiagnosticKind::RepeatedReduction,
                      fmt::format("rfactor would put the whole result of {} together once for each iteration of {}: none of its axes runs with {}", quoted(f.block),
                                  quoted(f.loop), bounds_text(loop)),
                      {label(f.loop, "no axis runs with it"), label(f.block, "a reduction")});
}

// The left of two equal values wins, which is the earlier one only as long as the order stays: with the outermost reduction loop.
std::optional<Diagnostic> other_tie(const Factoring& f) {
  const ir::Select* choice = ir::as<ir::Select>(f.body.reducer.combiner.result[0]);
  if (!choice || choice->condition->kind == ir::ExprKind::Or) return std::nullopt;
  for (const Place& place : f.loops) {
    if (is_factored(f, place.loop())) return std::nullopt;
    if (!feeds_reduction(f, place.loop()) || ir::is_one(place.loop().extent)) continue;
    return unsound_step(DiagnosticKind::TieOrder,
                        fmt::format("rfactor at {} inside {} would compare the values of {} in another order: of several equal ones it would find another", quoted(f.loop),
                                    quoted(place), quoted(f.block)),
                        {label(f.loop, "factored"), label(place, "the outer loop"), label(f.block, "keeps the first of equal values")});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> unsound_factoring(const Factoring& f, std::span<const ir::Buffer> partials) {
  if (auto found = missing_partial(f, partials)) return found;
  if (auto found = outside_partials(f, partials)) return found;
  if (auto found = own_result(f)) return found;
  if (auto found = repeated_partial(f)) return found;
  return other_tie(f);
}

}  // namespace loopglass::schedule
