#include "engine/ir/rewriter.h"

#include "engine/ir/op.h"

namespace loopglass::ir {

namespace {

// Rewrites every item; `changed` is set where one came back another pointer.
std::vector<Expr> rewrite_all(Rewriter& r, const std::vector<Expr>& items, bool& changed) {
  std::vector<Expr> out;
  out.reserve(items.size());
  for (const Expr& item : items) {
    out.push_back(item ? r.rewrite(item) : item);
    changed |= out.back() != item;
  }
  return out;
}

Range rewrite_range(Rewriter& r, const Range& range, bool& changed) {
  Range out{r.rewrite(range.min), r.rewrite(range.extent)};
  changed |= out.min != range.min || out.extent != range.extent;
  return out;
}

bool same_region(const BufferRegion& a, const BufferRegion& b) {
  if (a.buffer != b.buffer) return false;
  for (size_t i = 0; i < a.region.size(); ++i)
    if (a.region[i].min != b.region[i].min || a.region[i].extent != b.region[i].extent) return false;
  return true;
}

std::vector<BufferRegion> rewrite_regions(Rewriter& r, const std::vector<BufferRegion>& regions, bool& changed) {
  std::vector<BufferRegion> out;
  out.reserve(regions.size());
  for (const BufferRegion& region : regions) {
    out.push_back(r.rewrite_region(region));
    changed |= !same_region(out.back(), region);
  }
  return out;
}

Block rewrite_block(Rewriter& r, const Block& block, bool& changed) {
  Block out;
  out.id = block.id;
  out.name = block.name;
  out.annotations = block.annotations;
  for (const IterVar& iter : block.iter_vars) {
    const Range dom = rewrite_range(r, {iter.min, iter.extent}, changed);
    out.iter_vars.push_back({iter.var, dom.min, dom.extent, iter.type});
  }
  out.reads = rewrite_regions(r, block.reads, changed);
  out.writes = rewrite_regions(r, block.writes, changed);
  for (const Buffer& buffer : block.alloc_buffers) {
    out.alloc_buffers.push_back(r.rewrite_buffer(buffer));
    changed |= out.alloc_buffers.back() != buffer;
  }
  for (const MatchBuffer& match : block.match_buffers) {
    out.match_buffers.push_back({r.rewrite_buffer(match.buffer), r.rewrite_region(match.source)});
    changed |= out.match_buffers.back().buffer != match.buffer || !same_region(out.match_buffers.back().source, match.source);
  }
  out.init = block.init ? r.rewrite(block.init) : nullptr;
  out.body = r.rewrite(block.body);
  changed |= out.init != block.init || out.body != block.body;
  return out;
}

Stmt rewrite_realize(Rewriter& r, const Stmt& s) {
  const BlockRealize& node = get<BlockRealize>(s);
  bool changed = false;
  BlockRealize out;
  out.iter_values = rewrite_all(r, node.iter_values, changed);
  out.predicate = r.rewrite(node.predicate);
  changed |= out.predicate != node.predicate;
  out.block = rewrite_block(r, node.block, changed);
  return changed ? make_stmt(std::move(out)) : s;
}

// A statement whose children are an expression (maybe null) and a body: rewritten in place of a copy.
template <class Node>
Stmt rewrite_with_body(Rewriter& r, const Stmt& s, Expr Node::*value) {
  const Node& node = get<Node>(s);
  Expr e = node.*value ? r.rewrite(node.*value) : nullptr;
  Stmt body = r.rewrite(node.body);
  if (e == node.*value && body == node.body) return s;
  Node copy = node;
  copy.*value = std::move(e);
  copy.body = std::move(body);
  return make_stmt(std::move(copy));
}

template <class Node>
Stmt rewrite_buffer_scope(Rewriter& r, const Stmt& s) {
  const Node& node = get<Node>(s);
  Buffer buffer = r.rewrite_buffer(node.buffer);
  Stmt body = r.rewrite(node.body);
  if (buffer == node.buffer && body == node.body) return s;
  Node copy;
  copy.buffer = std::move(buffer);
  copy.body = std::move(body);
  return make_stmt(std::move(copy));
}

Stmt rewrite_for(Rewriter& r, const Stmt& s) {
  const For& node = get<For>(s);
  bool changed = false;
  Range range = rewrite_range(r, {node.min, node.extent}, changed);
  Expr step = node.step ? r.rewrite(node.step) : nullptr;
  Stmt body = r.rewrite(node.body);
  if (!changed && step == node.step && body == node.body) return s;
  For copy = node;
  copy.min = std::move(range.min);
  copy.extent = std::move(range.extent);
  copy.step = std::move(step);
  copy.body = std::move(body);
  return make_stmt(std::move(copy));
}

Stmt rewrite_store(Rewriter& r, const Stmt& s) {
  const BufferStore& node = get<BufferStore>(s);
  bool changed = false;
  std::vector<Expr> indices = rewrite_all(r, node.indices, changed);
  Expr value = r.rewrite(node.value);
  Buffer buffer = r.rewrite_buffer(node.buffer);
  if (!changed && value == node.value && buffer == node.buffer) return s;
  return make_store(std::move(buffer), std::move(value), std::move(indices));
}

Stmt rewrite_seq(Rewriter& r, const Stmt& s) {
  const Seq& node = get<Seq>(s);
  std::vector<Stmt> out;
  bool changed = false;
  for (const Stmt& child : node.stmts) {
    out.push_back(r.rewrite(child));
    changed |= out.back() != child;
  }
  return changed ? make_seq(std::move(out)) : s;
}

Stmt rewrite_if(Rewriter& r, const Stmt& s) {
  const IfThenElse& node = get<IfThenElse>(s);
  IfThenElse out;
  out.condition = r.rewrite(node.condition);
  out.then_case = r.rewrite(node.then_case);
  out.else_case = node.else_case ? r.rewrite(node.else_case) : nullptr;
  const bool same = out.condition == node.condition && out.then_case == node.then_case && out.else_case == node.else_case;
  return same ? s : make_stmt(std::move(out));
}

}  // namespace

Expr Rewriter::rewrite(const Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm:
    case ExprKind::FloatImm:
    case ExprKind::StringImm:
    case ExprKind::Var: return e;
    case ExprKind::Not: {
      Expr a = rewrite(get<Not>(e).a);
      return a == get<Not>(e).a ? e : std::make_shared<const Not>(std::move(a));
    }
    case ExprKind::Select: {
      const Select& n = get<Select>(e);
      Expr c = rewrite(n.condition), t = rewrite(n.true_value), f = rewrite(n.false_value);
      if (c == n.condition && t == n.true_value && f == n.false_value) return e;
      return std::make_shared<const Select>(std::move(c), std::move(t), std::move(f));
    }
    case ExprKind::Cast: {
      Expr v = rewrite(get<Cast>(e).value);
      return v == get<Cast>(e).value ? e : std::make_shared<const Cast>(e->dtype, std::move(v));
    }
    case ExprKind::Ramp: {
      const Ramp& n = get<Ramp>(e);
      Expr base = rewrite(n.base), stride = rewrite(n.stride);
      if (base == n.base && stride == n.stride) return e;
      return std::make_shared<const Ramp>(std::move(base), std::move(stride), e->dtype.lanes);
    }
    case ExprKind::Broadcast: {
      Expr v = rewrite(get<Broadcast>(e).value);
      return v == get<Broadcast>(e).value ? e : std::make_shared<const Broadcast>(std::move(v), e->dtype.lanes);
    }
    case ExprKind::Let: {
      const Let& n = get<Let>(e);
      Expr v = rewrite(n.value), b = rewrite(n.body);
      return v == n.value && b == n.body ? e : std::make_shared<const Let>(n.var, std::move(v), std::move(b));
    }
    case ExprKind::Call: {
      bool changed = false;
      std::vector<Expr> args = rewrite_all(*this, get<Call>(e).args, changed);
      return changed ? make_call(e->dtype, get<Call>(e).op, std::move(args)) : e;
    }
    case ExprKind::BufferLoad: {
      const BufferLoad& n = get<BufferLoad>(e);
      bool changed = false;
      std::vector<Expr> indices = rewrite_all(*this, n.indices, changed);
      Buffer buffer = rewrite_buffer(n.buffer);
      return changed || buffer != n.buffer ? make_load(std::move(buffer), std::move(indices)) : e;
    }
    default: {
      const Binary& n = get<Binary>(e);
      Expr a = rewrite(n.a), b = rewrite(n.b);
      return a == n.a && b == n.b ? e : rebuild_binary(e->kind, std::move(a), std::move(b));
    }
  }
}

