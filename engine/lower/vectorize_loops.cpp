#include "engine/lower/vectorize_loops.h"

#include <algorithm>
#include <unordered_set>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/lower/lanes.h"

namespace loopglass::lower {

using namespace ir;

namespace {

bool has_vectorized_loop(const Stmt& s) {
  bool found = false;
  for_each_stmt(s, [&](const Stmt& part) {
    const For* loop = as<For>(part);
    found = found || (loop && loop->for_kind == ForKind::Vectorized);
    return !found;
  });
  return found;
}

bool loads_from(const Expr& e, const Buffer& buffer) {
  bool found = false;
  for_each_expr(e, [&](const Expr& part) {
    const BufferLoad* load = as<BufferLoad>(part);
    found = found || (load && load->buffer->data == buffer->data);
  });
  return found;
}

// Whether the lanes can run statement by statement: an element that is the same for all lanes gets a value that is the same for all, and
// not one made of itself. Otherwise a lane would see what another one left there.
class LaneCheck : public Visitor {
 public:
  explicit LaneCheck(const Var& lane) : varying_{lane.get()} {}
  using Visitor::visit;
  bool visits_regions() const override { return false; }
  void visit(const Stmt& s) override {
    if (!s || !keeps_apart) return;
    if (const auto* store = as<BufferStore>(s)) keeps_apart = is_apart(*store);
    if (const auto* let = as<LetStmt>(s); let && varies(let->value)) varying_.insert(let->var.get());
    if (const auto* loop = as<For>(s); loop && (varies(loop->min) || varies(loop->extent))) varying_.insert(loop->loop_var.get());
    const auto* branch = as<IfThenElse>(s);
    const bool differs = branch && varies(branch->condition);
    differing_branches_ += differs;
    Visitor::visit(s);
    differing_branches_ -= differs;
  }
  bool keeps_apart = true;

 private:
  bool varies(const Expr& e) const {
    return uses_var(e, [&](const VarNode* var) { return varying_.contains(var); });
  }
  bool is_apart(const BufferStore& store) const {
    if (std::ranges::any_of(store.indices, [&](const Expr& index) { return varies(index); })) return true;
    return differing_branches_ == 0 && !varies(store.value) && !loads_from(store.value, store.buffer);
  }

  std::unordered_set<const VarNode*> varying_;
  int differing_branches_ = 0;
};

bool keeps_lanes_apart(const For& loop) {
  LaneCheck check(loop.loop_var);
  check.visit(loop.body);
  return check.keeps_apart;
}

// The statements of a loop's body for some of its iterations at once. Requires: keeps_lanes_apart.
class BodyVectorizer {
 public:
  explicit BodyVectorizer(Lanes lanes) : lanes_(std::move(lanes)) {}

  // As a vector, or else lane by lane.
  Stmt visit(const Stmt& s) {
    if (!s) return s;
    if (Stmt out = vectorized(s)) return out;
    const Var lane = make_var(lanes_.var->name, lanes_.var->dtype);
    const VarMap value{{lanes_.var.get(), add(lanes_.base, lane)}};
    const Stmt one = with_fresh_bindings(substitute(s, value, true));
    return make_for(lane, make_int(0, lane->dtype), make_int(lanes_.count, lane->dtype), ForKind::Serial, one);
  }

 private:
  // Null where the statement cannot be a vector. Inside a let whose value differs between lanes all of it must be one.
  Stmt vectorized(const Stmt& s) {
    switch (s->kind) {
      case StmtKind::BufferStore: return store(get<BufferStore>(s));
      case StmtKind::Seq: return seq(get<Seq>(s));
      case StmtKind::For: return loop(get<For>(s));
      case StmtKind::IfThenElse: return branch(get<IfThenElse>(s));
      case StmtKind::AttrStmt: {
        AttrStmt copy = get<AttrStmt>(s);
        copy.body = part(copy.body);
        return copy.body ? make_stmt(std::move(copy)) : nullptr;
      }
      case StmtKind::LetStmt: return let(get<LetStmt>(s));
      case StmtKind::Evaluate: return agrees(get<Evaluate>(s).value) ? s : nullptr;
      case StmtKind::Assert: return agrees(get<Assert>(s).condition) ? s : nullptr;
      default: return nullptr;
    }
  }

  Stmt part(const Stmt& s) { return lanes_.lets.empty() ? visit(s) : vectorized(s); }

  // All lanes have the same value.
  bool agrees(const Expr& e) {
    const auto value = over_lanes(e, lanes_);
    return value && (*value)->dtype.is_scalar();
  }

