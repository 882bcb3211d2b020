#include "engine/schedule/block_order.h"

#include <algorithm>

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
    touched.loaded.reserve(4);
    touched.all.reserve(4);
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

using Blocks = std::vector<const ir::BlockRealize*>;

void append_leaves(const ir::Stmt& s, Blocks& leaves) {
  const auto* realize = ir::as<ir::BlockRealize>(s);
  const size_t before = leaves.size();
  if (realize) {
    append_leaves(realize->block.body, leaves);
    if (leaves.size() == before) leaves.push_back(realize);
    return;
  }
  for (const ir::Stmt& child : ir::children(s))
    if (child) append_leaves(child, leaves);
}

// The blocks of leaf_blocks; their places, and what they touch, are found where they are asked for.
class Leaves {
 public:
  explicit Leaves(Place root) : root_(std::move(root)) {
    append_leaves(root_.stmt(), blocks_);
    touched_.resize(blocks_.size());
  }

  size_t size() const { return blocks_.size(); }
  const ir::BlockIdToken* id(size_t i) const { return blocks_[i]->block.id.get(); }
  const Place& place(size_t i) {
    if (places_.empty()) places_ = leaf_blocks(root_);
    return places_[i];
  }
  const Touched& touched(size_t i) {
    if (!touched_[i]) touched_[i] = TouchedCollector(blocks_[i]->block).touched;
    return *touched_[i];
  }

 private:
  const Place root_;
  Blocks blocks_;
  std::vector<Place> places_;
  std::vector<std::optional<Touched>> touched_;
};

// Where each block of `these` stands among `others`; -1: nowhere.
std::vector<int> positions_among(const Leaves& others, const Leaves& these) {
  std::vector<std::pair<const ir::BlockIdToken*, int>> position;
  for (size_t i = 0; i < others.size(); ++i) position.emplace_back(others.id(i), static_cast<int>(i));
  std::ranges::sort(position);
  std::vector<int> positions(these.size(), -1);
  for (size_t i = 0; i < these.size(); ++i) {
    const auto found = std::ranges::lower_bound(position, std::pair(these.id(i), 0));
    if (found != position.end() && found->first == these.id(i)) positions[i] = found->second;
  }
  return positions;
}

// The leaf blocks of a changed part before and after a step, and where each stands in the other version (-1: nowhere).
struct Versions {
  Versions(Place before, Place after) : was(std::move(before)), is(std::move(after)), old(positions_among(was, is)), now(was.size(), -1) {
    for (size_t i = 0; i < old.size(); ++i)
      if (old[i] >= 0) now[static_cast<size_t>(old[i])] = static_cast<int>(i);
  }
  // No block is new, and those that are left have their old order.
  bool keeps_order() const { return std::ranges::is_sorted(old) && (old.empty() || old.front() >= 0); }

  Leaves was, is;
  const std::vector<int> old;
  std::vector<int> now;
};

bool may_depend(const Touched& a, const Touched& b) { return meet(a.written, b.all) || meet(b.written, a.all); }

std::optional<Diagnostic> reversed_in(Versions& v, const char* primitive) {
  int furthest = -1;   // of the blocks so far
  for (size_t later = 0; later < v.was.size(); furthest = std::max(furthest, v.now[later]), ++later) {
    if (v.now[later] < 0 || furthest < v.now[later]) continue;
    for (size_t earlier = 0; earlier < later; ++earlier) {
      if (v.now[earlier] < v.now[later] || !may_depend(v.was.touched(earlier), v.was.touched(later))) continue;
      const Place &first = v.was.place(earlier), &second = v.was.place(later);
      const DependenceAnswer answer = conflict(first, second);
      if (answer.collision) return reversed(first, second, *answer.collision, primitive);
      if (answer.by_data) return reversed_by_data(first, second, primitive);
    }
  }
  return std::nullopt;
}

// A copy that the step has made, and that reads elements for `reader` before the block that writes them has run.
std::optional<Diagnostic> early_copy(Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] <= static_cast<int>(copy) || !meet(v.is.touched(copy).written, v.is.touched(v.now[reader]).all)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] <= static_cast<int>(copy) || !meet(v.was.touched(writer).written, v.is.touched(copy).loaded)) continue;
    const auto answer = conflict(v.was.place(writer), v.was.place(reader));
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is.place(copy), v.was.place(writer), v.was.place(reader), *answer.collision, primitive);
  }
  return std::nullopt;
}

// A copy that the step has made, and that brings what a block wrote to its buffer after `reader` has read it there.
std::optional<Diagnostic> late_copy(Versions& v, size_t copy, size_t reader, const char* primitive) {
  if (v.now[reader] < 0 || v.now[reader] >= static_cast<int>(copy) || !meet(v.is.touched(copy).written, v.is.touched(v.now[reader]).loaded)) return std::nullopt;
  for (size_t writer = 0; writer < reader; ++writer) {
    if (v.now[writer] < 0 || !meet(v.was.touched(writer).written, v.is.touched(copy).written) || !meet(v.is.touched(v.now[writer]).written, v.is.touched(copy).loaded)) continue;
    const auto answer = conflict(v.was.place(writer), v.was.place(reader));
    if (answer.collision && answer.collision->first_writes) return misplaced_copy(v.is.place(copy), v.was.place(writer), v.was.place(reader), *answer.collision, primitive);
  }
  return std::nullopt;
}

std::optional<Diagnostic> misplaced_copies(Versions& v, const char* primitive) {
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
  return may_depend(TouchedCollector(a).touched, TouchedCollector(b).touched);
}

std::optional<Diagnostic> misplaced_block(const ChangedPart& part, const char* primitive) {
  Versions v(part.before, part.after);
  if (v.keeps_order()) return std::nullopt;
  if (auto found = reversed_in(v, primitive)) return found;
  return misplaced_copies(v, primitive);
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
  Versions v(before, *place_at(after, before.path()));
  const auto gone = std::ranges::find(v.now, -1);
  if (gone == v.now.end()) return std::nullopt;
  const Place& block = v.was.place(static_cast<size_t>(gone - v.now.begin()));
  return unsound_step(DiagnosticKind::LostStatements, fmt::format("{} would drop {}, which shares loops that are rebuilt", primitive, quoted(block)), {label(block, "would be gone")});
}

}  // namespace loopglass::schedule
