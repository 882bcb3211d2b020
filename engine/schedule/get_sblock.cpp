// get_sblock(name, func_name): the block of that name. (TVM: src/s_tir/schedule/primitive/get_block_loop.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

std::string names_of(const std::vector<Place>& blocks) {
  std::string text;
  for (const Place& block : blocks) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", block.block().name);
  return text;
}

std::string function_names(const ir::Module& module) {
  std::string text;
  for (const ir::NamedFunction& f : module->functions) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", f.name);
  return text;
}

// The function meant where none is named: "main", or the only one.
Result<void> normalize(const Context& context, std::span<Argument> args) {
  if (!is_none(args[1])) return {};
  const ir::Module& module = context.module;
  if (ir::find_function(module, "main"))
    args[1] = {Value{std::string("main")}};
  else if (module->functions.size() == 1)
    args[1] = {Value{module->functions.front().name}};
  else
    return fail(DiagnosticKind::NoSuchFunction,
                fmt::format("get_sblock(\"{}\") does not say in which function: the module has {}", string_argument(args[0]), function_names(module)),
                "give func_name=");
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const std::string& name = string_argument(args[0]);
  const std::string& function = string_argument(args[1]);
  if (!ir::find_function(context.module, function))
    return fail(DiagnosticKind::NoSuchFunction, fmt::format("the module has no function \"{}\"; it has {}", function, function_names(context.module)));
  const Place root = *place_at(context.module, {function, {}});
  std::vector<Place> all = all_blocks_below(root);
  if (root.is_block()) all.insert(all.begin(), root);

  std::vector<Place> found;
  for (const Place& block : all)
    if (block.block().name == name) found.push_back(block);
  if (found.empty())
    return fail(DiagnosticKind::NotSingleResult, fmt::format("function \"{}\" has no block \"{}\"; it has {}", function, name, names_of(all)));
  if (found.size() > 1) {
    std::vector<Label> labels;
    for (const Place& block : found) labels.push_back(label(block, "a block of that name"));
    return fail(DiagnosticKind::NotSingleResult, fmt::format("function \"{}\" has {} blocks named \"{}\"", function, found.size(), name),
                "give them names of their own, or reach the block by get_child_blocks", std::move(labels));
  }
  return Rewrite{context.module, {result(ref(found.front().realize()))}, {}, {}};
}

}  // namespace

const PrimitiveSpec kGetSBlock = {
    .name = "get_sblock",
    .json_kind = "GetSBlock",
    .summary = "Finds a block by its name.",
    .params = {{"name", ParamKind::String, "the block's name", {}, true},
               {"func_name", ParamKind::String, "the function that it is in", Value{}, true}},
    .is_query = true,
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
