#include "engine/schedule/block_order.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/dependence.h"
#include "engine/schedule/soundness.h"

namespace loopglass::schedule {
namespace {

// What a block says that it touches, and what its body does touch (unsafe_hide_buffer_access makes these differ).
using BufferList = std::vector<const ir::BufferNode*>;   // a block touches few
struct Touched {
  BufferList written, loaded, all;
};

bool holds(const BufferList& list, const ir::BufferNode* buffer) { return std::ranges::find(list, buffer) != list.end(); }
void add(BufferList& list, const ir::BufferNode* buffer) {
  if (!holds(list, buffer)) list.push_back(buffer);
}

class TouchedCollector : public ir::Visitor {
 public:
  explicit TouchedCollector(const ir::Block& block) {
    for (const ir::BufferRegion& w : block.writes) write(w.buffer);
    for (const ir::BufferRegion& r : block.reads) add(touched.all, r.buffer.get());
    visit(block.init);
    visit(block.body);
  }
  using Visitor::visit;
  void visit(const ir::Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) {
      add(touched.loaded, load->buffer.get());
      add(touched.all, load->buffer.get());
    }
    Visitor::visit(e);
  }
  void visit(const ir::Stmt& s) override {
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) write(store->buffer);
    Visitor::visit(s);
  }
  Touched touched;

 private:
  void write(const ir::Buffer& buffer) {
    add(touched.written, buffer.get());
    add(touched.all, buffer.get());
  }
};

bool meet(const BufferList& written, const BufferList& all) {
  return std::ranges::any_of(written, [&](const ir::BufferNode* buffer) { return holds(all, buffer); });
}

std::string iteration_text(const std::vector<std::pair<std::string, int64_t>>& loops) {
  std::string text;
  for (const auto& [name, value] : loops) text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
  return text.empty() ? "its one iteration" : text;
}

Diagnostic reversed(const Place& earlier, const Place& later, const Collision& collision, const char* primitive) {
  const Witness& w = collision.witness;
  const auto verb = [](bool writes) { return writes ? "writes" : "reads"; };
  return unsound_step(
      DiagnosticKind::ReversedDependence,
      fmt::format("{} would let {} run before {}, which {} {}[{}] ({}) before the former {} it ({})", primitive,
                  quoted(later), quoted(earlier), verb(collision.first_writes), w.buffer, fmt::join(w.index, ", "),
                  iteration_text(w.first), verb(collision.second_writes), iteration_text(w.second)),
      {label(later, "has to run after"), label(earlier, "this block")}, collision.witness);
}

Diagnostic reversed_by_data(const Place& earlier, const Place& later, const char* primitive) {
  return unsound_step(DiagnosticKind::ReversedDependence,
                      fmt::format("{} would let {} run before {}: which elements they share depends on data", primitive, quoted(later), quoted(earlier)),
                      {label(later, "has to run after"), label(earlier, "this block")});
}

Diagnostic misplaced_copy(const Place& copy, const Place& writer, const Place& reader, const Collision& collision, const char* primitive) {
  const Witness& w = collision.witness;
  return unsound_step(DiagnosticKind::ReversedDependence,
                      fmt::format("{} would put {} where it does not bring {}[{}] from {} to {}", primitive, quoted(copy), w.buffer, fmt::join(w.index, ", "),
                                  quoted(writer), quoted(reader)),
                      {label(reader, "needs what is written"), label(writer, "writes it")}, w);
}

// Where the blocks of `before` stand in `after`; -1: gone.
std::vector<int> positions_after(const std::vector<Place>& before, const std::vector<Place>& after) {
  std::unordered_map<const ir::BlockIdToken*, int> position;
  for (const Place& block : after) position.emplace(block.block().id.get(), static_cast<int>(position.size()));
  std::vector<int> positions;
  for (const Place& block : before) {
    const auto found = position.find(block.block().id.get());
    positions.push_back(found == position.end() ? -1 : found->second);
  }
  return positions;
}

