// Complete blocks, reduction blocks, compact dataflow: the conditions, and the diagnostics that explain a violated one.
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/judgement.h"
#include "engine/schedule/dependence.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

const char kCompleteDefinition[] =
    "a complete block has spatial axes only (1), is the only writer of its outputs (2) and reads none of the buffers that it writes (3)";
const char kReductionDefinition[] =
    "a reduction block has an init (1), quasi-affine bindings (2), spatial and reduction axes only (3), is the only writer of its outputs "
    "(4) and indexes them by no reduction axis (5)";

// The blocks that TVM's dominance looks at: the children of a scope; for a loop, those of its child blocks, which its leaf blocks do not have.
std::vector<const ir::Block*> blocks_under(const Place& root) {
  std::vector<const ir::Block*> blocks;
  const auto collect = [&](const ir::Block& block) { blocks.push_back(&block); };
  if (root.is_block())
    for_each_child_block(root.block().body, collect);
  else
    for_each_child_block(root.loop().body, [&](const ir::Block& child) { for_each_child_block(child.body, collect); });
  return blocks;
}

// Why the block is not the only writer of its outputs; empty where it is.
std::string dominance_violation(const Place& place, const Place& root) {
  const std::vector<const ir::Block*> blocks = blocks_under(root);
  for (const ir::BufferRegion& write : place.block().writes) {
    int regions = 0;
    const ir::Block* other = nullptr;
    for (const ir::Block* block : blocks)
      for (const ir::BufferRegion& region : block->writes) {
        if (region.buffer != write.buffer) continue;
        ++regions;
        if (!other && block->id != place.block().id) other = block;
      }
    if (regions < 2) continue;
    if (other) return fmt::format("block \"{}\" writes {} too", other->name, write.buffer->name);
    return fmt::format("it writes {} in several regions", write.buffer->name);
  }
  return {};
}

std::string overlap_violation(const ir::Block& block) {
  for (const ir::BufferRegion& read : block.reads)
    for (const ir::BufferRegion& write : block.writes)
      if (read.buffer == write.buffer) return fmt::format("it reads {} and writes {}", script::print_region(read), script::print_region(write));
  return {};
}

std::string axis_violation(const ir::Block& block, bool allow_reduction) {
  for (const ir::IterVar& iter : block.iter_vars) {
    if (iter.type == ir::IterType::Spatial || (allow_reduction && iter.type == ir::IterType::Reduction)) continue;
    const char* kind = iter.type == ir::IterType::Reduction ? "a reduction" : iter.type == ir::IterType::Scan ? "a scan" : "an opaque";
    return fmt::format("its axis {} is {} axis", iter.var->name, kind);
  }
  return {};
}

bool is_reduction_axis(const ir::Block& block, const ir::VarNode* var) {
  return std::any_of(block.iter_vars.begin(), block.iter_vars.end(),
                     [&](const ir::IterVar& i) { return i.type == ir::IterType::Reduction && i.var.get() == var; });
}

// Any store of the block's body counts, those of nested blocks too, as in TVM.
std::string reduction_index_violation(const ir::Block& block) {
  std::string found;
  ir::for_each_stmt(block.body, [&](const ir::Stmt& s) {
    const ir::BufferStore* store = ir::as<ir::BufferStore>(s);
    if (!store || !found.empty()) return true;
    for (const ir::Expr& index : store->indices) {
      const ir::VarNode* axis = nullptr;
      ir::uses_var(index, [&](const ir::VarNode* v) { return is_reduction_axis(block, v) && (axis = v); });
      if (axis) found = fmt::format("its reduction axis {} indexes the output {}", axis->name, store->buffer->name);
    }
    return true;
  });
  return found;
}

std::string why(const char* kind, const Violation& v) { return fmt::format("not {} block (condition {}: {})", kind, v.condition, v.reason); }

std::string why_neither(const Violation& complete, const Violation& reduction) {
  return fmt::format("neither a complete block ({}) nor a reduction block ({})", complete.reason, reduction.reason);
}

Error refuse(DiagnosticKind kind, const Place& block, const std::string& what, const char* definition) {
  return fail(kind, fmt::format("{} is {}", quoted(block), what), definition, {label(block, "")});
}

