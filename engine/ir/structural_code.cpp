#include "engine/ir/structural_code.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace loopglass::ir {
namespace {

// Words that no kind of node begins with.
constexpr uint64_t kAbsent = ~uint64_t{0};
constexpr uint64_t kFirstMet = ~uint64_t{1};

}  // namespace

const StructuralCode::Mark* StructuralCode::mark_at(size_t word) const {
  auto after = std::upper_bound(marks_.begin(), marks_.end(), word, [](size_t w, const Mark& m) { return w < m.begin; });
  return after == marks_.begin() ? nullptr : &*(after - 1);
}

void StructuralCode::mark(const char* field) {
  if (with_marks_) marks_.push_back({words_.size(), place_, field});
}

void StructuralCode::text(std::string_view s) {
  word(s.size());
  for (size_t i = 0; i < s.size(); i += 8) {
    uint64_t chunk = 0;
    for (size_t j = i; j < std::min(i + 8, s.size()); ++j) chunk |= uint64_t{static_cast<unsigned char>(s[j])} << (8 * (j - i));
    word(chunk);
  }
}

void StructuralCode::real(double d) {
  word(std::isnan(d) ? uint64_t{0x7ff8} << 48 : std::bit_cast<uint64_t>(d));
}

void StructuralCode::type(DataType t) {
  word(static_cast<uint64_t>(t.code) << 32 | static_cast<uint64_t>(t.bits) << 16 | t.lanes);
}

void StructuralCode::bind(const Var& v) {
  numbers_.try_emplace(v.get(), numbers_.size());
  type(v->dtype);
}

void StructuralCode::var(const Var& v) {
  if (auto known = numbers_.find(v.get()); known != numbers_.end()) return word(known->second);
  if (free_vars_ == FreeVars::Themselves) return word(std::bit_cast<uintptr_t>(v.get()));
  word(kFirstMet);
  bind(v);
}

void StructuralCode::buffer(const Buffer& b) {
  if (auto known = numbers_.find(b.get()); known != numbers_.end()) return word(known->second);
  if (free_vars_ == FreeVars::Themselves) return word(std::bit_cast<uintptr_t>(b.get()));
  word(kFirstMet);
  numbers_.try_emplace(b.get(), numbers_.size());
  type(b->dtype);
  exprs(b->shape);
  exprs(b->strides);
  optional(b->elem_offset, 0);
  text(b->scope);
  word(static_cast<uint64_t>(b->data_alignment));
  word(static_cast<uint64_t>(b->offset_factor));
  var(b->data);
}

void StructuralCode::exprs(const std::vector<Expr>& es) {
  word(es.size());
  for (const Expr& e : es) add(e);
}

// An absent expression is the same as its default value.
void StructuralCode::optional(const Expr& e, int64_t default_value) {
  if (!e || is_const_int(e, default_value)) return word(kAbsent);
  add(e);
}

void StructuralCode::add(const Expr& e) {
  word(static_cast<uint64_t>(e->kind));
  if (e->kind != ExprKind::Var) type(e->dtype);
  switch (e->kind) {
    case ExprKind::IntImm: return word(static_cast<uint64_t>(get<IntImm>(e).value));
    case ExprKind::FloatImm: return real(get<FloatImm>(e).value);
    case ExprKind::StringImm: return text(get<StringImm>(e).value);
    case ExprKind::Var: return var(as_var(e));
    case ExprKind::Not: return add(get<Not>(e).a);
    case ExprKind::Select:
      add(get<Select>(e).condition);
      add(get<Select>(e).true_value);
      return add(get<Select>(e).false_value);
    case ExprKind::Cast: return add(get<Cast>(e).value);
    case ExprKind::Ramp:
      add(get<Ramp>(e).base);
      return add(get<Ramp>(e).stride);
    case ExprKind::Broadcast: return add(get<Broadcast>(e).value);
    case ExprKind::Let:
      add(get<Let>(e).value);
      bind(get<Let>(e).var);
      return add(get<Let>(e).body);
    case ExprKind::Call:
      text(get<Call>(e).op);
      return exprs(get<Call>(e).args);
    case ExprKind::BufferLoad:
      buffer(get<BufferLoad>(e).buffer);
      return exprs(get<BufferLoad>(e).indices);
    default:
      add(get<Binary>(e).a);
      return add(get<Binary>(e).b);
  }
}

void StructuralCode::region(const BufferRegion& r) {
  buffer(r.buffer);
  word(r.region.size());
  for (const Range& range : r.region) {
    add(range.min);
    add(range.extent);
  }
}

void StructuralCode::regions(const std::vector<BufferRegion>& rs) {
  word(rs.size());
  for (const BufferRegion& r : rs) region(r);
}

void StructuralCode::attr(const Attr& a) {
  word(a.value.index());
  if (auto* b = std::get_if<bool>(&a.value)) word(*b);
  if (auto* i = std::get_if<int64_t>(&a.value)) word(static_cast<uint64_t>(*i));
  if (auto* d = std::get_if<double>(&a.value)) real(*d);
  if (auto* s = std::get_if<std::string>(&a.value)) text(*s);
  if (auto* m = std::get_if<AttrMap>(&a.value)) attrs(*m);
  if (auto* e = std::get_if<Expr>(&a.value)) add(*e);
  if (auto* l = std::get_if<AttrList>(&a.value)) {
    word(l->size());
    for (const Attr& item : *l) attr(item);
  }
}

