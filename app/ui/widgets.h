// The small pieces that panels are drawn with: headers with tabs, badges, cards, key buttons, links.
#pragma once

#include <imgui.h>

#include <span>
#include <string>

#include "app/ui/panel.h"

namespace loopglass::ui {

inline constexpr float kSmallText = 0.87f;      // times the font's size
inline constexpr float kPanelMargin = 14;       // pixels
inline constexpr float kHeaderHeight = 32;
inline constexpr const char* kFormWindow = "###form";   // of a primitive

struct TextStyle {
  ImFont* font = nullptr;
  float size = 0;      // pixels
  ImU32 colour = 0;
};
// Draws one line; gives the width.
float put_text(ImDrawList& draw, const TextStyle& style, ImVec2 at, std::string_view text);
float text_width(const TextStyle& style, std::string_view text);
// The text cut to a width, with an ellipsis where it had to be.
std::string fitted(const TextStyle& style, std::string_view text, float width);
TextStyle ui_text(const PanelContext& context, ImU32 colour);
TextStyle small_text(const PanelContext& context, ImU32 colour);
TextStyle bold_text(const PanelContext& context, ImU32 colour);
TextStyle mono_text(const PanelContext& context, ImU32 colour);

// A docked window with no title bar of its own. Ends with end_panel() in any case; draw only where it gives true.
bool begin_panel(const PanelContext& context, const char* id, const char* title_key);
void end_panel();
// The header row: the title (dragging it takes the panel out of its dock), then one tab per label; gives the chosen one.
int panel_header(const PanelContext& context, const char* title, std::span<const char* const> tabs, int chosen);

// Rounded label, right edge at `right`; gives its left edge.
float badge(const PanelContext& context, ImDrawList& draw, float right, float y, std::string_view text, ImU32 ink, ImU32 fill);
void dashed_rect(ImDrawList& draw, ImVec2 from, ImVec2 to, ImU32 colour, float rounding);

// A button with its key beside the label; greyed with the reason as tooltip. A greyed one can be clicked too: the caller shows more.
bool key_button(const PanelContext& context, const char* label, const char* key, float width, const std::string* why_not);
bool link(const PanelContext& context, const char* label);
// ImGui::BeginPopup for a menu, with room at its edges; Escape closes it. Opened by a right click on the last item where `on_right_click`.
bool begin_popup_menu(const PanelContext& context, const char* id, bool on_right_click = false);
// A menu inside such a menu; ends with EndMenu.
bool begin_submenu(const PanelContext& context, const char* label, bool enabled = true);
// Remembers where the last item is (ViewState::marks).
void mark(const PanelContext& context, const std::string& name);
// A wrapped tooltip for the last item, where it is hovered (also when it is disabled). While a form is open only that has some: none lies over it.
void tooltip(const PanelContext& context, std::string_view text, std::string_view more = {});
// The same, ending left of an edge where there is room for it: what the mouse points at stays in view.
void tooltip_left_of(const PanelContext& context, float edge, std::string_view text, std::string_view more = {});
// Text in the middle of what is left of the window.
void centred_note(const PanelContext& context, std::string_view text);
// Over all of the window: what stands there is out of date, and the text says why.
void draw_veil(const PanelContext& context, std::string_view text);

// A card around a title and wrapped lines, with a way out where there is one; says what of it was clicked.
struct MessageCard {
  std::string title, body, help;
  std::string action;      // the label of a button; empty: none
  bool closable = true;
  bool is_question = false;   // asks for the next gesture: no error
};
enum class CardClick { None, Close, Action };
float message_card_height(const PanelContext& context, const MessageCard& card, float width);
CardClick message_card(const PanelContext& context, const MessageCard& card, float width);

}  // namespace loopglass::ui