std::optional<Diagnostic> reversed_in(const std::vector<Place>& before, const std::vector<Place>& after, const char* primitive) {
  const std::vector<int> now = positions_after(before, after);
  int furthest = -1;   // of the blocks so far
  for (size_t later = 0; later < before.size(); furthest = std::max(furthest, now[later]), ++later) {
    if (now[later] < 0 || furthest < now[later]) continue;
    for (size_t earlier = 0; earlier < later; ++earlier) {
      if (now[earlier] < now[later] || !may_depend(before[earlier].block(), before[later].block())) continue;
      const DependenceAnswer answer = conflict(before[earlier], before[later]);
      if (answer.collision) return reversed(before[earlier], before[later], *answer.collision, primitive);
      if (answer.by_data) return reversed_by_data(before[earlier], before[later], primitive);
    }
  }
  return std::nullopt;
}

// What blocks touch, found where it is asked for.
class TouchedBlocks {
 public:
  explicit TouchedBlocks(const std::vector<Place>& blocks) : blocks_(blocks), touched_(blocks.size()) {}
  const Touched& operator[](size_t i) {
    if (!touched_[i]) touched_[i] = TouchedCollector(blocks_[i].block()).touched;
    return *touched_[i];
  }

 private:
  const std::vector<Place>& blocks_;
  std::vector<std::optional<Touched>> touched_;
};

// The leaf blocks of a changed part before and after a step, what they touch, and where each stands in the other version (-1: nowhere).
struct Versions {
  Versions(std::vector<Place> before, std::vector<Place> after)
      : was(std::move(before)), is(std::move(after)), old(positions_after(is, was)), now(positions_after(was, is)), was_touched(was), is_touched(is) {}

  const std::vector<Place> was, is;
  const std::vector<int> old, now;
  TouchedBlocks was_touched, is_touched;
};

// A copy that the step has made, and that reads elements for `reader` before the block that writes them has run.
std::optional<Diagnostic> early_copy(Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] <= static_cast<int>(copy) || !meet(v.is_touched[copy].written, v.is_touched[v.now[reader]].all)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] <= static_cast<int>(copy) || !meet(v.was_touched[writer].written, v.is_touched[copy].loaded)) continue;
    const auto answer = conflict(v.was[writer], v.was[reader]);
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is[copy], v.was[writer], v.was[reader], *answer.collision, primitive);
  }
  return std::nullopt;
}

// A copy that the step has made, and that brings what a block wrote to its buffer after `reader` has read it there.
std::optional<Diagnostic> late_copy(Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] < 0 || v.now[reader] >= static_cast<int>(copy) || !meet(v.is_touched[copy].written, v.is_touched[v.now[reader]].loaded)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] < 0 || !meet(v.was_touched[writer].written, v.is_touched[copy].written) || !meet(v.is_touched[v.now[writer]].written, v.is_touched[copy].loaded)) continue;
    const auto answer = conflict(v.was[writer], v.was[reader]);
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is[copy], v.was[writer], v.was[reader], *answer.collision, primitive);
  }
  return std::nullopt;
}

using BlockIds = std::vector<const ir::BlockIdToken*>;

// Of the blocks of leaf_blocks, without their places.
void append_leaf_ids(const ir::Stmt& s, BlockIds& ids) {
  const auto* realize = ir::as<ir::BlockRealize>(s);
  const size_t before = ids.size();
  if (realize) {
    append_leaf_ids(realize->block.body, ids);
    if (ids.size() == before) ids.push_back(realize->block.id.get());
    return;
  }
  for (const ir::Stmt& child : ir::children(s))
    if (child) append_leaf_ids(child, ids);
}
BlockIds leaf_ids(const ir::Stmt& root) {
  BlockIds ids;
  append_leaf_ids(root, ids);
  return ids;
}

// The blocks of `after` are blocks of `before` in their old order.
bool keeps_order(const BlockIds& before, const BlockIds& after) {
  auto old = before.begin();
  return std::ranges::all_of(after, [&](const ir::BlockIdToken* id) {
    old = std::find(old, before.end(), id);
    if (old == before.end()) return false;
    ++old;
    return true;
  });
}

