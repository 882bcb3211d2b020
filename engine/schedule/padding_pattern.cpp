// (TVM: src/s_tir/schedule/primitive/decompose_padding.cc, PaddingInfoAnalyzer)
#include "engine/schedule/padding_pattern.h"

#include <fmt/format.h>

#include "engine/arith/effect.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

Error no_padding(const Place& block, const std::string& why) {
  return fail(DiagnosticKind::NotPaddingPattern, fmt::format("{} is no padding that can be decomposed: {}", quoted(block), why),
              "the body has to be one store `B[...] = T.if_then_else(condition, value, constant)`, whose condition bounds each axis by itself", {label(block, "")});
}

bool is_constant(const ir::Expr& e) {
  if (const ir::Broadcast* broadcast = ir::as<ir::Broadcast>(e)) return is_constant(broadcast->value);
  return ir::as<ir::IntImm>(e) || ir::as<ir::FloatImm>(e);
}

const ir::Call* as_call(const ir::Expr& e, const char* op) {
  const ir::Call* call = ir::as<ir::Call>(e);
  return call && call->op == op ? call : nullptr;
}

// The conjuncts of a condition one after the other, without their T.likely.
ir::Expr conjoined(ir::Expr conjunction, const ir::Expr& condition) {
  if (condition->kind == ir::ExprKind::And) {
    const ir::Binary& both = ir::get<ir::Binary>(condition);
    return conjoined(conjoined(std::move(conjunction), both.a), both.b);
  }
  const ir::Call* likely = as_call(condition, "likely");
  return ir::logical_and(conjunction, likely ? likely->args[0] : condition);
}

Result<std::vector<ir::Range>> region_where(const Place& block, const ir::Expr& condition, const arith::VarRanges& loops, arith::Analyzer& analyzer) {
  const arith::IterMapResult map =
      arith::detect_iter_map(block.realize().iter_values, loops, condition, arith::IterMapLevel::Surjective, analyzer);
  if (map.indices.empty()) return no_padding(block, fmt::format("where {} holds is no range of each axis", script::print_expr(condition)));
  std::vector<ir::Range> region;
  for (size_t i = 0; i < map.indices.size(); ++i) {
    const arith::IterSum& sum = map.indices[i];
    if (!sum.args.empty() && !analyzer.can_prove_equal(sum.args[0].scale, ir::make_int(1, sum.args[0].scale->dtype)))
      return no_padding(block, fmt::format("its axis {} goes in steps of {}", block.block().iter_vars[i].var->name, script::print_expr(sum.args[0].scale)));
    region.push_back({sum.base, sum.args.empty() ? ir::make_int(1, sum.base->dtype) : sum.args[0].extent});
  }
  return region;
}

}  // namespace

Result<PaddingPattern> match_padding(const Place& block, const arith::VarRanges& loops, arith::Analyzer& analyzer) {
  const ir::BlockRealize& realize = block.realize();
  const ir::BufferStore* store = ir::as<ir::BufferStore>(realize.block.body);
  if (!store) return no_padding(block, "its body is not one store");
  const ir::Call* choice = as_call(store->value, "if_then_else");
  if (!choice) return no_padding(block, "what it stores is no T.if_then_else");
  if (!is_constant(choice->args[2])) return no_padding(block, fmt::format("the padding {} is no constant", script::print_expr(choice->args[2])));
  if (arith::effect(choice->args[1]) == arith::Effect::UpdatesState)
    return no_padding(block, fmt::format("evaluating {} may do more than give a value", script::print_expr(choice->args[1])));
  ir::VarMap bindings;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) bindings[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
  const ir::Expr both = ir::logical_and(ir::substitute(choice->args[0], bindings), realize.predicate);
  const ir::Expr condition = analyzer.simplify(conjoined(ir::make_bool(true), both));
  if (ir::is_one(condition)) return no_padding(block, "its condition always holds: nothing is padded");
  TRY_ASSIGN(std::vector<ir::Range> region, region_where(block, condition, loops, analyzer));
  return PaddingPattern{std::move(region), condition, choice->args[1], choice->args[2]};
}

}  // namespace loopglass::schedule
