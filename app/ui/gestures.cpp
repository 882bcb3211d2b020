#include "app/ui/gestures.h"

#include <algorithm>
#include <set>

#include "engine/ir/visitor.h"
#include "engine/schedule/specs.h"

namespace loopglass::ui {
namespace {

bool is_prefix(const ir::NodePath& outer, const ir::NodePath& inner) {
  return outer.function == inner.function && outer.steps.size() <= inner.steps.size() &&
         std::equal(outer.steps.begin(), outer.steps.end(), inner.steps.begin());
}

bool is_loop(const ir::Module& module, const ir::NodePath& path) { return ir::as<ir::For>(ir::node_at(module, path)) != nullptr; }

// The loops from `outer` down to `inner`, both included; empty where the one does not enclose the other.
std::vector<ir::NodePath> loops_between(const ir::Module& module, const ir::NodePath& outer, const ir::NodePath& inner) {
  std::vector<ir::NodePath> loops;
  if (!is_prefix(outer, inner)) return loops;
  for (size_t length = outer.steps.size(); length <= inner.steps.size(); ++length) {
    ir::NodePath path{inner.function, {inner.steps.begin(), inner.steps.begin() + static_cast<ptrdiff_t>(length)}};
    if (is_loop(module, path)) loops.push_back(std::move(path));
  }
  return loops;
}

app::StepRequest reorder(std::vector<ir::NodePath> loops) { return {&schedule::kReorder, {std::move(loops)}}; }

std::set<const ir::BufferNode*> buffers_of(const std::vector<ir::BufferRegion>& regions) {
  std::set<const ir::BufferNode*> buffers;
  for (const auto& region : regions) buffers.insert(region.buffer.get());
  return buffers;
}

// Whether a block below `loop`, other than `block`, reads one of the buffers.
bool is_read_below(const ir::Stmt& loop, const ir::BlockIdToken* block, const std::set<const ir::BufferNode*>& buffers) {
  bool found = false;
  ir::for_each_stmt(loop, [&](const ir::Stmt& stmt) {
    const auto* realize = ir::as<ir::BlockRealize>(stmt);
    if (!realize || realize->block.id.get() == block) return true;
    for (const auto& region : realize->block.reads) found = found || buffers.contains(region.buffer.get());
    return true;
  });
  return found;
}

const void* identity(const ir::Stmt& stmt) {
  if (const auto* loop = ir::as<ir::For>(stmt)) return loop->loop_var.get();
  if (const auto* block = ir::as<ir::BlockRealize>(stmt)) return block->block.id.get();
  return nullptr;
}

const void* identity(const schedule::NodeRef& node) {
  if (const auto* loop = std::get_if<schedule::LoopRef>(&node)) return loop->var.get();
  return std::get<schedule::BlockRef>(node).id.get();
}

std::optional<ir::NodePath> path_of(const ir::Module& module, const ir::Stmt& stmt) {
  if (const auto* loop = ir::as<ir::For>(stmt)) return ir::path_of_loop(module, loop->loop_var.get());
  if (const auto* block = ir::as<ir::BlockRealize>(stmt)) return ir::path_of_block(module, block->block.id.get());
  return std::nullopt;
}

std::optional<ir::NodePath> path_of(const ir::Module& module, const schedule::NodeRef& node) {
  if (const auto* loop = std::get_if<schedule::LoopRef>(&node)) return ir::path_of_loop(module, loop->var.get());
  return ir::path_of_block(module, std::get<schedule::BlockRef>(node).id.get());
}

}  // namespace

Request reorder_above(const ir::Module& module, const ir::NodePath& dragged, const ir::NodePath& target) {
  if (dragged == target) return std::nullopt;
  std::vector<ir::NodePath> loops = loops_between(module, target, dragged);
  if (loops.size() >= 2) {  // upwards: first of them
    std::ranges::rotate(loops, loops.end() - 1);
    return reorder(std::move(loops));
  }
  loops = loops_between(module, dragged, target);
  if (loops.size() < 3) return std::nullopt;  // downwards, before the target
  std::rotate(loops.begin(), loops.begin() + 1, loops.end() - 1);
  return reorder({loops.begin(), loops.end() - 1});
}

Request reorder_below(const ir::Module& module, const ir::NodePath& dragged, const ir::NodePath& target) {
  if (dragged == target) return std::nullopt;
  std::vector<ir::NodePath> loops = loops_between(module, dragged, target);
  if (loops.size() >= 2) {  // downwards: last of them
    std::ranges::rotate(loops, loops.begin() + 1);
    return reorder(std::move(loops));
  }
  loops = loops_between(module, target, dragged);
  if (loops.size() < 3) return std::nullopt;  // upwards, after the target
  loops.erase(loops.begin());
  std::ranges::rotate(loops, loops.end() - 1);
  return reorder(std::move(loops));
}

Request move_loop(const ir::Module& module, const ir::NodePath& loop, int direction) {
  if (!is_loop(module, loop)) return std::nullopt;
  ir::NodePath other = loop;
  if (direction < 0) {
    do {
      if (other.steps.empty()) return std::nullopt;
      other.steps.pop_back();
    } while (!is_loop(module, other));
    return reorder_above(module, loop, other);
  }
  other.steps.push_back(0);
  return is_loop(module, other) ? reorder_below(module, loop, other) : std::nullopt;
}

Request place_block(const ir::Module& module, const ir::NodePath& block, const ir::NodePath& loop) {
  const auto* realize = ir::as<ir::BlockRealize>(ir::node_at(module, block));
  if (!realize || !is_loop(module, loop) || is_prefix(loop, block)) return std::nullopt;
  const bool feeds = is_read_below(ir::node_at(module, loop), realize->block.id.get(), buffers_of(realize->block.writes));
  return app::StepRequest{feeds ? &schedule::kComputeAt : &schedule::kReverseComputeAt, {block, loop}};
}

app::StepRequest split_by(const ir::NodePath& loop, int64_t factor) {
  return {&schedule::kSplit, {loop, schedule::Value{schedule::ValueList{schedule::Value{}, schedule::Value{factor}}}}};
}

std::optional<ir::NodePath> carry_node(const ir::Module& from, const ir::Module& to, const schedule::Forwarding& forwarding,
                                       const ir::NodePath& path) {
  const ir::Stmt node = ir::node_at(from, path);
  const void* self = node ? identity(node) : nullptr;
  if (!self) return std::nullopt;
  if (auto same = path_of(to, node)) return same;
  for (const auto& [before, after] : forwarding.moved) {
    if (identity(before) == self)
      if (auto moved = path_of(to, after)) return moved;
    if (identity(after) == self)
      if (auto moved = path_of(to, before)) return moved;
  }
  return std::nullopt;
}

}  // namespace loopglass::ui
