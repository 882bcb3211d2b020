#include "engine/ir/stmt.h"

namespace loopglass::ir {

const char* to_string(ForKind kind) {
  switch (kind) {
    case ForKind::Serial: return "serial";
    case ForKind::Parallel: return "parallel";
    case ForKind::Vectorized: return "vectorized";
    case ForKind::Unrolled: return "unroll";
    case ForKind::ThreadBinding: return "thread_binding";
  }
  return "?";
}

const char* to_string(IterType type) {
  switch (type) {
    case IterType::Spatial: return "spatial";
    case IterType::Reduction: return "reduce";
    case IterType::Scan: return "scan";
    case IterType::Opaque: return "opaque";
  }
  return "?";
}

BlockId make_block_id() { return std::make_shared<const BlockIdToken>(); }

Stmt make_for(Var loop_var, Expr min, Expr extent, ForKind kind, Stmt body) {
  For node;
  node.loop_var = std::move(loop_var);
  node.min = std::move(min);
  node.extent = std::move(extent);
  node.for_kind = kind;
  node.body = std::move(body);
  return make_stmt(std::move(node));
}

Stmt make_store(Buffer buffer, Expr value, std::vector<Expr> indices) {
  BufferStore node;
  node.buffer = std::move(buffer);
  node.value = std::move(value);
  node.indices = std::move(indices);
  return make_stmt(std::move(node));
}

Stmt make_seq(std::vector<Stmt> stmts) {
  if (stmts.size() == 1) return std::move(stmts.front());
  Seq seq;
  seq.stmts.reserve(stmts.size());
  for (Stmt& stmt : stmts) {
    if (!stmt) continue;
    if (const Seq* inner = as<Seq>(stmt))
      seq.stmts.insert(seq.stmts.end(), inner->stmts.begin(), inner->stmts.end());
    else
      seq.stmts.push_back(std::move(stmt));
  }
  if (seq.stmts.empty()) return nullptr;
  if (seq.stmts.size() == 1) return seq.stmts.front();
  return make_stmt(std::move(seq));
}

}  // namespace loopglass::ir
