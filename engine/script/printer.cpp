#include "engine/script/printer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/script/function_printer.h"

namespace loopglass::script {
namespace {

std::string header(const ir::ModuleNode& module, Dialect dialect, bool has_type_vars) {
  std::string text;
  if (has_type_vars) text += "# from typing import TypeVar\n";
  if (dialect == Dialect::STir) {
    if (!module.is_bare_function) text += "# from tvm.script import ir as I\n";
    text += "# from tvm.script import tirx as T\n# from tvm.tirx.layout import Axis\n";
  } else {
    if (!module.is_bare_function) text += "# import tvm\n";
    text += "# from tvm.script import tir as T\n";
  }
  return text + "\n";
}

// TVM prints "main" last, the others by name.
std::vector<ir::NamedFunction> in_print_order(const ir::ModuleNode& module) {
  std::vector<ir::NamedFunction> functions = module.functions;
  std::stable_sort(functions.begin(), functions.end(), [](const ir::NamedFunction& a, const ir::NamedFunction& b) {
    if ((a.name == "main") != (b.name == "main")) return b.name == "main";
    return a.name < b.name;
  });
  return functions;
}

void shift(SourceSpan& span, size_t by) {
  span.begin += static_cast<uint32_t>(by);
  span.end += static_cast<uint32_t>(by);
}

std::string module_attrs(const ir::ModuleNode& module) {
  if (module.attrs.empty()) return {};
  const NameTable names;
  std::string text = "    I.module_attrs(";
  ExprPrinter(names).append_attrs(text, module.attrs);
  return text + ")\n";
}

}  // namespace

Printed print(const ir::Module& module, const PrintOptions& options) {
  Printed body;
  NameTable names;
  std::vector<std::string> type_vars;   // a function's in the order of their names, those of earlier functions first
  const bool is_bare = module->is_bare_function;
  if (!is_bare) {
    const std::string class_name = options.dialect == Dialect::STir ? "Module" : module->name;
    names.define(module.get(), class_name);
    body.text = fmt::format("{}\nclass {}:\n{}", options.dialect == Dialect::STir ? "@I.ir_module" : "@tvm.script.ir_module", class_name, module_attrs(*module));
    if (module->functions.empty() && module->attrs.empty()) body.text += "    pass\n";
  }
  bool is_first = true;
  for (const ir::NamedFunction& function : in_print_order(*module)) {
    if (!is_first) body.text += '\n';
    is_first = false;
    FunctionPrinter printer(body, options, names, is_bare ? 0 : 1);
    printer.print(function);
    for (const std::string& name : printer.type_vars())
      if (std::find(type_vars.begin(), type_vars.end(), name) == type_vars.end()) type_vars.push_back(name);
  }
  // What stands above the module is known only after it.
  std::string above = options.header ? header(*module, options.dialect, !type_vars.empty()) : std::string();
  for (const std::string& name : type_vars) above += fmt::format("{} = TypeVar(\"{}\")\n", name, name);
  for (NodeSpan& node : body.nodes) {
    shift(node.head, above.size());
    shift(node.whole, above.size());
  }
  body.text.insert(0, above);
  return body;
}

std::string print_expr(const ir::Expr& e, Dialect dialect) {
  const NameTable names;
  return ExprPrinter(names, dialect == Dialect::STir).text(e);
}

std::string print_region(const ir::BufferRegion& region, Dialect dialect) {
  const NameTable names;
  std::string text;
  ExprPrinter(names, dialect == Dialect::STir).append_region(text, region);
  return text;
}

}  // namespace loopglass::script
