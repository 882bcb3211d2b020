#include "engine/schedule/replay.h"

#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/schedule/check_arguments.h"
#include "engine/schedule/evaluate.h"
#include "engine/schedule/find_primitive.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/trace_json.h"

namespace loopglass::schedule {
namespace {

// A schedule under replay: its steps applied one after the other, up to a number of instructions.
class Player {
 public:
  Player(Schedule start, int upto, bool trust = false) : schedule_(std::move(start)), upto_(upto), trust_(trust) {}

  const Schedule& schedule() const { return schedule_; }
  bool is_done() const { return upto_ >= 0 && count() >= upto_; }
  int count() const { return static_cast<int>(schedule_.trace().instructions.size()); }

  Result<std::vector<Value>> apply(const PrimitiveSpec& primitive, std::vector<Value> args) {
    kind_ = primitive.json_kind;
    TRY_ASSIGN(Schedule::Step step, schedule_.apply(primitive, std::move(args), trust_));
    schedule_ = std::move(step.schedule);
    warnings_.insert(warnings_.end(), std::make_move_iterator(step.warnings.begin()), std::make_move_iterator(step.warnings.end()));
    kind_.clear();
    return std::move(step.results);
  }
  void failing_at(std::string kind) { kind_ = std::move(kind); }

  Replayed finish(Result<void> outcome) {
    Replayed replayed{std::move(schedule_), {}, -1, {}, std::move(warnings_)};
    if (outcome) return replayed;
    replayed.error = std::move(outcome).error();
    replayed.failed_instruction = static_cast<int>(replayed.schedule.trace().instructions.size());
    replayed.failed_kind = kind_;
    return replayed;
  }

 private:
  Schedule schedule_;
  const int upto_;
  const bool trust_;
  std::vector<Diagnostic> warnings_;
  std::string kind_;   // of the instruction under way
};

// --- schedule statements

class ScriptPlayer {
 public:
  ScriptPlayer(const script::ScheduleScript& script, Player& player) : script_(script), player_(player) {}

  Result<void> play() {
    for (const script::PyStatement& statement : script_.statements) {
      if (player_.is_done()) return {};
      TRY_ASSIGN(const Value value, evaluate(*statement.value, names_, handler_));
      if (stopped_) return {};
      if (statement.targets) TRY(assign(*statement.targets, value, names_));
    }
    return {};
  }

 private:
  // Points at the call where the primitive's own labels point at nodes of the program.
  static Error at_call(Error error, const SourceSpan& span) {
    Diagnostic diagnostic = std::move(error.error());
    for (const Label& label : diagnostic.labels)
      if (label.span) return Error(std::move(diagnostic));
    diagnostic.labels.push_back({{}, span, {}});
    return Error(std::move(diagnostic));
  }

  bool is_schedule(const script::PyExprPtr& e) const {
    const script::PyName* name = e ? std::get_if<script::PyName>(&e->value) : nullptr;
    return name && name->name == script_.schedule_variable;
  }

  Result<Value> call(const script::PyCall& call, const SourceSpan& span) {
    if (!is_schedule(call.receiver))
      return fail(DiagnosticKind::UnsupportedSyntax, fmt::format("{}() is not known to schedule statements", call.method),
                  fmt::format("they call the methods of {}, and len(), list() and tuple()", script_.schedule_variable), {Label{{}, span, {}}});
    if (call.method == "show" || stopped_) return Value{};
    Result<Value> value = call.method == "work_on" ? work_on(call) : step(call);
    if (value) return value;
    return at_call(Error(std::move(value).error()), span);
  }

  Result<Value> work_on(const script::PyCall& call) {
    TRY_ASSIGN(const ValueList args, evaluate_items(call.args, names_, handler_));
    const std::string* name = args.size() == 1 ? args[0].as<std::string>() : nullptr;
    if (!name) return fail(DiagnosticKind::BadArgument, "work_on takes the name of a function");
    working_on_ = *name;
    return Value{};
  }

  Result<Value> step(const script::PyCall& call) {
    player_.failing_at(call.method);
    TRY_ASSIGN(const PrimitiveSpec* primitive, require_primitive(call.method));
    player_.failing_at(primitive->json_kind);
    TRY_ASSIGN(std::vector<Value> args, arguments(*primitive, call));
    if ((stopped_ = player_.is_done())) return Value{};   // a block given by its name took the last instruction
    TRY_ASSIGN(std::vector<Value> results, player_.apply(*primitive, std::move(args)));
    if (primitive->gives_list) return Value{ValueList(std::move(results))};
    return results.empty() ? Value{} : results.front();
  }

  // Positional and keyword arguments in the order of the parameters.
  Result<std::vector<Value>> arguments(const PrimitiveSpec& primitive, const script::PyCall& call) {
    const std::vector<ParamSpec>& params = primitive.params;
    TRY_ASSIGN(ValueList positional, evaluate_items(call.args, names_, handler_));
    std::vector<std::optional<Value>> given(params.size());
    if (!params.empty() && params[0].kind == ParamKind::Loops) {
      given[0] = Value{std::move(positional)};
    } else {
      if (positional.size() > params.size())
        return fail(DiagnosticKind::BadArgument, fmt::format("{} takes {} arguments and was given {}", primitive.name, params.size(), positional.size()));
      for (size_t i = 0; i < positional.size(); ++i) given[i] = std::move(positional[i]);
    }
    for (const auto& [name, expr] : call.keywords) {
      const auto param = std::find_if(params.begin(), params.end(), [&](const ParamSpec& p) { return name == p.name || (p.trace_name && name == p.trace_name); });
      if (param == params.end() || param->kind == ParamKind::Loops)
        return fail(DiagnosticKind::BadArgument, fmt::format("{} has no argument \"{}\"", primitive.name, name), {}, {Label{{}, expr->span, {}}});
      std::optional<Value>& slot = given[param - params.begin()];
      if (slot) return fail(DiagnosticKind::BadArgument, fmt::format("{} is given \"{}\" twice", primitive.name, name), {}, {Label{{}, expr->span, {}}});
      TRY_ASSIGN(slot, evaluate(*expr, names_, handler_));
    }
    return filled(primitive, std::move(given));
  }

