// TVM's trace in JSON, [instructions, decisions], both ways. An instruction is [kind, inputs, attrs, outputs]: among the inputs a string
// in quotes is a string, any other names a random variable or None. (TVM: src/s_tir/schedule/trace.cc)
#include "engine/schedule/trace_json.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/schedule/check_arguments.h"
#include "engine/schedule/find_primitive.h"
#include "engine/schedule/index_map_json.h"
#include "engine/schedule/replay.h"

namespace loopglass::schedule {
namespace {

using nlohmann::json;

// --- writing

json plain(const Value& value, bool strings_quoted) {
  if (value.is_none()) return "None";
  if (const bool* b = value.as<bool>()) return *b;
  if (const int64_t* i = value.as<int64_t>()) return *i;
  if (const double* d = value.as<double>()) return *d;
  if (const std::string* s = value.as<std::string>()) return strings_quoted ? '"' + *s + '"' : *s;
  if (const ValueList* list = value.as<ValueList>()) {
    json items = json::array();
    for (const Value& item : *list) items.push_back(plain(item, strings_quoted));
    return items;
  }
  if (const ValueDict* dict = value.as<ValueDict>()) {
    json items = json::object();
    for (const auto& [key, item] : *dict) items[key] = plain(item, false);   // TVM leaves what is inside a dict unquoted
    return items;
  }
  if (const auto* map = value.as<IndexMapRef>()) return to_json_graph(**map, !strings_quoted);
  return to_python(value);
}

// What TVM keeps of ("write", 0): the index, then whether it is among what is written.
void add_access(json& to, const Value& access) {
  const ValueList& pair = *access.as<ValueList>();
  to.push_back(*pair[1].as<int64_t>());
  to.push_back(*pair[0].as<std::string>() == "write" ? 1 : 0);
}

json to_json(const Instruction& instruction) {
  json inputs = json::array(), attrs = json::array(), outputs = json::array();
  for (size_t i = 0; i < instruction.args.size(); ++i) {
    const ParamSpec& param = instruction.primitive->params[i];
    const Value& value = instruction.args[i];
    if (param.is_decision) continue;
    if (param.kind == ParamKind::BufferAccess) {
      add_access(param.is_attr ? attrs : inputs, value);
    } else if (param.kind == ParamKind::AccessKind) {
      (param.is_attr ? attrs : inputs).push_back(*value.as<std::string>() == "write" ? 1 : 0);
    } else if (param.kind == ParamKind::PadValue && value.is_none()) {
      attrs.push_back(nullptr);
    } else if (param.is_attr) {
      const bool* b = value.as<bool>();
      attrs.push_back(b && param.json_int ? json(*b ? 1 : 0) : plain(value, false));
    } else if (param.kind == ParamKind::Loops || param.kind == ParamKind::Factors) {
      for (const Value& item : *value.as<ValueList>()) inputs.push_back(plain(item, true));
    } else if (param.kind == ParamKind::Blocks && value.is_none()) {
      inputs.push_back(json::array());
    } else {
      inputs.push_back(plain(value, true));
    }
  }
  for (const Value& output : instruction.outputs) outputs.push_back(output.is_none() ? "_" : to_python(output));
  return json::array({instruction.primitive->json_kind, std::move(inputs), std::move(attrs), std::move(outputs)});
}

// What a sampling step drew; nothing for other steps.
const Value* decision_of(const Instruction& instruction) {
  for (size_t i = 0; i < instruction.args.size(); ++i)
    if (instruction.primitive->params[i].is_decision && !instruction.args[i].is_none()) return &instruction.args[i];
  return nullptr;
}

// --- reading

Error malformed(const std::string& what, const json& got) {
  std::string text = got.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return fail(DiagnosticKind::BadArgument, fmt::format("{}, not {}", what, text),
              "a trace is what TVM's trace.as_json() gives: [[[kind, inputs, attrs, outputs], ...], decisions]");
}

Result<Value> read_value(const json& j, const NamedValues* names);

Result<Value> read_graph(const std::string& text) {
  TRY_ASSIGN(IndexMapRef map, from_json_graph(text));
  return Value{std::move(map)};
}

// An argument in the form that the parameter has in Python. Errors: BadArgument.
Result<Value> in_python(const ParamSpec& param, Value value) {
  const bool is_map = param.kind == ParamKind::Lambda || param.kind == ParamKind::RangeLambda || param.kind == ParamKind::PadValue;
  if (const std::string* text = value.as<std::string>(); text && is_map && is_json_graph(*text)) return read_graph(*text);
  const int64_t* kind = value.as<int64_t>();
  if (param.kind == ParamKind::AccessKind && kind) return Value{std::string(*kind == 0 ? "read" : "write")};
  return value;
}

Result<Value> read_container(const json& j, const NamedValues* names) {
  if (j.is_array()) {
    ValueList list;
    for (const json& item : j) {
      TRY_ASSIGN(Value value, read_value(item, names));
      list.push_back(std::move(value));
    }
    return Value{std::move(list)};
  }
  ValueDict dict;
  for (const auto& [key, item] : j.items()) {
    TRY_ASSIGN(Value value, read_value(item, nullptr));
    dict[key] = std::move(value);
  }
  return Value{std::move(dict)};
}

// `names`: those of random variables, among inputs; null among attrs, where a string is a string.
Result<Value> read_value(const json& j, const NamedValues* names) {
  if (j.is_null()) return Value{};
  if (j.is_boolean()) return Value{j.get<bool>()};
  if (j.is_number_unsigned() && j.get<uint64_t>() > INT64_MAX) return malformed("a number has to fit into 64 bits", j);
  if (j.is_number_integer()) return Value{j.get<int64_t>()};
  if (j.is_number_float()) return Value{j.get<double>()};
  if (!j.is_string()) return read_container(j, names);
  const std::string& text = j.get_ref<const std::string&>();
  if (!names) return Value{text};
  if (is_json_graph(text)) return read_graph(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return Value{text.substr(1, text.size() - 2)};
  if (text == "None") return Value{};
  const auto known = names->find(text);
  if (known != names->end()) return known->second;
  return fail(DiagnosticKind::BadArgument, fmt::format("no instruction before this one gives \"{}\"", text),
              "a string among the inputs of an instruction is written in quotes of its own: \"\\\"x\\\"\"");
}

Result<std::vector<Value>> read_all(const json& array, const NamedValues* names) {
  std::vector<Value> values;
  for (const json& item : array) {
    TRY_ASSIGN(Value value, read_value(item, names));
    values.push_back(std::move(value));
  }
  return values;
}

// Inputs and attrs in the order of the primitive's parameters. What is missing at the end of either takes its default.
Result<std::vector<Value>> arrange(const PrimitiveSpec& primitive, std::vector<Value> inputs, std::vector<Value> attrs, Value decision) {
  std::vector<Value> args;
  size_t input = 0, attr = 0;
  for (const ParamSpec& param : primitive.params) {
    if (param.is_decision) {
      args.push_back(std::move(decision));
      continue;
    }
    std::vector<Value>& from = param.is_attr ? attrs : inputs;
    size_t& next = param.is_attr ? attr : input;
    if (param.kind == ParamKind::Loops || param.kind == ParamKind::Factors) {
      args.push_back({ValueList(inputs.begin() + input, inputs.end())});
      input = inputs.size();
    } else if (param.kind == ParamKind::BufferAccess && next + 1 < from.size() && from[next + 1].as<int64_t>()) {
      const std::string kind = *from[next + 1].as<int64_t>() == 0 ? "read" : "write";
      args.push_back({ValueList{Value{kind}, std::move(from[next])}});
      next += 2;
    } else if (next < from.size()) {
      TRY_ASSIGN(Value value, in_python(param, std::move(from[next++])));
      args.push_back(std::move(value));
    } else if (param.default_value) {
      args.push_back(*param.default_value);
    } else {
      return fail(DiagnosticKind::BadArgument, fmt::format("{} lacks its {} \"{}\"", primitive.json_kind, param.is_attr ? "attribute" : "input", param.name));
    }
  }
  if (input < inputs.size() || attr < attrs.size())
    return fail(DiagnosticKind::BadArgument, fmt::format("{} has {} inputs and {} attributes, more than it takes", primitive.json_kind, inputs.size(), attrs.size()));
  return args;
}

// The random variable that to_python() writes so; nothing for another text.
std::optional<Value> variable_named(std::string_view name) {
  int id = 0;
  if (name.size() < 2) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  switch (name.front()) {
    case 'b': return Value{BlockRV{id}};
    case 'l': return Value{LoopRV{id}};
    case 'v': return Value{ExprRV{id}};
    default: return std::nullopt;
  }
}

void collect_variables(const json& j, NamedValues& names) {
  if (j.is_string()) {
    if (const auto variable = variable_named(j.get_ref<const std::string&>())) names[j.get<std::string>()] = *variable;
  } else if (j.is_structured()) {
    for (const json& item : j) collect_variables(item, names);
  }
}

}  // namespace

Result<std::vector<Instruction>> read_unapplied(const json& instructions) {
  if (!instructions.is_array()) return fail(DiagnosticKind::BadArgument, "no list of instructions");
  NamedValues names;
  collect_variables(instructions, names);
  std::vector<Instruction> read;
  for (const json& entry : instructions) {
    TRY_ASSIGN(JsonInstruction instruction, read_instruction(entry, names));
    std::vector<Value> outputs;
    for (const std::string& name : instruction.outputs)
      if (const auto variable = variable_named(name)) outputs.push_back(*variable);
    read.push_back({instruction.primitive, std::move(instruction.args), std::move(outputs)});
  }
  return read;
}

bool is_trace(std::string_view text) {
  const size_t open = text.find_first_not_of(" \t\r\n");
  if (open == std::string_view::npos || text[open] != '[') return false;
  const size_t first = text.find_first_not_of(" \t\r\n", open + 1);
  return first != std::string_view::npos && text[first] == '[';
}

json trace_to_json(const Trace& trace) {
  json instructions = json::array(), decisions = json::array();
  for (const Instruction& instruction : trace.instructions) {
    if (const Value* decision = decision_of(instruction)) decisions.push_back(json::array({instructions.size(), plain(*decision, false)}));
    instructions.push_back(to_json(instruction));
  }
  return json::array({std::move(instructions), std::move(decisions)});
}

Result<void> check_trace_shape(const json& trace) {
  if (!trace.is_array() || trace.size() != 2 || !trace[0].is_array() || !trace[1].is_array())
    return malformed("a trace is a list of instructions and a list of decisions", trace);
  return {};
}

Result<std::map<size_t, json>> read_decisions(const json& trace) {
  std::map<size_t, json> decisions;
  for (const json& entry : trace[1]) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_unsigned() || entry[0].get<size_t>() >= trace[0].size())
      return malformed("a decision is [the number of its instruction, what was drawn]", entry);
    decisions[entry[0].get<size_t>()] = entry[1];
  }
  return decisions;
}

Result<JsonInstruction> read_instruction(const json& j, const NamedValues& names, const json* decision) {
  if (!j.is_array() || j.size() != 4 || !j[0].is_string() || !j[1].is_array() || !j[2].is_array() || !j[3].is_array())
    return malformed("an instruction is [kind, inputs, attrs, outputs]", j);
  JsonInstruction instruction;
  TRY_ASSIGN(instruction.primitive, require_primitive_by_json_kind(j[0].get_ref<const std::string&>()));
  TRY_ASSIGN(std::vector<Value> inputs, read_all(j[1], &names));
  TRY_ASSIGN(std::vector<Value> attrs, read_all(j[2], nullptr));
  Value decided;
  if (decision) {
    TRY_ASSIGN(decided, read_value(*decision, nullptr));
  }
  TRY_ASSIGN(instruction.args, arrange(*instruction.primitive, std::move(inputs), std::move(attrs), std::move(decided)));
  for (const json& output : j[3]) {
    if (!output.is_string()) return malformed("an instruction's outputs are names", output);
    instruction.outputs.push_back(output.get<std::string>());
  }
  return instruction;
}

}  // namespace loopglass::schedule
