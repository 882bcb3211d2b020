#include "engine/ir/node_path.h"

#include <charconv>

#include "engine/support/check.h"

namespace loopglass::ir {

std::string to_string(const NodePath& path) {
  std::string text = path.function + ":";
  for (size_t i = 0; i < path.steps.size(); ++i) text += (i ? "/" : "") + std::to_string(path.steps[i]);
  return text;
}

std::optional<NodePath> parse_node_path(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  NodePath path{std::string(text.substr(0, colon)), {}};
  text.remove_prefix(colon + 1);
  while (!text.empty()) {
    uint32_t step = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
    if (error != std::errc{}) return std::nullopt;
    path.steps.push_back(step);
    text.remove_prefix(end - text.data());
    if (text.empty()) break;
    if (text.front() != '/' || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
  }
  return path;
}

Children children(const Stmt& stmt) {
  if (!stmt) return {};
  switch (stmt->kind) {
    case StmtKind::For: return Children(get<For>(stmt).body);
    case StmtKind::BlockRealize: return Children(get<BlockRealize>(stmt).block.body, get<BlockRealize>(stmt).block.init);
    case StmtKind::Seq: return Children(get<Seq>(stmt).stmts);
    case StmtKind::IfThenElse: return Children(get<IfThenElse>(stmt).then_case, get<IfThenElse>(stmt).else_case);
    case StmtKind::LetStmt: return Children(get<LetStmt>(stmt).body);
    case StmtKind::While: return Children(get<While>(stmt).body);
    case StmtKind::DeclBuffer: return Children(get<DeclBuffer>(stmt).body);
    case StmtKind::AllocBuffer: return Children(get<AllocBuffer>(stmt).body);
    case StmtKind::AttrStmt: return Children(get<AttrStmt>(stmt).body);
    case StmtKind::BufferStore:
    case StmtKind::Assert:
    case StmtKind::Evaluate: return {};
  }
  return {};
}

Stmt node_at(const Module& module, const NodePath& path) {
  const Function function = find_function(module, path.function);
  if (!function) return nullptr;
  Stmt at = function->body;
  for (uint32_t step : path.steps) {
    if (!at) return nullptr;
    at = child(at, step);
  }
  return at;
}

Stmt child(const Stmt& stmt, uint32_t index) {
  const Children below = children(stmt);
  return index < below.size() ? below[index] : nullptr;
}

namespace {

template <class Node>
Stmt with_body(const Stmt& stmt, Stmt body) {
  Node copy = get<Node>(stmt);
  copy.body = std::move(body);
  return make_stmt(std::move(copy));
}

}  // namespace

Stmt with_child(const Stmt& stmt, uint32_t index, Stmt child) {
  CHECK(child && index < children(stmt).size(), "only a child that is there can be replaced");
  switch (stmt->kind) {
    case StmtKind::For: return with_body<For>(stmt, std::move(child));
    case StmtKind::LetStmt: return with_body<LetStmt>(stmt, std::move(child));
    case StmtKind::While: return with_body<While>(stmt, std::move(child));
    case StmtKind::DeclBuffer: return with_body<DeclBuffer>(stmt, std::move(child));
    case StmtKind::AllocBuffer: return with_body<AllocBuffer>(stmt, std::move(child));
    case StmtKind::AttrStmt: return with_body<AttrStmt>(stmt, std::move(child));
    case StmtKind::BlockRealize: {
      BlockRealize copy = get<BlockRealize>(stmt);
      (index == 0 ? copy.block.body : copy.block.init) = std::move(child);
      return make_stmt(std::move(copy));
    }
    case StmtKind::IfThenElse: {
      IfThenElse copy = get<IfThenElse>(stmt);
      (index == 0 ? copy.then_case : copy.else_case) = std::move(child);
      return make_stmt(std::move(copy));
    }
    case StmtKind::Seq: {
      std::vector<Stmt> stmts = get<Seq>(stmt).stmts;
      stmts[index] = std::move(child);
      return make_seq(std::move(stmts));
    }
    case StmtKind::BufferStore:
    case StmtKind::Assert:
    case StmtKind::Evaluate: break;
  }
  return stmt;
}

// Whether they are one loop or block in two versions; other statements have no identity.
static bool is_same_node(const Stmt& a, const Stmt& b) {
  if (a->kind != b->kind) return false;
  if (const For* loop = as<For>(a)) return loop->loop_var == get<For>(b).loop_var;
  if (const BlockRealize* realize = as<BlockRealize>(a)) return realize->block.id == get<BlockRealize>(b).block.id;
  return true;
}

std::optional<NodePath> changed_part(const NamedFunction& before, const NamedFunction& after) {
  Stmt a = before.function->body, b = after.function->body;
  if (a == b) return std::nullopt;
  NodePath path{after.name, {}};
  while (a && b && is_same_node(a, b)) {
    const Children below_a = children(a), below_b = children(b);
    if (below_a.size() != below_b.size()) break;
    size_t differing = 0, last = 0;
    for (size_t i = 0; i < below_a.size() && differing < 2; ++i) {
      if (below_a[i] == below_b[i]) continue;
      ++differing;
      last = i;
    }
    if (differing != 1 || !below_a[last] || !below_b[last]) break;
    path.steps.push_back(static_cast<uint32_t>(last));
    a = Stmt(below_a[last]);   // a copy: the children live in what is replaced
    b = Stmt(below_b[last]);
  }
  return path;
}

namespace {

// Depth first for the first statement that `match` accepts; `steps` holds the way to it.
template <class Match>
bool descend(const Stmt& at, const Match& match, std::vector<uint32_t>& steps) {
  if (!at) return false;
  if (match(at)) return true;
  const Children below = children(at);
  for (uint32_t i = 0; i < below.size(); ++i) {
    steps.push_back(i);
    if (descend(below[i], match, steps)) return true;
    steps.pop_back();
  }
  return false;
}

template <class Match>
std::optional<NodePath> find_path(const Module& module, const Match& match) {
  for (const NamedFunction& named : module->functions) {
    NodePath path{named.name, {}};
    if (descend(named.function->body, match, path.steps)) return path;
  }
  return std::nullopt;
}

// The loops that stand directly below a statement: no other loop between.
void collect_sibling_loops(const Stmt& at, std::vector<const For*>& loops) {
  if (!at) return;
  if (const For* loop = as<For>(at)) {
    loops.push_back(loop);
    return;
  }
  for (const Stmt& below : children(at)) collect_sibling_loops(below, loops);
}

std::string name_among(const For& loop, const std::vector<const For*>& siblings) {
  int nth = 0;
  for (const For* sibling : siblings) {
    if (sibling->loop_var->name == loop.loop_var->name) ++nth;
    if (sibling == &loop) break;
  }
  return nth > 1 ? loop.loop_var->name + "#" + std::to_string(nth) : loop.loop_var->name;
}

}  // namespace

std::optional<NodePath> path_of(const Module& module, const StmtNode* stmt) {
  return find_path(module, [&](const Stmt& s) { return s.get() == stmt; });
}

std::optional<NodePath> path_of_loop(const Module& module, const VarNode* loop_var) {
  return find_path(module, [&](const Stmt& s) {
    const For* loop = as<For>(s);
    return loop && loop->loop_var.get() == loop_var;
  });
}

std::optional<NodePath> path_of_block(const Module& module, const BlockIdToken* block) {
  return find_path(module, [&](const Stmt& s) {
    const BlockRealize* realize = as<BlockRealize>(s);
    return realize && realize->block.id.get() == block;
  });
}

std::string loop_path(const Module& module, const NodePath& loop) {
  const Function function = find_function(module, loop.function);
  if (!function) return {};
  std::string text;
  Stmt at = function->body;
  std::vector<const For*> siblings;
  collect_sibling_loops(at, siblings);
  for (size_t depth = 0; at; ++depth) {
    if (const For* here = as<For>(at)) {
      text += (text.empty() ? "" : "/") + name_among(*here, siblings);
      siblings.clear();
      collect_sibling_loops(here->body, siblings);
    }
    if (depth == loop.steps.size()) break;
    const Children below = children(at);
    at = loop.steps[depth] < below.size() ? below[loop.steps[depth]] : nullptr;
  }
  return text;
}

}  // namespace loopglass::ir