std::optional<Diagnostic> misplaced_copies(std::vector<Place> was, std::vector<Place> is, const char* primitive) {
  Versions v(std::move(was), std::move(is));
  for (size_t copy = 0; copy < v.is.size(); ++copy) {
    if (v.old[copy] >= 0) continue;
    for (size_t reader = 0; reader < v.was.size(); ++reader) {
      if (auto found = early_copy(v, copy, reader, primitive)) return found;
      if (auto found = late_copy(v, copy, reader, primitive)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Place> leaf_blocks(const Place& place) {
  std::vector<Place> leaves;
  for (Place& block : all_blocks_below(place)) {
    if (!leaves.empty() && is_below(block, leaves.back())) leaves.pop_back();   // it holds this one
    leaves.push_back(std::move(block));
  }
  return leaves;
}

const ir::BufferNode* unstated_read(const ir::Block& block, const std::function<bool(const ir::BufferNode*)>& counts) {
  const ir::BufferNode* unstated = nullptr;
  ir::for_each_expr(block.body, [&](const ir::Expr& e) {
    const auto* load = ir::as<ir::BufferLoad>(e);
    if (!load || unstated || !counts(load->buffer.get())) return;
    const auto is_it = [&](const ir::BufferRegion& region) { return region.buffer == load->buffer; };
    if (std::ranges::none_of(block.reads, is_it) && (!block.init || std::ranges::none_of(block.writes, is_it))) unstated = load->buffer.get();
  });
  return unstated;
}

bool may_depend(const ir::Block& a, const ir::Block& b) {
  const Touched x = TouchedCollector(a).touched, y = TouchedCollector(b).touched;
  return meet(x.written, y.all) || meet(y.written, x.all);
}

std::optional<Diagnostic> misplaced_block(const ir::Module& before, const Place& changed, const char* primitive) {
  const std::optional<Place> old = place_at(before, changed.path());
  if (keeps_order(leaf_ids(old->stmt()), leaf_ids(changed.stmt()))) return std::nullopt;
  std::vector<Place> was = leaf_blocks(*old), is = leaf_blocks(changed);
  if (auto found = reversed_in(was, is, primitive)) return found;
  return misplaced_copies(std::move(was), std::move(is), primitive);
}

std::optional<Diagnostic> reversed_by_merge(const std::vector<std::vector<Place>>& nests) {
  for (size_t later = 0; later < nests.size(); ++later)
    for (size_t earlier = 0; earlier < later; ++earlier) {
      // Those that change places as a whole are found by their blocks' order.
      if (nests[later].front().path().steps < nests[earlier].front().path().steps) continue;
      const auto answer = merged_conflict(nests[earlier], nests[later]);
      if (!answer.collision) continue;
      const auto place_of = [&](const std::vector<Place>& nest, const ir::BlockId& id) {
        for (const Place& block : all_blocks_below(nest.front()))
          if (block.block().id == id) return block;
        return nest.front();
      };
      return reversed(place_of(nests[earlier], answer.collision->first_block), place_of(nests[later], answer.collision->second_block), *answer.collision,
                      "merge");
    }
  return std::nullopt;
}

std::optional<Diagnostic> lost_block(const Place& before, const ir::Module& after, const char* primitive) {
  const std::vector<Place> was = leaf_blocks(before);
  const std::vector<int> now = positions_after(was, leaf_blocks(*place_at(after, before.path())));
  const auto gone = std::ranges::find(now, -1);
  if (gone == now.end()) return std::nullopt;
  const Place& block = was[static_cast<size_t>(gone - now.begin())];
  return unsound_step(DiagnosticKind::LostStatements, fmt::format("{} would drop {}, which shares loops that are rebuilt", primitive, quoted(block)), {label(block, "would be gone")});
}

}  // namespace loopglass::schedule
