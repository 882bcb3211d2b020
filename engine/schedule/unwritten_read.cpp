#include "engine/schedule/unwritten_read.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/access_walk.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/soundness.h"

namespace loopglass::schedule {
namespace {

struct Allocation {
  const ir::BufferNode* buffer;
  const ir::BlockRealize* by;
};
using Allocations = std::vector<Allocation>;

void add_allocations(const ir::Stmt& s, Allocations& allocations) {
  if (const auto* realize = ir::as<ir::BlockRealize>(s))
    for (const ir::Buffer& buffer : realize->block.alloc_buffers) allocations.push_back({buffer.get(), realize});
}

// Around a place or below it; sorted by buffer.
Allocations allocations_at(const Place& place) {
  Allocations allocations;
  for (const ir::Stmt& s : place.above()) add_allocations(s, allocations);
  ir::for_each_stmt(place.stmt(), [&](const ir::Stmt& s) {
    add_allocations(s, allocations);
    return true;
  });
  std::ranges::sort(allocations, {}, &Allocation::buffer);
  return allocations;
}

// The buffers that a step has made.
class NewBuffers {
 public:
  explicit NewBuffers(const ChangedPart& part) {
    std::ranges::set_difference(allocations_at(part.after), allocations_at(part.before), std::back_inserter(made_), {}, &Allocation::buffer, &Allocation::buffer);
  }
  bool empty() const { return made_.empty(); }
  bool contains(const ir::BufferNode* buffer) const { return std::ranges::find(made_, buffer, &Allocation::buffer) != made_.end(); }
  bool allocated_by(const Place& place) const {
    return place.is_block() && std::ranges::find(made_, &place.realize(), &Allocation::by) != made_.end();
  }
  // The blocks around a place, itself included, and below it that allocate one.
  std::vector<Place> allocating_blocks(const Place& changed) const {
    std::vector<Place> blocks;
    size_t found = 0;
    const auto look = [&](const Place& place) {
      if (!allocated_by(place)) return;
      blocks.push_back(place);
      found += static_cast<size_t>(std::ranges::count(made_, &place.realize(), &Allocation::by));
    };
    for (std::optional<Place> p = changed; p; p = scope_of(*p)) look(*p);
    if (found < made_.size()) std::ranges::for_each(all_blocks_below(changed), look);
    return blocks;
  }

 private:
  Allocations made_;   // few
};

// What the block says to write is what its one store writes. (loop_partition, for one, states more.)
bool states_exactly(const ir::Block& block, const ir::BufferRegion& write) {
  const auto* store = ir::as<ir::BufferStore>(block.body);
  if (!store || store->buffer != write.buffer) return false;
  for (size_t d = 0; d < store->indices.size(); ++d)
    if (!ir::is_one(write.region[d].extent) || !ir::structural_equal(write.region[d].min, store->indices[d])) return false;
  return true;
}

// A block reads a new buffer, and the regions that blocks state do not show that another one has written it.
bool may_read_unwritten(const Place& scope_root, const NewBuffers& made) {
  const BlockScope scope = make_block_scope(scope_root);
  const auto is_new = [&](const ir::BufferNode* buffer) { return made.contains(buffer); };
  for (size_t i = 0; i < scope.blocks.size(); ++i) {
    const ir::Block& block = scope.blocks[i].block();
    if (unstated_read(block, is_new)) return true;
    for (const ir::BufferRegion& write : block.writes)
      if (made.contains(write.buffer.get()) && !states_exactly(block, write)) return true;
    bool reads_new = false, updates_new = false;
    for (const ir::BufferRegion& read : block.reads) {
      if (!made.contains(read.buffer.get())) continue;
      reads_new = true;
      updates_new |= !block.init && std::ranges::any_of(block.writes, [&](const ir::BufferRegion& write) { return write.buffer == read.buffer; });
    }
    if (updates_new || (reads_new && !covers_regions(scope, scope_root, i))) return true;
  }
  return false;
}

// Accesses below by other names than the buffer's.
bool matches_regions(const Place& scope) {
  bool found = false;
  ir::for_each_stmt(scope.block().body, [&](const ir::Stmt& s) {
    const auto* realize = ir::as<ir::BlockRealize>(s);
    found = found || (realize && !realize->block.match_buffers.empty());
    return !found;
  });
  return found;
}

using Element = std::pair<const ir::BufferNode*, std::vector<int64_t>>;

struct Found {
  Element element;
  const ir::BlockRealize* reader;
};

std::optional<Found> first_unwritten(const Place& scope, const NewBuffers& made, int64_t nth) {
  std::set<Element> written;
  std::optional<Found> found;
  const WalkEnd end = walk_accesses(scope.stmt(), iterations(scope, nth), {30000}, [&](const Access& access, const Bindings&) {
    if (!access.known || !made.contains(access.buffer)) return true;
    Element element{access.buffer, access.index};
    if (access.is_write) written.insert(std::move(element));
    else if (!found && access.block && !written.contains(element)) found = Found{std::move(element), access.block};
    return true;
  });
  return end == WalkEnd::Complete ? found : std::nullopt;
}

}  // namespace

std::optional<Diagnostic> unwritten_read(const ChangedPart& part, const char* primitive) {
  const NewBuffers made(part);
  if (made.empty()) return std::nullopt;
  for (const Place& scope : made.allocating_blocks(part.after)) {
    if (matches_regions(scope) || !may_read_unwritten(scope, made)) continue;
    for (int64_t nth = 0; nth < 2; ++nth) {
      const auto found = first_unwritten(scope, made, nth);
      if (!found) continue;
      const Place where = part.before.ancestor(std::min(scope.depth(), part.before.depth()));
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would let block \"{}\" read {}[{}], which nothing has written", primitive, found->reader->block.name, found->element.first->name,
                                      fmt::join(found->element.second, ", ")),
                          {label(where, "where the new buffer would be")});
    }
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