  Result<std::vector<Value>> filled(const PrimitiveSpec& primitive, std::vector<std::optional<Value>> given) {
    for (size_t i = 0; i < given.size(); ++i) {
      const ParamSpec& param = primitive.params[i];
      if (!given[i] && param.default_value) given[i] = *param.default_value;
      if (!given[i]) return fail(DiagnosticKind::BadArgument, fmt::format("{} needs the argument \"{}\": {}", primitive.name, param.name, param.summary));
    }
    // TVM looks up consumer_blocks before the block.
    for (const ParamKind kind : {ParamKind::Blocks, ParamKind::Block})
      for (size_t i = 0; i < given.size(); ++i)
        if (primitive.params[i].kind == kind) {
          TRY_ASSIGN(given[i], with_blocks_found(kind, *std::move(given[i])));
        }
    std::vector<Value> args;
    for (std::optional<Value>& value : given) args.push_back(*std::move(value));
    if (&primitive == &kGetSBlock && args[1].is_none() && !working_on_.empty()) args[1] = {working_on_};
    return args;
  }

  // TVM's Python takes a block's name for the block and records the query.
  Result<Value> with_blocks_found(ParamKind kind, Value value) {
    if (kind == ParamKind::Block && value.as<std::string>()) return block_of_name(*value.as<std::string>());
    if (kind != ParamKind::Blocks || !value.as<ValueList>()) return value;
    ValueList blocks;
    for (const Value& item : *value.as<ValueList>()) {
      if (!item.as<std::string>()) {
        blocks.push_back(item);
        continue;
      }
      TRY_ASSIGN(Value block, block_of_name(*item.as<std::string>()));
      blocks.push_back(std::move(block));
    }
    return Value{std::move(blocks)};
  }

  Result<Value> block_of_name(const std::string& name) {
    if (player_.is_done()) return Value{};
    TRY_ASSIGN(const std::vector<Value> found, player_.apply(kGetSBlock, {{name}, working_on_.empty() ? Value{} : Value{working_on_}}));
    return found.front();
  }

  const script::ScheduleScript& script_;
  Player& player_;
  Names names_;
  std::string working_on_;
  bool stopped_ = false;   // in the middle of a statement: `upto` was reached
  const CallHandler handler_ = [this](const script::PyCall& call, const SourceSpan& span) { return this->call(call, span); };
};

// --- TVM's trace

// `decisions`: what sampling instructions drew, by their number in `instructions`.
Result<void> play_json(const nlohmann::json& instructions, const std::map<size_t, nlohmann::json>& decisions, NamedValues names, Player& player) {
  for (size_t number = 0; number < instructions.size(); ++number) {
    if (player.is_done()) return {};
    const nlohmann::json& entry = instructions[number];
    const auto decision = decisions.find(number);
    if (entry.is_array() && !entry.empty() && entry[0].is_string()) player.failing_at(entry[0].get<std::string>());
    TRY_ASSIGN(JsonInstruction instruction, read_instruction(entry, names, decision == decisions.end() ? nullptr : &decision->second));
    TRY_ASSIGN(const std::vector<Value> results, player.apply(*instruction.primitive, std::move(instruction.args)));
    if (results.size() != instruction.outputs.size()) {
      player.failing_at(instruction.primitive->json_kind);
      return fail(DiagnosticKind::BadArgument,
                  fmt::format("the trace names {} results of {}, and this program gives {}", instruction.outputs.size(), instruction.primitive->name, results.size()),
                  "the trace was made for another program");
    }
    for (size_t i = 0; i < results.size(); ++i) names[instruction.outputs[i]] = results[i];
  }
  return {};
}

Result<void> play_trace(const nlohmann::json& trace, NamedValues names, Player& player) {
  TRY(check_trace_shape(trace));
  TRY_ASSIGN(const auto decisions, read_decisions(trace));
  return play_json(trace[0], decisions, std::move(names), player);
}

}  // namespace

Replayed replay(const script::ScheduleScript& script, ir::Module module, Options options, int upto) {
  if (script.intrinsics) options.intrinsics = script.intrinsics;
  options.enable_check = options.enable_check && script.enable_check;
  Player player(Schedule(std::move(module), options), upto);
  Result<void> outcome = ScriptPlayer(script, player).play();
  return player.finish(std::move(outcome));
}

Replayed replay(const nlohmann::json& trace, ir::Module module, Options options, int upto) {
  Player player(Schedule(std::move(module), options), upto);
  return player.finish(play_trace(trace, {}, player));
}

Replayed replay_onto(const Schedule& start, const nlohmann::json& trace, bool trust) {
  NamedValues names;
  for (const Instruction& instruction : start.trace().instructions)
    for (const Value& output : instruction.outputs) names[to_python(output)] = output;
  Player player(start, -1, trust);
  return player.finish(play_trace(trace, std::move(names), player));
}

}  // namespace loopglass::schedule
