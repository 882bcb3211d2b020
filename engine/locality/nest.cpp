#include "engine/locality/nest.h"

#include <algorithm>

#include "engine/ir/visitor.h"
#include "engine/support/check.h"

namespace loopglass::locality {

using ir::ExprKind;
using ir::StmtKind;

namespace {

// Thrown where the function has to be executed; caught in build_nest.
struct NeedsExecution {};

bool is_affine(TermOp op) { return op == TermOp::Const || op == TermOp::Counter || op == TermOp::Add || op == TermOp::Sub; }

class Builder {
 public:
  explicit Builder(const Layout& layout) : layout_(layout) {}

  Nest build(const ir::Function& function) {
    for (const ir::Param& param : function->params)
      if (param.buffer) views_[param.buffer.get()] = {};
    items_ = &nest_.items;
    visit(function->body);
    return std::move(nest_);
  }

 private:
  using Items = std::vector<Item>;

  // A view's dimensions start at these places of the buffer that it is a region of.
  struct Window {
    const ir::BufferNode* source = nullptr;   // null: the buffer itself
    ir::Buffer owner;
    std::vector<TermPtr> start;
  };

  // ---- terms
  static TermPtr number(int64_t value) { return std::make_shared<const Term>(Term{TermOp::Const, value}); }

  TermPtr term(TermOp op, TermPtr a, TermPtr b = nullptr, TermPtr c = nullptr) {
    Term t{op, 0, 0, std::move(a), std::move(b), std::move(c)};
    for (const TermPtr& part : {t.a, t.b, t.c})
      if (part) t.depths |= part->depths;
    if (t.depths == 0) {
      const auto value = resolve(t, Box{});
      if (!value) throw NeedsExecution{};   // a division by zero, to be met where it happens
      return number(value->constant);
    }
    const bool scales = op == TermOp::Mul && (t.a->depths == 0 || t.b->depths == 0);
    const bool logical = op == TermOp::And || op == TermOp::Or || op == TermOp::Not;   // its parts are what is to be decided
    auto made = std::make_shared<const Term>(std::move(t));
    if (!is_affine(op) && !scales && !logical)
      for (LoopItem* loop : loops_)
        if (made->depths >> loop->depth & 1) loop->atoms.push_back(made);
    return made;
  }

  TermPtr convert(const ir::Expr& e) {
    if (e->dtype.lanes != 1) throw NeedsExecution{};
    switch (e->kind) {
      case ExprKind::IntImm: return number(ir::get<ir::IntImm>(e).value);
      case ExprKind::Var: {
        const auto it = values_.find(static_cast<const ir::VarNode*>(e.get()));
        if (it == values_.end()) throw NeedsExecution{};
        return it->second;
      }
      case ExprKind::Not: return term(TermOp::Not, convert(ir::get<ir::Not>(e).a));
      case ExprKind::Cast: {
        const ir::Expr& value = ir::get<ir::Cast>(e).value;
        // A narrowing cast may wrap, and a float is data.
        if (!value->dtype.is_int() || !e->dtype.is_int() || e->dtype.bits < value->dtype.bits) throw NeedsExecution{};
        return convert(value);
      }
      case ExprKind::Select: {
        const auto& s = ir::get<ir::Select>(e);
        return choose(s.condition, s.true_value, s.false_value);
      }
      case ExprKind::Call: {
        const auto& call = ir::get<ir::Call>(e);
        if (call.op == "likely" && call.args.size() == 1) return convert(call.args[0]);
        if (call.op == "if_then_else" && call.args.size() == 3) return choose(call.args[0], call.args[1], call.args[2]);
        return convert_bits(call);
      }
      default: break;
    }
    if (const auto* binary = ir::as<ir::Binary>(e)) return convert_binary(*binary);
    throw NeedsExecution{};
  }

  TermPtr choose(const ir::Expr& condition, const ir::Expr& yes, const ir::Expr& no) {
    TermPtr c = convert(condition), a = convert(yes);
    return term(TermOp::Select, a, convert(no), c);
  }

  TermPtr convert_bits(const ir::Call& call) {
    const auto amount = call.args.size() == 2 ? ir::as_int(call.args[1]) : std::nullopt;
    if (!amount || !call.dtype.is_int()) throw NeedsExecution{};
    if (call.op == "shift_left" && *amount >= 0 && *amount < 31) return term(TermOp::Mul, convert(call.args[0]), number(int64_t{1} << *amount));
    if (call.op == "shift_right" && *amount >= 0 && *amount < 31) return term(TermOp::FloorDiv, convert(call.args[0]), number(int64_t{1} << *amount));
    if (call.op == "bitwise_and" && *amount >= 0 && ((*amount + 1) & *amount) == 0) return term(TermOp::FloorMod, convert(call.args[0]), number(*amount + 1));
    throw NeedsExecution{};
  }

