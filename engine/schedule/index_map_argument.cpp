#include "engine/schedule/index_map_argument.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/index_map_text.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

// The variables that a function's parameters bring: scalars and symbolic extents.
std::map<std::string, ir::Var> variables_of(const ir::PrimFunc& function) {
  std::map<std::string, ir::Var> result;
  const auto add = [&](const ir::Expr& e) {
    if (const ir::Var var = ir::as_var(e); var && var->dtype.is_integral()) result.emplace(var->name, var);
  };
  for (const ir::Param& param : function.params) {
    if (!param.buffer) add(param.var);
    if (param.buffer)
      for (const ir::Expr& extent : param.buffer->shape) ir::for_each_expr(extent, add);
  }
  return result;
}

Diagnostic in_file(Diagnostic error, const Value::Lambda& lambda) {
  for (Label& label : error.labels) {
    if (!label.span) continue;
    if (lambda.begin)
      label.span = SourceSpan{label.span->begin + *lambda.begin, label.span->end + *lambda.begin};
    else
      label.span.reset();
  }
  if (!lambda.begin) error.labels.clear();
  return error;
}

// A map that was read from a trace knows the function's variables by name alone.
IndexMapRef with_own_variables(const IndexMapRef& map, const ir::PrimFunc& function) {
  ir::VarMap known;
  const auto own = variables_of(function);
  for (const ir::Expr& index : map->final_indices)
    ir::for_each_expr(index, [&](const ir::Expr& e) {
      const ir::Var var = ir::as_var(e);
      if (!var || std::find(map->initial_indices.begin(), map->initial_indices.end(), var) != map->initial_indices.end()) return;
      const auto found = own.find(var->name);
      if (found != own.end() && found->second != var && found->second->dtype == var->dtype) known[var.get()] = found->second;
    });
  if (known.empty()) return map;
  auto result = std::make_shared<IndexMap>(*map);
  for (ir::Expr& index : result->final_indices) index = ir::substitute(index, known);
  return result;
}

}  // namespace

ir::DataType index_type_of(const ir::Block& block) {
  if (!block.iter_vars.empty()) return block.iter_vars[0].var->dtype;
  for (const auto* regions : {&block.reads, &block.writes})
    for (const ir::BufferRegion& r : *regions)
      if (!r.region.empty()) return r.region[0].min->dtype;
  return ir::kInt64;
}

Result<script::IndexFunction> read_function(const Value::Lambda& lambda, const Context& context, const Place& block, std::optional<size_t> count,
                                            std::vector<std::string> names) {
  script::IndexFunctionContext around;
  around.index_type = index_type_of(block.block());
  around.count = count;
  around.names = std::move(names);
  for (const auto& [name, var] : variables_of(*ir::find_function(context.module, block.function()))) around.known[name] = ir::Expr(var);
  for (const auto& [name, value] : lambda.known) {
    if (const bool* b = value.as<bool>()) around.known[name] = *b;
    if (const int64_t* i = value.as<int64_t>()) around.known[name] = *i;
    if (const double* d = value.as<double>()) around.known[name] = *d;
  }
  Result<script::IndexFunction> function = script::read_index_function(lambda.text, around);
  if (!function) return Error(in_file(std::move(function).error(), lambda));
  return function;
}

Result<void> read_index_map(Argument& argument, const Context& context, const Place& block, std::optional<size_t> count, std::vector<std::string> names) {
  Value& value = std::get<Value>(argument.v);
  if (const auto* lambda = value.as<Value::Lambda>()) {
    TRY_ASSIGN(const script::IndexFunction function, read_function(*lambda, context, block, count, std::move(names)));
    TRY_ASSIGN(IndexMapRef map, to_index_map(function));
    value = Value{std::move(map)};
  } else if (const auto* map = value.as<IndexMapRef>()) {
    value = Value{with_own_variables(*map, *ir::find_function(context.module, block.function()))};
  }
  return {};
}

const IndexMap& index_map_argument(const Argument& argument) {
  const IndexMapRef* map = value_argument(argument).as<IndexMapRef>();
  CHECK(map && *map, "argument is no index map");
  return **map;
}

IndexMapRef optional_index_map(const Argument& argument) {
  const IndexMapRef* map = value_argument(argument).as<IndexMapRef>();
  return map ? *map : nullptr;
}

Result<void> check_rank(const IndexMap& map, size_t wanted, const std::string& of, const Place& block) {
  const size_t given = map.initial_indices.size();
  if (given == wanted) return {};
  Error error = fail(DiagnosticKind::IndexMapRank, fmt::format("the index map {} takes {} {}, but {}", to_python(map), given, given == 1 ? "index" : "indices", of),
                     fmt::format("give one that takes {}", wanted), {label(block, "")});
  error.error().values = {{"map", to_python(map)}, {"given", std::to_string(given)}, {"wanted", std::to_string(wanted)}};
  return error;
}

}  // namespace loopglass::schedule
