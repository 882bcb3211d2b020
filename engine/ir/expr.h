// Expressions of TensorIR: immutable nodes behind shared pointers to const, TVM's node names and semantics.
//
// A node is made once and never changed; equal pointers mean the same value, different pointers may still be equal
// (structural_equal.h). Vars and Buffers are told apart by pointer, not by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/ir/data_type.h"

namespace loopglass::ir {

enum class ExprKind : uint8_t {
  IntImm, FloatImm, StringImm, Var,
  Add, Sub, Mul, Div, Mod, FloorDiv, FloorMod, Min, Max,   // Binary, both sides of one type, which is the result's
  EQ, NE, LT, LE, GT, GE,                                  // Binary, gives bool
  And, Or,                                                 // Binary on bool
  Not, Select, Cast, Ramp, Broadcast, Let, Call, BufferLoad,
};

struct ExprNode {
  const ExprKind kind;
  const DataType dtype;

 protected:
  ExprNode(ExprKind kind, DataType dtype) : kind(kind), dtype(dtype) {}
  ~ExprNode() = default;
};
using Expr = std::shared_ptr<const ExprNode>;

// An integer or bool constant; uint64 keeps its bit pattern.
struct IntImm : ExprNode {
  const int64_t value;
  IntImm(DataType dtype, int64_t value) : ExprNode(ExprKind::IntImm, dtype), value(value) {}
  static bool is(ExprKind k) { return k == ExprKind::IntImm; }
};

// A constant of any float type. The double is kept as written, not rounded to the type (as TVM does).
struct FloatImm : ExprNode {
  const double value;
  FloatImm(DataType dtype, double value) : ExprNode(ExprKind::FloatImm, dtype), value(value) {}
  static bool is(ExprKind k) { return k == ExprKind::FloatImm; }
};

struct StringImm : ExprNode {
  const std::string value;
  explicit StringImm(std::string value) : ExprNode(ExprKind::StringImm, kHandle), value(std::move(value)) {}
  static bool is(ExprKind k) { return k == ExprKind::StringImm; }
};

// A variable: a loop variable, a block axis, a scalar or handle parameter, a symbolic extent. Identity is the pointer.
struct VarNode : ExprNode {
  const std::string name;
  VarNode(std::string name, DataType dtype) : ExprNode(ExprKind::Var, dtype), name(std::move(name)) {}
  static bool is(ExprKind k) { return k == ExprKind::Var; }
};
using Var = std::shared_ptr<const VarNode>;

// Div and Mod truncate (C); FloorDiv and FloorMod floor (Python's // and %). Float division is Div.
// Max(a, b) = a > b ? a : b and Min(a, b) = a < b ? a : b, so the order matters for NaN. And / Or are lazy.
struct Binary : ExprNode {
  const Expr a, b;
  Binary(ExprKind kind, DataType dtype, Expr a, Expr b) : ExprNode(kind, dtype), a(std::move(a)), b(std::move(b)) {}
  static bool is(ExprKind k) { return k >= ExprKind::Add && k <= ExprKind::Or; }
};
inline bool is_comparison(ExprKind k) { return k >= ExprKind::EQ && k <= ExprKind::GE; }

struct Not : ExprNode {
  const Expr a;
  explicit Not(Expr a) : ExprNode(ExprKind::Not, a->dtype), a(std::move(a)) {}
  static bool is(ExprKind k) { return k == ExprKind::Not; }
};

// Both sides are evaluated. (The lazy form is Call "if_then_else".)
struct Select : ExprNode {
  const Expr condition, true_value, false_value;
  Select(Expr c, Expr t, Expr f)
      : ExprNode(ExprKind::Select, t->dtype), condition(std::move(c)), true_value(std::move(t)), false_value(std::move(f)) {}
  static bool is(ExprKind k) { return k == ExprKind::Select; }
};

// Integers wrap, float to integer truncates.
struct Cast : ExprNode {
  const Expr value;
  Cast(DataType to, Expr value) : ExprNode(ExprKind::Cast, to), value(std::move(value)) {}
  static bool is(ExprKind k) { return k == ExprKind::Cast; }
};

// The vector base, base + stride, ..., of `lanes` elements.
struct Ramp : ExprNode {
  const Expr base, stride;
  Ramp(Expr base, Expr stride, int lanes)
      : ExprNode(ExprKind::Ramp, base->dtype.with_lanes(lanes)), base(std::move(base)), stride(std::move(stride)) {}
  static bool is(ExprKind k) { return k == ExprKind::Ramp; }
};

struct Broadcast : ExprNode {
  const Expr value;
  Broadcast(Expr value, int lanes)
      : ExprNode(ExprKind::Broadcast, value->dtype.with_lanes(lanes)), value(std::move(value)) {}
  static bool is(ExprKind k) { return k == ExprKind::Broadcast; }
};

struct Let : ExprNode {
  const Var var;
  const Expr value, body;
  Let(Var var, Expr value, Expr body)
      : ExprNode(ExprKind::Let, body->dtype), var(std::move(var)), value(std::move(value)), body(std::move(body)) {}
  static bool is(ExprKind k) { return k == ExprKind::Let; }
};

// A call of a builtin operator by its TVMScript name without "T.": "exp", "if_then_else", "shift_left",
// "bitwise_and", "call_extern" (first argument: the StringImm of its name), "likely", ...
struct Call : ExprNode {
  const std::string op;
  const std::vector<Expr> args;
  Call(DataType dtype, std::string op, std::vector<Expr> args)
      : ExprNode(ExprKind::Call, dtype), op(std::move(op)), args(std::move(args)) {}
  static bool is(ExprKind k) { return k == ExprKind::Call; }
};

// A buffer: where it lies and how it is indexed. Identity is the pointer. `data` is shared by views of one buffer.
struct BufferNode {
  std::string name;
  DataType dtype;
  std::vector<Expr> shape;
  std::vector<Expr> strides;      // empty: row-major and compact
  Expr elem_offset;               // null: 0
  std::string scope = "global";
  int data_alignment = 64;        // bytes
  int offset_factor = 1;
  Var data;                       // handle; never null once the buffer is made by make_buffer
};
using Buffer = std::shared_ptr<const BufferNode>;

// buffer[indices]; the last index may be a Ramp, then the value is a vector.
struct BufferLoad : ExprNode {
  const Buffer buffer;
  const std::vector<Expr> indices;
  BufferLoad(Buffer buffer, std::vector<Expr> indices);
  static bool is(ExprKind k) { return k == ExprKind::BufferLoad; }
};

// Gives the node as a T, or null where it is of another kind.
template <class T>
const T* as(const Expr& e) { return e && T::is(e->kind) ? static_cast<const T*>(e.get()) : nullptr; }
// The same for a node known to be a T.
template <class T>
const T& get(const Expr& e) { return *static_cast<const T*>(e.get()); }

Var make_var(std::string name, DataType dtype = kInt32);
// The Var behind an expression, with its ownership; null where the expression is none.
Var as_var(const Expr& e);
Buffer make_buffer(BufferNode fields);  // fills `data` with a new handle Var where it is null
Expr make_int(int64_t value, DataType dtype = kInt32);
Expr make_bool(bool value);
Expr make_float(double value, DataType dtype = kFloat32);
// A Binary exactly as given, nothing folded. Comparisons give bool (with the lanes of `a`).
Expr make_binary(ExprKind kind, Expr a, Expr b);
Expr make_load(Buffer buffer, std::vector<Expr> indices);
Expr make_call(DataType dtype, std::string op, std::vector<Expr> args);

// The value of an IntImm (of any integral type or bool).
std::optional<int64_t> as_int(const Expr& e);
bool is_const_int(const Expr& e, int64_t value);
inline bool is_zero(const Expr& e) { return is_const_int(e, 0); }
inline bool is_one(const Expr& e) { return is_const_int(e, 1); }

}  // namespace loopglass::ir
