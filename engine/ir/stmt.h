// Statements of TensorIR: loops, blocks, stores; immutable nodes behind shared pointers to const.
#pragma once

#include <map>
#include <variant>

#include "engine/ir/expr.h"

namespace loopglass::ir {

// The value of an annotation or attribute: what TVM keeps as None / bool / int / float / string / list / dict, or an
// expression (`T.int64(5)`, `T.float32(1.0)`). Dicts are sorted by key, as TVM prints them.
struct Attr;
using AttrList = std::vector<Attr>;
using AttrMap = std::map<std::string, Attr>;
struct Attr {
  std::variant<std::monostate, bool, int64_t, double, std::string, AttrList, AttrMap, Expr> value;
};

enum class StmtKind : uint8_t {
  For, BlockRealize, Seq, BufferStore, IfThenElse, LetStmt, While, Assert, Evaluate, DeclBuffer, AllocBuffer, AttrStmt,
};

struct StmtNode {
  const StmtKind kind;

 protected:
  explicit StmtNode(StmtKind kind) : kind(kind) {}
  ~StmtNode() = default;
};
using Stmt = std::shared_ptr<const StmtNode>;  // null = no statement (an absent init or else)

enum class ForKind : uint8_t { Serial, Parallel, Vectorized, Unrolled, ThreadBinding };
const char* to_string(ForKind kind);  // "serial", "parallel", "vectorized", "unroll", "thread_binding"

// loop_var = min, min + step, ... while < min + extent. A loop is identified by its loop_var: every rewrite that keeps the loop keeps
// the Var, every rewrite that copies one makes a new Var; no Var is bound twice in a function.
struct For : StmtNode {
  Var loop_var;
  Expr min, extent;
  Expr step;                 // null: 1. The extent is end - min, not the number of iterations
  ForKind for_kind = ForKind::Serial;
  Stmt body;
  std::string thread_tag;    // of ThreadBinding: "threadIdx.x"
  AttrMap annotations;
  For() : StmtNode(StmtKind::For) {}
  static bool is(StmtKind k) { return k == StmtKind::For; }
};

enum class IterType : uint8_t { Spatial, Reduction, Scan, Opaque };
const char* to_string(IterType type);  // "spatial", "reduce", "scan", "opaque", as in T.axis.*

// A block axis: var in [min, min + extent).
struct IterVar {
  Var var;
  Expr min, extent;
  IterType type = IterType::Spatial;
};

struct Range {
  Expr min, extent;
};

// buffer[min : min + extent, ...]; a point has extent 1.
struct BufferRegion {
  Buffer buffer;
  std::vector<Range> region;
};

// `buffer` names the region of `source`'s buffer inside a block (T.match_buffer).
struct MatchBuffer {
  Buffer buffer;
  BufferRegion source;
};

// What makes a block the same block after a rewrite: a rewrite that keeps a block copies its id, one that makes a new
// block makes a new id. Equality of programs ignores it.
struct BlockIdToken {};
using BlockId = std::shared_ptr<const BlockIdToken>;
BlockId make_block_id();

// One instance of a block: its axes are bound to iter_values, and it runs where predicate is true (init included).
// Init runs before the body where every reduction axis is at the minimum of its domain.
struct Block {
  BlockId id;
  std::string name;
  std::vector<IterVar> iter_vars;
  std::vector<BufferRegion> reads, writes;
  std::vector<Buffer> alloc_buffers;
  std::vector<MatchBuffer> match_buffers;
  AttrMap annotations;
  Stmt init;  // may be null
  Stmt body;
};

// A block in its place: TVM's SBlockRealize and SBlock in one node.
struct BlockRealize : StmtNode {
  std::vector<Expr> iter_values;
  Expr predicate;  // bool, never null
  Block block;
  BlockRealize() : StmtNode(StmtKind::BlockRealize) {}
  static bool is(StmtKind k) { return k == StmtKind::BlockRealize; }
};

// Two or more statements, none of them a Seq.
struct Seq : StmtNode {
  std::vector<Stmt> stmts;
  Seq() : StmtNode(StmtKind::Seq) {}
  static bool is(StmtKind k) { return k == StmtKind::Seq; }
};

struct BufferStore : StmtNode {
  Buffer buffer;
  std::vector<Expr> indices;  // the last may be a Ramp
  Expr value;
  BufferStore() : StmtNode(StmtKind::BufferStore) {}
  static bool is(StmtKind k) { return k == StmtKind::BufferStore; }
};

struct IfThenElse : StmtNode {
  Expr condition;
  Stmt then_case, else_case;  // else_case may be null
  IfThenElse() : StmtNode(StmtKind::IfThenElse) {}
  static bool is(StmtKind k) { return k == StmtKind::IfThenElse; }
};

// `x: T.let[T.float32] = value`, in force for the body.
struct LetStmt : StmtNode {
  Var var;
  Expr value;
  Stmt body;
  LetStmt() : StmtNode(StmtKind::LetStmt) {}
  static bool is(StmtKind k) { return k == StmtKind::LetStmt; }
};

struct While : StmtNode {
  Expr condition;
  Stmt body;
  While() : StmtNode(StmtKind::While) {}
  static bool is(StmtKind k) { return k == StmtKind::While; }
};

struct Assert : StmtNode {
  Expr condition;
  std::string error_kind = "RuntimeError";
  std::vector<std::string> messages;
  Assert() : StmtNode(StmtKind::Assert) {}
  static bool is(StmtKind k) { return k == StmtKind::Assert; }
};

struct Evaluate : StmtNode {
  Expr value;
  Evaluate() : StmtNode(StmtKind::Evaluate) {}
  static bool is(StmtKind k) { return k == StmtKind::Evaluate; }
};

// `B = A.view(8, 8)` / T.decl_buffer: another way to index `buffer->data`, in force for the body.
struct DeclBuffer : StmtNode {
  Buffer buffer;
  Stmt body;
  DeclBuffer() : StmtNode(StmtKind::DeclBuffer) {}
  static bool is(StmtKind k) { return k == StmtKind::DeclBuffer; }
};

// An allocation outside a block (what lowering makes of a block's alloc_buffers), in force for the body.
struct AllocBuffer : StmtNode {
  Buffer buffer;
  Stmt body;
  AllocBuffer() : StmtNode(StmtKind::AllocBuffer) {}
  static bool is(StmtKind k) { return k == StmtKind::AllocBuffer; }
};

// `with T.attr(node, key, value)`.
struct AttrStmt : StmtNode {
  std::string key;
  Expr node, value;  // node may be null
  Stmt body;
  AttrStmt() : StmtNode(StmtKind::AttrStmt) {}
  static bool is(StmtKind k) { return k == StmtKind::AttrStmt; }
};

template <class T>
const T* as(const Stmt& s) { return s && T::is(s->kind) ? static_cast<const T*>(s.get()) : nullptr; }
template <class T>
const T& get(const Stmt& s) { return *static_cast<const T*>(s.get()); }

// Makes an immutable statement of a filled-in node: make_stmt(For{...}).
template <class T>
Stmt make_stmt(T node) { return std::make_shared<const T>(std::move(node)); }

Stmt make_for(Var loop_var, Expr min, Expr extent, ForKind kind, Stmt body);
Stmt make_store(Buffer buffer, Expr value, std::vector<Expr> indices);
// Flattens nested Seqs and drops nulls; gives null for nothing and the statement itself for one.
Stmt make_seq(std::vector<Stmt> stmts);

}  // namespace loopglass::ir