  Stmt store(const BufferStore& node) {
    const auto value = over_lanes(node.value, lanes_);
    if (!value) return nullptr;
    std::vector<Expr> indices;
    bool has_vector = false;
    for (const Expr& index : node.indices) {
      const auto one = over_lanes(index, lanes_);
      if (!one) return nullptr;
      indices.push_back(*one);
      has_vector = has_vector || !(*one)->dtype.is_scalar();
    }
    if (has_vector) {
      indices.back() = spread(indices.back(), lanes_.count);
      return make_store(node.buffer, spread(*value, lanes_.count), std::move(indices));
    }
    // All lanes store the same to one element: once will do.
    return (*value)->dtype.is_scalar() ? make_store(node.buffer, *value, std::move(indices)) : nullptr;
  }

  Stmt seq(const Seq& node) {
    std::vector<Stmt> out;
    for (const Stmt& child : node.stmts) {
      out.push_back(part(child));
      if (!out.back()) return nullptr;
    }
    return make_seq(std::move(out));
  }

  Stmt loop(const For& node) {
    if (!agrees(node.min) || !agrees(node.extent) || (node.step && !agrees(node.step))) return nullptr;
    For copy = node;
    if (copy.for_kind == ForKind::Vectorized || copy.for_kind == ForKind::Parallel) copy.for_kind = ForKind::Serial;
    copy.body = part(node.body);
    return copy.body ? make_stmt(std::move(copy)) : nullptr;
  }

  Stmt branch(const IfThenElse& node) {
    if (!agrees(node.condition)) return nullptr;
    IfThenElse copy;
    copy.condition = node.condition;
    copy.then_case = part(node.then_case);
    copy.else_case = node.else_case ? part(node.else_case) : nullptr;
    const bool failed = !copy.then_case || (node.else_case && !copy.else_case);
    return failed ? nullptr : make_stmt(std::move(copy));
  }

  Stmt let(const LetStmt& node) {
    const auto value = over_lanes(node.value, lanes_);
    if (!value) return nullptr;
    LetStmt copy = node;
    copy.value = *value;
    if (!(*value)->dtype.is_scalar()) lanes_.lets[node.var.get()] = copy.var = make_var(node.var->name, (*value)->dtype);
    copy.body = part(node.body);
    lanes_.lets.erase(node.var.get());
    return copy.body ? make_stmt(std::move(copy)) : nullptr;
  }

  Lanes lanes_;
};

class LoopVectorizer : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    const For* loop = as<For>(s);
    if (!loop || loop->for_kind != ForKind::Vectorized) return Rewriter::rewrite(s);
    const std::optional<int64_t> extent = as_int(loop->extent);
    const bool is_plain = extent && *extent > 0 && (!loop->step || is_one(loop->step));
    if (is_plain && !has_vectorized_loop(loop->body) && keeps_lanes_apart(*loop)) return in_vectors(*loop, *extent);
    For serial = *loop;
    serial.for_kind = ForKind::Serial;
    return Rewriter::rewrite(make_stmt(std::move(serial)));
  }

 private:
  static Stmt in_vectors(const For& loop, int64_t extent) {
    const Var& var = loop.loop_var;
    const int64_t whole = extent / kMostLanes, rest = extent % kMostLanes;
    std::vector<Stmt> out;
    if (whole > 0) {
      const Var chunk = make_var(var->name, var->dtype);
      const Expr base = add(loop.min, mul(chunk, make_int(kMostLanes, var->dtype)));
      For copy = loop;   // with its annotations
      copy.loop_var = chunk;
      copy.min = make_int(0, var->dtype);
      copy.extent = make_int(whole, var->dtype);
      copy.for_kind = ForKind::Serial;
      copy.body = BodyVectorizer({var, base, kMostLanes, {}}).visit(loop.body);
      out.push_back(whole == 1 ? substitute(copy.body, {{chunk.get(), copy.min}}, true) : make_stmt(std::move(copy)));
    }
    if (rest > 0) {
      const Expr base = add(loop.min, make_int(whole * kMostLanes, var->dtype));
      const Stmt body = whole > 0 ? with_fresh_bindings(loop.body) : loop.body;
      out.push_back(rest == 1 ? substitute(body, {{var.get(), base}}, true) : BodyVectorizer({var, base, static_cast<int>(rest), {}}).visit(body));
    }
    return make_seq(std::move(out));
  }
};

}  // namespace

Stmt vectorize_loops(const Stmt& body) { return LoopVectorizer().rewrite(body); }

}  // namespace loopglass::lower
