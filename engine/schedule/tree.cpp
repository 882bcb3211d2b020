#include "engine/schedule/tree.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/script/printer.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

using ir::Stmt;

constexpr size_t kFew = 8;   // blocks or steps, in most programs

bool is_node(const Stmt& s) { return ir::as<ir::For>(s) || ir::as<ir::BlockRealize>(s); }

bool is_node(const Stmt& s, const NodeRef& node) {
  if (const ir::For* loop = ir::as<ir::For>(s)) {
    const LoopRef* ref = std::get_if<LoopRef>(&node);
    return ref && ref->var == loop->loop_var;
  }
  const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
  const BlockRef* ref = std::get_if<BlockRef>(&node);
  return realize && ref && ref->id == realize->block.id;
}

// The nearest place above for which `is_it` holds.
template <class IsIt>
std::optional<Place> nearest_above(const Place& place, const IsIt& is_it) {
  size_t depth = place.depth();
  for (const Stmt& s : place.above()) {
    --depth;
    if (is_it(s)) return place.ancestor(depth);
  }
  return std::nullopt;
}

// Depth first through loops and blocks (a block's init left out): the paths of those that are looked for.
class PathFinder {
 public:
  PathFinder(const Place& place, std::span<const NodeRef* const> nodes) : paths(nodes.size()), nodes_(nodes), path_(place.path()) {
    path_.steps.reserve(path_.steps.size() + kFew);
    walk(place.stmt());
  }

  std::vector<std::optional<ir::NodePath>> paths;

 private:
  void walk(const Stmt& at) {
    if (is_node(at))
      for (size_t i = 0; i < nodes_.size(); ++i)
        if (!paths[i] && is_node(at, *nodes_[i])) {
          paths[i] = path_;
          ++found_;
        }
    const ir::Children below = ir::children(at);
    const size_t n = ir::as<ir::BlockRealize>(at) ? 1 : below.size();
    for (size_t i = 0; i < n && found_ < nodes_.size(); ++i) {
      if (!below[i]) continue;
      path_.steps.push_back(static_cast<uint32_t>(i));
      walk(below[i]);
      path_.steps.pop_back();
    }
  }

  const std::span<const NodeRef* const> nodes_;
  ir::NodePath path_;
  size_t found_ = 0;
};

// Walks the loops, blocks and what holds such below a place (a block's init left out) in program order; `enter` says whether to go below one.
template <class Enter>
void walk_below(const Place& here, const Enter& enter) {
  const ir::Children below = ir::children(here.stmt());
  const size_t n = here.is_block() ? 1 : below.size();
  for (size_t i = 0; i < n; ++i) {
    if (!below[i] || ir::children(below[i]).size() == 0) continue;
    const Place child = here.below(static_cast<uint32_t>(i), below[i]);
    if (enter(child)) walk_below(child, enter);
  }
}

}  // namespace

std::optional<Place> place_at(const ir::Module& module, const ir::NodePath& path) {
  const ir::Function function = ir::find_function(module, path.function);
  if (!function || !function->body) return std::nullopt;
  Place place(path.function, function->body);
  for (uint32_t step : path.steps) {
    const ir::Children below = ir::children(place.stmt());
    if (step >= below.size() || !below[step]) return std::nullopt;
    place = place.below(step, below[step]);
  }
  return place;
}

bool is_at(const ir::Module& module, const ir::NodePath& path, const NodeRef& node) {
  const ir::Function function = ir::find_function(module, path.function);
  if (!function) return false;
  const Stmt* at = &function->body;
  for (uint32_t step : path.steps) {
    const ir::Children below = ir::children(*at);
    if (step >= below.size()) return false;
    at = &below[step];
  }
  return *at && is_node(*at, node);
}

const std::shared_ptr<const ir::NodePath>& hint_of(const NodeRef& node) {
  return std::visit([](const auto& n) -> const auto& { return n.hint; }, node);
}

std::vector<std::optional<ir::NodePath>> paths_below(const Place& place, std::span<const NodeRef* const> nodes) { return PathFinder(place, nodes).paths; }

std::optional<Place> find(const ir::Module& module, const NodeRef& node) {
  const auto& hint = hint_of(node);
  if (auto place = hint ? place_at(module, *hint) : std::nullopt; place && is_node(place->stmt(), node)) return place;
  for (const ir::NamedFunction& function : module->functions) {
    if (!function.function->body) continue;
    const NodeRef* const wanted[] = {&node};
    if (const auto path = paths_below(*place_at(module, {function.name, {}}), wanted)[0]) return place_at(module, *path);
  }
  return std::nullopt;
}

Place at(const ir::Module& module, const NodeRef& node) {
  std::optional<Place> place = find(module, node);
  CHECK(place, "a step's argument is not in the program");
  return *std::move(place);
}