Stmt Rewriter::rewrite(const Stmt& s) {
  if (!s) return s;
  switch (s->kind) {
    case StmtKind::For: return rewrite_for(*this, s);
    case StmtKind::BlockRealize: return rewrite_realize(*this, s);
    case StmtKind::Seq: return rewrite_seq(*this, s);
    case StmtKind::BufferStore: return rewrite_store(*this, s);
    case StmtKind::IfThenElse: return rewrite_if(*this, s);
    case StmtKind::LetStmt: return rewrite_with_body(*this, s, &LetStmt::value);
    case StmtKind::While: return rewrite_with_body(*this, s, &While::condition);
    case StmtKind::AttrStmt: return rewrite_with_body(*this, s, &AttrStmt::value);
    case StmtKind::DeclBuffer: return rewrite_buffer_scope<DeclBuffer>(*this, s);
    case StmtKind::AllocBuffer: return rewrite_buffer_scope<AllocBuffer>(*this, s);
    case StmtKind::Assert: {
      Expr condition = rewrite(get<Assert>(s).condition);
      if (condition == get<Assert>(s).condition) return s;
      Assert copy = get<Assert>(s);
      copy.condition = std::move(condition);
      return make_stmt(std::move(copy));
    }
    case StmtKind::Evaluate: {
      Expr value = rewrite(get<Evaluate>(s).value);
      if (value == get<Evaluate>(s).value) return s;
      Evaluate copy;
      copy.value = std::move(value);
      return make_stmt(std::move(copy));
    }
  }
  return s;
}

