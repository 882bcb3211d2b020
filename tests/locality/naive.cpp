#include "tests/locality/naive.h"

#include <stdexcept>

namespace loopglass::naive {

namespace {

using namespace ir;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

struct Walk {
  Counts counts;
  const std::map<const BufferNode*, std::vector<int64_t>>* data = nullptr;
  const std::map<const VarNode*, int64_t>* watched = nullptr;             // for touched()
  std::map<const BufferNode*, std::set<int64_t>> seen;
  std::function<void(const Event&)> tell;                                 // for for_each_access()
  int threads = 1, thread = 0;
  bool is_parallel = false;
  std::map<const VarNode*, int64_t> env;
  std::vector<std::pair<const VarNode*, int64_t>> loops;                  // under way
  std::map<const void*, int> numbers;                                     // of load and store nodes
  std::vector<std::map<const BufferNode*, std::set<int64_t>>> iterations;  // of the loops under way

  // ---- numbering, in program order
  void number_expr(const Expr& e) {
    if (!e) return;
    if (const auto* b = as<Binary>(e)) return number_expr(b->a), number_expr(b->b);
    if (const auto* n = as<Not>(e)) return number_expr(n->a);
    if (const auto* c = as<Cast>(e)) return number_expr(c->value);
    if (const auto* b = as<Broadcast>(e)) return number_expr(b->value);
    if (const auto* s = as<Select>(e)) return number_expr(s->condition), number_expr(s->true_value), number_expr(s->false_value);
    if (const auto* c = as<Call>(e))
      for (const Expr& arg : c->args) number_expr(arg);
    if (const auto* l = as<BufferLoad>(e)) {
      for (const Expr& i : l->indices) number_expr(i);
      numbers.emplace(l, numbers.size());
    }
  }
  void number_stmt(const Stmt& s) {
    if (!s) return;
    if (const auto* f = as<For>(s)) return number_expr(f->min), number_expr(f->extent), number_stmt(f->body);
    if (const auto* a = as<AllocBuffer>(s)) return number_stmt(a->body);
    if (const auto* q = as<Seq>(s))
      for (const Stmt& part : q->stmts) number_stmt(part);
    if (const auto* i = as<IfThenElse>(s)) return number_expr(i->condition), number_stmt(i->then_case), number_stmt(i->else_case);
    if (const auto* st = as<BufferStore>(s)) {
      for (const Expr& i : st->indices) number_expr(i);
      number_expr(st->value);
      numbers.emplace(st, numbers.size());
    }
    if (const auto* b = as<BlockRealize>(s)) {
      for (const Expr& v : b->iter_values) number_expr(v);
      number_expr(b->predicate);
      number_stmt(b->block.init), number_stmt(b->block.body);
    }
  }

  // ---- execution; floats are all 0
  int64_t eval(const Expr& e) {
    if (const auto* i = as<IntImm>(e)) return i->value;
    if (as<FloatImm>(e)) return 0;
    if (as<VarNode>(e)) return env.at(static_cast<const VarNode*>(e.get()));
    if (const auto* c = as<Cast>(e)) return eval(c->value);
    if (const auto* b = as<Broadcast>(e)) return eval(b->value);
    if (const auto* r = as<Ramp>(e)) return eval(r->base);
    if (const auto* n = as<Not>(e)) return !eval(n->a);
    if (const auto* s = as<Select>(e)) {
      const int64_t c = eval(s->condition), t = eval(s->true_value), f = eval(s->false_value);
      return c ? t : f;
    }
    if (const auto* c = as<Call>(e)) {
      if (c->op != "if_then_else") throw std::logic_error(c->op);
      return eval(c->args[0]) ? eval(c->args[1]) : eval(c->args[2]);
    }
    if (const auto* l = as<BufferLoad>(e)) {
      const int64_t flat = flatten(l->buffer, l->indices);
      touch(l, l->buffer, flat, false, l->indices);
      if (data)
        if (const auto it = data->find(l->buffer.get()); it != data->end()) return it->second.at(static_cast<size_t>(flat));
      return 0;
    }
    const auto& b = get<Binary>(e);
    if (b.kind == ExprKind::And) return eval(b.a) && eval(b.b);
    if (b.kind == ExprKind::Or) return eval(b.a) || eval(b.b);
    const int64_t x = eval(b.a), y = eval(b.b);
    switch (b.kind) {
      case ExprKind::Add: return x + y;
      case ExprKind::Sub: return x - y;
      case ExprKind::Mul: return x * y;
      case ExprKind::FloorDiv: return floor_div(x, y);
      case ExprKind::FloorMod: return x - floor_div(x, y) * y;
      case ExprKind::Min: return std::min(x, y);
      case ExprKind::Max: return std::max(x, y);
      case ExprKind::EQ: return x == y;
      case ExprKind::NE: return x != y;
      case ExprKind::LT: return x < y;
      case ExprKind::LE: return x <= y;
      case ExprKind::GT: return x > y;
      case ExprKind::GE: return x >= y;
      default: throw std::logic_error("operator");
    }
  }

  int64_t flatten(const Buffer& buffer, const std::vector<Expr>& indices) {
    int64_t flat = 0;
    for (size_t d = 0; d < indices.size(); ++d) {
      const int64_t extent = *as_int(buffer->shape[d]), index = eval(indices[d]);
      if (index < 0 || index >= extent) throw std::out_of_range(buffer->name);
      flat = flat * extent + index;
    }
    return flat;
  }

