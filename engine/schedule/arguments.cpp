#include "engine/schedule/arguments.h"

#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

template <class T>
const T& value_as(const Argument& a) {
  const Value* value = std::get_if<Value>(&a.v);
  CHECK(value, "argument is no plain value");
  const T* typed = value->as<T>();
  CHECK(typed, "argument has another type than its ParamSpec says");
  return *typed;
}

template <class T>
const T& node_as(const Argument& a) {
  const T* typed = std::get_if<T>(&node_argument(a));
  CHECK(typed, "argument is a block where a loop belongs, or the other way round");
  return *typed;
}

template <class T>
std::vector<T> nodes_as(const Argument& a) {
  std::vector<T> result;
  if (std::holds_alternative<Value>(a.v)) return result;  // None, or an empty list
  const ArgumentList* list = std::get_if<ArgumentList>(&a.v);
  CHECK(list, "argument is no list of loops or blocks");
  for (const Argument& item : *list) result.push_back(node_as<T>(item));
  return result;
}

template <class T>
Argument list_of(const std::vector<T>& nodes) {
  ArgumentList list;
  for (const T& node : nodes) list.push_back(result(node));
  return Argument{std::move(list)};
}

}  // namespace

const NodeRef& node_argument(const Argument& a) {
  const NodeRef* node = std::get_if<NodeRef>(&a.v);
  CHECK(node, "argument is no loop or block");
  return *node;
}
const LoopRef& loop_argument(const Argument& a) { return node_as<LoopRef>(a); }
const BlockRef& block_argument(const Argument& a) { return node_as<BlockRef>(a); }
std::vector<LoopRef> loops_argument(const Argument& a) { return nodes_as<LoopRef>(a); }
std::vector<BlockRef> blocks_argument(const Argument& a) { return nodes_as<BlockRef>(a); }
int64_t int_argument(const Argument& a) { return value_as<int64_t>(a); }
std::vector<int64_t> ints_argument(const Argument& a) {
  std::vector<int64_t> result;
  for (const Value& item : value_as<ValueList>(a)) {
    const int64_t* value = item.as<int64_t>();
    CHECK(value, "an item of a list of integers is none");
    result.push_back(*value);
  }
  return result;
}
bool bool_argument(const Argument& a) { return value_as<bool>(a); }
const std::string& string_argument(const Argument& a) { return value_as<std::string>(a); }

bool is_none(const Argument& a) {
  const Value* value = std::get_if<Value>(&a.v);
  return value && value->is_none();
}

std::vector<std::optional<int64_t>> factors_argument(const Argument& a) {
  std::vector<std::optional<int64_t>> result;
  for (const Value& item : value_as<ValueList>(a)) {
    const int64_t* factor = item.as<int64_t>();
    CHECK(factor || item.is_none(), "a factor is neither an integer nor None");
    result.push_back(factor ? std::optional(*factor) : std::nullopt);
  }
  return result;
}

const Value& value_argument(const Argument& a) {
  const Value* value = std::get_if<Value>(&a.v);
  CHECK(value, "argument is no plain value");
  return *value;
}

Argument result(const LoopRef& loop) { return {NodeRef{loop}}; }
Argument result(const BlockRef& block) { return {NodeRef{block}}; }
Argument result(bool answer) { return {Value{answer}}; }
Argument result_list(const std::vector<LoopRef>& loops) { return list_of(loops); }
Argument result_list(const std::vector<BlockRef>& blocks) { return list_of(blocks); }

}  // namespace loopglass::schedule
