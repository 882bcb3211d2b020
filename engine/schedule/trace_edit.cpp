#include "engine/schedule/trace_edit.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"

namespace loopglass::schedule {
namespace {

// The variable of the same kind with another number.
Value numbered(const Value& variable, int id) {
  if (variable.as<BlockRV>()) return {BlockRV{id}};
  if (variable.as<LoopRV>()) return {LoopRV{id}};
  if (variable.as<ExprRV>()) return {ExprRV{id}};
  return variable;   // None, which a sampling step may give
}

std::set<int> variables_used(const Instruction& instruction) {
  std::set<int> used;
  const auto note = [&](const Value& variable) {
    used.insert(*variable_id(variable));
    return variable;
  };
  for (const Value& arg : instruction.args) with_variables(arg, note);
  return used;
}

class StepPlayer {
 public:
  StepPlayer(const Schedule& start, std::vector<TraceStep> steps)
      : schedule_(start), steps_(std::move(steps)), outcomes_(steps_.size()) {
    for (const Instruction& instruction : start.trace().instructions)
      for (const Value& output : instruction.outputs)
        if (const auto id = variable_id(output)) now_[*id] = output;
    for (size_t i = 0; i < steps_.size(); ++i)
      for (const Value& output : steps_[i].instruction.outputs) {
        const auto id = variable_id(output);
        if (!id) continue;
        giver_[*id] = i;
        lowest_ = std::min(lowest_, *id);
      }
  }

  EditedTrace play() {
    EditedTrace result{schedule_, {}};
    for (size_t i = 0; i < steps_.size(); ++i) play(i);
    for (size_t i : order_) result.outcomes.push_back(std::move(*outcomes_[i]));
    result.schedule = std::move(schedule_);
    return result;
  }

 private:
  void play(size_t i) {
    if (outcomes_[i]) return;
    const TraceStep& step = steps_[i];
    if (step.on)
      for (int id : variables_used(step.instruction)) make_earlier(id);
    StepOutcome outcome{step, std::nullopt, std::nullopt};
    if (step.on) outcome.refusal = missing_variable(step.instruction);
    for (Value& arg : outcome.step.instruction.args)
      arg = with_variables(arg, [&](const Value& v) { return current(v); });
    if (step.on && !outcome.refusal) apply(outcome);
    if (!outcome.made) number_outputs_below_zero(outcome.step.instruction);
    note_outputs(step.instruction, outcome.step.instruction);
    outcomes_[i] = std::move(outcome);
    order_.push_back(i);
  }

  // What a query gives that stands later.
  void make_earlier(int id) {
    const auto giver = giver_.find(id);
    if (now_.contains(id) || giver == giver_.end() || !steps_[giver->second].instruction.primitive->is_query) return;
    play(giver->second);
  }

  std::optional<Diagnostic> missing_variable(const Instruction& instruction) const {
    for (int id : variables_used(instruction)) {
      const auto found = now_.find(id);
      if (found != now_.end() && variable_id(found->second).value_or(0) >= 0) continue;
      const auto giver = giver_.find(id);
      if (giver == giver_.end())
        return not_given(instruction, "a loop or block which no step of this trace gives", "take it out as well");
      const std::optional<StepOutcome>& from = outcomes_[giver->second];
      const char* name = steps_[giver->second].instruction.primitive->name;
      if (!from)
        return not_given(instruction, fmt::format("what {} gives only later", name), "move it behind that step");
      if (from->refusal && from->step.instruction.primitive->is_query) return *from->refusal;  // says what is not found
      const bool is_off = !from->step.on;
      const std::string why = is_off ? "is off" : from->refusal ? "does not apply any more" : "gives less now";
      return not_given(instruction, fmt::format("what {} gives, which {}", name, why),
                       is_off ? "switch it on, or take this step out as well" : "change the earlier step");
    }
    return std::nullopt;
  }

  static Diagnostic not_given(const Instruction& instruction, const std::string& what, const char* help) {
    return {DiagnosticKind::StaleReference,
            fmt::format("{} needs {}", instruction.primitive->name, what),
            help,
            {},
            std::nullopt,
            {}};
  }

  Value current(const Value& variable) const {
    const auto found = now_.find(*variable_id(variable));
    return found == now_.end() ? variable : found->second;
  }

  void apply(StepOutcome& outcome) {
    Instruction& instruction = outcome.step.instruction;
    Result<Schedule::Step> step = schedule_.apply(*instruction.primitive, instruction.args, instruction.unsound);
    if (!step) {
      outcome.refusal = std::move(step).error();
      return;
    }
    schedule_ = step->schedule;
    instruction = schedule_.trace().instructions.back();
    outcome.made = std::move(*step);
  }

  void number_outputs_below_zero(Instruction& instruction) {
    for (Value& output : instruction.outputs) output = numbered(output, --lowest_);
  }

