#include "engine/lower/check_bounds.h"

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/lower/checks.h"
#include "engine/lower/facts.h"

namespace loopglass::lower {

using namespace ir;

namespace {

Expr both(const Expr& a, Expr b) { return a ? logical_and(a, std::move(b)) : b; }

// One lane of a vector expression.
class LaneOf : public Rewriter {
 public:
  explicit LaneOf(int lane) : lane_(lane) {}
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override {
    if (e->dtype.is_scalar()) return e;
    if (const Broadcast* broadcast = as<Broadcast>(e)) return broadcast->value;
    if (const Ramp* ramp = as<Ramp>(e)) return add(ramp->base, mul(ramp->stride, make_int(lane_, ramp->base->dtype)));
    if (const Cast* node = as<Cast>(e)) return cast(e->dtype.element(), rewrite(node->value));
    if (const Call* call = as<Call>(e)) {
      std::vector<Expr> args;
      for (const Expr& arg : call->args) args.push_back(rewrite(arg));
      return make_call(e->dtype.element(), call->op, std::move(args));
    }
    return Rewriter::rewrite(e);
  }

 private:
  int lane_;
};

// What has to be in bounds for an index to be: itself; the ends of a ramp; every lane of another vector.
std::vector<Expr> values_of(const Expr& index) {
  if (index->dtype.is_scalar()) return {index};
  const int lanes = index->dtype.lanes;
  const bool is_ramp = as<Broadcast>(index) || (as<Ramp>(index) && as_int(get<Ramp>(index).stride));
  std::vector<Expr> values;
  for (int lane = 0; lane < lanes; lane += is_ramp && lanes > 1 ? lanes - 1 : 1) values.push_back(LaneOf(lane).rewrite(index));
  return values;
}

// A vector of the last dimension that is longer than its rows (`B[0, T.Ramp(0, 1, 64)]` of 16 x 4) goes on in the next ones, as TVM's flat index does.
bool runs_on_into_rows(const BufferNode& buffer, const std::vector<Expr>& indices) {
  const size_t rank = indices.size();
  return rank > 1 && buffer.strides.empty() && indices[rank - 2]->dtype.is_scalar() && indices[rank - 1]->dtype.lanes > *as_int(buffer.shape[rank - 1]);
}

// The last two dimensions of such an index as one.
Expr in_rows(const BufferNode& buffer, const std::vector<Expr>& indices) {
  const Expr& last = indices[indices.size() - 1];
  const Expr row = cast(last->dtype.element(), indices[indices.size() - 2]);
  return add(std::make_shared<const Broadcast>(mul(row, make_int(*as_int(buffer.shape[indices.size() - 1]), row->dtype)), last->dtype.lanes), last);
}

// True for an expression that costs little where its value is not needed.
bool is_cheap(const Expr& e) {
  bool cheap = true;
  for_each_expr(e, [&](const Expr& part) {
    const Call* call = as<Call>(part);
    cheap = cheap && (!call || call->op == "likely" || call->op.starts_with("bitwise_"));
  });
  return cheap;
}

// Rewrites the expressions of one statement and collects the checks that have to come before it.
class ExpressionCheck {
 public:
  explicit ExpressionCheck(Facts facts) : facts_(std::move(facts)) {}
  std::vector<Stmt> checks;

  Expr visit(const Expr& e) {
    if (const Call* call = as<Call>(e); call && call->op == "if_then_else")
      return visit_choice(call->args[0], call->args[1], call->args[2], true);
    if (const Select* select = as<Select>(e); select && select->condition->dtype.is_scalar())
      return visit_choice(select->condition, select->true_value, select->false_value, false);
    if (e->kind == ExprKind::And || e->kind == ExprKind::Or) return visit_logical(get<Binary>(e));
    if (const Let* let = as<Let>(e)) return visit_let(*let);
    const Expr out = below_.rewrite_below(e);
    if (const BufferLoad* load = as<BufferLoad>(out)) need_in_bounds(load->buffer, load->indices);
    if (const Binary* node = as<Binary>(out)) need_divisor(*node);
    return out;
  }

  void need_in_bounds(const Buffer& buffer, const std::vector<Expr>& indices) {
    Expr condition;
    std::vector<Expr> report;
    for (size_t d = 0; d < indices.size(); ++d) {
      const bool runs_on = d + 1 == indices.size() && runs_on_into_rows(*buffer, indices);
      const int64_t extent = *as_int(buffer->shape[d]) * (runs_on ? *as_int(buffer->shape[d - 1]) : 1);
      const std::vector<Expr> values = values_of(runs_on ? in_rows(*buffer, indices) : indices[d]);
      for (const Expr& value : values)
        if (!facts_.proves_between(value, 0, extent - 1)) condition = both(condition, is_inside(value, extent));
      report.push_back(values.front());
    }
    if (!condition) return;
    for (Expr& index : report) index = substitute(index, lets_);
    checks.push_back(make_bounds_check(guarded(std::move(condition)), buffer, std::move(report)));
  }

