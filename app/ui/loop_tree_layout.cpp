#include "app/ui/loop_tree_layout.h"

#include <algorithm>
#include <set>

#include "engine/ir/visitor.h"
#include "engine/script/printer.h"

namespace loopglass::ui {
namespace {

using Place = std::vector<const void*>;  // the loops and blocks around a node, outermost first

// Where every loop (by variable) and block (by id) stands.
std::map<const void*, Place> places_of(const ir::Module& module) {
  std::map<const void*, Place> places;
  auto walk = [&places](auto&& self, const ir::Stmt& stmt, Place around) -> void {
    if (!stmt) return;
    const void* node = nullptr;
    if (const auto* loop = ir::as<ir::For>(stmt)) node = loop->loop_var.get();
    if (const auto* block = ir::as<ir::BlockRealize>(stmt)) node = block->block.id.get();
    if (node) {
      places[node] = around;
      around.push_back(node);
    }
    for (const ir::Stmt& child : ir::children(stmt)) self(self, child, around);
  };
  for (const auto& function : module->functions) walk(walk, function.function->body, {});
  return places;
}

std::vector<std::string> buffer_names(const std::vector<ir::BufferRegion>& regions) {
  std::vector<std::string> names;
  for (const auto& region : regions)
    if (std::ranges::find(names, region.buffer->name) == names.end()) names.push_back(region.buffer->name);
  return names;
}

// The loop variables that reduction axes of blocks below are bound to.
std::set<const ir::VarNode*> reducing_variables(const ir::Stmt& body) {
  std::set<const ir::VarNode*> variables;
  ir::for_each_stmt(body, [&variables](const ir::Stmt& stmt) {
    const auto* realize = ir::as<ir::BlockRealize>(stmt);
    for (size_t i = 0; realize && i < realize->block.iter_vars.size(); ++i) {
      if (realize->block.iter_vars[i].type != ir::IterType::Reduction) continue;
      ir::for_each_expr(realize->iter_values[i], [&variables](const ir::Expr& e) {
        if (const auto* var = ir::as<ir::VarNode>(e)) variables.insert(var);
      });
    }
    return true;
  });
  return variables;
}

bool is_at_or_below(const ir::NodePath& node, const ir::NodePath& above) {
  return node.function == above.function && node.steps.size() >= above.steps.size() && std::equal(above.steps.begin(), above.steps.end(), node.steps.begin());
}

class Builder {
 public:
  Builder(const std::vector<locality::LoopFootprint>* loops, const Caches& caches, const TreeMetrics& metrics, const ir::Module& module, const ir::Module* base,
          const measure::Profile* profile)
      : loops_(loops), profile_(profile), caches_(caches), metrics_(metrics) {
    if (!base) return;
    before_ = places_of(*base);
    now_ = places_of(module);
    compare_ = true;
  }

  TreeLayout build(const ir::Module& module) {
    for (const auto& function : module->functions) add_function(function);
    layout_.height = y_;
    return std::move(layout_);
  }

 private:
  void add_function(const ir::NamedFunction& function) {
    labels_.clear();
    reducing_ = reducing_variables(function.function->body);
    TreeCard card;
    card.kind = TreeCard::Kind::Function;
    card.path.function = card.name = card.label = function.name;
    place(card);
    walk(function.function->body, card.path, 0, ir::root_block(*function.function));
  }

  void walk(const ir::Stmt& stmt, const ir::NodePath& path, int depth, const ir::BlockRealize* root) {
    if (!stmt) return;
    int below = depth;
    if (const auto* loop = ir::as<ir::For>(stmt)) {
      add_loop(*loop, path, depth);
      ++below;
    } else if (const auto* block = ir::as<ir::BlockRealize>(stmt); block && block != root) {
      add_block(*block, path, depth);
      ++below;
    }
    const ir::Children children = ir::children(stmt);
    for (size_t i = 0; i < children.size(); ++i) {
      if (ir::as<ir::BlockRealize>(stmt) && i == 1) continue;  // an init is said on its block's card
      ir::NodePath child = path;
      child.steps.push_back(static_cast<uint32_t>(i));
      walk(children[i], child, below, root);
    }
  }

  void add_loop(const ir::For& loop, const ir::NodePath& path, int depth) {
    TreeCard card;
    card.path = path;
    card.depth = depth;
    card.name = loop.loop_var->name;
    card.extent = script::print_expr(loop.extent);
    card.for_kind = loop.for_kind;
    card.reduces = reducing_.contains(loop.loop_var.get());
    card.added = is_added(loop.loop_var.get(), false);
    add_footprint(card, loop.loop_var);
    place(card);
  }

