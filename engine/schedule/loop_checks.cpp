#include "engine/schedule/loop_checks.h"

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {

Result<void> check_plain_loop(const Place& place, const char* primitive) {
  const ir::For& loop = place.loop();
  if (loop.for_kind == ir::ForKind::ThreadBinding)
    return fail(DiagnosticKind::HasAnnotationOrThreadBinding,
                fmt::format("{} is bound to {} and cannot be {}", quoted(place), loop.thread_tag, primitive),
                "transform the loop first and bind it afterwards", {label(place, "bound to a thread")});
  if (loop.annotations.empty()) return {};
  const std::string& key = loop.annotations.begin()->first;
  return fail(DiagnosticKind::HasAnnotationOrThreadBinding, fmt::format("{} is annotated with \"{}\" and cannot be {}", quoted(place), key, primitive),
              fmt::format("transform the loop first and annotate it afterwards, or remove the annotation with unannotate({}, \"{}\")",
                          loop.loop_var->name, key),
              {label(place, "annotated")});
}

Result<void> check_starts_with_zero(const Place& place, const char* primitive) {
  const ir::For& loop = place.loop();
  if (arith::Analyzer().can_prove(ir::eq(loop.min, ir::make_int(0, loop.min->dtype)))) return {};
  return fail(DiagnosticKind::LoopNotStartWithZero,
              fmt::format("{} starts with {}; only loops that start with 0 can be {}", quoted(place), script::print_expr(loop.min), primitive), {},
              {label(place, bounds_text(loop))});
}

std::optional<Diagnostic> dropped_step(const Place& place, const char* primitive) {
  const ir::For& loop = place.loop();
  if (!loop.step || ir::is_one(loop.step)) return std::nullopt;
  const std::string step = script::print_expr(loop.step);
  return unsound_step(DiagnosticKind::ChangedResults,
                      fmt::format("{} would let {}, which goes in steps of {}, run with every value: TVM drops the step", primitive, quoted(place), step),
                      {label(place, fmt::format("{} in steps of {}", bounds_text(loop), step))});
}

Result<void> check_factor_list(const Place& loop, const std::vector<std::optional<int64_t>>& factors) {
  bool has_none = false;
  for (size_t i = 0; i < factors.size(); ++i) {
    if (!factors[i]) {
      if (has_none)
        return fail(DiagnosticKind::NotSingleInferFactor, fmt::format("only one of the factors of {} can be None: there is nothing to infer two from", quoted(loop)),
                    "give all factors but one", {label(loop, bounds_text(loop.loop()))});
      has_none = true;
    } else if (*factors[i] <= 0) {
      return fail(DiagnosticKind::NonPositiveFactor, fmt::format("a factor has to be positive; number {} is {}", i + 1, *factors[i]),
                  "write None for a factor that should be inferred", {label(loop, bounds_text(loop.loop()))});
    }
  }
  return {};
}

Result<Place> only_block_below(const Place& loop, const char* help) {
  std::vector<Place> blocks = child_blocks(loop);
  if (blocks.size() == 1) return std::move(blocks.front());
  std::string names;
  std::vector<Label> labels{label(loop, bounds_text(loop.loop()))};
  for (const Place& block : blocks) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", block.block().name);
    labels.push_back(label(block, "one of them"));
  }
  return fail(DiagnosticKind::NonSingleChildBlock, fmt::format("there are {} blocks below {}: {}", blocks.size(), quoted(loop), names), help, std::move(labels),
              {{"loop", loop.loop().loop_var->name}, {"count", std::to_string(blocks.size())}, {"blocks", names}});
}

bool runs_axis(const ir::BlockRealize& realize, const ir::Var& loop_var, ir::IterType type) {
  for (size_t i = 0; i < realize.iter_values.size(); ++i)
    if (realize.block.iter_vars[i].type == type && ir::uses_var(realize.iter_values[i], loop_var)) return true;
  return false;
}

}  // namespace loopglass::schedule