  TermPtr convert_binary(const ir::Binary& e) {
    if (e.a->dtype.is_float() || e.a->dtype.is_uint()) throw NeedsExecution{};
    const TermPtr a = convert(e.a), b = convert(e.b);
    switch (e.kind) {
      case ExprKind::Add: return term(TermOp::Add, a, b);
      case ExprKind::Sub: return term(TermOp::Sub, a, b);
      case ExprKind::Mul: return term(TermOp::Mul, a, b);
      case ExprKind::Div: return quotient(TermOp::TruncDiv, a, b);
      case ExprKind::Mod: return quotient(TermOp::TruncMod, a, b);
      case ExprKind::FloorDiv: return quotient(TermOp::FloorDiv, a, b);
      case ExprKind::FloorMod: return quotient(TermOp::FloorMod, a, b);
      case ExprKind::Min: return term(TermOp::Min, a, b);
      case ExprKind::Max: return term(TermOp::Max, a, b);
      case ExprKind::EQ: return equal(a, b);
      case ExprKind::NE: return term(TermOp::NE, a, b);
      case ExprKind::LT: return term(TermOp::LT, a, b);
      case ExprKind::LE: return term(TermOp::LE, a, b);
      case ExprKind::GT: return term(TermOp::LT, b, a);
      case ExprKind::GE: return term(TermOp::LE, b, a);
      case ExprKind::And: return term(TermOp::And, a, b);
      case ExprKind::Or: return term(TermOp::Or, a, b);
      default: throw NeedsExecution{};
    }
  }

  TermPtr quotient(TermOp op, const TermPtr& a, const TermPtr& b) {
    if (b->op != TermOp::Const || b->value <= 0) throw NeedsExecution{};
    return term(op, a, b);
  }

  // A sum of counters with positive factors is 0 where every counter is: `k_0 * 4 + k_1 == 0` falls apart, so that each loop can be cut
  // at its own first iteration.
  TermPtr equal(const TermPtr& a, const TermPtr& b) {
    const TermPtr difference = term(TermOp::Sub, a, b);
    const std::optional<Linear> e = resolve(*difference, everything_);
    if (!e || e->constant != 0 || e->parts.size() < 2) return term(TermOp::EQ, a, b);
    TermPtr all;
    for (const auto& [loop, k] : e->parts) {
      if (k < 0) return term(TermOp::EQ, a, b);
      const TermPtr one = term(TermOp::EQ, counters_[static_cast<size_t>(loop)], number(0));
      all = all ? term(TermOp::And, all, one) : one;
    }
    return all;
  }

  // ---- accesses
  void access(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, bool is_write) {
    const auto window = views_.find(buffer.get());
    if (window == views_.end()) throw NeedsExecution{};
    const int reference = static_cast<int>(nest_.references.size());
    nest_.references.push_back({buffer, &indices, block_, is_write});
    const int index = layout_.index_of(window->second.source ? window->second.owner : buffer);
    CHECK(index >= 0);
    if (!layout_.buffers[static_cast<size_t>(index)].is_memory) return;
    std::vector<TermPtr> terms;
    for (const ir::Expr& e : indices) terms.push_back(convert(e));
    items_->push_back({AccessItem{reference, index, is_write, in_owner(window->second, std::move(terms))}});
  }

  TermPtr sum(const TermPtr& a, const TermPtr& b) { return term(TermOp::Add, a, b); }

  std::vector<TermPtr> in_owner(const Window& window, std::vector<TermPtr> indices) {
    if (!window.source) return indices;
    std::vector<TermPtr> placed = window.start;
    const size_t skipped = placed.size() - indices.size();
    for (size_t d = 0; d < indices.size(); ++d) placed[d + skipped] = sum(placed[d + skipped], indices[d]);
    return placed;
  }