  void add_block(const ir::BlockRealize& realize, const ir::NodePath& path, int depth) {
    TreeCard card;
    card.kind = TreeCard::Kind::Block;
    card.path = path;
    card.depth = depth;
    card.name = realize.block.name;
    for (const auto& axis : realize.block.iter_vars) card.axes.push_back(axis.type);
    card.reads = buffer_names(realize.block.reads);
    card.writes = buffer_names(realize.block.writes);
    card.has_init = realize.block.init != nullptr;
    card.added = is_added(realize.block.id.get(), true);
    place(card);
  }

  void add_footprint(TreeCard& card, const ir::Var& variable) {
    if (!loops_) return;
    const auto loop = std::ranges::find(*loops_, variable, &locality::LoopFootprint::var);
    if (loop == loops_->end()) return;
    for (const auto& [buffer, bytes] : loop->footprint_bytes)
      if (bytes > 0) card.footprint.emplace_back(buffer->name, bytes);
    card.footprint_total = loop->total_bytes;
    card.level = level_that_holds(caches_, loop->total_bytes);
  }

  // A loop is added where it is new or stands directly below something else; a block where the set around it changed.
  bool is_added(const void* node, bool any_order) const {
    if (!compare_) return false;
    const auto before = before_.find(node);
    if (before == before_.end()) return true;
    Place then = before->second, now = now_.at(node);
    if (!any_order) return (then.empty() ? nullptr : then.back()) != (now.empty() ? nullptr : now.back());
    std::ranges::sort(then);
    std::ranges::sort(now);
    return then != now;
  }

  double share_of(const ir::NodePath& path) const {
    if (!profile_ || profile_->samples == 0) return -1;
    int64_t samples = 0;
    for (const auto& [statement, count] : profile_->statements)
      if (is_at_or_below(statement, path)) samples += count;
    return static_cast<double>(samples) / static_cast<double>(profile_->samples);
  }

  void place(TreeCard card) {
    card.share = share_of(card.path);
    if (card.label.empty()) {
      const int n = ++labels_[card.name];
      card.label = n == 1 ? card.name : card.name + "#" + std::to_string(n);
    }
    const float x = metrics_.indent * static_cast<float>(card.depth);
    const float height = card.kind == TreeCard::Kind::Function ? metrics_.function_height : metrics_.card_height;
    card.rect = {x, y_, std::max(metrics_.width - x, metrics_.indent * 5), height};
    y_ += height + metrics_.gap;
    layout_.cards.push_back(std::move(card));
  }

  const std::vector<locality::LoopFootprint>* loops_;
  const measure::Profile* profile_;
  const Caches& caches_;
  const TreeMetrics& metrics_;
  bool compare_ = false;
  std::map<const void*, Place> before_, now_;
  std::map<std::string, int> labels_;
  std::set<const ir::VarNode*> reducing_;
  TreeLayout layout_;
  float y_ = 0;
};

}  // namespace

TreeLayout layout_loop_tree(const ir::Module& module, const std::vector<locality::LoopFootprint>* loops, const Caches& caches, const TreeMetrics& metrics,
                            const ir::Module* base, const measure::Profile* profile) {
  return Builder(loops, caches, metrics, module, base, profile).build(module);
}

const TreeCard* find_card(const TreeLayout& layout, const ir::NodePath& path) {
  const auto found = std::ranges::find(layout.cards, path, &TreeCard::path);
  return found == layout.cards.end() ? nullptr : &*found;
}

const TreeCard* next_card(const TreeLayout& layout, const std::optional<ir::NodePath>& path, int direction) {
  std::vector<const TreeCard*> nodes;
  for (const auto& card : layout.cards)
    if (card.kind != TreeCard::Kind::Function) nodes.push_back(&card);
  if (nodes.empty()) return nullptr;
  const auto at = std::ranges::find_if(nodes, [&path](const TreeCard* card) { return path && card->path == *path; });
  if (at == nodes.end()) return nodes.front();
  const ptrdiff_t index = std::clamp<ptrdiff_t>((at - nodes.begin()) + direction, 0, static_cast<ptrdiff_t>(nodes.size()) - 1);
  return nodes[static_cast<size_t>(index)];
}

}  // namespace loopglass::ui
