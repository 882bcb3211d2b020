#include "engine/emit/plain.h"

#include <algorithm>
#include <map>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::emit {

using ir::StmtKind;

namespace {

bool is_true(const ir::Expr& e) { return ir::is_one(e); }

// "j" for the axis "vj", "axis0" for "v_axis0".
std::string axis_stem(const std::string& name) {
  const size_t start = name.starts_with("v_") ? 2 : name.starts_with("v") ? 1 : 0;
  const std::string stem = name.substr(start);
  const bool is_name = !stem.empty() && (std::isalpha(static_cast<unsigned char>(stem[0])) || stem[0] == '_');
  return is_name ? stem : name;
}

class Flattener {
 public:
  Flattener(const std::string& name, const ir::Function& function, const std::set<std::string>& reserved) : taken_(reserved) {
    plain_.name = name;
    path_.function = name;
    for (const ir::Param& param : function->params) {
      ir::Param named = param;
      if (param.buffer) {
        name_buffer(param.buffer);
        owners_[param.buffer->data.get()] = param.buffer;
      } else {
        named.var = declare(param.var, param.var->name);
      }
      plain_.params.push_back(named);
    }
    visit(function->body, true);
  }
  PlainFunction take() { return std::move(plain_); }

 private:
  // ---- names
  static bool has_loop(const ir::Stmt& body, const std::string& name) {
    bool found = false;
    ir::for_each_stmt(body, [&](const ir::Stmt& s) {
      const auto* loop = ir::as<ir::For>(s);
      found = found || (loop && loop->loop_var->name == name);
      return !found;
    });
    return found;
  }

  std::string free_name(const std::string& wanted) {
    std::string name = wanted.empty() ? "v" : wanted;
    for (int n = 1; taken_.contains(name); ++n) name = wanted + "_" + std::to_string(n);
    return name;
  }

  // The variable under a free name, known to expressions from here on.
  ir::Var declare(const ir::Var& var, const std::string& wanted) {
    const std::string name = free_name(wanted);
    taken_.insert(name);
    const ir::Var named = name == var->name ? var : ir::make_var(name, var->dtype);
    values_[var.get()] = named;
    return named;
  }

  void name_buffer(const ir::Buffer& buffer) {
    const std::string name = free_name(buffer->name);
    taken_.insert(name);
    plain_.buffer_names[buffer.get()] = name;
  }

  // Names declared inside are free again afterwards.
  template <class F>
  void scoped(const F& f) {
    std::set<std::string> outside = taken_;
    f();
    taken_ = std::move(outside);
  }

  ir::Expr named(const ir::Expr& e) { return e ? ir::substitute(e, values_) : nullptr; }
  std::vector<ir::Expr> named(const std::vector<ir::Expr>& exprs) {
    std::vector<ir::Expr> all;
    for (const ir::Expr& e : exprs) all.push_back(named(e));
    return all;
  }

  // ---- statements
  PlainStmt& add(PlainKind kind) {
    PlainStmt& s = plain_.stmts.emplace_back();
    s.kind = kind;
    s.path = path_;
    return s;
  }
  void child(const ir::Stmt& s, uint32_t step, bool alone) {
    path_.steps.push_back(step);
    visit(s, alone);
    path_.steps.pop_back();
  }
  void close() { add(PlainKind::Close); }

  // `alone`: nothing else stands in the same braces.
  void visit(const ir::Stmt& s, bool alone) {
    if (!s) return;
    switch (s->kind) {
      case StmtKind::For: return visit_for(ir::get<ir::For>(s));
      case StmtKind::BlockRealize: return scoped([&] { visit_block(ir::get<ir::BlockRealize>(s), alone); });
      case StmtKind::Seq: {
        uint32_t step = 0;
        for (const ir::Stmt& part : ir::get<ir::Seq>(s).stmts) child(part, step++, false);
        return;
      }
      case StmtKind::BufferStore: {
        const auto& store = ir::get<ir::BufferStore>(s);
        PlainStmt& out = add(PlainKind::Store);
        out.buffer = store.buffer;
        out.indices = named(store.indices);
        out.a = named(store.value);
        return;
      }
      case StmtKind::IfThenElse: {
        const auto& node = ir::get<ir::IfThenElse>(s);
        add(PlainKind::If).a = named(node.condition);
        scoped([&] { child(node.then_case, 0, true); });
        close();
        if (!node.else_case) return;
        add(PlainKind::Else);
        scoped([&] { child(node.else_case, 1, true); });
        return close();
      }
      case StmtKind::While: {
        const auto& loop = ir::get<ir::While>(s);
        add(PlainKind::While).a = named(loop.condition);
        scoped([&] { child(loop.body, 0, true); });
        return close();
      }
      case StmtKind::LetStmt: return in_scope(alone, [&] { visit_let(ir::get<ir::LetStmt>(s)); });
      case StmtKind::Assert: {
        const auto& node = ir::get<ir::Assert>(s);
        PlainStmt& out = add(PlainKind::Assert);
        out.a = named(node.condition);
        for (const std::string& part : node.messages) out.text += part;
        return;
      }
      case StmtKind::Evaluate: return;   // its value goes nowhere, and calls with effects are refused
      case StmtKind::DeclBuffer: return in_scope(alone, [&] { visit_decl(ir::get<ir::DeclBuffer>(s)); });
      case StmtKind::AllocBuffer: return in_scope(alone, [&] {
        const auto& alloc = ir::get<ir::AllocBuffer>(s);
        allocate(alloc.buffer);
        child(alloc.body, 0, true);
      });
      case StmtKind::AttrStmt: return child(ir::get<ir::AttrStmt>(s).body, 0, alone);
    }
  }

