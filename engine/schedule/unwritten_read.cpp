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

using Buffers = std::vector<const ir::BufferNode*>;

void add_allocations(const ir::Stmt& s, Buffers& buffers) {
  if (const auto* realize = ir::as<ir::BlockRealize>(s))
    for (const ir::Buffer& buffer : realize->block.alloc_buffers) buffers.push_back(buffer.get());
}

// Allocated around a place or below it; sorted.
Buffers allocated_at(const Place& place) {
  Buffers buffers;
  for (const ir::Stmt& s : place.above()) add_allocations(s, buffers);
  ir::for_each_stmt(place.stmt(), [&](const ir::Stmt& s) {
    add_allocations(s, buffers);
    return true;
  });
  std::ranges::sort(buffers);
  return buffers;
}

// The buffers that a step has made.
class NewBuffers {
 public:
  NewBuffers(const Place& before, const Place& after) { std::ranges::set_difference(allocated_at(after), allocated_at(before), std::back_inserter(buffers_)); }
  bool empty() const { return buffers_.empty(); }
  bool contains(const ir::BufferNode* buffer) const { return std::ranges::find(buffers_, buffer) != buffers_.end(); }
  bool allocated_by(const ir::Block& block) const {
    return std::ranges::any_of(block.alloc_buffers, [&](const ir::Buffer& buffer) { return contains(buffer.get()); });
  }

 private:
  Buffers buffers_;   // few
};

// The blocks around a place, itself included, and below it that allocate a new buffer.
std::vector<Place> allocating_blocks(const Place& changed, const NewBuffers& made) {
  std::vector<Place> blocks;
  for (std::optional<Place> p = changed.is_block() ? changed : scope_of(changed); p; p = scope_of(*p))
    if (made.allocated_by(p->block())) blocks.push_back(*p);
  bool is_below = false;
  ir::for_each_stmt(changed.stmt(), [&](const ir::Stmt& s) {
    const auto* realize = ir::as<ir::BlockRealize>(s);
    is_below = is_below || (realize && s != changed.stmt() && made.allocated_by(realize->block));
    return !is_below;
  });
  if (!is_below) return blocks;
  for (Place& p : all_blocks_below(changed))
    if (made.allocated_by(p.block())) blocks.push_back(std::move(p));
  return blocks;
}

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

std::optional<Diagnostic> unwritten_read(const ir::Module& before, const Place& changed, const char* primitive) {
  const NewBuffers made(*place_at(before, changed.path()), changed);
  if (made.empty()) return std::nullopt;
  for (const Place& scope : allocating_blocks(changed, made)) {
    if (matches_regions(scope) || !may_read_unwritten(scope, made)) continue;
    for (int64_t nth = 0; nth < 2; ++nth) {
      const auto found = first_unwritten(scope, made, nth);
      if (!found) continue;
      const auto where = place_at(before, scope.path());
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would let block \"{}\" read {}[{}], which nothing has written", primitive, found->reader->block.name, found->element.first->name,
                                      fmt::join(found->element.second, ", ")),
                          {label(where && (where->is_block() || where->is_loop()) ? *where : changed, "where the new buffer would be")});
    }
  }
  return std::nullopt;
}

}  // namespace loopglass::schedule
