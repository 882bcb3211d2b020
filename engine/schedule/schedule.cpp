#include "engine/schedule/schedule.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/changed_part.h"
#include "engine/schedule/check_arguments.h"
#include "engine/schedule/own_checks.h"
#include "engine/schedule/trace_edit.h"
#include "engine/schedule/tree.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

// Gives each reference the place where its node stands as its hint; tells those that are gone. A node with a hint that is not where the hint says
// can be in a changed part alone.
std::vector<bool> locate(const ir::Module& module, std::span<const ChangedPart> changed, std::span<NodeRef* const> refs) {
  std::vector<bool> is_gone(refs.size());
  std::vector<size_t> moved;
  std::vector<const NodeRef*> nodes;
  for (size_t i = 0; i < refs.size(); ++i) {
    const auto& hint = hint_of(*refs[i]);
    if (hint && is_at(module, *hint, *refs[i])) continue;
    is_gone[i] = true;
    moved.push_back(i);
    nodes.push_back(refs[i]);
  }
  const auto found = [&](size_t i, ir::NodePath path) {
    is_gone[i] = false;
    std::visit([&](auto& node) { node.hint = std::make_shared<const ir::NodePath>(std::move(path)); }, *refs[i]);
  };
  for (const ChangedPart& part : changed) {
    if (nodes.empty()) break;
    std::vector<std::optional<ir::NodePath>> paths = paths_below(part.after, nodes);
    for (size_t n = 0; n < moved.size(); ++n)
      if (paths[n]) found(moved[n], *std::move(paths[n]));
  }
  for (size_t i : moved)
    if (is_gone[i] && !hint_of(*refs[i]))
      if (auto place = find(module, *refs[i])) found(i, place->path());
  return is_gone;
}

void add_node(Argument& argument, std::vector<NodeRef*>& nodes) {
  if (NodeRef* node = std::get_if<NodeRef>(&argument.v)) nodes.push_back(node);
}

void locate_results(Rewrite& rewrite, std::span<const ChangedPart> changed) {
  std::vector<NodeRef*> nodes;
  for (Argument& result : rewrite.results) {
    add_node(result, nodes);
    if (ArgumentList* list = std::get_if<ArgumentList>(&result.v))
      for (Argument& item : *list) add_node(item, nodes);
  }
  locate(rewrite.module, changed, nodes);
}

}  // namespace

Schedule::Schedule(ir::Module module, Options options) : original_(module), module_(module), judgements_(module), options_(options) {}

Schedule Schedule::with_intrinsics(ir::TensorIntrins intrinsics) const {
  Schedule copy = *this;
  copy.options_.intrinsics = std::move(intrinsics);
  return copy;
}

std::string Schedule::name_of(const Value& rv) const {
  const auto id = variable_id(rv);
  const auto node = id ? nodes_.find(*id) : nodes_.end();
  return node == nodes_.end() ? std::string() : node->second.name;
}

std::optional<ir::NodePath> Schedule::path(const Value& rv) const {
  const auto id = variable_id(rv);
  if (!id) return std::nullopt;
  const auto node = nodes_.find(*id);
  const std::optional<Place> place = node == nodes_.end() || node->second.gone_at >= 0 ? std::nullopt : find(module_, node->second.ref);
  return place ? std::optional(place->path()) : std::nullopt;
}

