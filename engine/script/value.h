// What an expression of a script stands for while it is read: a Python value, an expression or buffer of TensorIR, or a
// part of the T namespace.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ir/stmt.h"
#include "engine/support/source_span.h"

namespace loopglass::script {

struct Value;

struct None {};

// A tuple or a list; they differ nowhere in TVMScript.
struct Sequence {
  std::vector<Value> items;
};

struct Dictionary {
  std::vector<std::pair<std::string, Value>> items;
};

// lower:upper:step; null where absent.
struct SliceValue {
  ir::Expr lower, upper, step;
};

// buffer[...] with a slice in it, or with fewer indices than dimensions: a region in T.reads, a vector elsewhere.
struct SlicedBuffer {
  ir::Buffer buffer;
  std::vector<std::variant<ir::Expr, SliceValue>> indices;
};

// A name of the T namespace that is no type: "grid", "axis.remap", "Buffer".
struct Builtin {
  std::string name;
};

// T.float32: a constructor of constants, a cast, or an annotation.
struct TypeName {
  ir::DataType type;
};

// T.let, T.let[T.float32].
struct LetType {
  std::shared_ptr<const ir::DataType> type;  // null for the value's own
};

// The T or I of `T.xxx`, or a module on the way to it: "T", "I", "tvm".
struct Namespace {
  std::string name;
};

// A method about to be called: A.view.
struct BufferMethod {
  ir::Buffer buffer;
  std::string name;
};

// A name that other Python gives a value that is not known here: no statement is executed.
struct Unknown {};

// A name whose definition has a mistake, which has been reported: its uses are not reported again.
struct Invalid {};

struct Value {
  std::variant<None, bool, int64_t, double, std::string, Sequence, Dictionary, ir::Expr, ir::Buffer, SlicedBuffer, Builtin, TypeName,
               LetType, Namespace, BufferMethod, Unknown, Invalid>
      data;

  template <class T>
  const T* as() const { return std::get_if<T>(&data); }
};

// "a buffer", "the text \"x\"", "T.grid": what a diagnostic calls it.
std::string describe(const Value& value);

}  // namespace loopglass::script
