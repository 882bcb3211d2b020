// rolling_buffer(block, write_buffer_index): neighbouring tiles of a block overlap; the buffer keeps one tile, whose elements go round in it,
// and each tile computes only what the one before did not.
//
// Before (a tile of B has 6 rows, 4 of them new; C reads them):    After rolling_buffer(B, 0):
//   B = T.sblock_alloc_buffer((10,))                                 B = T.sblock_alloc_buffer((6,))
//   for i in range(2):                                               for i in range(2):
//       for ax0 in range(6):                                             for ax0 in range(6):
//           with T.sblock("B"):                                              with T.sblock("B"):
//               vi = T.axis.spatial(10, i * 4 + ax0)                             vi = T.axis.opaque(10, i * 4 + ax0)
//               B[vi] = A[vi]                                                    T.where(i < 1 or 2 <= ax0)
//       for j in range(4): with T.sblock("C"): ... B[vi + 2]                     B[vi % 6] = A[vi]
//                                                                        for j in range(4): with T.sblock("C"): ... B[(vi + 2) % 6]
//
// Requires: BufferIndexOutOfRange; OutputBlock; the block depends, and others depend on it, by reads after writes alone (NotReadAfterWriteOnly);
// all accesses of the buffer stand below one loop (AccessesNotInLoop); the tile moves with a loop and overlaps the next (NoRollingAxis); what is
// kept is what will be read (RollingLosesElements). Keeps: blocks and loops. (TVM: src/s_tir/schedule/primitive/rolling_buffer.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/access_region.h"
#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/cache_stage.h"
#include "engine/schedule/rolling_window.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

Result<void> check_dependencies(const Place& block, const BlockScope& scope) {
  const size_t self = scope.index_of(block);
  for (const Dependency& d : scope.dependencies) {
    if ((d.source != self && d.target != self) || d.kind == DependencyKind::ReadAfterWrite) continue;
    const Place& other = scope.blocks[d.source == self ? d.target : d.source];
    return fail(DiagnosticKind::NotReadAfterWriteOnly,
                fmt::format("{} and {} {}", quoted(block), quoted(other),
                            d.kind == DependencyKind::WriteAfterWrite ? "write one buffer" : "depend on each other by a write after a read"),
                "a buffer can roll where one block writes it and others read it afterwards", {label(block, ""), label(other, "depends otherwise")});
  }
  return {};
}

// The loop that holds all that touches the buffer.
Result<Place> common_loop(const Place& block, const BlockScope& scope, const ir::Buffer& buffer) {
  std::optional<Place> common;
  for (size_t reader : consumers(scope, scope.index_of(block))) common = common_ancestor(common.value_or(block), scope.blocks[reader]);
  if (common && common->is_loop()) return *std::move(common);
  return fail(DiagnosticKind::AccessesNotInLoop, fmt::format("no loop holds both {}, which writes {}, and what reads it", quoted(block), buffer->name),
              "tile the readers and move the block below a loop of theirs (compute_at) first", {label(block, "")});
}

// The buffer with one tile of elements, its indices along the rolling dimension taken round.
class Roller : public ir::Rewriter {
 public:
  Roller(const ir::BlockId& scope, ir::Buffer old, ir::Buffer rolling, const RollingWindow& window)
      : scope_(scope), old_(std::move(old)), rolling_(std::move(rolling)), window_(window) {}

  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::Expr out = Rewriter::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(out);
    return load && load->buffer == old_ ? ir::make_load(rolling_, round(load->indices)) : out;
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    ir::Stmt out = Rewriter::rewrite(s);
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(out); store && store->buffer == old_) {
      stored_ = true;
      return ir::make_store(rolling_, store->value, round(store->indices));
    }
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(out);
    if (!realize) return out;
    ir::BlockRealize changed = *realize;
    if (changed.block.id == scope_)
      std::replace(changed.block.alloc_buffers.begin(), changed.block.alloc_buffers.end(), old_, rolling_);
    else
      restate(changed.block);
    if (std::exchange(stored_, false)) changed.predicate = window_.skip_known(changed);
    return ir::make_stmt(std::move(changed));
  }

 private:
  std::vector<ir::Expr> round(std::vector<ir::Expr> indices) const {
    indices[window_.dimension] = ir::floormod(indices[window_.dimension], window_.extent);
    return indices;
  }

  // The regions of the buffer, found anew; and the axis in the place of the rolling dimension is no longer free to run in any order. (TVM takes
  // the axis of that number in every block of the scope.)
  void restate(ir::Block& block) const {
    const arith::AccessRegions found = arith::detect_access_regions(block, std::vector{rolling_});
    const auto replaced = [&](std::vector<ir::BufferRegion>& regions, const std::vector<ir::BufferRegion>& by) {
      for (ir::BufferRegion& region : regions)
        if (region.buffer == old_ && !by.empty()) region = by[0];
    };
    replaced(block.reads, found.reads);
    replaced(block.writes, found.writes);
    if (window_.dimension < block.iter_vars.size()) block.iter_vars[window_.dimension].type = ir::IterType::Opaque;
  }

  const ir::BlockId scope_;
  const ir::Buffer old_, rolling_;
  const RollingWindow& window_;
  bool stored_ = false;   // below the block that is being rewritten
};

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const size_t index, buffer_index(args[1], block, true));
  const ir::BufferRegion& written = block.block().writes[index];
  TRY_ASSIGN(const Place root, check_scope(context, block, false));
  TRY(check_not_output_block(block, root));
  const BlockScope scope = make_block_scope(root);
  TRY(check_dependencies(block, scope));
  TRY_ASSIGN(const Place loop, common_loop(block, scope, written.buffer));
  TRY_ASSIGN(const RollingWindow window, rolling_window(block, written, loop));
  Rewrite rewrite;
  TRY(refuse_or_warn(context, loses_elements(scope, block, written.buffer, window), rewrite.warnings));
  ir::BufferNode fields = *written.buffer;
  fields.shape[window.dimension] = window.extent;
  fields.data = nullptr;
  Roller roller(root.block().id, written.buffer, ir::make_buffer(std::move(fields)), window);
  rewrite.module = replace(context.module, root, roller.rewrite(root.stmt()));
  rewrite.judged_again = {{ref(root.realize()), JudgedAgain::Scope}};
  return rewrite;
}

}  // namespace

const PrimitiveSpec kRollingBuffer = {
    .name = "rolling_buffer",
    .json_kind = "RollingBuffer",
    .summary = "Keeps one tile of a buffer, in which the elements go round, so that overlapping tiles compute nothing twice.",
    .params = {{"block", ParamKind::Block, "the producer, moved below a loop of its consumers", {}, false},
               {"write_buffer_index", ParamKind::Index, "which of the buffers that it writes: its place in T.writes", {}, true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
