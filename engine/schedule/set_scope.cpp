// set_scope(block, buffer_index, storage_scope): a buffer that the program allocates is kept elsewhere.
//
// Before: Y = T.sblock_alloc_buffer((16,)) ... Y[vi] = ...
// After set_scope(Y, 0, "local"): Y_local = T.sblock_alloc_buffer((16,), scope="local") ... Y_local[vi] = ...
//
// Requires: BufferIndexOutOfRange; InvalidStorageScope; NonAllocatedBuffer. The scope that it has already: nothing is done.
// Keeps: all but the buffer; what match_buffer makes of it changes with it.
// (TVM: src/s_tir/schedule/primitive/block_annotate.cc)
#include "engine/schedule/arguments.h"
#include "engine/schedule/buffer_allocation.h"
#include "engine/schedule/cache_stage.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

// The trace records the buffer's index.
Result<void> normalize(const Context& context, std::span<Argument> args) {
  TRY_ASSIGN(const size_t index, buffer_index(args[1], at(context.module, block_argument(args[0])), true));
  args[1] = Argument{Value{static_cast<int64_t>(index)}};
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::string& storage_scope = string_argument(args[2]);
  TRY_ASSIGN(const WrittenBuffer written, written_buffer(args[1], block));
  if (written.buffer->scope == storage_scope) return Rewrite{context.module, {}, {}, {}};
  TRY(check_storage_scope(storage_scope));
  TRY_ASSIGN(const Place site, allocation_site(block, written.buffer));
  const ir::BufferMap map = changed_buffers(site, written.buffer, [&](const ir::Buffer& old) {
    ir::BufferNode fields = *old;
    fields.name += "_" + storage_scope;
    fields.scope = storage_scope.empty() ? "global" : storage_scope;
    return ir::make_buffer(std::move(fields));
  });
  return Rewrite{.module = replace(context.module, site, ir::replace_buffers(site.stmt(), map)), .same_accesses = true};
}

}  // namespace

const PrimitiveSpec kSetScope = {
    .name = "set_scope",
    .json_kind = "SetScope",
    .summary = "Keeps a buffer that the program allocates in another kind of memory.",
    .params = {{"block", ParamKind::Block, "a block that writes the buffer", {}, false},
               {"buffer_index", ParamKind::StringOrInt, "which of the buffers that it writes: its place in T.writes, or its name", {}, true},
               {"storage_scope", ParamKind::String, "where the buffer lies: \"global\" or \"local\"", {}, true}},
    .apply = apply,
    .normalize = normalize,
};

}  // namespace loopglass::schedule