  // The loads of an expression, in the order in which they are evaluated.
  void loads(const ir::Expr& e) {
    if (!e) return;
    if (e->dtype.lanes != 1 && has_load(e)) throw NeedsExecution{};
    switch (e->kind) {
      case ExprKind::Select: {
        const auto& s = ir::get<ir::Select>(e);
        loads(s.condition), loads(s.true_value), loads(s.false_value);
        return;
      }
      case ExprKind::Not: return loads(ir::get<ir::Not>(e).a);
      case ExprKind::Cast: return loads(ir::get<ir::Cast>(e).value);
      case ExprKind::Let: {
        const auto& let = ir::get<ir::Let>(e);
        loads(let.value);
        bind(let.var, let.value);
        return loads(let.body);
      }
      case ExprKind::BufferLoad: {
        const auto& load = ir::get<ir::BufferLoad>(e);
        for (const ir::Expr& index : load.indices) loads(index);
        return access(load.buffer, load.indices, false);
      }
      case ExprKind::Call: {
        const auto& call = ir::get<ir::Call>(e);
        if (call.op == "call_extern") throw NeedsExecution{};
        if (call.op != "if_then_else" || call.args.size() != 3) {
          for (const ir::Expr& arg : call.args) loads(arg);
          return;
        }
        loads(call.args[0]);
        guarded(call.args[0], false, [&] { loads(call.args[1]); });
        return guarded(call.args[0], true, [&] { loads(call.args[2]); });
      }
      default: break;
    }
    const auto* binary = ir::as<ir::Binary>(e);
    if (!binary) return;
    loads(binary->a);
    if (e->kind == ExprKind::And || e->kind == ExprKind::Or) return guarded(binary->a, e->kind == ExprKind::Or, [&] { loads(binary->b); });
    loads(binary->b);
  }

  static bool has_load(const ir::Expr& e) {
    bool found = false;
    ir::for_each_expr(e, [&](const ir::Expr& part) { found = found || part->kind == ExprKind::BufferLoad; });
    return found;
  }

  // What `make` adds happens where the condition holds (or does not). A condition that nothing depends on is not even converted.
  template <class Make>
  void guarded(const ir::Expr& condition, bool negated, const Make& make) {
    Items inside;
    Items* outside = std::exchange(items_, &inside);
    make();
    items_ = outside;
    if (inside.empty()) return;
    TermPtr c = convert(condition);
    if (negated) c = term(TermOp::Not, c);
    add_guard(std::move(c), std::move(inside));
  }

  void add_guard(TermPtr condition, Items inside) {
    if (condition->op == TermOp::Const && condition->value != 0) {
      for (Item& item : inside) items_->push_back(std::move(item));
      return;
    }
    items_->push_back({GuardItem{std::move(condition), std::move(inside)}});
  }

  // A variable whose value depends on data has no term; using it in an index then needs execution.
  void bind(const ir::Var& var, const ir::Expr& value) {
    values_.erase(var.get());
    if (!value->dtype.is_int() && !value->dtype.is_bool()) return;
    if (has_load(value)) return;
    try {
      values_[var.get()] = convert(value);
    } catch (const NeedsExecution&) {
    }
  }

  // ---- statements
  void visit(const ir::Stmt& s) {
    if (!s) return;
    switch (s->kind) {
      case StmtKind::For: return visit_for(ir::get<ir::For>(s));
      case StmtKind::BlockRealize: return visit_block(ir::get<ir::BlockRealize>(s));
      case StmtKind::Seq:
        for (const ir::Stmt& part : ir::get<ir::Seq>(s).stmts) visit(part);
        return;
      case StmtKind::BufferStore: {
        const auto& store = ir::get<ir::BufferStore>(s);
        for (const ir::Expr& index : store.indices) loads(index);
        loads(store.value);
        return access(store.buffer, store.indices, true);
      }
      case StmtKind::IfThenElse: {
        const auto& node = ir::get<ir::IfThenElse>(s);
        loads(node.condition);
        guarded(node.condition, false, [&] { visit(node.then_case); });
        return guarded(node.condition, true, [&] { visit(node.else_case); });
      }
      case StmtKind::LetStmt: {
        const auto& let = ir::get<ir::LetStmt>(s);
        loads(let.value);
        bind(let.var, let.value);
        return visit(let.body);
      }
      case StmtKind::Assert: return loads(ir::get<ir::Assert>(s).condition);
      case StmtKind::Evaluate: {
        const ir::Expr& value = ir::get<ir::Evaluate>(s).value;
        const ir::Call* call = ir::as<ir::Call>(value);
        return call && call->op == "assume" ? void() : loads(value);   // a promise touches nothing
      }
      case StmtKind::AllocBuffer: {
        const auto& alloc = ir::get<ir::AllocBuffer>(s);
        views_[alloc.buffer.get()] = {};
        return visit(alloc.body);
      }
      case StmtKind::AttrStmt: return visit(ir::get<ir::AttrStmt>(s).body);
      case StmtKind::While:
      case StmtKind::DeclBuffer: throw NeedsExecution{};
    }
  }

