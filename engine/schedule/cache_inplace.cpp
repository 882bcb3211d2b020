// cache_inplace(block, read_buffer_index, storage_scope): a block that changes a buffer in place changes a copy of what it touches, which is
// made just before it and copied back just after it.
//
// Before: for i0 in range(1): with T.sblock("update"): reads and writes A[0:64] ...
// After:  for i0 in range(1):
//             for ax0 in range(64): with T.sblock("A_local"): A_local[v0] = A[v0]
//             with T.sblock("update"): reads and writes A_local[0:64] ...
//             for ax0 in range(64): with T.sblock("A_local"): A[v0] = A_local[v0]
//
// Requires: InvalidStorageScope, BufferIndexOutOfRange, RootBlock, NotRegionCover, NotSingleReadWriteBuffer. Our own: UncoveredRead, where more is
// copied back than was copied and the results change. What depends on the block's axes is copied by their values in the loops; TVM leaves
// the axes themselves there, which nothing binds. (TVM: src/s_tir/schedule/primitive/cache_read_write.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/cache_stage.h"
#include "engine/schedule/changed_number.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// In the loops' variables; whether any axis was in it.
ir::BufferRegion at_axes(const ir::BufferRegion& region, const ir::BlockRealize& realize, bool& depends) {
  ir::VarMap axes;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) axes[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
  ir::BufferRegion out{region.buffer, {}};
  for (const ir::Range& range : region.region) {
    out.region.push_back({ir::substitute(range.min, axes), ir::substitute(range.extent, axes)});
    const auto is_axis = [&](const ir::VarNode* v) { return axes.contains(v); };
    depends |= ir::uses_var(range.min, is_axis) || ir::uses_var(range.extent, is_axis);
  }
  return out;
}

// The copy of a region that the block accesses. Where that depends on its axes, it is made where the block runs.
CacheStage copy_stage(const ir::BufferRegion& accessed, const Place& block, const ir::Buffer& cache, CopyDirection direction, const std::string& storage_scope) {
  CacheStage stage;
  stage.original = accessed.buffer;
  stage.cache = cache;
  bool depends = false;
  stage.region = at_axes(accessed, block.realize(), depends);
  make_stage(stage, storage_scope, direction);
  if (!depends || ir::is_one(block.realize().predicate)) return stage;
  class Guard : public ir::Rewriter {
   public:
    explicit Guard(ir::Expr predicate) : predicate_(std::move(predicate)) {}
    using Rewriter::rewrite;
    ir::Stmt rewrite(const ir::Stmt& s) override {
      const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
      if (!realize) return Rewriter::rewrite(s);
      ir::BlockRealize guarded = *realize;
      guarded.predicate = predicate_;
      return ir::make_stmt(std::move(guarded));
    }

   private:
    const ir::Expr predicate_;
  };
  stage.stmt = Guard(block.realize().predicate).rewrite(stage.stmt);
  return stage;
}

// The block on the copy instead of the original.
ir::Stmt on_copy(const ir::Stmt& block, const ir::Buffer& original, const ir::Buffer& cache) {
  ir::BlockRealize realize = ir::get<ir::BlockRealize>(ir::replace_buffers(block, {{original.get(), cache}}));
  realize.block.body = ir::substitute(realize.block.body, {{original->data.get(), cache->data}});
  return ir::make_stmt(std::move(realize));
}

std::string text_of(const ir::BufferRegion& region) { return script::print_region(region); }

Result<void> normalize(const Context& context, std::span<Argument> args) {
  TRY_ASSIGN(const size_t index, buffer_index(args[1], at(context.module, block_argument(args[0])), false));
  args[1] = Argument{Value{static_cast<int64_t>(index)}};
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  const std::string& storage_scope = string_argument(args[2]);
  TRY(check_storage_scope(storage_scope));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, false));
  TRY_ASSIGN(const Place scope, check_scope(context, block, false));
  const ir::Buffer buffer = block.block().reads[index].buffer;
  TRY(check_readers_covered(context, scope, buffer));
  TRY_ASSIGN(const ir::BufferRegion* read, single_region(block, block.block().reads, buffer));
  TRY_ASSIGN(const ir::BufferRegion* written, single_region(block, block.block().writes, buffer));
  if (!written) {
    return fail(DiagnosticKind::NotSingleReadWriteBuffer, fmt::format("{} reads {}, but does not write it", quoted(block), buffer->name),
                "choose a buffer that the block changes in place; cache_read copies what is only read", {label(block, "")});
  }

  const CacheStage in = copy_stage(*read, block, nullptr, CopyDirection::IntoCache, storage_scope);
  const CacheStage out = copy_stage(*written, block, in.cache, CopyDirection::OutOfCache, storage_scope);
  const ir::Stmt in_place = ir::make_seq({in.stmt, on_copy(block.stmt(), buffer, in.cache), out.stmt});
  ir::BlockRealize changed = ir::get<ir::BlockRealize>(ir::replace_stmts(scope.stmt(), {{block.stmt().get(), in_place}}));
  changed.block.alloc_buffers.push_back(in.cache);
  Rewrite rewrite{replace(context.module, scope, ir::make_stmt(std::move(changed))), {result_list(std::vector<BlockRef>{{in.block}, {out.block}})}, {}, {}};
  const auto number = text_of(*read) == text_of(*written) ? std::nullopt : changed_number(context.module, rewrite.module);
  if (!number) return rewrite;
  Diagnostic unsound = unsound_step(DiagnosticKind::UncoveredRead,
                                    fmt::format("cache_inplace would copy {} back, of which only {} was copied first: {}", text_of(*written), text_of(*read), *number),
                                    {label(block, "writes more than it reads")});
  if (!context.trust) return Error(std::move(unsound));
  rewrite.warnings.push_back(std::move(unsound));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kCacheInplace = {
    .name = "cache_inplace",
    .json_kind = "CacheInplace",
    .summary = "Lets a block that changes a buffer in place work on a copy.",
    .params = {{"block", ParamKind::Block, "the block that reads and writes the buffer", {}, false},
               {"read_buffer_index", ParamKind::StringOrInt, "which of the buffers that it reads: its place in T.reads, or its name", {}, true},
               {"storage_scope", ParamKind::String, "where the copy lies: \"global\" or \"local\"", {}, true}},
    .apply = apply,
    .normalize = normalize,
    .gives_list = true,
};

}  // namespace loopglass::schedule
