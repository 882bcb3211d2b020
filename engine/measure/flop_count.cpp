#include "engine/measure/flop_count.h"

#include <unordered_map>
#include <unordered_set>

#include "engine/ir/visitor.h"
#include "engine/lower/checks.h"
#include "engine/measure/index_value.h"

namespace loopglass::measure {
namespace {

using ir::ExprKind;

// Iterations walked through one by one; beyond, conditions are taken to hold.
constexpr int64_t kMaxSteps = 20'000'000;

WorkCount operator+(const WorkCount& a, const WorkCount& b) { return {a.flops + b.flops, a.accesses + b.accesses, a.exact && b.exact}; }
WorkCount operator*(const WorkCount& a, int64_t times) { return {a.flops * times, a.accesses * times, a.exact}; }
const WorkCount& more_of(const WorkCount& a, const WorkCount& b) { return a.flops + a.accesses >= b.flops + b.accesses ? a : b; }

bool reads_a_buffer(const ir::Expr& e) {
  bool reads = false;
  ir::for_each_expr(e, [&](const ir::Expr& part) { reads |= part->kind == ExprKind::BufferLoad; });
  return reads;
}
bool is_data(const ir::Expr& e) { return e->dtype.is_float() || reads_a_buffer(e); }

bool is_arithmetic(ExprKind kind) {
  return kind == ExprKind::Add || kind == ExprKind::Sub || kind == ExprKind::Mul || kind == ExprKind::Div || kind == ExprKind::FloorDiv ||
         kind == ExprKind::Min || kind == ExprKind::Max;
}

// The variables that decide what runs: those of conditions and of loops' bounds.
using Vars = std::unordered_set<const ir::VarNode*>;
void add_vars(const ir::Expr& e, Vars& vars) {
  if (e) ir::for_each_expr(e, [&](const ir::Expr& part) { if (part->kind == ExprKind::Var) vars.insert(static_cast<const ir::VarNode*>(part.get())); });
}
Vars deciding_vars(const ir::Stmt& body) {
  Vars vars;
  ir::for_each_stmt(body, [&](const ir::Stmt& s) {
    if (const auto* loop = ir::as<ir::For>(s)) add_vars(loop->min, vars), add_vars(loop->extent, vars), add_vars(loop->step, vars);
    if (const auto* branch = ir::as<ir::IfThenElse>(s)) add_vars(branch->condition, vars);
    if (const auto* let = ir::as<ir::LetStmt>(s)) add_vars(let->value, vars);
    return true;
  });
  ir::for_each_expr(body, [&](const ir::Expr& e) {
    const auto* call = ir::as<ir::Call>(e);
    if (call && call->op == "if_then_else") add_vars(call->args[0], vars);
  });
  return vars;
}

class Counter {
 public:
  WorkCount count(const ir::Stmt& s) {
    if (!s) return {};
    switch (s->kind) {
      case ir::StmtKind::For: return loop(ir::get<ir::For>(s));
      case ir::StmtKind::Seq: return sequence(ir::get<ir::Seq>(s));
      case ir::StmtKind::BufferStore: return store(ir::get<ir::BufferStore>(s));
      case ir::StmtKind::IfThenElse: return branch(ir::get<ir::IfThenElse>(s));
      case ir::StmtKind::LetStmt: return let(ir::get<ir::LetStmt>(s));
      case ir::StmtKind::While: return inexact(count(ir::get<ir::While>(s).condition) + count(ir::get<ir::While>(s).body));
      case ir::StmtKind::Assert: return count(ir::get<ir::Assert>(s).condition);
      case ir::StmtKind::Evaluate: return evaluate(ir::get<ir::Evaluate>(s));
      case ir::StmtKind::DeclBuffer: return count(ir::get<ir::DeclBuffer>(s).body);
      case ir::StmtKind::AllocBuffer: return count(ir::get<ir::AllocBuffer>(s).body);
      case ir::StmtKind::AttrStmt: return count(ir::get<ir::AttrStmt>(s).body);
      case ir::StmtKind::BlockRealize: return count(ir::get<ir::BlockRealize>(s).block.init) + count(ir::get<ir::BlockRealize>(s).block.body);
    }
    return {};
  }

 private:
  static WorkCount inexact(WorkCount work) {
    work.exact = false;
    return work;
  }