// A random variable's node, or a list's; a plain value as it is.
Result<Argument> Schedule::look_up(const PrimitiveSpec& primitive, const Value& value) const {
  if (const ValueList* list = value.as<ValueList>()) {
    const bool of_nodes = !list->empty() && (list->front().as<BlockRV>() || list->front().as<LoopRV>());
    if (of_nodes) {
      ArgumentList items;
      for (const Value& item : *list) {
        Result<Argument> argument = look_up(primitive, item);
        if (!argument) return argument;
        items.push_back(*std::move(argument));
      }
      return Argument{std::move(items)};
    }
  }
  if (const auto* lambda = value.as<Value::Lambda>()) return look_up_known(*lambda);
  const auto id = variable_id(value);
  if (!id || value.as<ExprRV>()) {
    TRY_ASSIGN(Value plain, look_up_values(value));
    return Argument{std::move(plain)};
  }
  if (const auto mark = marks_.find(*id); mark != marks_.end()) {
    if (primitive.takes_location_mark) return Argument{mark->second};
    return fail(DiagnosticKind::BadArgument,
                fmt::format("{} stands for no loop: the step that gave it chose {}", to_python(value),
                            mark->second == LocationMark::Inline ? "to inline the block" : "to leave the block where it is"),
                "only compute_at and reverse_compute_at can follow it");
  }
  const auto known = nodes_.find(*id);
  if (known == nodes_.end())
    return fail(DiagnosticKind::BadArgument, fmt::format("{} is no random variable of this schedule", to_python(value)));
  if (known->second.gone_at >= 0) return stale(primitive, value, known->second);
  return Argument{known->second.ref};
}

// The random variables that a lambda knows from around it, as what they are.
Argument Schedule::look_up_known(Value::Lambda lambda) const {
  for (auto& [name, value] : lambda.known) {
    const ExprRV* expr = value.as<ExprRV>();
    if (const auto known = expr ? values_.find(expr->id) : values_.end(); known != values_.end()) value = Value{known->second};
  }
  return Argument{Value{std::move(lambda)}};
}

// A plain value with the random variables in it replaced by what they stand for.
Result<Value> Schedule::look_up_values(const Value& value) const {
  if (const ExprRV* expr = value.as<ExprRV>()) {
    const auto known = values_.find(expr->id);
    if (known != values_.end()) return Value{known->second};
    return fail(DiagnosticKind::BadArgument, fmt::format("{} is no random variable of this schedule", to_python(value)));
  }
  if (const ValueList* list = value.as<ValueList>()) {
    ValueList items;
    for (const Value& item : *list) {
      TRY_ASSIGN(Value plain, look_up_values(item));
      items.push_back(std::move(plain));
    }
    return Value{std::move(items)};
  }
  const ValueDict* dict = value.as<ValueDict>();
  if (!dict) return value;
  ValueDict items;
  for (const auto& [key, item] : *dict) {
    TRY_ASSIGN(items[key], look_up_values(item));
  }
  return Value{std::move(items)};
}

// A sampling step draws with the schedule's seed and its own number.
Context Schedule::context(bool trust) const {
  return {module_, options_.enable_check, trust, &judgements_, options_.seed + trace_.instructions.size(), options_.intrinsics};
}

Error Schedule::stale(const PrimitiveSpec& primitive, const Value& rv, const Node& node) const {
  const bool is_loop = rv.as<LoopRV>();
  const char* what = is_loop ? "loop" : "block";
  const Instruction& by = trace_.instructions[node.gone_at];
  std::string heirs;
  for (const Value& output : by.outputs)
    if (output.as<LoopRV>()) heirs += fmt::format("{}{}", heirs.empty() ? "" : ", ", name_of(output));
  return fail(DiagnosticKind::StaleReference,
              fmt::format("{} cannot be applied to {} \"{}\" ({}): instruction {} ({}) replaced it", primitive.name, what, node.name, to_python(rv),
                          node.gone_at, by.primitive->json_kind),
              is_loop && !heirs.empty() ? fmt::format("use what {} gave ({}), or ask again with get_loops", by.primitive->name, heirs)
              : is_loop                 ? std::string("ask again with get_loops")
                                        : std::string("ask again with get_sblock"));
}

bool Schedule::is_sound() const {
  return std::none_of(trace_.instructions.begin(), trace_.instructions.end(), [](const Instruction& i) { return i.unsound; });
}