BufferRegion Rewriter::rewrite_region(const BufferRegion& r) {
  BufferRegion out{rewrite_buffer(r.buffer), {}};
  out.region.reserve(r.region.size());
  for (const Range& range : r.region) out.region.push_back({rewrite(range.min), rewrite(range.extent)});
  return out;
}

namespace {

class VarSubstituter : public Rewriter {
 public:
  VarSubstituter(const VarMap& map, bool fold) : map_(map), fold_(fold) {}
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override {
    const VarNode* var = as<VarNode>(e);
    if (!var) return Rewriter::rewrite(e);
    const auto it = map_.find(var);
    return it == map_.end() ? e : it->second;
  }
  Expr rebuild_binary(ExprKind kind, Expr a, Expr b) override {
    return fold_ ? fold_binary(kind, std::move(a), std::move(b)) : make_binary(kind, std::move(a), std::move(b));
  }

 private:
  const VarMap& map_;
  const bool fold_;
};

class BufferReplacer : public Rewriter {
 public:
  explicit BufferReplacer(const BufferMap& map) : map_(map) {}
  Buffer rewrite_buffer(const Buffer& b) override {
    const auto it = map_.find(b.get());
    return it == map_.end() ? b : it->second;
  }

 private:
  const BufferMap& map_;
};

class StmtReplacer : public Rewriter {
 public:
  explicit StmtReplacer(const std::unordered_map<const StmtNode*, Stmt>& map) : map_(map) {}
  Expr rewrite(const Expr& e) override { return e; }
  BufferRegion rewrite_region(const BufferRegion& r) override { return r; }
  Stmt rewrite(const Stmt& s) override {
    if (!s) return s;
    if (const auto it = map_.find(s.get()); it != map_.end()) return it->second;
    if (s->kind == StmtKind::BufferStore || s->kind == StmtKind::Evaluate) return s;
    if (s->kind == StmtKind::BlockRealize) return rewrite_realize(s);
    Stmt out = Rewriter::rewrite(s);
    return is_emptied(out) ? nullptr : out;
  }

