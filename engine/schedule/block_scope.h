// What the child blocks of a block do to each other, and the properties that schedule steps require of them: TVM's SBlockScope and the
// block conditions of its schedule/analysis, with TVM's numbers.
//
// A scope is a block; its child blocks are those below it with no other block between. Everything is computed from the program as it
// stands: nothing is cached, so nothing can be stale.
#pragma once

#include <vector>

#include "engine/schedule/tree.h"
#include "engine/support/result.h"

namespace loopglass::arith {
class Analyzer;
}

namespace loopglass::schedule {

enum class DependencyKind { ReadAfterWrite, WriteAfterWrite, WriteAfterRead };

// The block at `target` stands after the one at `source` and touches a buffer that it touches. Indices into BlockScope::blocks.
struct Dependency {
  size_t source, target;
  DependencyKind kind;
};

struct BufferWriters {
  ir::Buffer buffer;
  std::vector<size_t> writers;   // in program order
};

struct BlockScope {
  std::vector<Place> blocks;                // the child blocks in program order
  std::vector<Dependency> dependencies;     // in the order in which TVM finds them
  std::vector<BufferWriters> writers;       // by first write

  const std::vector<size_t>* writers_of(const ir::BufferNode* buffer) const;   // null: no block of the scope writes it
  // Requires: the block is a child of the scope.
  size_t index_of(const Place& block) const;
};

// The child blocks below a block (its scope) or a loop.
BlockScope make_block_scope(const Place& root);

// The blocks that a child block depends on, or that depend on it (read or write after write), each once, in TVM's order.
std::vector<size_t> producers(const BlockScope& scope, size_t block);
std::vector<size_t> consumers(const BlockScope& scope, size_t block);

// The first condition that a block violates, from 1, and the reason in the program's names; 0 where it violates none.
struct Violation {
  int condition = 0;
  std::string reason;
};
// Whether its bindings are quasi-affine is asked of the program in which `context` says that the block was judged; without one, of this one.
// Complete block: 1 all axes are spatial; 2 it is the only writer of its outputs; 3 it reads none of the buffers that it writes.
// `root` is the block's scope, or a loop above it: then it is TVM's *local* complete (reduction) block.
Violation complete_violation(const Place& block, const Place& root);
// Reduction block: 1 it has an init; 2 its bindings are quasi-affine; 3 all axes are spatial or reduction; 4 it is the only writer of its
// outputs; 5 no reduction axis indexes an output.
Violation reduction_violation(const Place& block, const Place& root, const Context* context = nullptr);

// Under the block's own scope. Requires: not a root block.
bool is_complete_block(const Place& block);
bool is_reduction_block(const Place& block);
// It writes a buffer that the scope does not allocate.
bool is_output_block(const Place& block, const Place& scope);
// It has no init and reads what it writes: what decompose_reduction leaves of a reduction.
bool is_decomposed_update(const ir::Block& block);
// The axes' values are a quasi-affine map of the loops up to the next block; true without such loops. With `high`: of those below it alone.
bool is_affine_binding(const Place& block, const Place* high = nullptr);
// What each child reads of what others in the scope write has been written before: no read sees an element that nobody wrote.
bool covers_regions(const BlockScope& scope, const Place& root, size_t block);
// Every child covers its regions, and no child writes what an earlier one reads.
bool is_stage_pipeline(const Place& scope);
// The same of the block in the program in which it was judged.
bool is_judged_affine(const Context* context, const Place& block);

// The loops between `low` (itself included where it is a loop) and `high` (excluded), innermost first, never past a block; for a buffer
// that all threads of a block share, also the thread loops above. What TVM calls LoopDomainOfSRefTreePath.
std::vector<const ir::For*> loops_between(const Place& low, const Place* high, const std::string& storage_scope = "global");
// Shapes of parameters are not negative, loop variables above the place stay in their bounds.
void bind_shapes(arith::Analyzer& analyzer, const ir::PrimFunc& function);   // the first half alone
void bind_context(arith::Analyzer& analyzer, const ir::Module& module, const Place& place);

// The same as checks. Labels: the block, then the loop or scope.
Result<void> check_complete_block(const Place& block);               // IncompleteBlock
Result<void> check_reduction_block(const Place& block, const Context* context = nullptr);              // NotReductionBlock
Result<void> check_complete_or_reduction_block(const Place& block, const Context* context = nullptr);  // NotCompleteOrReductionBlock
Result<void> check_not_output_block(const Place& block, const Place& scope);  // OutputBlock
Result<void> check_affine_binding(const Place& block, const Context* context = nullptr);               // NotAffineBinding
// The axes are the loops above the block, one for one.
Result<void> check_trivial_binding(const Place& block);              // NotTrivialBinding
// Every child block of the loop is a local complete or a local reduction block.
Result<void> check_compact_dataflow(const Place& loop, const Context* context = nullptr);              // NotCompactDataflow
// The block's scope. Errors: RootBlock; NotStagePipeline, where that is required.
Result<Place> check_scope(const Context& context, const Place& block, bool require_stage_pipeline);

}  // namespace loopglass::schedule