  template <class F>
  void in_scope(bool alone, const F& f) {
    if (!alone) add(PlainKind::Scope);
    scoped(f);
    if (!alone) close();
  }

  void visit_let(const ir::LetStmt& let) {
    const ir::Expr value = named(let.value);
    PlainStmt& out = add(PlainKind::Assign);
    const size_t at = plain_.stmts.size() - 1;
    out.a = value;
    const ir::Var var = declare(let.var, let.var->name);
    plain_.stmts[at].var = var;
    child(let.body, 0, true);
  }

  void visit_decl(const ir::DeclBuffer& decl) {
    name_buffer(decl.buffer);
    PlainStmt& out = add(PlainKind::View);
    out.buffer = decl.buffer;
    const auto base = owners_.find(decl.buffer->data.get());
    if (base != owners_.end()) out.base = base->second;
    child(decl.body, 0, true);
  }

  void allocate(const ir::Buffer& buffer) {
    name_buffer(buffer);
    owners_[buffer->data.get()] = buffer;
    add(PlainKind::Alloc).buffer = buffer;
  }

  void visit_for(const ir::For& loop) {
    const ir::Expr min = named(loop.min), extent = named(loop.extent), step = named(loop.step);
    scoped([&] {
      PlainStmt& out = add(PlainKind::For);
      const size_t at = plain_.stmts.size() - 1;
      out.a = min;
      out.b = ir::add(min, extent);
      out.c = step;
      out.loop = &loop;
      plain_.stmts[at].var = declare(loop.loop_var, loop.loop_var->name);
      child(loop.body, 0, true);
      close();
    });
  }

  static bool is_simple(const ir::Expr& e) { return ir::as<ir::VarNode>(e) || ir::as<ir::IntImm>(e); }

  void visit_block(const ir::BlockRealize& realize, bool alone) {
    const ir::Block& block = realize.block;
    std::vector<std::pair<ir::Var, ir::Expr>> assigned;   // axes that stay
    for (size_t i = 0; i < block.iter_vars.size(); ++i) {
      const ir::Var& var = block.iter_vars[i].var;
      const ir::Expr value = named(realize.iter_values[i]);
      if (is_simple(value)) values_[var.get()] = value;
      else if (is_used(block, var)) assigned.emplace_back(var, value);
    }
    const bool is_guarded = !is_true(realize.predicate);
    if (is_guarded) add(PlainKind::If).a = named(realize.predicate);
    const bool needs_scope = !alone && !is_guarded && (!assigned.empty() || !block.alloc_buffers.empty() || !block.match_buffers.empty());
    if (needs_scope) add(PlainKind::Scope);
    for (const auto& [var, value] : assigned) {
      add(PlainKind::Assign).a = value;
      const size_t at = plain_.stmts.size() - 1;
      const std::string stem = axis_stem(var->name);
      const bool is_free = !taken_.contains(stem) && !has_loop(block.body, stem);
      plain_.stmts[at].var = declare(var, is_free ? stem : var->name);
    }
    for (const ir::Buffer& buffer : block.alloc_buffers) allocate(buffer);
    for (const ir::MatchBuffer& match : block.match_buffers) add_match(match);
    if (block.init) visit_init(block);
    child(block.body, 0, !block.init && assigned.empty() && block.alloc_buffers.empty() && block.match_buffers.empty());
    if (needs_scope) close();
    if (is_guarded) close();
  }

  // In what is executed: the init, the body, the regions of match_buffers.
  static bool is_used(const ir::Block& block, const ir::Var& var) {
    const auto is_var = [&](const ir::VarNode* v) { return v == var.get(); };
    for (const ir::MatchBuffer& match : block.match_buffers)
      for (const ir::Range& range : match.source.region)
        if (ir::uses_var(range.min, is_var)) return true;
    const auto is_reduction = [&] {
      for (const ir::IterVar& axis : block.iter_vars)
        if (axis.var == var) return axis.type == ir::IterType::Reduction;
      return false;
    };
    if (block.init && (is_reduction() || ir::uses_var(block.init, is_var))) return true;
    return ir::uses_var(block.body, is_var);
  }

  void visit_init(const ir::Block& block) {
    ir::Expr at_start;
    for (const ir::IterVar& axis : block.iter_vars) {
      if (axis.type != ir::IterType::Reduction) continue;
      const ir::Expr one = ir::make_binary(ir::ExprKind::EQ, named(axis.var), named(axis.min));
      if (ir::as_int(named(axis.var)) && ir::as_int(named(axis.var)) == ir::as_int(axis.min)) continue;   // bound to its start
      at_start = at_start ? ir::make_binary(ir::ExprKind::And, at_start, one) : one;
    }
    if (at_start) add(PlainKind::If).a = at_start;
    scoped([&] { child(block.init, 1, at_start != nullptr); });
    if (at_start) close();
  }

  void add_match(const ir::MatchBuffer& match) {
    name_buffer(match.buffer);
    PlainStmt& out = add(PlainKind::View);
    out.buffer = match.buffer;
    out.source = &match.source;
    for (const ir::Range& range : match.source.region) out.region.push_back({named(range.min), named(range.extent)});
  }

  PlainFunction plain_;
  std::set<std::string> taken_;
  ir::VarMap values_;
  std::unordered_map<const ir::VarNode*, ir::Buffer> owners_;   // by data
  ir::NodePath path_;
};

}  // namespace

PlainFunction make_plain(const std::string& name, const ir::Function& function, const std::set<std::string>& reserved) {
  return Flattener(name, function, reserved).take();
}

}  // namespace loopglass::emit
