#include "engine/schedule/index_map_text.h"

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// What the graph of index_map_json.h has nodes for.
bool can_be_stored(const ir::Expr& root) {
  bool can = true;
  ir::for_each_expr(root, [&](const ir::Expr& e) {
    const ir::ExprKind k = e->kind;
    can &= k != ir::ExprKind::StringImm && k != ir::ExprKind::Ramp && k != ir::ExprKind::Broadcast && k != ir::ExprKind::Let && k != ir::ExprKind::BufferLoad;
  });
  return can;
}

std::string head(const IndexMap& map) {
  std::string text = "lambda ";
  for (size_t i = 0; i < map.initial_indices.size(); ++i) text += (i ? ", " : "") + map.initial_indices[i]->name;
  return text + ": ";
}

std::string lambda_text(const IndexMap& map) {
  std::string text = head(map) + "(";
  for (size_t i = 0; i < map.final_indices.size(); ++i) text += fmt::format("{}{},", i ? " " : "", script::print_expr(map.final_indices[i]));
  return text + ")";
}

}  // namespace

Result<IndexMapRef> to_index_map(const script::IndexFunction& function) {
  auto map = std::make_shared<IndexMap>();
  map->initial_indices = function.params;
  for (const script::IndexItem& item : function.items) {
    if (item.is_tuple) return fail(DiagnosticKind::BadArgument, "an index map gives a list of indices, and one of its items is a list itself");
    if (!can_be_stored(item.parts[0]))
      return fail(DiagnosticKind::UnsupportedSyntax, fmt::format("{} cannot be part of an index map", script::print_expr(item.parts[0])));
    map->final_indices.push_back(item.parts[0]);
  }
  if (function.inverse) {
    TRY_ASSIGN(map->inverse, to_index_map(*function.inverse));
  }
  return IndexMapRef(std::move(map));
}

std::string to_python(const IndexMap& map) {
  if (!map.inverse) return lambda_text(map);
  return fmt::format("tvm.tirx.IndexMap.from_func({}, inverse_index_map={})", lambda_text(map), lambda_text(*map.inverse));
}

std::string ranges_to_python(const IndexMap& map) {
  std::string text = head(map) + "[";
  for (size_t i = 0; i + 1 < map.final_indices.size(); i += 2)
    text += fmt::format("{}({}, {})", i ? ", " : "", script::print_expr(map.final_indices[i]), script::print_expr(map.final_indices[i + 1]));
  return text + "]";
}

std::string to_formula(const IndexMap& map) {
  std::string text;
  for (const ir::Expr& index : map.final_indices) text += (text.empty() ? "" : ", ") + script::print_expr(index);
  return text;
}

}  // namespace loopglass::schedule
