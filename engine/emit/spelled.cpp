#include "engine/emit/spelled.h"

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::emit {

bool is_index(const ir::Expr& e) {
  bool plain = true;
  ir::for_each_expr(e, [&](const ir::Expr& part) {
    const auto* cast = ir::as<ir::Cast>(part);
    const auto* call = ir::as<ir::Call>(part);
    const bool narrows = cast && (cast->dtype.bits < cast->value->dtype.bits || !cast->dtype.is_int());
    const bool computes = call && call->op != "likely" && call->op != "if_then_else";
    plain = plain && !narrows && !computes && !part->dtype.is_float() && !part->dtype.is_uint() && part->dtype.lanes == 1 &&
            part->kind != ir::ExprKind::BufferLoad;
  });
  return plain;
}

namespace {
class LetInliner : public ir::Rewriter {
 public:
  using ir::Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (const auto* let = ir::as<ir::Let>(e)) {
      const ir::Expr value = rewrite(let->value);
      return ir::substitute(rewrite(let->body), {{let->var.get(), value}});
    }
    return ir::Rewriter::rewrite(e);
  }
};
}  // namespace

ir::Expr without_lets(const ir::Expr& e) { return LetInliner().rewrite(e); }

}  // namespace loopglass::emit
