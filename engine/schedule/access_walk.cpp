#include "engine/schedule/access_walk.h"

#include <algorithm>
#include <utility>

#include "engine/ir/op.h"

namespace loopglass::schedule {
namespace {

using ir::Expr;
using ir::ExprKind;

int64_t floor_quotient(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0); }

// Wrapping arithmetic, so that no program's numbers are undefined here.
int64_t wrap_add(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t wrap_mul(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }

std::optional<int64_t> combine(ExprKind kind, int64_t a, int64_t b) {
  const bool divides = kind == ExprKind::Div || kind == ExprKind::Mod || kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod;
  if (divides && (b == 0 || (a == INT64_MIN && b == -1))) return std::nullopt;
  switch (kind) {
    case ExprKind::Add: return wrap_add(a, b);
    case ExprKind::Sub: return wrap_add(a, wrap_mul(b, -1));
    case ExprKind::Mul: return wrap_mul(a, b);
    case ExprKind::Div: return a / b;
    case ExprKind::Mod: return a % b;
    case ExprKind::FloorDiv: return floor_quotient(a, b);
    case ExprKind::FloorMod: return a - floor_quotient(a, b) * b;
    case ExprKind::Min: return std::min(a, b);
    case ExprKind::Max: return std::max(a, b);
    case ExprKind::EQ: return a == b;
    case ExprKind::NE: return a != b;
    case ExprKind::LT: return a < b;
    case ExprKind::LE: return a <= b;
    case ExprKind::GT: return a > b;
    case ExprKind::GE: return a >= b;
    case ExprKind::And: return a && b;
    case ExprKind::Or: return a || b;
    default: return std::nullopt;
  }
}

std::optional<int64_t> evaluate_binary(const ir::Binary& e, const Bindings& bindings) {
  const auto a = evaluate(e.a, bindings), b = evaluate(e.b, bindings);
  if (a && b) return combine(e.kind, *a, *b);
  // Known from one side alone.
  if (e.kind == ExprKind::And && ((a && !*a) || (b && !*b))) return 0;
  if (e.kind == ExprKind::Or && ((a && *a) || (b && *b))) return 1;
  return std::nullopt;
}

// Between integers; nothing where the value does not fit.
std::optional<int64_t> evaluate_cast(const ir::Cast& e, const Bindings& bindings) {
  if (e.dtype.is_float() || e.value->dtype.is_float()) return std::nullopt;
  const auto value = evaluate(e.value, bindings);
  if (!value || e.dtype.bits >= 64 || e.dtype.is_bool()) return value;
  const int64_t limit = int64_t{1} << (e.dtype.is_int() ? e.dtype.bits - 1 : e.dtype.bits);
  const bool fits = *value < limit && *value >= (e.dtype.is_int() ? -limit : 0);
  return fits ? value : std::nullopt;
}

class Walker {
 public:
  Walker(Bindings bindings, const WalkLimits& limits, const std::function<bool(const Access&, const Bindings&)>& visit)
      : bindings_(std::move(bindings)), limits_(limits), visit_(visit) {}

  void run(const ir::Stmt& s) {
    if (!s || stopped_) return;
    switch (s->kind) {
      case ir::StmtKind::For: return loop(ir::get<ir::For>(s));
      case ir::StmtKind::BlockRealize: return block(ir::get<ir::BlockRealize>(s));
      case ir::StmtKind::Seq:
        for (const ir::Stmt& child : ir::get<ir::Seq>(s).stmts) run(child);
        return;
      case ir::StmtKind::BufferStore: return store(ir::get<ir::BufferStore>(s));
      case ir::StmtKind::IfThenElse: return branch(ir::get<ir::IfThenElse>(s));
      case ir::StmtKind::LetStmt: {
        const ir::LetStmt& let = ir::get<ir::LetStmt>(s);
        value(let.value);
        bindings_.push(let.var.get(), evaluate(let.value, bindings_));
        run(let.body);
        return bindings_.pop();
      }
      case ir::StmtKind::While:
        complete_ = false;   // how often it runs depends on data: once
        value(ir::get<ir::While>(s).condition);
        return run(ir::get<ir::While>(s).body);
      case ir::StmtKind::Assert: return value(ir::get<ir::Assert>(s).condition);
      case ir::StmtKind::Evaluate: return value(ir::get<ir::Evaluate>(s).value);
      case ir::StmtKind::DeclBuffer: return run(ir::get<ir::DeclBuffer>(s).body);
      case ir::StmtKind::AllocBuffer: return run(ir::get<ir::AllocBuffer>(s).body);
      case ir::StmtKind::AttrStmt: return run(ir::get<ir::AttrStmt>(s).body);
    }
  }

  WalkEnd end() const { return stopped_by_visitor_ ? WalkEnd::Stopped : complete_ && !stopped_ ? WalkEnd::Complete : WalkEnd::Partial; }

 private:
  void loop(const ir::For& node) {
    const auto begin = evaluate(node.min, bindings_), known_extent = evaluate(node.extent, bindings_);
    const int64_t step = std::max<int64_t>(1, node.step ? evaluate(node.step, bindings_).value_or(1) : 1);
    if (!known_extent || !begin) complete_ = false;
    const int64_t extent = known_extent.value_or(limits_.symbolic_extent);
    int64_t last = extent;
    if (node.loop_var.get() != limits_.unlimited && (extent - 1) / step >= limits_.iterations) {
      last = wrap_mul(limits_.iterations, step);
      complete_ = false;
    }
    for (int64_t i = 0; i < last && !stopped_; i += step) {
      bindings_.push(node.loop_var.get(), begin.value_or(0) + i);
      run(node.body);
      bindings_.pop();
    }
  }

  void block(const ir::BlockRealize& realize) {
    const auto predicate = evaluate(realize.predicate, bindings_);
    if (predicate && !*predicate) return;
    if (!predicate) complete_ = false;
    std::vector<std::optional<int64_t>> axes;
    for (const Expr& e : realize.iter_values) axes.push_back(evaluate(e, bindings_));
    std::optional<bool> first = true;   // all reduction axes at their minimum
    for (size_t i = 0; i < axes.size(); ++i) {
      const ir::IterVar& iter = realize.block.iter_vars[i];
      bindings_.push(iter.var.get(), axes[i]);
      if (iter.type != ir::IterType::Reduction) continue;
      const auto begin = evaluate(iter.min, bindings_);
      if (axes[i] && begin && *axes[i] != *begin)
        first = false;
      else if ((!axes[i] || !begin) && first == true)
        first = std::nullopt;
    }
    const ir::BlockRealize* outside = std::exchange(block_, &realize);
    if (realize.block.init && first != false) {
      in_init_ = true;
      run(realize.block.init);
      in_init_ = false;
    }
    run(realize.block.body);
    block_ = outside;
    for (size_t i = 0; i < axes.size(); ++i) bindings_.pop();
  }

  void branch(const ir::IfThenElse& node) {
    value(node.condition);
    const auto taken = evaluate(node.condition, bindings_);
    if (!taken) complete_ = false;
    if (!taken || *taken) run(node.then_case);
    if (!taken || !*taken) run(node.else_case);
  }

  void store(const ir::BufferStore& node) {
    for (const Expr& index : node.indices) value(index);
    value(node.value);
    report(node.buffer.get(), node.indices, true);
  }

  // The loads of an expression, from left to right.
  void value(const Expr& e) {
    if (!e || stopped_) return;
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) {
      for (const Expr& index : load->indices) value(index);
      return report(load->buffer.get(), load->indices, false);
    }
    if (const ir::Call* call = ir::as<ir::Call>(e)) {
      if (call->op == "if_then_else") return lazy(*call);
      for (const Expr& arg : call->args) value(arg);
    } else if (const ir::Binary* b = ir::as<ir::Binary>(e)) {
      value(b->a);
      value(b->b);
    } else if (const ir::Not* n = ir::as<ir::Not>(e)) {
      value(n->a);
    } else if (const ir::Select* s = ir::as<ir::Select>(e)) {
      value(s->condition);
      value(s->true_value);
      value(s->false_value);
    } else if (const ir::Cast* c = ir::as<ir::Cast>(e)) {
      value(c->value);
    } else if (const ir::Broadcast* v = ir::as<ir::Broadcast>(e)) {
      value(v->value);
    } else if (const ir::Let* let = ir::as<ir::Let>(e)) {
      value(let->value);
      bindings_.push(let->var.get(), evaluate(let->value, bindings_));
      value(let->body);
      bindings_.pop();
    }
  }

  void lazy(const ir::Call& call) {
    value(call.args[0]);
    const auto taken = evaluate(call.args[0], bindings_);
    if (!taken) complete_ = false;
    if (!taken || *taken) value(call.args[1]);
    if (!taken || !*taken) value(call.args[2]);
  }

  // A Ramp as last index is one access a lane.
  void report(const ir::BufferNode* buffer, const std::vector<Expr>& indices, bool is_write) {
    Access access{buffer, {}, true, is_write, in_init_, block_};
    const ir::Ramp* ramp = indices.empty() ? nullptr : ir::as<ir::Ramp>(indices.back());
    for (const Expr& e : indices) {
      const auto i = evaluate(ramp && e == indices.back() ? ramp->base : e, bindings_);
      access.known = access.known && i.has_value();
      access.index.push_back(i.value_or(0));
    }
    const auto stride = ramp ? evaluate(ramp->stride, bindings_) : std::optional<int64_t>(0);
    access.known = access.known && stride.has_value();
    if (!access.known) {
      access.index.clear();
      complete_ = false;
    }
    for (int lane = 0; lane < (ramp && access.known ? ramp->dtype.lanes : 1) && !stopped_; ++lane) {
      if (lane > 0) access.index.back() += *stride;
      if (++count_ > limits_.accesses) {
        stopped_ = true;
      } else if (!visit_(access, bindings_)) {
        stopped_ = stopped_by_visitor_ = true;
      }
    }
  }

  Bindings bindings_;
  const WalkLimits& limits_;
  const std::function<bool(const Access&, const Bindings&)>& visit_;
  const ir::BlockRealize* block_ = nullptr;
  int64_t count_ = 0;
  bool in_init_ = false, complete_ = true, stopped_ = false, stopped_by_visitor_ = false;
};

}  // namespace

