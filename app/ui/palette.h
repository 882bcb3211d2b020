// The command palette (Ctrl+P): every action by its name, its menu or what it does.
#pragma once

#include "app/ui/actions.h"

namespace loopglass::ui {

// Indices into `actions` that a search finds: its own name first, names that begin so, words of the name, of the menu, abbreviations ("rca"), words
// of the help; what cannot be done now after what can. All of them, in their order, for an empty search.
std::vector<size_t> find_actions(const std::vector<Action>& actions, const std::string& search);

class CommandPalette {
 public:
  // Draws it while state.palette_open; runs the chosen action.
  void draw(const PanelContext& context, const std::vector<Action>& actions);

 private:
  std::string search_;
  int chosen_ = 0;
  bool was_open_ = false;
};

}  // namespace loopglass::ui
