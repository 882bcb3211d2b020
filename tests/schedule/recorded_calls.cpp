#include "tests/schedule/recorded_calls.h"

#include <sstream>

#include "engine/schedule/find_primitive.h"
#include "engine/schedule/replay.h"
#include "engine/schedule/specs.h"
#include "engine/script/parser.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

using nlohmann::json;
using schedule::Value;
using schedule::ValueDict;
using schedule::ValueList;

class Recording {
 public:
  explicit Recording(schedule::Schedule start) : schedule_(std::move(start)) {}
  const schedule::Schedule& schedule() const { return schedule_; }

  Result<void> call(const json& call) {
    if (call.contains("tensor_intrin")) TRY(know(call["tensor_intrin"], call["args"]["tensor_intrin"].get<std::string>()));
    TRY_ASSIGN(const schedule::PrimitiveSpec* primitive, schedule::require_primitive(call["prim"].get<std::string>()));
    std::vector<Value> args;
    for (const schedule::ParamSpec& param : primitive->params) {
      if (!call["args"].contains(param.name)) {
        args.push_back(param.default_value.value_or(Value{}));
        continue;
      }
      TRY_ASSIGN(Value value, read(call["args"][param.name]));
      const bool names_blocks = param.kind == schedule::ParamKind::Blocks || param.kind == schedule::ParamKind::Block;
      if (names_blocks) {
        TRY_ASSIGN(value, with_blocks_found(std::move(value)));
      }
      args.push_back(std::move(value));
    }
    TRY_ASSIGN(std::vector<Value> results, apply(*primitive, std::move(args)));
    if (primitive->gives_list || results.size() != 1)
      results_.push_back({ValueList(std::move(results))});
    else
      results_.push_back(results.front());
    return {};
  }

 private:
  // The intrinsic that the call uses: its two functions stand beside it.
  Result<void> know(const json& functions, const std::string& name) {
    auto intrinsics = std::make_shared<std::vector<ir::TensorIntrin>>();
    ir::TensorIntrin intrinsic{name, nullptr, nullptr, {}, {}};
    TRY_ASSIGN(const ir::Module description, script::parse_module(functions["desc"].get<std::string>()));
    TRY_ASSIGN(const ir::Module implementation, script::parse_module(functions["impl"].get<std::string>()));
    intrinsic.description = description->functions.front().function;
    intrinsic.implementation = implementation->functions.front().function;
    intrinsics->push_back(std::move(intrinsic));
    schedule_ = schedule_.with_intrinsics(std::move(intrinsics));
    return {};
  }

  Result<std::vector<Value>> apply(const schedule::PrimitiveSpec& primitive, std::vector<Value> args) {
    TRY_ASSIGN(schedule::Schedule::Step step, schedule_.apply(primitive, std::move(args)));
    schedule_ = std::move(step.schedule);
    return std::move(step.results);
  }

  Result<Value> block(const std::string& name, Value function) {
    TRY_ASSIGN(const std::vector<Value> found, apply(schedule::kGetSBlock, {{name}, std::move(function)}));
    return found.front();
  }

  Result<Value> with_blocks_found(Value value) {
    if (const std::string* name = value.as<std::string>()) return block(*name, {});
    const ValueList* list = value.as<ValueList>();
    if (!list) return value;
    ValueList blocks;
    for (const Value& item : *list) {
      TRY_ASSIGN(Value found, with_blocks_found(item));
      blocks.push_back(std::move(found));
    }
    return Value{std::move(blocks)};
  }

  Result<Value> read_list(const json& j) {
    ValueList list;
    for (const json& item : j) {
      TRY_ASSIGN(Value value, read(item));
      list.push_back(std::move(value));
    }
    return Value{std::move(list)};
  }

  static std::string head(const json& j) {
    std::string params;
    for (const json& var : j["vars"]) params += (params.empty() ? "" : ", ") + var.get<std::string>();
    return "lambda " + params + ": (";
  }
  // The map as it was recorded: its variables and expressions, with the inverse that some bring.
  static std::string lambda(const json& j) {
    std::string text = head(j);
    for (const json& e : j["exprs"]) text += e.get<std::string>() + ", ";
    return text + ")";
  }
  static std::string index_map(const json& j) {
    if (!j.contains("inverse")) return lambda(j);
    return "tvm.tirx.IndexMap.from_func(" + lambda(j) + ", inverse_index_map=" + lambda(j["inverse"]["index_map"]) + ", index_dtype=\"" +
           j["dtypes"][0].get<std::string>() + "\")";
  }
  static std::string ranges(const json& j) {
    std::string text = head(j);
    for (const json& range : j["exprs"])
      text += (range.size() == 1 ? range[0].get<std::string>() : "(" + range[0].get<std::string>() + ", " + range[1].get<std::string>() + ")") + ", ";
    return text + ")";
  }

