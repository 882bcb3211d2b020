// transform_layout(block, buffer, index_map, pad_value, assume_injective_transform): a buffer's elements lie elsewhere in it.
//
// Before:                                       After transform_layout(B, ("write", 0), lambda i, j: (i // 4, j, i % 4)):
//   B = T.sblock_alloc_buffer((32, 16))           B = T.sblock_alloc_buffer((8, 16, 4))
//   ... B[vi, vj] = A[vi, vj] * 2                 ... B[vi // 4, vj, vi % 4] = A[vi, vj] * 2
//   ... C[vi, vj] = B[vi, vj] + 1                 ... C[vi, vj] = B[vi // 4, vj, vi % 4] + 1
//
// A parameter's layout changes for the caller too. With a pad_value the new buffer may be larger (layout_padding.cpp).
// Requires: BufferIndexOutOfRange, IndexMapRank, BufferIsSubregion, InvalidPadValue, NotInjectiveIndexMap, NeedsPadValue, OpaqueAccess.
// Keeps: loops and blocks; where a nest writes the padding along, its blocks. (TVM: src/s_tir/schedule/primitive/layout_transformation.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/buffer_access.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/index_map_text.h"
#include "engine/schedule/layout_change.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

std::string shape_text(const std::vector<ir::Expr>& shape) {
  std::string text;
  for (const ir::Expr& extent : shape) text += (text.empty() ? "" : ", ") + script::print_expr(extent);
  return "(" + text + ")";
}

Error invalid_pad_value(const Place& block, std::string message, std::string help) {
  return fail(DiagnosticKind::InvalidPadValue, std::move(message), std::move(help), {label(block, "")});
}

// A number as a value of the buffer's type, where Python's type fits; else as TVM takes it, for the check of types to refuse.
Result<ir::Expr> number(const Value& value, ir::DataType type, const Place& block) {
  if (const bool* b = value.as<bool>()) return type.is_integral() ? ir::make_int(*b, type) : ir::make_bool(*b);
  if (const double* d = value.as<double>()) return ir::make_float(*d, type.is_float() ? type : ir::kFloat32);
  const int64_t i = *value.as<int64_t>();
  if (!type.is_integral()) return ir::make_int(i);
  const bool fits = type.bits == 64 ? type.is_int() || i >= 0
                    : type.is_uint() ? i >= 0 && i < (int64_t{1} << type.bits)
                                     : i >= -(int64_t{1} << (type.bits - 1)) && i < (int64_t{1} << (type.bits - 1));
  if (fits) return ir::make_int(i, type);
  return invalid_pad_value(block, fmt::format("{} does not fit into {}", i, ir::to_string(type)), "give a value of the buffer's type");
}

// What is written as a number becomes the function that gives it everywhere.
Result<void> read_pad_value(Argument& argument, const Context& context, const Place& block, const ir::Buffer& buffer, size_t rank) {
  Value& value = std::get<Value>(argument.v);
  if (value.is_none()) return {};
  if (value.as<Value::Lambda>() || value.as<IndexMapRef>()) return read_index_map(argument, context, block, rank);
  auto map = std::make_shared<IndexMap>();
  for (size_t i = 0; i < rank; ++i) map->initial_indices.push_back(ir::make_var(fmt::format("indices_{}", i), index_type_of(block.block())));
  TRY_ASSIGN(ir::Expr constant, number(value, buffer->dtype, block));
  map->final_indices = {std::move(constant)};
  value = Value{IndexMapRef(std::move(map))};
  return {};
}

Result<void> normalize(const Context& context, std::span<Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const BufferAccess access, find_access(args[1], block));
  args[1] = Argument{to_value(access)};
  const ir::Buffer& buffer = accessed_buffer(access, block);
  TRY(read_index_map(args[2], context, block, buffer->shape.size()));
  return read_pad_value(args[3], context, block, buffer, index_map_argument(args[2]).final_indices.size());
}