  void note_outputs(const Instruction& old, const Instruction& now) {
    for (size_t i = 0; i < old.outputs.size(); ++i)
      if (const auto id = variable_id(old.outputs[i]))
        now_[*id] = i < now.outputs.size() ? now.outputs[i] : numbered(old.outputs[i], --lowest_);
  }

  Schedule schedule_;
  const std::vector<TraceStep> steps_;
  std::vector<std::optional<StepOutcome>> outcomes_;
  std::vector<size_t> order_;    // in which the steps were played
  std::map<int, Value> now_;     // what a variable of the old numbering is called now
  std::map<int, size_t> giver_;  // the step that gives it
  int lowest_ = 0;
};

// The program at the end, where all steps apply.
std::optional<ir::Module> end_of_all(const Schedule& start, const std::vector<TraceStep>& steps) {
  const EditedTrace replayed = replay_steps(start, steps);
  const bool all = std::all_of(replayed.outcomes.begin(), replayed.outcomes.end(), [](const StepOutcome& outcome) { return outcome.made.has_value(); });
  return all ? std::optional(replayed.schedule.module()) : std::nullopt;
}

// The steps without one of them and all that use what it gives.
std::vector<TraceStep> without_dependents(const std::vector<TraceStep>& steps, size_t removed) {
  std::vector<TraceStep> kept;
  std::set<int> gone;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::set<int> used = variables_used(steps[i].instruction);
    const bool depends = std::any_of(used.begin(), used.end(), [&](int id) { return gone.contains(id); });
    if (i != removed && !depends) {
      kept.push_back(steps[i]);
      continue;
    }
    for (const Value& output : steps[i].instruction.outputs)
      if (const auto id = variable_id(output)) gone.insert(*id);
  }
  return kept;
}

}  // namespace

EditedTrace replay_steps(const Schedule& start, std::vector<TraceStep> steps) {
  return StepPlayer(start, std::move(steps)).play();
}

std::vector<TraceStep> steps_of(const Trace& trace) {
  std::vector<TraceStep> steps;
  for (const Instruction& instruction : trace.instructions) steps.push_back({instruction});
  return steps;
}

Trace simplified(const Trace& whole, bool remove_postproc) {
  const Trace trace = remove_postproc ? without_postproc(whole) : whole;
  Trace result;
  std::set<int> used;
  for (auto it = trace.instructions.rbegin(); it != trace.instructions.rend(); ++it) {
    const bool is_used = std::any_of(it->outputs.begin(), it->outputs.end(),
                                     [&](const Value& output) { return used.contains(variable_id(output).value_or(-1)); });
    if (it->primitive->is_query && !is_used) continue;
    used.merge(variables_used(*it));
    result.instructions.push_back(*it);
  }
  std::reverse(result.instructions.begin(), result.instructions.end());
  return renumbered(result);
}

Trace renumbered(const Trace& trace) {
  Trace result = trace;
  std::map<int, Value> names;
  int next = 0;
  for (Instruction& instruction : result.instructions) {
    for (Value& arg : instruction.args)
      arg = with_variables(arg, [&](const Value& variable) {
        const auto name = names.find(*variable_id(variable));
        return name == names.end() ? variable : name->second;
      });
    for (Value& output : instruction.outputs) {
      const Value name = numbered(output, next++);
      if (const auto id = variable_id(output)) names[*id] = name;
      output = name;
    }
  }
  return result;
}

std::vector<TraceStep> without_idle_steps(const Schedule& start, std::vector<TraceStep> steps) {
  std::erase_if(steps, [](const TraceStep& step) { return !step.on; });
  const std::optional<ir::Module> end = end_of_all(start, steps);
  for (size_t i = 0; end && i < steps.size();) {
    std::vector<TraceStep> fewer = without_dependents(steps, i);
    const std::optional<ir::Module> end_without = end_of_all(start, fewer);
    if (end_without && ir::structural_equal(*end_without, *end)) steps = std::move(fewer);
    else ++i;
  }
  return steps;
}

Value with_variables(const Value& value, const std::function<Value(const Value&)>& replace) {
  if (variable_id(value)) return replace(value);
  if (const ValueList* list = value.as<ValueList>()) {
    ValueList items;
    for (const Value& item : *list) items.push_back(with_variables(item, replace));
    return {std::move(items)};
  }
  if (const ValueDict* dict = value.as<ValueDict>()) {
    ValueDict items;
    for (const auto& [key, item] : *dict) items[key] = with_variables(item, replace);
    return {std::move(items)};
  }
  return value;
}

std::optional<int> variable_id(const Value& value) {
  if (const BlockRV* block = value.as<BlockRV>()) return block->id;
  if (const LoopRV* loop = value.as<LoopRV>()) return loop->id;
  if (const ExprRV* expr = value.as<ExprRV>()) return expr->id;
  return std::nullopt;
}

}  // namespace loopglass::schedule