// A block writes what an earlier one has read.
Error write_after_read(const Place& root, const Place& reader, const Place& writer) {
  std::string what = "a buffer";
  for (const ir::BufferRegion& write : writer.block().writes)
    for (const ir::BufferRegion& read : reader.block().reads)
      if (read.buffer == write.buffer) what = write.buffer->name;
  Error error = fail(DiagnosticKind::NotStagePipeline,
                     fmt::format("{} is not a stage pipeline: {} writes {}, which {} reads before it", quoted(root), quoted(writer), what,
                                 quoted(reader)),
                     "give the later result a buffer of its own: in a stage pipeline nothing is overwritten that was read",
                     {label(writer, "writes"), label(reader, "reads before it")});
  if (auto answer = conflict(reader, writer); answer.collision) error.error().witness = std::move(answer.collision->witness);
  return error;
}

// A block reads what no earlier one is known to have written.
Error uncovered_read(const Place& root, const BlockScope& scope, size_t reader) {
  std::vector<Label> labels{label(scope.blocks[reader], "reads")};
  std::string writers;
  for (size_t i : producers(scope, reader)) {
    labels.push_back(label(scope.blocks[i], "writes"));
    writers += (writers.empty() ? "" : " and ") + quoted(scope.blocks[i]);
  }
  const char* has = labels.size() > 2 ? "have" : "has";
  return fail(DiagnosticKind::NotStagePipeline,
              fmt::format("{} is not a stage pipeline: {} may read elements that {} {} not written before it", quoted(root),
                          quoted(scope.blocks[reader]), writers, has),
              "in a stage pipeline every block reads only what has been written before it", std::move(labels));
}

Error not_stage_pipeline(const Place& root) {
  const BlockScope scope = make_block_scope(root);
  for (const Dependency& d : scope.dependencies)
    if (d.kind == DependencyKind::WriteAfterRead) return write_after_read(root, scope.blocks[d.source], scope.blocks[d.target]);
  size_t reader = 0;
  while (reader + 1 < scope.blocks.size() && covers_regions(scope, root, reader)) ++reader;
  return uncovered_read(root, scope, reader);
}

}  // namespace

Violation complete_violation(const Place& place, const Place& root) {
  const ir::Block& block = place.block();
  if (std::string reason = axis_violation(block, false); !reason.empty()) return {1, std::move(reason)};
  if (std::string reason = dominance_violation(place, root); !reason.empty()) return {2, std::move(reason)};
  if (std::string reason = overlap_violation(block); !reason.empty()) return {3, std::move(reason)};
  return {};
}

Violation reduction_violation(const Place& place, const Place& root, const Context* context) {
  const ir::Block& block = place.block();
  if (!block.init) return {1, "it has no init"};
  if (!is_judged_affine(context, place)) return {2, "its bindings are not quasi-affine"};
  if (std::string reason = axis_violation(block, true); !reason.empty()) return {3, std::move(reason)};
  if (std::string reason = dominance_violation(place, root); !reason.empty()) return {4, std::move(reason)};
  if (std::string reason = reduction_index_violation(block); !reason.empty()) return {5, std::move(reason)};
  return {};
}

bool is_complete_block(const Place& block) { return complete_violation(block, *scope_of(block)).condition == 0; }
bool is_reduction_block(const Place& block) { return reduction_violation(block, *scope_of(block)).condition == 0; }

bool is_decomposed_update(const ir::Block& block) { return !block.init && !overlap_violation(block).empty(); }

bool is_output_block(const Place& place, const Place& scope) {
  const std::vector<ir::Buffer>& allocated = scope.block().alloc_buffers;
  return std::any_of(place.block().writes.begin(), place.block().writes.end(), [&](const ir::BufferRegion& w) {
    return std::find(allocated.begin(), allocated.end(), w.buffer) == allocated.end();
  });
}

Result<void> check_complete_block(const Place& block) {
  const Violation v = complete_violation(block, *scope_of(block));
  if (v.condition == 0) return {};
  return refuse(DiagnosticKind::IncompleteBlock, block, why("a complete", v), kCompleteDefinition);
}

Result<void> check_reduction_block(const Place& block, const Context* context) {
  const Violation v = reduction_violation(block, *scope_of(block), context);
  if (v.condition == 0) return {};
  return refuse(DiagnosticKind::NotReductionBlock, block, why("a reduction", v), kReductionDefinition);
}