Result<void> check_pad_value(const Place& block, const IndexMap& pad, const ir::Buffer& buffer, size_t rank) {
  if (pad.final_indices.size() != 1)
    return invalid_pad_value(block, fmt::format("the pad value {} gives {} values where one is needed", to_python(pad), pad.final_indices.size()), "give one expression of the new indices");
  if (pad.initial_indices.size() != rank)
    return invalid_pad_value(block, fmt::format("the pad value {} takes {} indices, and the new buffer has {}", to_python(pad), pad.initial_indices.size(), rank), "it is a function of the new indices");
  const ir::DataType type = pad.final_indices[0]->dtype;
  if (type == buffer->dtype) return {};
  return invalid_pad_value(block, fmt::format("{} has elements of {}, and the pad value {} is of {}", buffer->name, ir::to_string(buffer->dtype), script::print_expr(pad.final_indices[0]), ir::to_string(type)),
                       fmt::format("give a value of {}: T.{}(...)", ir::to_string(buffer->dtype), ir::to_string(buffer->dtype)));
}

Error not_injective(const Place& block, const IndexMap& map, const ir::Buffer& buffer, const std::string& why) {
  Error error = fail(DiagnosticKind::NotInjectiveIndexMap, fmt::format("the index map {} is no layout of {} with shape {}: {}", to_python(map), buffer->name, shape_text(buffer->shape), why),
                     "each element needs a place of its own; split, fuse and reorder indices without loss", {label(block, "")});
  error.error().values = {{"map", to_python(map)}, {"buffer", buffer->name}, {"reason", why}};
  return error;
}

// The block that holds the buffer, or the function's root for a parameter. Error: BufferIsSubregion for a T.match_buffer.
struct Definition {
  Place scope;
  bool is_parameter = false;
};
Result<Definition> definition_of(const Context& context, const Place& block, const ir::Buffer& buffer) {
  for (std::optional<Place> place = block; place; place = parent(*place)) {
    if (!place->is_block()) continue;
    const auto& allocated = place->block().alloc_buffers;
    if (std::find(allocated.begin(), allocated.end(), buffer) != allocated.end()) return Definition{*place, false};
    for (const ir::MatchBuffer& match : place->block().match_buffers)
      if (match.buffer == buffer)
        return fail(DiagnosticKind::BufferIsSubregion, fmt::format("{} is a name for a part of {} (T.match_buffer)", buffer->name, match.source.buffer->name),
                    "change the layout of a parameter, or of a buffer that a block allocates", {label(*place, "names it")});
  }
  return Definition{*place_at(context.module, {block.function(), {}}), true};
}

ir::Buffer with_shape(const ir::Buffer& buffer, std::vector<ir::Expr> shape) {
  ir::BufferNode fields = *buffer;
  fields.shape = std::move(shape);
  fields.data = nullptr;
  return ir::make_buffer(std::move(fields));
}

// The inverse and the padding. With the map assumed to be injective there is neither.
Result<void> invert_layout(const Context& context, const Place& block, LayoutChange& change, arith::Analyzer& analyzer, std::vector<Diagnostic>& warnings) {
  auto inversion = invert(change.map, ranges_of(change.from->shape), arith::IterMapLevel::NoCheck, analyzer);
  if (!inversion) return not_injective(block, change.map, change.from, inversion.error());
  if (!is_injective(change.map, change.from->shape)) {
    // TVM takes such a map, and elements overwrite one another.
    Error error = not_injective(block, change.map, change.from, "two elements may get one place");
    if (!context.trust) return error;
    warnings.push_back(error.error());
  }
  change.inverse = std::move(inversion->map);
  change.padding = inversion->padding;
  return {};
}

// The loops over the padding run through the new shape with the inverse's variables.
Result<void> check_types(const Place& block, const LayoutChange& change) {
  if (ir::is_zero(change.padding)) return {};
  for (size_t i = 0; i < change.to->shape.size(); ++i)
    if (change.inverse.initial_indices[i]->dtype != change.to->shape[i]->dtype)
      return fail(DiagnosticKind::TypeMismatch, fmt::format("index {} of {} is of {}, and the shape of {}", i, to_python(change.map), ir::to_string(change.inverse.initial_indices[i]->dtype), ir::to_string(change.to->shape[i]->dtype)),
                  "give constant indices the type of the others", {label(block, "")});
  return {};
}

