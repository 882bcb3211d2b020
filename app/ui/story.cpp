#include "app/ui/story.h"

#include <set>

#include "app/ui/loop_tree_layout.h"

namespace loopglass::ui {
namespace {

// The names of the primitives between a version and its root.
std::set<std::string> primitives_before(const app::History& history, int version) {
  std::set<std::string> names;
  for (int id = version; id >= 0; id = history.at(id)->parent)
    if (history.at(id)->primitive) names.insert(history.at(id)->primitive->name);
  return names;
}

struct Names {
  std::string loop = "j", reducing, above_reducing, target, block;
};

// The second loop of the first nest; the loop that reduces and the one above it; the last block that stands in a nest of its own.
Names names_of(const ir::Module& module) {
  Names names;
  const TreeLayout layout = layout_loop_tree(module, nullptr, {}, {});
  std::vector<const TreeCard*> loops;
  int nest = 0;
  for (const auto& card : layout.cards) {
    if (card.kind == TreeCard::Kind::Function) continue;
    if (card.depth == 0) ++nest;
    if (card.kind == TreeCard::Kind::Block && nest > 1) names.block = card.name;
    if (card.kind != TreeCard::Kind::Loop || nest > 1) continue;
    if (card.reduces && names.reducing.empty()) {
      names.reducing = card.name;
      if (!loops.empty()) names.above_reducing = loops.back()->name;
    }
    loops.push_back(&card);
  }
  if (!loops.empty()) names.loop = names.target = loops[loops.size() > 1 ? 1 : 0]->name;
  return names;
}

}  // namespace

StoryStep story_step(const app::View& view, const ViewState& state) {
  const app::Version* version = view.version();
  if (!version) return StoryStep::Done;
  const app::History& history = *view.history;
  if (state.undone > 0 && primitives_before(history, history.tip(version->id)).contains("decompose_reduction")) {
    if (state.redone < state.undone || version->parent < 0) return StoryStep::UndoRedo;
    return state.exported ? StoryStep::Done : StoryStep::Export;
  }
  const std::set<std::string> done = primitives_before(history, version->id);
  const bool loop_selected = state.selection && ir::as<ir::For>(ir::node_at(version->schedule.module(), *state.selection));
  if (!done.contains("split")) return loop_selected ? StoryStep::Split : StoryStep::Select;
  if (!done.contains("reorder")) return StoryStep::Reorder;
  if (!done.contains("reverse_compute_at") && !done.contains("compute_at")) return StoryStep::Place;
  if (!done.contains("decompose_reduction")) return StoryStep::Decompose;
  return StoryStep::UndoRedo;
}

std::string story_text(const app::View& view, StoryStep step, const Locale& words) {
  if (!view.version()) return {};
  const Names names = names_of(view.version()->schedule.module());
  switch (step) {
    case StoryStep::Select: return words.format("story.select", {{"loop", names.loop}});
    case StoryStep::Split: return words("story.split");
    case StoryStep::Reorder:
      return names.reducing.empty() || names.above_reducing.empty()
                 ? std::string(words("story.reorder_any"))
                 : words.format("story.reorder", {{"loop", names.reducing}, {"target", names.above_reducing}});
    case StoryStep::Place:
      return names.block.empty() ? std::string(words("story.place_any"))
                                 : words.format("story.place", {{"block", names.block}, {"loop", names.target}});
    case StoryStep::Decompose:
      return names.reducing.empty() ? std::string(words("story.decompose_any")) : words.format("story.decompose", {{"loop", names.reducing}});
    case StoryStep::UndoRedo: return words("story.undo");
    case StoryStep::Export: return words("story.export");
    case StoryStep::Done: break;
  }
  return {};
}

}  // namespace loopglass::ui
