#include "engine/schedule/check_arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/index_map_text.h"

namespace loopglass::schedule {
namespace {

const char* expectation(ParamKind kind) {
  switch (kind) {
    case ParamKind::Block: return "a block";
    case ParamKind::Loop: return "a loop";
    case ParamKind::Loops: return "loops";
    case ParamKind::BlockOrLoop: return "a block or a loop";
    case ParamKind::LoopOrBlocks: return "a loop or a list of blocks";
    case ParamKind::Factors: return "a list of integers, at most one of them None";
    case ParamKind::Int: return "an integer";
    case ParamKind::Ints: return "a list of integers";
    case ParamKind::Bool: return "True or False";
    case ParamKind::String: return "a string";
    case ParamKind::StringOrInt: return "a name or an index";
    case ParamKind::Index: return "an integer";
    case ParamKind::Annotation: return "a string, a number, a list or a dictionary of them";
    case ParamKind::Blocks: return "a list of blocks";
    case ParamKind::Lambda: return "an index map";
    case ParamKind::RangeLambda: return "a function that gives a range for each axis";
    case ParamKind::PadValue: return "a number, a function of the new indices, or None";
    case ParamKind::BufferAccess: return "a buffer: (\"read\", 0), (\"write\", 0) or its name";
    case ParamKind::AccessKind: return "\"read\" or \"write\"";
    case ParamKind::Any: return "a value";
    case ParamKind::Numbers: return "a list of numbers";
  }
  return "";
}

template <class T>
bool is_list_of(const Value& value) {
  const ValueList* list = value.as<ValueList>();
  if (!list) return false;
  for (const Value& item : *list)
    if (!item.as<T>()) return false;
  return true;
}

bool is_factors(const Value& value) {
  const ValueList* list = value.as<ValueList>();
  if (!list || list->empty()) return false;
  for (const Value& item : *list)
    if (!item.is_none() && !item.as<int64_t>() && !item.as<ExprRV>()) return false;
  return true;
}

bool is_ints(const Value& value) {
  const ValueList* list = value.as<ValueList>();
  return list && std::all_of(list->begin(), list->end(), [](const Value& item) { return item.as<int64_t>() || item.as<ExprRV>(); });
}

bool is_numbers(const Value& value) {
  const ValueList* list = value.as<ValueList>();
  if (!list) return false;
  for (const Value& item : *list)
    if (!item.as<double>() && !item.as<int64_t>()) return false;
  return true;
}

bool is_annotation(const Value& value) {
  if (const ValueList* list = value.as<ValueList>()) {
    for (const Value& item : *list)
      if (!is_annotation(item)) return false;
    return true;
  }
  if (const ValueDict* dict = value.as<ValueDict>()) {
    for (const auto& [key, item] : *dict)
      if (!is_annotation(item)) return false;
    return true;
  }
  return value.as<std::string>() || value.as<int64_t>() || value.as<double>() || value.as<bool>() || value.as<ExprRV>();
}

bool is_lambda(const Value& value) { return value.as<Value::Lambda>() || value.as<IndexMapRef>(); }

bool is_access_kind(const Value& value) {
  const std::string* kind = value.as<std::string>();
  return kind && (*kind == "read" || *kind == "write");
}

bool is_buffer_access(const Value& value) {
  if (value.as<std::string>()) return true;
  const ValueList* pair = value.as<ValueList>();
  return pair && pair->size() == 2 && is_access_kind((*pair)[0]) && (*pair)[1].as<int64_t>();
}

bool fits(ParamKind kind, const Value& value) {
  switch (kind) {
    case ParamKind::Block: return value.as<BlockRV>();
    case ParamKind::Loop: return value.as<LoopRV>();
    case ParamKind::Loops: return is_list_of<LoopRV>(value);
    case ParamKind::BlockOrLoop: return value.as<BlockRV>() || value.as<LoopRV>();
    case ParamKind::LoopOrBlocks: return value.as<LoopRV>() || is_list_of<BlockRV>(value);
    case ParamKind::Factors: return is_factors(value);
    case ParamKind::Int: return value.as<int64_t>() || value.as<ExprRV>();
    case ParamKind::Ints: return is_ints(value);
    case ParamKind::Bool: return value.as<bool>();
    case ParamKind::String: return value.as<std::string>();
    case ParamKind::StringOrInt: return value.as<std::string>() || value.as<int64_t>();
    case ParamKind::Index: return value.as<int64_t>();
    case ParamKind::Annotation: return is_annotation(value);
    case ParamKind::Blocks: return value.is_none() || is_list_of<BlockRV>(value);
    case ParamKind::Lambda:
    case ParamKind::RangeLambda: return is_lambda(value);
    case ParamKind::PadValue: return value.is_none() || value.as<bool>() || value.as<int64_t>() || value.as<double>() || is_lambda(value);
    case ParamKind::BufferAccess: return is_buffer_access(value);
    case ParamKind::AccessKind: return is_access_kind(value);
    case ParamKind::Any: return true;
    case ParamKind::Numbers: return is_numbers(value);
  }
  return false;
}

std::string signature(const PrimitiveSpec& primitive) {
  std::string params;
  for (const ParamSpec& param : primitive.params) {
    if (!params.empty()) params += ", ";
    if (param.kind == ParamKind::Loops) params += "*";
    params += param.name;
    if (param.default_value) params += "=" + to_python(*param.default_value);
  }
  return fmt::format("{}({})", primitive.name, params);
}

// TVM's Bools arrive as 0 / 1 in JSON; an integer is given where Python gives True as one.
Value coerced(ParamKind kind, Value value) {
  if (const int64_t* i = value.as<int64_t>(); i && kind == ParamKind::Bool && (*i == 0 || *i == 1)) return {*i == 1};
  return value;
}

}  // namespace

Result<std::vector<Value>> check_arguments(const PrimitiveSpec& primitive, std::vector<Value> args) {
  const auto& params = primitive.params;
  if (args.size() > params.size())
    return fail(DiagnosticKind::BadArgument, fmt::format("{} takes {} arguments and was given {}", primitive.name, params.size(), args.size()),
                "call it as " + signature(primitive));
  for (size_t i = 0; i < params.size(); ++i) {
    const ParamSpec& param = params[i];
    if (i == args.size()) {
      if (!param.default_value)
        return fail(DiagnosticKind::BadArgument, fmt::format("{} needs the argument \"{}\": {}", primitive.name, param.name, expectation(param.kind)),
                    "call it as " + signature(primitive));
      args.push_back(*param.default_value);
      continue;
    }
    args[i] = coerced(param.kind, std::move(args[i]));
    const bool is_default_none = args[i].is_none() && param.default_value && param.default_value->is_none();
    if (!is_default_none && !fits(param.kind, args[i]))
      return fail(DiagnosticKind::BadArgument,
                  fmt::format("{} takes {} as \"{}\", not {}", primitive.name, expectation(param.kind), param.name, to_python(args[i])),
                  "call it as " + signature(primitive));
  }
  return args;
}

namespace {
struct PythonWriter {
  std::string operator()(std::monostate) const { return "None"; }
  std::string operator()(bool b) const { return b ? "True" : "False"; }
  std::string operator()(int64_t i) const { return std::to_string(i); }
  std::string operator()(double d) const { return fmt::format("{:.17g}", d); }
  std::string operator()(const std::string& s) const { return '"' + s + '"'; }
  std::string operator()(BlockRV rv) const { return fmt::format("b{}", rv.id); }
  std::string operator()(LoopRV rv) const { return fmt::format("l{}", rv.id); }
  std::string operator()(ExprRV rv) const { return fmt::format("v{}", rv.id); }
  std::string operator()(const ValueList& list) const {
    std::string text;
    for (const Value& item : list) text += (text.empty() ? "" : ", ") + to_python(item);
    return "[" + text + "]";
  }
  std::string operator()(const ValueDict& dict) const {
    std::string text;
    for (const auto& [key, item] : dict) text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", key, to_python(item));
    return "{" + text + "}";
  }
  std::string operator()(const Value::Lambda& lambda) const { return lambda.text; }
  std::string operator()(const IndexMapRef& map) const { return to_python(*map); }
};
}  // namespace

std::string to_python(const Value& value) { return std::visit(PythonWriter{}, value.v); }

}  // namespace loopglass::schedule
