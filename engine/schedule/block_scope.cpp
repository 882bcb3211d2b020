#include "engine/schedule/block_scope.h"

#include <algorithm>

#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

// Who touched a buffer so far, by the buffer's first mention.
using Touched = std::vector<BufferWriters>;

std::vector<size_t>& entry(Touched& touched, const ir::Buffer& buffer) {
  for (BufferWriters& t : touched)
    if (t.buffer == buffer) return t.writers;
  return touched.emplace_back(BufferWriters{buffer, {}}).writers;
}

// Adds an edge from every block in `sources` (all those that touch the region's buffer) to `target`.
void depend(BlockScope& scope, Touched& touched, const std::vector<ir::BufferRegion>& regions, size_t target, DependencyKind kind) {
  for (const ir::BufferRegion& region : regions)
    for (size_t source : entry(touched, region.buffer))
      if (source != target) scope.dependencies.push_back({source, target, kind});
}

void append_new(std::vector<size_t>& list, size_t item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

}  // namespace

const std::vector<size_t>* BlockScope::writers_of(const ir::BufferNode* buffer) const {
  for (const BufferWriters& w : writers)
    if (w.buffer.get() == buffer && !w.writers.empty()) return &w.writers;
  return nullptr;
}

size_t BlockScope::index_of(const Place& block) const {
  for (size_t i = 0; i < blocks.size(); ++i)
    if (blocks[i].block().id == block.block().id) return i;
  CHECK(false, "the block is no child of the scope");
}

BlockScope make_block_scope(const Place& root) {
  BlockScope scope;
  scope.blocks = child_blocks(root);
  Touched readers;
  readers.reserve(scope.blocks.size() + 2);
  scope.writers.reserve(scope.blocks.size() + 2);
  for (size_t i = 0; i < scope.blocks.size(); ++i) {
    const ir::Block& block = scope.blocks[i].block();
    for (const ir::BufferRegion& region : block.reads) entry(readers, region.buffer).push_back(i);
    for (const ir::BufferRegion& region : block.writes) entry(scope.writers, region.buffer).push_back(i);
    depend(scope, scope.writers, block.reads, i, DependencyKind::ReadAfterWrite);
    depend(scope, scope.writers, block.writes, i, DependencyKind::WriteAfterWrite);
    depend(scope, readers, block.writes, i, DependencyKind::WriteAfterRead);
  }
  return scope;
}

std::vector<size_t> producers(const BlockScope& scope, size_t block) {
  std::vector<size_t> result;
  for (const Dependency& d : scope.dependencies)
    if (d.target == block && d.kind != DependencyKind::WriteAfterRead) append_new(result, d.source);
  return result;
}

std::vector<size_t> consumers(const BlockScope& scope, size_t block) {
  std::vector<size_t> result;
  for (const Dependency& d : scope.dependencies)
    if (d.source == block && d.kind != DependencyKind::WriteAfterRead) append_new(result, d.target);
  return result;
}

}  // namespace loopglass::schedule
