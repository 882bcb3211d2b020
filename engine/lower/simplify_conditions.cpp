#include "engine/lower/simplify_conditions.h"

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"

namespace loopglass::lower {

using namespace ir;

namespace {

class Simplifier : public Rewriter {
 public:
  explicit Simplifier(const Ranges& ranges) : ranges_(ranges) {}
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override {
    if (const Select* choice = as<Select>(e))
      if (Expr out = decided(choice->condition, choice->true_value, choice->false_value, select)) return out;
    if (const Call* call = as<Call>(e); call && call->op == "if_then_else")
      if (Expr out = decided(call->args[0], call->args[1], call->args[2], if_then_else)) return out;
    return Rewriter::rewrite(e);
  }
  Stmt rewrite(const Stmt& s) override {
    if (!s) return s;
    if (const For* loop = as<For>(s)) {
      ranges_.bind_loop(*loop);
      if (ranges_.of(loop->extent).max <= 0) return nullptr;
      return with_body(s, loop->body);
    }
    if (const IfThenElse* node = as<IfThenElse>(s)) return decided(*node);
    if (const Evaluate* e = as<Evaluate>(s))   // T.assume is a promise to the compiler, no work
      if (const Call* call = as<Call>(e->value); call && call->op == "assume") return nullptr;
    if (const LetStmt* let = as<LetStmt>(s)) {
      if (let->value->dtype.is_integral() && let->value->dtype.is_scalar()) ranges_.bind(let->var.get(), ranges_.of(let->value));
      return with_body(s, let->body);
    }
    if (const AttrStmt* attr = as<AttrStmt>(s)) return with_body(s, attr->body);
    if (const AllocBuffer* alloc = as<AllocBuffer>(s)) return with_body(s, alloc->body);
    if (const DeclBuffer* decl = as<DeclBuffer>(s)) return with_body(s, decl->body);
    return Rewriter::rewrite(s);
  }

 private:
  // A statement without a body does nothing: what it would evaluate has no effects.
  Stmt with_body(const Stmt& s, const Stmt& body) {
    Stmt inside = rewrite(body);
    if (!inside) return nullptr;
    return inside == body ? s : replace_stmts(s, {{body.get(), std::move(inside)}});
  }

  // The parts of a conjunction that are not decided; null where all hold.
  Expr remaining(const Expr& condition) const {
    if (condition->kind == ExprKind::And && condition->dtype.is_scalar()) {
      Expr a = remaining(get<Binary>(condition).a), b = remaining(get<Binary>(condition).b);
      if (!a || !b) return a ? a : b;
      return a == get<Binary>(condition).a && b == get<Binary>(condition).b ? condition : logical_and(std::move(a), std::move(b));
    }
    return ranges_.truth(condition) == true ? nullptr : condition;
  }

  // Null where the ranges tell nothing of the condition.
  Expr decided(const Expr& condition, const Expr& a, const Expr& b, Expr (*choose)(Expr, Expr, Expr)) {
    if (ranges_.truth(condition) == false) return rewrite(b);
    Expr rest = remaining(condition);
    if (!rest) return rewrite(a);
    return rest == condition ? nullptr : choose(std::move(rest), rewrite(a), rewrite(b));
  }

  Stmt decided(const IfThenElse& node) {
    if (ranges_.truth(node.condition) == false) return rewrite(node.else_case);
    Expr condition = remaining(node.condition);
    if (!condition) return rewrite(node.then_case);
    IfThenElse out;
    out.condition = std::move(condition);
    out.then_case = rewrite(node.then_case);
    out.else_case = rewrite(node.else_case);
    if (out.then_case) return make_stmt(std::move(out));
    if (!out.else_case) return nullptr;
    return make_stmt([&] {
      IfThenElse flipped;
      flipped.condition = logical_not(out.condition);
      flipped.then_case = out.else_case;
      return flipped;
    }());
  }

  Ranges ranges_;
};

}  // namespace

Stmt simplify_conditions(const Stmt& body, const Ranges& ranges) { return Simplifier(ranges).rewrite(body); }

}  // namespace loopglass::lower