Result<void> check_complete_or_reduction_block(const Place& block, const Context* context) {
  const Place scope = *scope_of(block);
  const Violation complete = complete_violation(block, scope);
  if (complete.condition == 0) return {};
  const Violation reduction = reduction_violation(block, scope, context);
  if (reduction.condition == 0) return {};
  Error error = refuse(DiagnosticKind::NotCompleteOrReductionBlock, block,
                       why_neither(complete, reduction),
                       "the step needs a block that is complete (spatial axes, only writer, reads none of its outputs) or a reduction with init");
  if (is_decomposed_update(block.block())) {
    error.error().help = "a reduction can be moved as a whole: do it before decompose_reduction";
    error.error().values.push_back({"insert_before", "decompose_reduction"});
  }
  return error;
}

Result<void> check_not_output_block(const Place& block, const Place& scope) {
  if (!is_output_block(block, scope)) return {};
  const std::vector<ir::Buffer>& allocated = scope.block().alloc_buffers;
  for (const ir::BufferRegion& write : block.block().writes)
    if (std::find(allocated.begin(), allocated.end(), write.buffer) == allocated.end())
      return fail(DiagnosticKind::OutputBlock,
                  fmt::format("{} writes {}, which its scope does not allocate: it is an output block", quoted(block), write.buffer->name),
                  "what is seen outside has to be there in full; reverse_compute_at moves an output block below a loop of its producers",
                  {label(block, "output block")});
  return {};
}

Result<void> check_affine_binding(const Place& block, const Context* context) {
  if (is_judged_affine(context, block)) return {};
  return fail(DiagnosticKind::NotAffineBinding, fmt::format("the bindings of {} are not a quasi-affine map of its loops", quoted(block)),
              "every axis has to be a sum of products, quotients and remainders of distinct parts of the loop variables", {label(block, "")});
}

bool is_judged_affine(const Context* context, const Place& block) {
  if (context && context->judgements && context->judgements->is_assumed_affine(block)) return true;
  return is_affine_binding(context && context->judgements ? context->judgements->binding(block) : block);
}

Result<Place> check_scope(const Context& context, const Place& block, bool require_stage_pipeline) {
  std::optional<Place> scope = scope_of(block);
  if (!scope)
    return fail(DiagnosticKind::RootBlock, fmt::format("{} is the root block of {}: no scope holds it", quoted(block), block.function()),
                "choose a block below the root", {label(block, "")});
  if (!require_stage_pipeline || !context.enable_check) return *std::move(scope);
  const Place judged = context.judgements ? context.judgements->scope(*scope) : *scope;
  if (is_stage_pipeline(judged)) return *std::move(scope);
  return not_stage_pipeline(judged);
}

Result<void> check_compact_dataflow(const Place& root, const Context* context) {
  for (const Place& block : child_blocks(root)) {
    const Violation complete = complete_violation(block, root);
    if (complete.condition == 0) continue;
    const Violation reduction = reduction_violation(block, root, context);
    if (reduction.condition == 0) continue;
    return fail(DiagnosticKind::NotCompactDataflow, fmt::format("below {}, {} is {}", quoted(root), quoted(block), why_neither(complete, reduction)),
                "every block below the loop has to be complete or a reduction with its init; after decompose_reduction it is neither, so "
                "insert the step before decompose_reduction",
                {label(block, ""), label(root, "the loop")});
  }
  return {};
}

Result<void> check_trivial_binding(const Place& block) {
  const std::vector<Place> loops = loops_above(block);
  const ir::BlockRealize& realize = block.realize();
  std::string bindings;
  bool trivial = loops.size() == realize.iter_values.size();
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    trivial = trivial && realize.iter_values[i] == loops[i].loop().loop_var;
    bindings += fmt::format("{}{} = {}", bindings.empty() ? "" : ", ", realize.block.iter_vars[i].var->name, script::print_expr(realize.iter_values[i]));
  }
  if (trivial) return {};
  Error error = fail(DiagnosticKind::NotTrivialBinding,
                     fmt::format("the axes of {} are not its loops, one for one: {}", quoted(block), bindings.empty() ? "it has none" : bindings),
                     "do this before the loops are split, fused or reordered", {label(block, "")});
  error.error().values = {{"block", realize.block.name}, {"bindings", bindings}};
  return error;
}

}  // namespace loopglass::schedule
