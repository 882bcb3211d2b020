// storage_align(block, buffer_index, axis, factor, offset): asks the compiler to space the rows of a buffer, so that the distance between two
// neighbours along `axis` is k * factor + offset elements.
//
// Before: with T.sblock("Y"): ...
// After storage_align(Y, 0, -2, 32, 8): with T.sblock("Y"): T.sblock_attr({"buffer_dim_align": [[0, 0, 32, 8]]}) ...
//
// Requires: BufferIndexOutOfRange; NonPositiveFactor; AxisOutOfRange (-ndim <= axis < ndim); NonAllocatedBuffer; InvalidAnnotation, where
// "buffer_dim_align" holds something else already. Changes: the annotation alone; an entry for the same buffer and axis is replaced.
// (TVM: src/s_tir/schedule/primitive/block_annotate.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/buffer_allocation.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

const char kKey[] = "buffer_dim_align";

// The axis counted from the front.
Result<int64_t> axis_of(const ir::Buffer& buffer, int64_t axis, const Place& block) {
  const int64_t n = static_cast<int64_t>(buffer->shape.size());
  if (axis >= -n && axis < n) return axis < 0 ? axis + n : axis;
  return fail(DiagnosticKind::AxisOutOfRange, fmt::format("{} has {} dimension{}: there is no axis {}", buffer->name, n, n == 1 ? "" : "s", axis),
              n > 0 ? fmt::format("give an axis from 0 to {}, or from -{} to -1 to count from the back", n - 1, n) : std::string(), {label(block, "writes it")});
}

bool is_entry(const ir::Attr& attr) {
  const ir::AttrList* list = std::get_if<ir::AttrList>(&attr.value);
  return list && list->size() == 4 && std::all_of(list->begin(), list->end(), [](const ir::Attr& a) { return std::holds_alternative<int64_t>(a.value); });
}

// The entries that the block has so far.
Result<ir::AttrList> entries(const Place& block) {
  const auto it = block.block().annotations.find(kKey);
  if (it == block.block().annotations.end()) return ir::AttrList{};
  const ir::AttrList* list = std::get_if<ir::AttrList>(&it->second.value);
  if (list && std::all_of(list->begin(), list->end(), is_entry)) return *list;
  return fail(DiagnosticKind::InvalidAnnotation,
              fmt::format("the annotation \"{}\" of {} is no list of [buffer index, axis, factor, offset]", kKey, quoted(block)),
              fmt::format("remove it with unannotate({}, \"{}\")", block.block().name, kKey), {label(block, "annotated")});
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const WrittenBuffer written, written_buffer(args[1], block));
  const int64_t index = static_cast<int64_t>(written.index), factor = int_argument(args[3]), offset = int_argument(args[4]);
  if (factor <= 0)
    return fail(DiagnosticKind::NonPositiveFactor, fmt::format("the factor has to be positive; it is {}", factor), "1 asks for nothing, 16 for whole vectors of 16 elements",
                {label(block, "")});
  TRY_ASSIGN(const int64_t axis, axis_of(written.buffer, int_argument(args[2]), block));
  TRY(allocation_site(block, written.buffer));
  TRY_ASSIGN(ir::AttrList list, entries(block));
  const ir::Attr entry{ir::AttrList{{index}, {axis}, {factor}, {offset}}};
  const auto is_same = [&](const ir::Attr& other) {
    const ir::AttrList& items = std::get<ir::AttrList>(other.value);
    return std::get<int64_t>(items[0].value) == index && std::get<int64_t>(items[1].value) == axis;
  };
  if (const auto known = std::find_if(list.begin(), list.end(), is_same); known != list.end())
    *known = entry;
  else
    list.push_back(entry);
  ir::BlockRealize realize = block.realize();
  realize.block.annotations[kKey] = ir::Attr{std::move(list)};
  return Rewrite{.module = replace(context.module, block, ir::make_stmt(std::move(realize))), .same_accesses = true};
}

}  // namespace

const PrimitiveSpec kStorageAlign = {
    .name = "storage_align",
    .json_kind = "StorageAlign",
    .summary = "Asks the compiler to space the rows of a buffer.",
    .params = {{"block", ParamKind::Block, "a block that writes the buffer", {}, false},
               {"buffer_index", ParamKind::Index, "which of the buffers that it writes: its place in T.writes", {}, true},
               {"axis", ParamKind::Index, "the dimension whose neighbours are spaced; negative: from the back", {}, true},
               {"factor", ParamKind::Index, "the distance is a multiple of this many elements", {}, true},
               {"offset", ParamKind::Index, "and this many more", {}, true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