 private:
  // What a block says of itself stays as it is.
  Stmt rewrite_realize(const Stmt& s) {
    const Block& block = get<BlockRealize>(s).block;
    Stmt init = rewrite(block.init), body = rewrite(block.body);
    if (init == block.init && body == block.body) return s;
    BlockRealize changed = get<BlockRealize>(s);
    changed.block.init = std::move(init);
    changed.block.body = std::move(body);
    return make_stmt(std::move(changed));
  }

  static bool is_emptied(const Stmt& s) {
    const For* loop = as<For>(s);
    return loop && !loop->body;
  }
  const std::unordered_map<const StmtNode*, Stmt>& map_;
};

// Gives every binding of a statement a new Var and every block a new id.
class Freshener : public Rewriter {
 public:
  Expr rewrite(const Expr& e) override {
    if (const Let* let = as<Let>(e)) {
      Expr value = rewrite(let->value);
      Var fresh = bind(let->var);
      return std::make_shared<const Let>(std::move(fresh), std::move(value), rewrite(let->body));
    }
    const VarNode* var = as<VarNode>(e);
    if (!var) return Rewriter::rewrite(e);
    const auto it = map_.find(var);
    return it == map_.end() ? e : it->second;
  }
  Stmt rewrite(const Stmt& s) override {
    if (const For* loop = as<For>(s)) {
      For copy = *loop;
      copy.loop_var = bind(loop->loop_var);
      return Rewriter::rewrite(make_stmt(std::move(copy)));
    }
    if (const LetStmt* let = as<LetStmt>(s)) {
      LetStmt copy = *let;
      copy.var = bind(let->var);
      return Rewriter::rewrite(make_stmt(std::move(copy)));
    }
    if (const AllocBuffer* alloc = as<AllocBuffer>(s)) allocate(alloc->buffer);
    if (const BlockRealize* realize = as<BlockRealize>(s)) {
      BlockRealize copy = *realize;
      copy.block.id = make_block_id();
      for (IterVar& iter : copy.block.iter_vars) iter.var = bind(iter.var);
      for (const Buffer& buffer : copy.block.alloc_buffers) allocate(buffer);
      return Rewriter::rewrite(make_stmt(std::move(copy)));
    }
    return Rewriter::rewrite(s);
  }

  BufferMap buffers;   // allocated below: still to be replaced

 private:
  Var bind(const Var& old) {
    Var fresh = make_var(old->name, old->dtype);
    map_[old.get()] = fresh;
    return fresh;
  }
  void allocate(const Buffer& old) {
    BufferNode fields = *old;
    fields.data = bind(old->data);
    buffers.emplace(old.get(), make_buffer(std::move(fields)));
  }
  VarMap map_;
};

}  // namespace

Expr substitute(const Expr& e, const VarMap& map, bool fold) { return VarSubstituter(map, fold).rewrite(e); }
Stmt substitute(const Stmt& s, const VarMap& map, bool fold) { return VarSubstituter(map, fold).rewrite(s); }
BufferRegion substitute(const BufferRegion& r, const VarMap& map, bool fold) {
  return VarSubstituter(map, fold).rewrite_region(r);
}
Stmt replace_buffers(const Stmt& s, const BufferMap& map) { return BufferReplacer(map).rewrite(s); }
Stmt replace_stmts(const Stmt& root, const std::unordered_map<const StmtNode*, Stmt>& map) {
  return StmtReplacer(map).rewrite(root);
}
Stmt with_fresh_bindings(const Stmt& s) {
  Freshener freshener;
  const Stmt fresh = freshener.rewrite(s);
  return freshener.buffers.empty() ? fresh : replace_buffers(fresh, freshener.buffers);
}

}  // namespace loopglass::ir