std::optional<int64_t> Bindings::operator[](const ir::VarNode* var) const {
  for (auto it = values_.rbegin(); it != values_.rend(); ++it)
    if (it->first == var) return it->second;
  return std::nullopt;
}

std::optional<int64_t> evaluate(const Expr& e, const Bindings& bindings) {
  if (const ir::IntImm* i = ir::as<ir::IntImm>(e)) return i->value;
  if (const ir::VarNode* var = ir::as<ir::VarNode>(e)) return bindings[var];
  if (const ir::Binary* b = ir::as<ir::Binary>(e)) return b->a->dtype.is_float() ? std::nullopt : evaluate_binary(*b, bindings);
  if (const ir::Not* n = ir::as<ir::Not>(e)) {
    const auto a = evaluate(n->a, bindings);
    return a ? std::optional<int64_t>(!*a) : std::nullopt;
  }
  if (const ir::Cast* c = ir::as<ir::Cast>(e)) return evaluate_cast(*c, bindings);
  const Expr* branches[3] = {};
  if (const ir::Select* s = ir::as<ir::Select>(e)) {
    branches[0] = &s->condition, branches[1] = &s->true_value, branches[2] = &s->false_value;
  } else if (const ir::Call* call = ir::as<ir::Call>(e)) {
    if (call->op == "likely") return evaluate(call->args[0], bindings);
    if (call->op != "if_then_else") return std::nullopt;
    for (int i = 0; i < 3; ++i) branches[i] = &call->args[i];
  } else {
    return std::nullopt;
  }
  const auto condition = evaluate(*branches[0], bindings);
  return condition ? evaluate(*branches[*condition ? 1 : 2], bindings) : std::nullopt;
}

WalkEnd walk_accesses(const ir::Stmt& root, Bindings bindings, const WalkLimits& limits,
                      const std::function<bool(const Access&, const Bindings&)>& visit) {
  Walker walker(std::move(bindings), limits, visit);
  walker.run(root);
  return walker.end();
}

}  // namespace loopglass::schedule