Result<Schedule::Step> Schedule::apply(const PrimitiveSpec& primitive, std::vector<Value> given, bool trust) const {
  trust |= options_.trust;
  TRY_ASSIGN(std::vector<Value> values, check_arguments(primitive, std::move(given)));
  std::vector<Argument> args;
  for (const Value& value : values) {
    Result<Argument> argument = look_up(primitive, value);
    if (!argument) return Error(std::move(argument).error());
    args.push_back(*std::move(argument));
  }
  const Context context = this->context(trust);
  if (primitive.normalize) {
    TRY(primitive.normalize(context, args));
    for (size_t i = 0; i < args.size(); ++i) {
      const Value* value = std::get_if<Value>(&args[i].v);
      const bool is_list = values[i].as<ValueList>() && primitive.params[i].kind != ParamKind::BufferAccess;
      if (value && !is_list && !values[i].as<ExprRV>()) values[i] = *value;
    }
  }
  Result<Rewrite> applied = primitive.apply(context, args);
  if (!applied) return Error(with_changed_number(context, primitive, args, std::move(applied).error()));
  Rewrite rewrite = *std::move(applied);
  for (size_t i = 0; i < args.size(); ++i)
    if (primitive.params[i].is_decision && rewrite.decision) values[i] = *rewrite.decision;
  const std::vector<ChangedPart> changed = changed_parts(module_, rewrite.module);
  locate_results(rewrite, changed);
  TRY(check_result(context, primitive, args, changed, rewrite));

  Step step{*this, {}, std::move(rewrite.forwarding), std::move(rewrite.warnings)};
  if (!primitive.is_traced) {
    for (const Argument& answer : rewrite.results) step.results.push_back(std::get<Value>(answer.v));
    return step;
  }
  Schedule& next = step.schedule;
  next.module_ = std::move(rewrite.module);
  next.judgements_.add(next.module_, rewrite.judged_again);
  for (const Argument& result : rewrite.results) {
    if (const ArgumentList* list = std::get_if<ArgumentList>(&result.v))
      for (const Argument& item : *list) step.results.push_back(next.new_rv(item));
    else
      step.results.push_back(next.new_rv(result));
  }
  next.trace_.instructions.push_back({&primitive, std::move(values), step.results, !step.warnings.empty()});
  if (!changed.empty()) next.follow_nodes(changed, static_cast<int>(next.trace_.instructions.size()) - 1);
  return step;
}

Value Schedule::new_rv(const Argument& result) {
  const int id = next_rv_++;
  if (const LocationMark* mark = std::get_if<LocationMark>(&result.v)) {
    marks_[id] = *mark;
    return {LoopRV{id}};
  }
  if (const Value* value = std::get_if<Value>(&result.v)) {
    if (value->is_none()) return {};   // TVM names it "_" and counts it
    const int64_t* number = value->as<int64_t>();
    CHECK(number, "a step's result is neither a node nor a number");
    values_[id] = *number;
    return {ExprRV{id}};
  }
  const NodeRef& ref = std::get<NodeRef>(result.v);
  if (const LoopRef* loop = std::get_if<LoopRef>(&ref)) {
    nodes_[id] = {ref, loop->var->name, -1};
    return {LoopRV{id}};
  }
  const auto& hint = hint_of(ref);
  CHECK(hint && is_at(module_, *hint, ref), "a step's result is not in the program");
  nodes_[id] = {ref, ir::get<ir::BlockRealize>(ir::node_at(module_, *hint)).block.name, -1};
  return {BlockRV{id}};
}

void Schedule::follow_nodes(std::span<const ChangedPart> changed, int instruction) {
  std::vector<Node*> alive;
  std::vector<NodeRef*> refs;
  alive.reserve(nodes_.size());
  refs.reserve(nodes_.size());
  for (auto& [id, node] : nodes_) {
    if (node.gone_at >= 0) continue;
    alive.push_back(&node);
    refs.push_back(&node.ref);
  }
  const std::vector<bool> is_gone = locate(module_, changed, refs);
  for (size_t i = 0; i < alive.size(); ++i)
    if (is_gone[i]) alive[i]->gone_at = instruction;
}

}  // namespace loopglass::schedule