 private:
  // Rewriter's walk over an expression's children, each of which comes back here.
  class Below : public Rewriter {
   public:
    explicit Below(ExpressionCheck& check) : check_(check) {}
    using Rewriter::rewrite;
    Expr rewrite(const Expr& e) override { return check_.visit(e); }
    Expr rewrite_below(const Expr& e) { return Rewriter::rewrite(e); }

   private:
    ExpressionCheck& check_;
  };

  static Expr is_inside(const Expr& index, int64_t extent) {
    const DataType type = index->dtype;
    const Expr below = lt(index, make_int(extent, type));
    return type.is_uint() ? below : logical_and(le(make_int(0, type), index), below);
  }

  // The condition, demanded only where the guards around it hold.
  Expr guarded(Expr condition) const {
    condition = substitute(condition, lets_);
    return guard_ ? logical_or(logical_not(substitute(guard_, lets_)), std::move(condition)) : condition;
  }

  void need_divisor(const Binary& node) {
    const bool divides = node.kind == ExprKind::Div || node.kind == ExprKind::Mod || node.kind == ExprKind::FloorDiv || node.kind == ExprKind::FloorMod;
    if (!divides || node.dtype.is_float()) return;
    const Expr divisor = as<Broadcast>(node.b) ? get<Broadcast>(node.b).value : node.b;
    if (!divisor->dtype.is_scalar()) return;
    const ValueRange range = facts_.ranges.of(divisor);
    if (range.min > 0 || range.max < 0) return;
    checks.push_back(make_divisor_check(guarded(ne(divisor, make_int(0, divisor->dtype)))));
  }

  // `e` where `condition` is known to be `value`; its checks are demanded only there.
  Expr visit_under(const Expr& condition, bool value, const Expr& e) {
    const Facts facts = facts_;
    const Expr guard = guard_;
    facts_.assume(condition, value);
    guard_ = both(guard, value ? condition : logical_not(condition));
    Expr out = visit(e);
    facts_ = facts;
    guard_ = guard;
    return out;
  }

  // Tries both sides without their condition: if nothing has to be checked, they may be computed both. What fails is visited again, so
  // deep nests are not tried.
  Expr visit_choice(const Expr& condition, const Expr& a, const Expr& b, bool is_lazy) {
    Expr c = visit(condition);
    ++choice_depth_;
    Expr out = visit_sides(c, a, b, is_lazy);
    --choice_depth_;
    return out;
  }

  Expr visit_sides(const Expr& c, const Expr& a, const Expr& b, bool is_lazy) {
    constexpr int deepest_trial = 4;
    if (choice_depth_ <= deepest_trial && (!is_lazy || (is_cheap(a) && is_cheap(b)))) {
      const size_t before = checks.size();
      Expr t = visit(a), f = visit(b);
      if (checks.size() == before) return std::make_shared<const Select>(c, std::move(t), std::move(f));
      checks.resize(before);
    }
    Expr t = visit_under(c, true, a);
    return if_then_else(c, std::move(t), visit_under(c, false, b));
  }

  Expr visit_logical(const Binary& node) {
    Expr a = visit(node.a);
    Expr b = node.dtype.is_scalar() ? visit_under(a, node.kind == ExprKind::And, node.b) : visit(node.b);
    return a == node.a && b == node.b ? Expr(std::make_shared<const Binary>(node)) : make_binary(node.kind, std::move(a), std::move(b));
  }

  // Checks come before the statement, where the variable is not known: there its value stands for it.
  Expr visit_let(const Let& let) {
    Expr value = visit(let.value);
    if (value->dtype.is_integral() && value->dtype.is_scalar()) facts_.ranges.bind(let.var.get(), facts_.ranges.of(value));
    lets_[let.var.get()] = substitute(value, lets_);
    return std::make_shared<const Let>(let.var, value, visit(let.body));
  }

  Facts facts_;
  Expr guard_;     // null: none
  int choice_depth_ = 0;
  VarMap lets_;
  Below below_{*this};
};

class StatementCheck {
 public:

