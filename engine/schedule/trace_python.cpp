// A trace as Python statements, as TVM's trace.as_python() writes them, and one step for a person.
#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/check_arguments.h"
#include "engine/schedule/index_map_text.h"
#include "engine/schedule/replay.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

bool is_empty_list(const Value& value) {
  const ValueList* list = value.as<ValueList>();
  return value.is_none() || (list && list->empty());
}

bool is_default(const ParamSpec& param, const Value& value) {
  return param.default_value && to_python(*param.default_value) == to_python(value);
}

std::string outputs_text(const Instruction& instruction) {
  std::string text;
  for (const Value& output : instruction.outputs) text += (text.empty() ? "" : ", ") + (output.is_none() ? "_" : to_python(output));
  if (text.empty()) return {};
  if (instruction.primitive->gives_list && instruction.outputs.size() == 1) text += ",";
  return text + " = ";
}

// "l1, l4" of [l1, l4].
std::string unbracketed(std::string list) { return list.substr(1, list.size() - 2); }

// An argument as its parameter is written: ("write", 0) is a tuple, ranges are pairs.
std::string argument_text(const ParamSpec& param, const Value& value) {
  if (param.kind == ParamKind::BufferAccess && value.as<ValueList>()) return "(" + unbracketed(to_python(value)) + ")";
  const auto* map = value.as<IndexMapRef>();
  return map && param.kind == ParamKind::RangeLambda ? ranges_to_python(**map) : to_python(value);
}

std::string statement(const Instruction& instruction, bool tir_names) {
  const PrimitiveSpec& primitive = *instruction.primitive;
  std::string args;
  for (size_t i = 0; i < primitive.params.size(); ++i) {
    const ParamSpec& param = primitive.params[i];
    const Value& value = instruction.args[i];
    if ((param.kind == ParamKind::Blocks && is_empty_list(value)) || (param.is_decision && value.is_none())) continue;
    if (tir_names && is_default(param, value)) continue;
    if (!args.empty()) args += ", ";
    if (param.kind == ParamKind::Loops)
      args += unbracketed(to_python(value));
    else if (param.positional)
      args += argument_text(param, value);
    else
      args += fmt::format("{}={}", param.trace_name && !tir_names ? param.trace_name : param.name, argument_text(param, value));
  }
  std::string name = primitive.name;
  if (tir_names && name == "get_sblock") name = "get_block";
  return fmt::format("{}sch.{}({})", outputs_text(instruction), name, args);
}

}  // namespace

Trace without_postproc(const Trace& trace) {
  const auto is_mark = [](const Instruction& instruction) { return instruction.primitive == &kEnterPostproc; };
  return {{trace.instructions.begin(), std::find_if(trace.instructions.begin(), trace.instructions.end(), is_mark)}};
}

std::vector<std::string> trace_to_python(const Trace& trace, bool tir_names) {
  std::vector<std::string> lines;
  for (const Instruction& instruction : trace.instructions) lines.push_back(statement(instruction, tir_names));
  return lines;
}

std::string names_in(const Schedule& schedule, const Value& value) {
  if (const ValueList* list = value.as<ValueList>()) {
    std::string text;
    for (const Value& item : *list) text += (text.empty() ? "" : ", ") + names_in(schedule, item);
    return "[" + text + "]";
  }
  const std::string name = schedule.name_of(value);
  return name.empty() ? to_python(value) : name;
}

std::string describe(const Schedule& before, const Instruction& instruction) {
  const PrimitiveSpec& primitive = *instruction.primitive;
  std::string args;
  for (size_t i = 0; i < primitive.params.size(); ++i) {
    const ParamSpec& param = primitive.params[i];
    const Value& value = instruction.args[i];
    if (is_default(param, value) || (param.kind == ParamKind::Blocks && is_empty_list(value))) continue;
    if (!args.empty()) args += ", ";
    const bool is_plain = param.kind == ParamKind::BufferAccess || param.kind == ParamKind::RangeLambda;
    const std::string text = is_plain ? argument_text(param, value) : names_in(before, value);
    const bool may_be_bare = !param.default_value || param.is_attr == false;
    args += param.kind == ParamKind::Loops ? unbracketed(text) : may_be_bare ? text : fmt::format("{}={}", param.name, text);
  }
  return fmt::format("{}({})", primitive.name, args);
}

}  // namespace loopglass::schedule
