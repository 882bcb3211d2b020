// The loop tree panel: cards of loops and blocks, dragged, split, placed and switched by mouse and by keyboard.
#pragma once

#include <span>

#include "app/ui/loop_tree_layout.h"
#include "app/ui/panel.h"
#include "app/ui/split_handle.h"

namespace loopglass::ui {

class LoopTreePanel {
 public:
  void draw(const PanelContext& context);

 private:
  struct Drop {                      // where a card that is dragged would go
    ir::NodePath dragged, target;
    bool below = false;
    bool operator==(const Drop&) const = default;
  };

  void update_layout(const PanelContext& context, float width);
  void draw_cards(const PanelContext& context, float height);
  void click_card(const PanelContext& context, const TreeCard& card);
  void draw_card(const PanelContext& context, const TreeCard& card, ImVec2 origin);
  void draw_card_face(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to, bool hovered);
  void drag_and_drop(const PanelContext& context, const TreeCard& card, ImVec2 from, ImVec2 to);
  void select(const PanelContext& context, const ir::NodePath& path);
  void draw_moves(const PanelContext& context);
  void end_of_drag(const PanelContext& context);
  // What stands between tree and buttons: where to place a block, or why a step was refused. Gives its height; 0 for none.
  float draw_message(const PanelContext& context, float width, bool measure_only);
  // The node of the version that a card is for, also while the tree shows what would become of it; nothing for a new one.
  std::optional<ir::NodePath> node_of(const PanelContext& context, const TreeCard& card) const;

  TreeLayout layout_;
  std::optional<Drop> drop_;         // previewed at the moment
  bool drop_alive_ = false;          // still hovered in this frame
  std::string dragged_name_;
  std::string drop_note_;            // why the card below takes it not
  bool shows_preview_ = false;
  SplitHandle split_handle_;
  std::optional<ir::NodePath> scrolled_to_;
  float scrolled_height_ = 0;        // of the cards' view, when that was
  bool open_moves_ = false;          // the menu of the selected card was asked for
};

// The keys of tree and heatmap: arrows, Alt+arrows, s, f, p, v, u, d, m and so on; called where one of the two has the focus.
void handle_tree_keys(const PanelContext& context);
// Lets a loop be chosen for the selected block to be computed below.
void start_placing(const PanelContext& context);
void stop_placing(const PanelContext& context);
// Opens the form of a primitive for the selection, or applies it where nothing has to be asked (parallel, vectorize, unroll, fuse, …).
void start_primitive(const PanelContext& context, const schedule::PrimitiveSpec& primitive);

// The entries of an open menu, in as many columns as fit them into the window.
void primitive_menu(const PanelContext& context, std::span<const schedule::PrimitiveSpec* const> primitives);

// The row of primitives below the tree.
float primitive_bar_height(const PanelContext& context, float width);
void draw_primitive_bar(const PanelContext& context, float width);

// Why a primitive cannot be used on the selection; empty where it can, or where nothing is known yet.
std::string why_not(const PanelContext& context, const schedule::PrimitiveSpec& primitive);

// The key that stands for a primitive ("s" for split), or "".
const char* key_of(const schedule::PrimitiveSpec& primitive);

}  // namespace loopglass::ui