std::optional<Place> parent(const Place& place) {
  return nearest_above(place, [](const Stmt& s) { return is_node(s); });
}

std::optional<Place> scope_of(const Place& place) {
  return nearest_above(place, [](const Stmt& s) { return ir::as<ir::BlockRealize>(s) != nullptr; });
}

std::vector<Place> loops_above(const Place& place) {
  std::vector<Place> loops;
  size_t depth = place.depth();
  for (const Stmt& s : place.above()) {
    --depth;
    if (ir::as<ir::BlockRealize>(s)) break;
    if (ir::as<ir::For>(s)) loops.push_back(place.ancestor(depth));
  }
  std::reverse(loops.begin(), loops.end());
  return loops;
}

bool is_below(const Place& inner, const Place& outer) { return inner.depth() >= outer.depth() && inner.ancestor(outer.depth()).is_at(outer); }

bool stands_in(const Place& place, const Stmt& stmt) {
  return std::ranges::any_of(place.upwards(), [&](const Stmt& s) { return s == stmt; });
}

Place common_ancestor(const Place& a, const Place& b) {
  size_t depth = std::min(a.depth(), b.depth());
  const Place from_a = a.ancestor(depth), from_b = b.ancestor(depth);
  auto at_a = from_a.upwards().begin(), at_b = from_b.upwards().begin();
  for (; depth > 0 && !(*at_a == *at_b && is_node(*at_a)); ++at_a, ++at_b) --depth;
  return a.ancestor(depth);
}

std::vector<Place> child_blocks(const Place& place) {
  std::vector<Place> blocks;
  blocks.reserve(kFew);
  walk_below(place, [&](const Place& p) {
    if (p.is_block()) blocks.push_back(p);
    return !p.is_block();
  });
  return blocks;
}

void for_each_child_block(const Stmt& body, const std::function<void(const ir::Block&)>& f) {
  if (!body) return;
  if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(body)) return f(realize->block);
  for (const Stmt& child : ir::children(body)) for_each_child_block(child, f);
}

std::vector<Place> all_blocks_below(const Place& place) {
  std::vector<Place> blocks;
  blocks.reserve(kFew);
  walk_below(place, [&](const Place& p) {
    if (p.is_block()) blocks.push_back(p);
    return true;
  });
  return blocks;
}

std::optional<Place> only_child(const Place& place) {
  const Stmt body = place.is_loop() ? place.loop().body : place.block().body;
  if (!is_node(body)) return std::nullopt;
  return place.below(0, body);
}

NodeRef ref(const Place& place) {
  auto hint = std::make_shared<const ir::NodePath>(place.path());
  if (place.is_loop()) return LoopRef{place.loop().loop_var, std::move(hint)};
  return BlockRef{place.block().id, std::move(hint)};
}
LoopRef ref(const ir::For& loop) { return {loop.loop_var}; }
BlockRef ref(const ir::BlockRealize& realize) { return {realize.block.id}; }

ir::Module replace(const ir::Module& module, const Place& place, Stmt with) {
  if (!with) return replace(module, place.function(), {{place.stmt().get(), nullptr}});
  size_t depth = place.depth();
  for (const Stmt& s : place.above()) with = ir::with_child(s, place.step(--depth), std::move(with));
  ir::PrimFunc changed = *ir::find_function(module, place.function());
  changed.body = std::move(with);
  return ir::with_function(module, place.function(), std::make_shared<const ir::PrimFunc>(std::move(changed)));
}

ir::Module replace(const ir::Module& module, const std::string& function, const std::unordered_map<const ir::StmtNode*, Stmt>& map) {
  ir::PrimFunc changed = *ir::find_function(module, function);
  changed.body = ir::replace_stmts(changed.body, map);
  return ir::with_function(module, function, std::make_shared<const ir::PrimFunc>(std::move(changed)));
}

Label label(const Place& place, std::string text) { return {ir::to_string(place.path()), std::nullopt, std::move(text)}; }

std::string quoted(const Place& place) {
  if (place.is_loop()) return fmt::format("loop \"{}\"", place.loop().loop_var->name);
  return fmt::format("block \"{}\"", place.block().name);
}

std::string bounds_text(const ir::For& loop) {
  const auto begin = ir::as_int(loop.min), extent = ir::as_int(loop.extent);
  if (begin && extent) return fmt::format("{} in [{}, {})", loop.loop_var->name, *begin, *begin + *extent);
  return fmt::format("{} in [{}, {})", loop.loop_var->name, script::print_expr(loop.min), script::print_expr(ir::add(loop.min, loop.extent)));
}

}  // namespace loopglass::schedule
