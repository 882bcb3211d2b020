// The arguments and results of schedule instructions: random variables of a trace, as TVM names them, and plain values.
#pragma once

#include <memory>
#include <variant>

#include "engine/ir/stmt.h"

namespace loopglass::schedule {

// Names in a trace: b0, l1, v2. The number is unique in the trace over all three kinds.
struct BlockRV { int id; bool operator==(const BlockRV&) const = default; };
struct LoopRV { int id; bool operator==(const LoopRV&) const = default; };
struct ExprRV { int id; bool operator==(const ExprRV&) const = default; };

struct IndexMap;   // index_map.h
struct Value;
using ValueList = std::vector<Value>;
using ValueDict = std::map<std::string, Value>;

struct Value {
  // A function of indices as it is written: `lambda i, j: (i // 4, j, i % 4)`, or the bare formula. How many indices there are, and of
  // what type, the block says that it is applied to: a step makes an IndexMap of it (index_map_argument.h).
  struct Lambda {
    std::string text;
    ValueDict known;                 // names from around it
    std::optional<uint32_t> begin;   // where the text begins in its file
  };
  // monostate is Python's None.
  std::variant<std::monostate, bool, int64_t, double, std::string, BlockRV, LoopRV, ExprRV, ValueList, ValueDict, Lambda, std::shared_ptr<const IndexMap>> v;

  bool is_none() const { return v.index() == 0; }
  template <class T>
  const T* as() const { return std::get_if<T>(&v); }
};

}  // namespace loopglass::schedule