Error introduces_padding(const Place& block, const LayoutChange& change) {
  const std::string where = script::print_expr(change.padding);
  Error error = fail(DiagnosticKind::NeedsPadValue,
                     fmt::format("{} with shape {} would get the shape {}, which has places for no element: where {}", change.from->name, shape_text(change.from->shape), shape_text(change.to->shape), where),
                     "give a pad_value for them, or sizes that divide", {label(block, "")});
  error.error().values = {{"buffer", change.from->name}, {"shape", shape_text(change.from->shape)}, {"new_shape", shape_text(change.to->shape)}, {"where", where}};
  return error;
}

ir::Module with_parameter(const ir::Module& module, const std::string& name, const LayoutChange& change) {
  ir::PrimFunc function = *ir::find_function(module, name);
  for (ir::Param& param : function.params)
    if (param.buffer == change.from) param.buffer = change.to;
  return ir::with_function(module, name, std::make_shared<const ir::PrimFunc>(std::move(function)));
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const BufferAccess access, find_access(args[1], block));
  const bool assume_injective = bool_argument(args[4]);
  Rewrite rewrite;
  LayoutChange change;
  change.from = accessed_buffer(access, block);
  change.pad_value = optional_index_map(args[3]);
  change.padding = ir::make_bool(false);
  const IndexMap& given = index_map_argument(args[2]);
  const size_t rank = change.from->shape.size();
  TRY(check_rank(given, rank, fmt::format("{} has {} dimension{}", change.from->name, rank, rank == 1 ? "" : "s"), block));
  change.map = with_index_type_of(given, change.from->shape);
  TRY_ASSIGN(const Definition definition, definition_of(context, block, change.from));
  if (change.pad_value) TRY(check_pad_value(block, *change.pad_value, change.from, change.map.final_indices.size()));
  if (change.pad_value && assume_injective)
    return invalid_pad_value(block, "where the map is only assumed to be injective, the padding is not known, and a pad value has no place", "leave one of the two out");
  if (!change.from->strides.empty())
    return fail(DiagnosticKind::OpaqueAccess, fmt::format("the layout of {} cannot be changed: it has strides", change.from->name), {}, {label(block, "")});

  arith::Analyzer analyzer;
  bind_shapes(analyzer, *ir::find_function(context.module, block.function()));
  if (!assume_injective) TRY(invert_layout(context, block, change, analyzer, rewrite.warnings));
  auto shape = map_shape(change.map, change.from->shape, analyzer);
  if (!shape) return not_injective(block, change.map, change.from, "an index does not begin at 0");
  change.to = with_shape(change.from, *std::move(shape));
  if (!ir::is_zero(change.padding) && !change.pad_value) return introduces_padding(block, change);

  TRY(check_types(block, change));
  TRY_ASSIGN(ir::Stmt scope, change_layout(definition.scope, change));
  rewrite.module = replace(context.module, definition.scope, std::move(scope));
  TRY(refuse_or_warn(context, lost_block(definition.scope, rewrite.module, "transform_layout"), rewrite.warnings));
  if (definition.is_parameter) rewrite.module = with_parameter(rewrite.module, block.function(), change);
  return rewrite;
}

}  // namespace

const PrimitiveSpec kTransformLayout = {
    .name = "transform_layout",
    .json_kind = "TransformLayout",
    .summary = "Changes where a buffer's elements lie in it.",
    .params = {{"block", ParamKind::Block, "a block that accesses the buffer", {}, false},
               {"buffer", ParamKind::BufferAccess, "the buffer: (\"read\", 0), (\"write\", 0) or its name", {}, true},
               {"index_map", ParamKind::Lambda, "the new indices as functions of the old ones: lambda i, j: (i // 4, j, i % 4)", {}, false},
               {"pad_value", ParamKind::PadValue, "what new places hold that are no element's: a number, or a function of the new indices", Value{}, true},
               {"assume_injective_transform", ParamKind::Bool, "do not check that each element has a place of its own", Value{false}, true, true}},
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
