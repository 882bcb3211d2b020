// annotate(block_or_loop, key, value), unannotate(block_or_loop, key): what later steps and the compiler are told of a node.
// annotate leaves a value that is already there. (TVM: src/s_tir/schedule/primitive/annotate.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

ir::Attr to_attr(const Value& value) {
  if (const bool* b = value.as<bool>()) return {*b};
  if (const int64_t* i = value.as<int64_t>()) return {*i};
  if (const double* d = value.as<double>()) return {*d};
  if (const std::string* s = value.as<std::string>()) return {*s};
  if (const ValueList* list = value.as<ValueList>()) {
    ir::AttrList items;
    for (const Value& item : *list) items.push_back(to_attr(item));
    return {std::move(items)};
  }
  const ValueDict* dict = value.as<ValueDict>();
  CHECK(dict, "an annotation of a kind that its ParamSpec does not allow");
  ir::AttrMap map;
  for (const auto& [key, item] : *dict) map[key] = to_attr(item);
  return {std::move(map)};
}

const ir::AttrMap& annotations(const Place& place) { return place.is_loop() ? place.loop().annotations : place.block().annotations; }

Rewrite with_annotations(const Context& context, const Place& place, ir::AttrMap map) {
  ir::Stmt changed;
  if (place.is_loop()) {
    ir::For loop = place.loop();
    loop.annotations = std::move(map);
    changed = ir::make_stmt(std::move(loop));
  } else {
    ir::BlockRealize realize = place.realize();
    realize.block.annotations = std::move(map);
    changed = ir::make_stmt(std::move(realize));
  }
  return {.module = replace(context.module, place, std::move(changed)), .same_accesses = true};
}

Result<Rewrite> annotate(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, node_argument(args[0]));
  ir::AttrMap map = annotations(place);
  if (!map.emplace(string_argument(args[1]), to_attr(value_argument(args[2]))).second) return Rewrite{context.module, {}, {}, {}};
  return with_annotations(context, place, std::move(map));
}

Result<Rewrite> unannotate(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, node_argument(args[0]));
  const std::string& key = string_argument(args[1]);
  ir::AttrMap map = annotations(place);
  if (map.erase(key) == 0) {
    std::string keys;
    for (const auto& [known, value] : map) keys += fmt::format("{}\"{}\"", keys.empty() ? "" : ", ", known);
    return fail(DiagnosticKind::NoSuchAnnotation,
                fmt::format("{} has no annotation \"{}\"; it has {}", quoted(place), key, keys.empty() ? "none" : keys), {}, {label(place, "")});
  }
  return with_annotations(context, place, std::move(map));
}

}  // namespace

const PrimitiveSpec kAnnotate = {
    .name = "annotate",
    .json_kind = "Annotate",
    .summary = "Annotates a block or loop with a key and a value.",
    .params = {{"block_or_loop", ParamKind::BlockOrLoop, "what to annotate", {}, false},
               {"ann_key", ParamKind::String, "the annotation's key", {}, true},
               {"ann_val", ParamKind::Annotation, "its value", {}, false}},
    .apply = annotate,
};

const PrimitiveSpec kUnannotate = {
    .name = "unannotate",
    .json_kind = "Unannotate",
    .summary = "Removes an annotation from a block or loop.",
    .params = {{"block_or_loop", ParamKind::BlockOrLoop, "what carries the annotation", {}, false},
               {"ann_key", ParamKind::String, "the annotation's key", {}, true}},
    .apply = unannotate,
};

}  // namespace loopglass::schedule
