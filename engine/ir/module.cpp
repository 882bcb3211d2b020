#include "engine/ir/module.h"

#include <algorithm>

namespace loopglass::ir {

Module make_module(ModuleNode fields) {
  std::ranges::stable_sort(fields.functions, {}, &NamedFunction::name);
  return std::make_shared<const ModuleNode>(std::move(fields));
}

Function find_function(const Module& module, std::string_view name) {
  const auto it = std::ranges::find(module->functions, name, &NamedFunction::name);
  return it == module->functions.end() ? nullptr : it->function;
}

Module with_function(const Module& module, std::string_view name, Function function) {
  ModuleNode copy = *module;
  const auto it = std::ranges::find(copy.functions, name, &NamedFunction::name);
  if (it != copy.functions.end())
    it->function = std::move(function);
  else
    copy.functions.push_back({std::string(name), std::move(function)});
  return make_module(std::move(copy));
}

const BlockRealize* root_block(const PrimFunc& function) { return as<BlockRealize>(function.body); }

}  // namespace loopglass::ir