  void visit_for(const ir::For& loop) {
    loads(loop.min), loads(loop.extent), loads(loop.step);
    auto item = std::make_unique<LoopItem>();
    item->id = static_cast<int>(nest_.loops.size());
    item->depth = static_cast<int>(loops_.size());
    item->var = loop.loop_var;
    item->is_parallel = loop.for_kind == ir::ForKind::Parallel;
    if (item->depth >= kMaxDepth) throw NeedsExecution{};
    item->first = convert(loop.min);
    item->step = loop.step ? convert(loop.step) : number(1);
    item->count = quotient(TermOp::FloorDiv, term(TermOp::Add, convert(loop.extent), term(TermOp::Sub, item->step, number(1))), item->step);
    item->count = term(TermOp::Max, item->count, number(0));
    nest_.loops.push_back(item.get());
    everything_.low.push_back(0);
    everything_.high.push_back(INT32_MAX);   // as good as unbounded, and far from overflow
    for (LoopItem* outer : loops_) {
      outer->inner.push_back(item.get());
      outer->shapes_inner = outer->shapes_inner || (item->count->depths >> outer->depth & 1);
    }
    Term counter{TermOp::Counter};
    counter.loop = item->id;
    counter.depths = 1u << item->depth;
    counters_.push_back(std::make_shared<const Term>(counter));
    loops_.push_back(item.get());
    values_[loop.loop_var.get()] = term(TermOp::Add, item->first, term(TermOp::Mul, counters_.back(), item->step));
    Items* outside = std::exchange(items_, &item->body);
    visit(loop.body);
    items_ = outside;
    loops_.pop_back();
    items_->push_back({std::move(item)});
  }

  void visit_block(const ir::BlockRealize& realize) {
    const ir::Block& block = realize.block;
    for (size_t i = 0; i < block.iter_vars.size(); ++i) {
      loads(realize.iter_values[i]);
      bind(block.iter_vars[i].var, realize.iter_values[i]);
    }
    loads(realize.predicate);
    guarded(realize.predicate, false, [&] { visit_body(block); });
  }

  void visit_body(const ir::Block& block) {
    const ir::Block* outer = std::exchange(block_, &block);
    for (const ir::Buffer& buffer : block.alloc_buffers) views_[buffer.get()] = {};
    for (const ir::MatchBuffer& match : block.match_buffers) add_window(match);
    if (block.init) {
      Items inside;
      Items* outside = std::exchange(items_, &inside);
      visit(block.init);
      items_ = outside;
      if (!inside.empty()) add_guard(at_start(block), std::move(inside));
    }
    visit(block.body);
    block_ = outer;
  }

  // True where every reduction axis is at the minimum of its domain.
  TermPtr at_start(const ir::Block& block) {
    TermPtr all = number(1);
    for (const ir::IterVar& axis : block.iter_vars) {
      if (axis.type != ir::IterType::Reduction) continue;
      const auto value = values_.find(axis.var.get());
      if (value == values_.end()) throw NeedsExecution{};
      const TermPtr one = equal(value->second, convert(axis.min));
      all = all->op == TermOp::Const && all->value ? one : term(TermOp::And, all, one);
    }
    return all;
  }

  void add_window(const ir::MatchBuffer& match) {
    const auto source = views_.find(match.source.buffer.get());
    if (source == views_.end()) throw NeedsExecution{};
    const size_t rank = match.source.region.size();
    if (match.buffer->shape.size() > rank) throw NeedsExecution{};
    // An index beyond the view but inside the buffer behind it must be reported: leave that to the interpreter.
    std::vector<TermPtr> start;
    for (const ir::Range& range : match.source.region) start.push_back(convert(range.min));
    Window window{match.source.buffer.get(), source->second.source ? source->second.owner : match.source.buffer,
                  in_owner(source->second, std::move(start))};
    for (size_t d = 0; d < match.buffer->shape.size(); ++d) {
      const auto extent = ir::as_int(match.buffer->shape[d]), region = ir::as_int(match.source.region[rank - match.buffer->shape.size() + d].extent);
      if (!extent || !region || *extent != *region) throw NeedsExecution{};
    }
    views_[match.buffer.get()] = std::move(window);
  }

  const Layout& layout_;
  Nest nest_;
  Items* items_ = nullptr;
  const ir::Block* block_ = nullptr;
  std::vector<LoopItem*> loops_;          // enclosing
  std::vector<TermPtr> counters_;         // by loop id
  Box everything_;                        // each counter from 0 to far away
  std::unordered_map<const ir::VarNode*, TermPtr> values_;
  std::unordered_map<const ir::BufferNode*, Window> views_;
};

}  // namespace

std::optional<Nest> build_nest(const ir::Function& function, const Layout& layout) try {
  return Builder(layout).build(function);
} catch (const NeedsExecution&) {
  return {};
}

}  // namespace loopglass::locality