  Stmt visit(const Stmt& s) {
    if (!s) return s;
    switch (s->kind) {
      case StmtKind::For: return visit_for(get<For>(s));
      case StmtKind::IfThenElse: return visit_if(get<IfThenElse>(s));
      case StmtKind::While: return visit_while(get<While>(s));
      case StmtKind::LetStmt: return visit_let(get<LetStmt>(s));
      case StmtKind::BufferStore: return visit_store(get<BufferStore>(s));
      case StmtKind::Seq: return visit_seq(get<Seq>(s));
      case StmtKind::AllocBuffer: return with_body(get<AllocBuffer>(s));
      case StmtKind::DeclBuffer: return with_body(get<DeclBuffer>(s));
      case StmtKind::AttrStmt: return with_body(get<AttrStmt>(s));
      case StmtKind::Assert: return with_condition(get<Assert>(s), &Assert::condition);
      case StmtKind::Evaluate: return with_condition(get<Evaluate>(s), &Evaluate::value);
      case StmtKind::BlockRealize: return s;
    }
    return s;
  }

 private:
  // The checked expression; its checks go to `before`.
  Expr check(const Expr& e, std::vector<Stmt>& before) {
    ExpressionCheck expression(facts_);
    Expr out = expression.visit(e);
    before.insert(before.end(), expression.checks.begin(), expression.checks.end());
    return out;
  }

  static Stmt after(std::vector<Stmt> checks, Stmt s) {
    checks.push_back(std::move(s));
    return make_seq(std::move(checks));
  }

  template <class Node>
  Stmt with_body(const Node& node) {
    Node copy = node;
    copy.body = visit(node.body);
    return make_stmt(std::move(copy));
  }

  template <class Node>
  Stmt with_condition(const Node& node, Expr Node::*member) {
    std::vector<Stmt> checks;
    Node copy = node;
    copy.*member = check(node.*member, checks);
    return after(std::move(checks), make_stmt(std::move(copy)));
  }

  Stmt visit_seq(const Seq& seq) {
    std::vector<Stmt> out;
    for (const Stmt& child : seq.stmts) out.push_back(visit(child));
    return make_seq(std::move(out));
  }

  Stmt visit_for(const For& loop) {
    std::vector<Stmt> checks;
    For copy = loop;
    copy.min = check(loop.min, checks);
    copy.extent = check(loop.extent, checks);
    facts_.ranges.bind_loop(copy);
    copy.body = visit(loop.body);
    return after(std::move(checks), make_stmt(std::move(copy)));
  }

  Stmt visit_under(const Expr& condition, bool value, const Stmt& s) {
    if (!s) return s;
    const Facts outside = facts_;
    facts_.assume(condition, value);
    Stmt out = visit(s);
    facts_ = outside;
    return out;
  }

  Stmt visit_if(const IfThenElse& node) {
    std::vector<Stmt> checks;
    IfThenElse copy;
    copy.condition = check(node.condition, checks);
    copy.then_case = visit_under(copy.condition, true, node.then_case);
    copy.else_case = visit_under(copy.condition, false, node.else_case);
    return after(std::move(checks), make_stmt(std::move(copy)));
  }

  // The condition is evaluated before the loop and after each iteration: so are its checks.
  Stmt visit_while(const While& node) {
    std::vector<Stmt> checks;
    While copy;
    copy.condition = check(node.condition, checks);
    std::vector<Stmt> body{visit(node.body)};
    body.insert(body.end(), checks.begin(), checks.end());
    copy.body = make_seq(std::move(body));
    return after(std::move(checks), make_stmt(std::move(copy)));
  }

  Stmt visit_let(const LetStmt& let) {
    std::vector<Stmt> checks;
    LetStmt copy = let;
    copy.value = check(let.value, checks);
    if (copy.value->dtype.is_integral() && copy.value->dtype.is_scalar())
      facts_.ranges.bind(let.var.get(), facts_.ranges.of(copy.value));
    copy.body = visit(let.body);
    return after(std::move(checks), make_stmt(std::move(copy)));
  }

  Stmt visit_store(const BufferStore& store) {
    ExpressionCheck expression(facts_);
    std::vector<Expr> indices;
    for (const Expr& index : store.indices) indices.push_back(expression.visit(index));
    Expr value = expression.visit(store.value);
    expression.need_in_bounds(store.buffer, indices);
    return after(std::move(expression.checks), make_store(store.buffer, std::move(value), std::move(indices)));
  }

  Facts facts_;
};

}  // namespace

Stmt check_bounds(const Stmt& body) { return StatementCheck().visit(body); }

}  // namespace loopglass::lower
