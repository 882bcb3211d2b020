// The arguments and results of schedule instructions: random variables of a trace, as TVM names them, and plain values.
#pragma once

#include <variant>

#include "engine/ir/stmt.h"

namespace loopglass::schedule {

// Names in a trace: b0, l1, v2. The number is unique in the trace over all three kinds.
struct BlockRV { int id; bool operator==(const BlockRV&) const = default; };
struct LoopRV { int id; bool operator==(const LoopRV&) const = default; };
struct ExprRV { int id; bool operator==(const ExprRV&) const = default; };

struct Value;
using ValueList = std::vector<Value>;
using ValueDict = std::map<std::string, Value>;

struct Value {
  // monostate is Python's None. A lambda (index map) is kept as its text.
  struct Lambda { std::string text; };
  std::variant<std::monostate, bool, int64_t, double, std::string, BlockRV, LoopRV, ExprRV, ValueList, ValueDict, Lambda> v;

  bool is_none() const { return v.index() == 0; }
  template <class T>
  const T* as() const { return std::get_if<T>(&v); }
};

}  // namespace loopglass::schedule
