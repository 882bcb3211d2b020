// The grip at a loop's right end: dragged sideways it goes through the divisors of the extent, and shows what one iteration of each loop would touch.
#pragma once

#include "app/ui/loop_tree_layout.h"
#include "app/ui/panel.h"

namespace loopglass::ui {

class SplitHandle {
 public:
  bool is_dragged() const { return loop_.has_value(); }
  // "4 × 32" while the loop is dragged; else as the card says it.
  std::string extent_of(const TreeCard& card) const;
  // On a card of a loop that lies between `from` and `to`.
  void draw(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to);

 private:
  void drag(const PanelContext& context, const TreeCard& card, const std::vector<int64_t>& factors);
  void draw_preview(const PanelContext& context) const;

  std::optional<ir::NodePath> loop_;   // that is dragged
  int64_t factor_ = 0;                 // 0: not far enough for any
};

// "L2", or "memory": a card's level.
std::string level_name(const PanelContext& context, int level);

}  // namespace loopglass::ui
