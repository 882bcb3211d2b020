// unsafe_hide_buffer_access(block, buf_type, buf_index_array): T.reads or T.writes of a block no longer list some buffers.
//
// Before: with T.sblock("C"): T.reads(B[vi], L[vi]) ...
// After unsafe_hide_buffer_access(C, "read", [1]): with T.sblock("C"): T.reads(B[vi]) ...
//
// Requires: BadArgument (neither "read" nor "write"); BufferIndexOutOfRange. Keeps: the block's body.
// Warns: HiddenAccess; steps that go by T.reads and T.writes do not see the access any more.
// (TVM: src/s_tir/schedule/primitive/hide_buffer_access.cc)
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

Result<void> check_indices(const Place& block, const std::vector<ir::BufferRegion>& regions, const char* verb, const std::vector<int64_t>& indices) {
  for (const int64_t index : indices) {
    if (index >= 0 && index < static_cast<int64_t>(regions.size())) continue;
    std::string names;
    for (size_t i = 0; i < regions.size(); ++i) names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", i, regions[i].buffer->name);
    return fail(DiagnosticKind::BufferIndexOutOfRange, fmt::format("{} {} {} buffers: there is none with index {}", quoted(block), verb, regions.size(), index),
                names.empty() ? "there is nothing to hide" : fmt::format("give some of these: {}", names), {label(block, "")});
  }
  return {};
}

Diagnostic hidden_access(const Place& block, const char* verb, const std::vector<std::string>& names) {
  return {DiagnosticKind::HiddenAccess, fmt::format("{} does not say any more that it {} {}", quoted(block), verb, fmt::join(names, ", ")),
          "steps after this one go by T.reads and T.writes, and may move other blocks past what is hidden", {label(block, "")}, std::nullopt, {}};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::string& kind = string_argument(args[1]);
  const std::vector<int64_t> indices = ints_argument(args[2]);
  if (kind != "read" && kind != "write")
    return fail(DiagnosticKind::BadArgument, fmt::format("buf_type is \"{}\"; it has to be \"read\" or \"write\"", kind), {}, {label(block, "")});
  const char* verb = kind == "read" ? "reads" : "writes";
  ir::BlockRealize realize = block.realize();
  std::vector<ir::BufferRegion>& regions = kind == "read" ? realize.block.reads : realize.block.writes;
  TRY(check_indices(block, regions, verb, indices));
  std::vector<ir::BufferRegion> kept;
  std::vector<std::string> hidden;
  for (size_t i = 0; i < regions.size(); ++i) {
    if (std::find(indices.begin(), indices.end(), static_cast<int64_t>(i)) == indices.end())
      kept.push_back(regions[i]);
    else
      hidden.push_back(regions[i].buffer->name);
  }
  if (hidden.empty()) return Rewrite{context.module, {}, {}, {}};
  regions = std::move(kept);
  return Rewrite{replace(context.module, block, ir::make_stmt(std::move(realize))), {}, {}, {hidden_access(block, verb, hidden)}};
}

}  // namespace

const PrimitiveSpec kUnsafeHideBufferAccess = {
    .name = "unsafe_hide_buffer_access",
    .json_kind = "UnsafeHideBufferAccess",
    .summary = "Takes buffers out of a block's T.reads or T.writes, so that later steps do not see the access.",
    .params = {{"block", ParamKind::Block, "the block", {}, false},
               {"buf_type", ParamKind::String, "\"read\" or \"write\"", {}, false},
               {"buf_index_array", ParamKind::Ints, "the places in T.reads or T.writes of what is hidden", {}, false}},
    .apply = apply,
};

}  // namespace loopglass::schedule