  WorkCount loop(const ir::For& loop) {
    const auto min = index_value(loop.min, values_), extent = index_value(loop.extent, values_);
    const auto step = loop.step ? index_value(loop.step, values_) : std::optional<int64_t>(1);
    if (!min || !extent || !step || *step < 1) return inexact(count(loop.body));
    const int64_t trips = std::max<int64_t>(0, (*extent + *step - 1) / *step);
    if (trips == 0) return {};
    if (!decides(loop) || (steps_ += trips) > kMaxSteps) {
      const WorkCount once = count(loop.body);
      return steps_ > kMaxSteps ? inexact(once * trips) : once * trips;
    }
    WorkCount sum;
    for (int64_t trip = 0; trip < trips; ++trip) {
      values_[loop.loop_var.get()] = *min + trip * *step;
      sum = sum + count(loop.body);
    }
    values_.erase(loop.loop_var.get());
    return sum;
  }

  bool decides(const ir::For& loop) {
    const auto [entry, is_new] = deciding_.try_emplace(&loop);
    if (is_new) entry->second = deciding_vars(loop.body);
    return entry->second.contains(loop.loop_var.get());
  }

  WorkCount sequence(const ir::Seq& seq) {
    WorkCount sum;
    for (const ir::Stmt& s : seq.stmts) sum = sum + count(s);
    return sum;
  }

  WorkCount store(const ir::BufferStore& store) {
    WorkCount sum = count(store.value) + indices(store.indices);
    sum.accesses += store.value->dtype.lanes;
    return sum;
  }

  // What an index reads is read; its arithmetic is index arithmetic.
  WorkCount indices(const std::vector<ir::Expr>& indices) {
    WorkCount sum;
    for (const ir::Expr& index : indices) sum = sum + count(index);
    sum.flops = 0;
    return sum;
  }

  WorkCount branch(const ir::IfThenElse& branch) {
    return count(branch.condition) + either(branch.condition, [&] { return count(branch.then_case); }, [&] { return count(branch.else_case); });
  }

  template <class Then, class Else>
  WorkCount either(const ir::Expr& condition, Then yes, Else no) {
    if (const auto value = index_value(condition, values_)) return *value ? yes() : no();
    return inexact(more_of(yes(), no()));
  }

  WorkCount let(const ir::LetStmt& let) {
    const WorkCount value = count(let.value);
    if (const auto known = index_value(let.value, values_)) values_[let.var.get()] = *known;
    const WorkCount body = count(let.body);
    values_.erase(let.var.get());
    return value + body;
  }

  WorkCount evaluate(const ir::Evaluate& s) {
    const auto* call = ir::as<ir::Call>(s.value);
    const bool is_check = call && (call->op == lower::kCheckBounds || call->op == lower::kCheckDivisor);
    return is_check ? WorkCount{} : count(s.value);
  }

  WorkCount count(const ir::Expr& e) {
    if (const auto* binary = ir::as<ir::Binary>(e)) {
      WorkCount sum = count(binary->a) + count(binary->b);
      if (is_arithmetic(e->kind) && is_data(e)) sum.flops += e->dtype.lanes;
      return sum;
    }
    switch (e->kind) {
      case ExprKind::BufferLoad: {
        WorkCount sum = indices(ir::get<ir::BufferLoad>(e).indices);
        sum.accesses += e->dtype.lanes;
        return sum;
      }
      case ExprKind::Call: return call(ir::get<ir::Call>(e));
      case ExprKind::Select: {
        const auto& select = ir::get<ir::Select>(e);
        return count(select.condition) + count(select.true_value) + count(select.false_value);
      }
      case ExprKind::Cast: return count(ir::get<ir::Cast>(e).value);
      case ExprKind::Not: return count(ir::get<ir::Not>(e).a);
      case ExprKind::Let: return count(ir::get<ir::Let>(e).value) + count(ir::get<ir::Let>(e).body);
      case ExprKind::Broadcast: return count(ir::get<ir::Broadcast>(e).value);
      default: return {};
    }
  }

  WorkCount call(const ir::Call& call) {
    if (call.op == "if_then_else")
      return count(call.args[0]) + either(call.args[0], [&] { return count(call.args[1]); }, [&] { return count(call.args[2]); });
    WorkCount sum;
    for (const ir::Expr& arg : call.args) sum = sum + count(arg);
    if (call.op != "likely") sum.flops += call.dtype.lanes;
    return sum;
  }

  Environment values_;
  std::unordered_map<const ir::For*, Vars> deciding_;
  int64_t steps_ = 0;
};

}  // namespace

WorkCount count_work(const ir::Function& plain) { return Counter().count(plain->body); }

}  // namespace loopglass::measure
