#include "engine/schedule/unwritten_read.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/schedule/access_walk.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/soundness.h"

namespace loopglass::schedule {
namespace {

// The blocks and buffers of a part of the program as it was: those of the blocks around it and below it.
struct Known {
  std::unordered_set<const ir::BlockIdToken*> blocks;
  std::unordered_set<const ir::BufferNode*> buffers;
};

// The blocks around a place, itself included, and all below it.
std::vector<Place> blocks_around_and_below(const Place& place) {
  std::vector<Place> blocks = all_blocks_below(place);
  for (std::optional<Place> p = place.is_block() ? place : scope_of(place); p; p = scope_of(*p)) blocks.push_back(*p);
  return blocks;
}

Known known_at(const Place& place) {
  Known known;
  for (const Place& block : blocks_around_and_below(place)) {
    known.blocks.insert(block.block().id.get());
    for (const ir::Buffer& buffer : block.block().alloc_buffers) known.buffers.insert(buffer.get());
  }
  return known;
}

std::vector<Place> allocating_blocks(const Place& changed, const Known& old) {
  std::vector<Place> blocks = blocks_around_and_below(changed);
  std::erase_if(blocks, [&](const Place& block) {
    return std::ranges::all_of(block.block().alloc_buffers, [&](const ir::Buffer& buffer) { return old.buffers.contains(buffer.get()); });
  });
  return blocks;
}

// A new block that reads a new buffer, where the regions that blocks state do not show that it has been written.
bool may_read_unwritten(const Place& scope_root, const Known& old) {
  const BlockScope scope = make_block_scope(scope_root);
  for (size_t i = 0; i < scope.blocks.size(); ++i)
    if (!old.blocks.contains(scope.blocks[i].block().id.get()) && !covers_regions(scope, scope_root, i)) return true;
  return false;
}

using Element = std::pair<const ir::BufferNode*, std::vector<int64_t>>;

struct Found {
  Element element;
  const ir::BlockRealize* reader;
};

std::optional<Found> first_unwritten(const Place& scope, const Known& old, int64_t nth) {
  std::set<Element> written;
  std::optional<Found> found;
  const WalkEnd end = walk_accesses(scope.stmt(), iterations(scope, nth), {100000}, [&](const Access& access, const Bindings&) {
    if (!access.known || old.buffers.contains(access.buffer)) return true;
    Element element{access.buffer, access.index};
    if (access.is_write) written.insert(std::move(element));
    else if (!found && access.block && !old.blocks.contains(access.block->block.id.get()) && !written.contains(element)) found = Found{std::move(element), access.block};
    return true;
  });
  return end == WalkEnd::Complete ? found : std::nullopt;
}

}  // namespace

std::optional<Diagnostic> unwritten_read(const ir::Module& before, const Place& changed, const char* primitive) {
  const Known old = known_at(*place_at(before, changed.path));
  for (const Place& scope : allocating_blocks(changed, old)) {
    if (!may_read_unwritten(scope, old)) continue;
    for (int64_t nth = 0; nth < 2; ++nth) {
      const auto found = first_unwritten(scope, old, nth);
      if (!found) continue;
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would let block \"{}\" read {}[{}], which nothing has written", primitive, found->reader->block.name, found->element.first->name,
                                      fmt::join(found->element.second, ", ")),
                          {label(*place_at(before, scope.path), "the scope of the new buffer")});
    }
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