void StructuralCode::attrs(const AttrMap& map) {
  word(map.size());
  for (const auto& [key, value] : map) {
    text(key);
    attr(value);
  }
}

void StructuralCode::block(const Block& b) {
  mark("axes");
  word(b.iter_vars.size());
  for (const IterVar& iter : b.iter_vars) {
    var(iter.var);
    add(iter.min);
    add(iter.extent);
    word(static_cast<uint64_t>(iter.type));
  }
  mark("allocated buffers");
  word(b.alloc_buffers.size());
  for (const Buffer& alloc : b.alloc_buffers) buffer(alloc);
  mark("match_buffers");
  word(b.match_buffers.size());
  for (const MatchBuffer& match : b.match_buffers) {
    buffer(match.buffer);
    region(match.source);
  }
  mark("reads");
  regions(b.reads);
  mark("writes");
  regions(b.writes);
  mark("annotations");
  attrs(b.annotations);
}

void StructuralCode::child(const Stmt& s, size_t index) {
  const size_t length = place_.size();
  if (with_marks_) place_ += (place_.ends_with(':') ? "" : "/") + std::to_string(index);
  add(s);
  place_.resize(length);
}

void StructuralCode::add(const Stmt& s) {
  mark("kind of statement");
  if (!s) return word(kAbsent);
  word(static_cast<uint64_t>(s->kind));
  mark("own fields");
  statement(s);
}

void StructuralCode::statement(const Stmt& s) {
  switch (s->kind) {
    case StmtKind::For: {
      const For& loop = get<For>(s);
      mark("loop_var");
      var(loop.loop_var);
      mark("min");
      add(loop.min);
      mark("extent");
      add(loop.extent);
      mark("step");
      optional(loop.step, 1);
      mark("kind of loop");
      word(static_cast<uint64_t>(loop.for_kind));
      text(loop.thread_tag);
      mark("annotations");
      attrs(loop.annotations);
      return child(loop.body, 0);
    }
    case StmtKind::BlockRealize: {
      const BlockRealize& realize = get<BlockRealize>(s);
      mark("iter_values");
      exprs(realize.iter_values);
      mark("predicate");
      add(realize.predicate);
      block(realize.block);
      child(realize.block.init, 1);
      return child(realize.block.body, 0);
    }
    case StmtKind::Seq: {
      const Seq& seq = get<Seq>(s);
      mark("number of statements");
      word(seq.stmts.size());
      for (size_t i = 0; i < seq.stmts.size(); ++i) child(seq.stmts[i], i);
      return;
    }
    case StmtKind::BufferStore: {
      const BufferStore& store = get<BufferStore>(s);
      mark("buffer");
      buffer(store.buffer);
      mark("indices");
      exprs(store.indices);
      mark("value");
      return add(store.value);
    }
    case StmtKind::IfThenElse: {
      const IfThenElse& branch = get<IfThenElse>(s);
      mark("condition");
      add(branch.condition);
      child(branch.then_case, 0);
      return child(branch.else_case, 1);
    }
    case StmtKind::LetStmt: {
      const LetStmt& let = get<LetStmt>(s);
      mark("value");
      add(let.value);
      var(let.var);
      return child(let.body, 0);
    }
    case StmtKind::While:
      mark("condition");
      add(get<While>(s).condition);
      return child(get<While>(s).body, 0);
    case StmtKind::Assert: {
      const Assert& check = get<Assert>(s);
      mark("condition");
      add(check.condition);
      mark("message");
      text(check.error_kind);
      word(check.messages.size());
      for (const std::string& message : check.messages) text(message);
      return;
    }
    case StmtKind::Evaluate: return add(get<Evaluate>(s).value);
    case StmtKind::DeclBuffer:
      buffer(get<DeclBuffer>(s).buffer);
      return child(get<DeclBuffer>(s).body, 0);
    case StmtKind::AllocBuffer:
      buffer(get<AllocBuffer>(s).buffer);
      return child(get<AllocBuffer>(s).body, 0);
    case StmtKind::AttrStmt: {
      const AttrStmt& attr_stmt = get<AttrStmt>(s);
      text(attr_stmt.key);
      attr_stmt.node ? add(attr_stmt.node) : word(kAbsent);
      add(attr_stmt.value);
      return child(attr_stmt.body, 0);
    }
  }
}

void StructuralCode::add(const Function& function) {
  mark("number of parameters");
  word(function->params.size());
  for (const Param& param : function->params) {
    mark("parameter");
    var(param.var);
    word(param.buffer != nullptr);
    if (param.buffer) buffer(param.buffer);
  }
  mark("attributes");
  attrs(function->attrs);
  word(function->is_s_tir);
  add(function->body);
}

void StructuralCode::add(const Module& module) {
  mark("number of functions");
  word(module->functions.size());
  for (const NamedFunction& named : module->functions) {
    if (with_marks_) place_ = named.name + ":";
    mark("name of function");
    text(named.name);
    numbers_.clear();  // functions share no variables
    add(named.function);
  }
  place_.clear();
  mark("attributes of the module");
  attrs(module->attrs);
}

}  // namespace loopglass::ir
