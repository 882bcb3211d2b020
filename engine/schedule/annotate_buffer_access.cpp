// annotate_buffer_access(block, buffer_index, buf_type, gen_new_ranges): states by hand what a block reads or writes of a buffer.
//
// Before: T.reads(A[vi, vj])
// After annotate_buffer_access(B, 0, "read", lambda vi, vj: ((vi - 1, vi + 2), vj)):
//   T.reads(A[vi - 1:vi - 1 + 3, vj])
//   T.sblock_attr({"explicit_read_region": [0]})
//
// Requires: BufferIndexOutOfRange, IndexMapRank. Keeps: the block's identity and all that it does.
// (TVM: src/s_tir/schedule/primitive/annotate_buffer_access.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/buffer_access.h"
#include "engine/schedule/index_map_argument.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

bool writes(const Argument& argument) { return string_argument(argument) == "write"; }

// The function's items as beginnings and ends, in the block's own axes: a single expression is one element.
Result<IndexMapRef> ranges_of_function(const script::IndexFunction& function, const Place& block) {
  const std::vector<ir::IterVar>& axes = block.block().iter_vars;
  auto map = std::make_shared<IndexMap>();
  ir::VarMap axis_of;
  for (size_t i = 0; i < axes.size(); ++i) {
    map->initial_indices.push_back(axes[i].var);
    axis_of[function.params[i].get()] = axes[i].var;
  }
  for (const script::IndexItem& item : function.items) {
    if (item.is_tuple && item.parts.size() != 2)
      return fail(DiagnosticKind::BadArgument, fmt::format("a range is a pair (begin, end), not {} values", item.parts.size()), {}, {label(block, "")});
    const ir::Expr begin = ir::substitute(item.parts[0], axis_of);
    map->final_indices.push_back(begin);
    map->final_indices.push_back(item.is_tuple ? ir::substitute(item.parts[1], axis_of) : ir::add(begin, ir::make_int(1)));
  }
  return IndexMapRef(std::move(map));
}

Result<void> normalize(const Context& context, std::span<Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  Value& value = std::get<Value>(args[3].v);
  const auto* lambda = value.as<Value::Lambda>();
  if (!lambda) return {};
  const size_t count = block.block().iter_vars.size();
  std::vector<std::string> names;
  for (const ir::IterVar& iter : block.block().iter_vars) names.push_back(iter.var->name);
  TRY_ASSIGN(const script::IndexFunction function, read_function(*lambda, context, block, count, std::move(names)));
  const size_t wrong = function.params.size() != count ? function.params.size() : function.items.size();
  if (wrong != count) {
    Error error = fail(DiagnosticKind::IndexMapRank,
                       fmt::format("the function {} {} {}, and {} has {} axes", function.params.size() != count ? "takes" : "gives", wrong, wrong == 1 ? "value" : "values", quoted(block), count),
                       "it takes the block's axes, and gives as many indices or ranges", {label(block, "")});
    error.error().values = {{"map", lambda->text}, {"given", std::to_string(wrong)}, {"wanted", std::to_string(count)}};
    return error;
  }
  TRY_ASSIGN(IndexMapRef map, ranges_of_function(function, block));
  value = Value{std::move(map)};
  return {};
}

// The index among those that are stated by hand.
void note(ir::AttrMap& annotations, const std::string& key, int64_t index) {
  ir::AttrList indices;
  if (const auto known = annotations.find(key); known != annotations.end())
    if (const auto* list = std::get_if<ir::AttrList>(&known->second.value)) indices = *list;
  const bool is_there = std::any_of(indices.begin(), indices.end(), [&](const ir::Attr& a) {
    const int64_t* i = std::get_if<int64_t>(&a.value);
    return i && *i == index;
  });
  if (!is_there) indices.push_back({index});
  annotations[key] = {std::move(indices)};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const bool is_write = writes(args[2]);
  TRY_ASSIGN(const BufferAccess access, find_access(is_write, int_argument(args[1]), block));
  const IndexMap& map = index_map_argument(args[3]);
  const ir::Buffer& buffer = accessed_buffer(access, block);
  TRY(check_rank(map, block.block().iter_vars.size(), fmt::format("{} has {} axes", quoted(block), block.block().iter_vars.size()), block));
  if (map.final_indices.size() != 2 * buffer->shape.size()) {
    Error error = fail(DiagnosticKind::IndexMapRank, fmt::format("{} ranges are given for {}, which has {} dimensions", map.final_indices.size() / 2, buffer->name, buffer->shape.size()),
                       "give a range for each dimension of the buffer", {label(block, "")});
    error.error().values = {{"map", "gen_new_ranges"}, {"given", std::to_string(map.final_indices.size() / 2)}, {"wanted", std::to_string(buffer->shape.size())}};
    return error;
  }
  const arith::Analyzer analyzer;
  std::vector<ir::Expr> vars;
  for (const ir::IterVar& iter : block.block().iter_vars) vars.push_back(iter.var);
  const std::vector<ir::Expr> ends = map_indices(map, vars, analyzer);
  ir::BufferRegion region{buffer, {}};
  for (size_t i = 0; i < ends.size(); i += 2) region.region.push_back({ends[i], analyzer.simplify(ir::sub(ends[i + 1], ends[i]))});
  ir::BlockRealize realize = block.realize();
  (is_write ? realize.block.writes : realize.block.reads)[access.index] = std::move(region);
  note(realize.block.annotations, is_write ? "explicit_write_region" : "explicit_read_region", static_cast<int64_t>(access.index));
  return Rewrite{replace(context.module, block, ir::make_stmt(std::move(realize))), {}, {}, {}};
}

}  // namespace

const PrimitiveSpec kAnnotateBufferAccess = {
    .name = "annotate_buffer_access",
    .json_kind = "AnnotateBufferAccess",
    .summary = "States by hand what a block reads or writes of a buffer.",
    .params = {{"block", ParamKind::Block, "a block that accesses the buffer", {}, false},
               {"buffer_index", ParamKind::Int, "which of the buffers that it reads (writes), counted from 0", {}, false},
               {"buf_type", ParamKind::AccessKind, "\"read\" or \"write\"", {}, false},
               {"gen_new_ranges", ParamKind::RangeLambda, "what is accessed, from the block's axes: lambda vi, vj: ((vi - 1, vi + 2), vj)", {}, false}},
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
