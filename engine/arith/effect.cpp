#include "engine/arith/effect.h"

#include <algorithm>

#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

Effect effect_of_call(const std::string& op) {
  if (op == "call_pure_extern" || op == "call_llvm_pure_intrin") return Effect::Pure;
  return op.starts_with("call_") || op.starts_with("tvm_") ? Effect::UpdatesState : Effect::Pure;
}

}  // namespace

Effect effect(const ir::Expr& e) {
  Effect worst = Effect::Pure;
  ir::for_each_expr(e, [&](const ir::Expr& part) {
    if (part->kind == ir::ExprKind::BufferLoad) worst = std::max(worst, Effect::ReadsState);
    if (const ir::Call* call = ir::as<ir::Call>(part)) worst = std::max(worst, effect_of_call(call->op));
  });
  return worst;
}

}  // namespace loopglass::arith