  Result<Value> read_object(const json& j) {
    if (j.contains("result")) {
      const Value& value = results_.at(j["result"].get<size_t>());
      return j.contains("item") ? (*value.as<ValueList>()).at(j["item"].get<size_t>()) : value;
    }
    if (j.contains("block")) return block(j["block"].get<std::string>(), j.contains("func") ? Value{j["func"].get<std::string>()} : Value{});
    if (j.contains("tuple")) return read_list(j["tuple"]);
    if (j.contains("index_map")) return Value{Value::Lambda{index_map(j["index_map"]), {}, {}}};
    if (j.contains("ranges")) return Value{Value::Lambda{ranges(j["ranges"]), {}, {}}};
    if (j.contains("expr")) return fail(DiagnosticKind::UnsupportedSyntax, "a symbolic expression: " + j["expr"].get<std::string>());
    ValueDict dict;
    for (const auto& [key, item] : (j.contains("dict") ? j["dict"] : j).items()) {
      TRY_ASSIGN(Value value, read(item));
      dict[key] = std::move(value);
    }
    return Value{std::move(dict)};
  }

  Result<Value> read(const json& j) {
    if (j.is_null()) return Value{};
    if (j.is_boolean()) return Value{j.get<bool>()};
    if (j.is_number_integer()) return Value{j.get<int64_t>()};
    if (j.is_number()) return Value{j.get<double>()};
    if (j.is_string()) return Value{j.get<std::string>()};
    return j.is_array() ? read_list(j) : read_object(j);
  }

  schedule::Schedule schedule_;
  std::vector<Value> results_;   // of each call
};

}  // namespace

std::string significant_lines(const std::string& script) {
  std::istringstream in(script);
  std::string line, text;
  while (std::getline(in, line))
    if (!line.empty() && !line.starts_with("# from ")) text += line + "\n";
  return text;
}

std::string recorded_text(const json& test_case, const ir::Module& initial, const std::string& text) {
  if (significant_lines(to_text(initial)) == significant_lines(test_case["initial"].get<std::string>())) return significant_lines(text);
  const Result<ir::Module> read = script::parse_module(text);
  return significant_lines(read ? to_text(*read) : text);
}

std::optional<ir::Module> run_recorded_trace(const json& test_case, const ir::Module& initial) {
  if (!test_case.contains("trace_python") || !test_case["trace_python"].is_array()) return std::nullopt;
  std::string function = "def apply_trace(sch: s_tir.Schedule) -> None:\n";
  for (const json& line : test_case["trace_python"]) function += "  " + line.get<std::string>() + "\n";
  const script::ParsedFile file = script::parse_file(function);
  if (!file.errors.empty() || file.schedules.size() != 1) return std::nullopt;
  const schedule::Replayed replayed =
      schedule::replay(file.schedules.front(), initial, {.enable_check = test_case["enable_check"].get<bool>(), .trust = true});
  return replayed.error ? std::nullopt : std::optional(replayed.schedule.module());
}

RecordedRun run_recorded_calls(const json& test_case, const ir::Module& initial) {
  Recording recording(schedule::Schedule(initial, {.enable_check = test_case["enable_check"].get<bool>(), .trust = true}));
  RecordedRun run{recording.schedule(), -1, {}, -1};
  int index = 0;
  for (const json& call : test_case["calls"]) {
    const Result<void> done = recording.call(call);
    run.schedule = recording.schedule();
    if (!done) {
      run.failed_call = index;
      run.error = done.error();
      return run;
    }
    const bool compare = run.differing_call < 0 && call.contains("after");
    if (compare && significant_lines(to_text(run.schedule.module())) != recorded_text(test_case, initial, call["after"])) run.differing_call = index;
    ++index;
  }
  return run;
}

}  // namespace loopglass::tests