  void touch(const void* node, const Buffer& buffer, int64_t flat, bool is_write, const std::vector<Expr>& indices) {
    if (buffer->scope == "local") return;
    if (tell) return touch_lanes(node, buffer, flat, indices);
    std::vector<Element>& elements = counts.elements[buffer.get()];
    int64_t size = 1;
    for (const Expr& extent : buffer->shape) size *= *as_int(extent);
    elements.resize(static_cast<size_t>(size));
    Element& e = elements[static_cast<size_t>(flat)];
    ++(is_write ? e.writes : e.reads);
    e.last = counts.accesses++;
    if (e.first < 0) e.first = e.last;
    ++counts.references[static_cast<size_t>(numbers.at(node))];
    for (auto& iteration : iterations) iteration[buffer.get()].insert(flat);
    if (!watched) return;
    for (const auto& [var, value] : *watched)
      if (!env.contains(var) || env.at(var) != value) return;
    seen[buffer.get()].insert(flat);
  }

  // The lanes lie along the last dimension.
  void touch_lanes(const void* node, const Buffer& buffer, int64_t flat, const std::vector<Expr>& indices) {
    Event event{buffer, {flat}, numbers.at(node), thread, threads == 1 ? loops : Event{}.loops};
    if (const Ramp* ramp = indices.empty() ? nullptr : as<Ramp>(indices.back()))
      for (int lane = 1; lane < ramp->dtype.lanes; ++lane) event.elements.push_back(flat + lane * eval(ramp->stride));
    tell(event);
  }

  void run_threads(const For& f, int64_t min, int64_t extent) {
    const int64_t chunk = (extent + threads - 1) / threads;
    is_parallel = true;
    for (int64_t step = 0; step < chunk; ++step)
      for (thread = 0; thread < threads; ++thread) {
        const int64_t n = thread * chunk + step;
        if (n >= extent) continue;
        env[f.loop_var.get()] = min + n;
        run(f.body);
      }
    thread = 0;
    is_parallel = false;
  }

  void run(const Stmt& s) {
    if (!s) return;
    if (const auto* f = as<For>(s)) {
      const int64_t min = eval(f->min), end = min + eval(f->extent), step = f->step ? eval(f->step) : 1;
      if (f->for_kind == ForKind::Parallel && threads > 1 && !is_parallel) return run_threads(*f, min, end - min);
      for (int64_t v = min; v < end; v += step) {
        env[f->loop_var.get()] = v;
        loops.emplace_back(f->loop_var.get(), v);
        iterations.emplace_back();
        run(f->body);
        loops.pop_back();
        note_iteration(f->loop_var.get());
      }
      env.erase(f->loop_var.get());
    }
    if (const auto* a = as<AllocBuffer>(s)) return run(a->body);
    if (const auto* q = as<Seq>(s))
      for (const Stmt& part : q->stmts) run(part);
    if (const auto* i = as<IfThenElse>(s)) run(eval(i->condition) ? i->then_case : i->else_case);
    if (const auto* st = as<BufferStore>(s)) {
      const int64_t flat = flatten(st->buffer, st->indices);
      eval(st->value);
      touch(st, st->buffer, flat, true, st->indices);
    }
    if (const auto* b = as<BlockRealize>(s)) {
      bool at_start = true;
      for (size_t i = 0; i < b->iter_values.size(); ++i) {
        const IterVar& axis = b->block.iter_vars[i];
        env[axis.var.get()] = eval(b->iter_values[i]);
        if (axis.type == IterType::Reduction) at_start = at_start && env[axis.var.get()] == eval(axis.min);
      }
      if (!eval(b->predicate)) return;
      if (at_start) run(b->block.init);
      run(b->block.body);
    }
  }

  void note_iteration(const VarNode* var) {
    int64_t bytes = 0;
    for (const auto& [buffer, elements] : iterations.back()) {
      int64_t& largest = counts.footprints[var][buffer];
      largest = std::max(largest, static_cast<int64_t>(elements.size()));
      bytes += static_cast<int64_t>(elements.size()) * buffer->dtype.bytes();
    }
    counts.total_bytes[var] = std::max(counts.total_bytes[var], bytes);
    iterations.pop_back();
  }
};

Walk walk(const Function& function) {
  Walk w;
  w.number_stmt(function->body);
  w.counts.references.resize(w.numbers.size());
  return w;
}

}  // namespace

Counts count(const Function& function, const std::map<const BufferNode*, std::vector<int64_t>>& data) {
  Walk w = walk(function);
  w.data = &data;
  w.run(function->body);
  return w.counts;
}

void for_each_access(const Function& function, int threads, const std::map<const BufferNode*, std::vector<int64_t>>& data,
                     const std::function<void(const Event&)>& tell) {
  Walk w = walk(function);
  w.data = &data;
  w.tell = tell;
  w.threads = threads;
  w.run(function->body);
}

std::map<const BufferNode*, std::set<int64_t>> touched(const Function& function, const std::map<const VarNode*, int64_t>& at) {
  Walk w = walk(function);
  w.watched = &at;
  w.run(function->body);
  return w.seen;
}

}  // namespace loopglass::naive
