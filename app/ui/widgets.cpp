#include "app/ui/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "app/ui/solid_fill.h"

namespace loopglass::ui {

float put_text(ImDrawList& draw, const TextStyle& style, ImVec2 at, std::string_view text) {
  draw.AddText(style.font, style.size, {std::floor(at.x), std::floor(at.y)}, style.colour, text.data(), text.data() + text.size());
  return text_width(style, text);
}

float text_width(const TextStyle& style, std::string_view text) {
  return style.font->CalcTextSizeA(style.size, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

std::string fitted(const TextStyle& style, std::string_view text, float width) {
  if (text_width(style, text) <= width) return std::string(text);
  constexpr std::string_view kEllipsis = "…";
  const float room = width - text_width(style, kEllipsis);
  const char* end = nullptr;
  style.font->CalcTextSizeA(style.size, std::max(room, 0.0f), 0, text.data(), text.data() + text.size(), &end);
  return std::string(text.data(), end) + std::string(kEllipsis);
}

TextStyle ui_text(const PanelContext& context, ImU32 colour) { return {context.fonts.ui, ImGui::GetFontSize(), colour}; }
TextStyle small_text(const PanelContext& context, ImU32 colour) { return {context.fonts.ui, std::round(ImGui::GetFontSize() * kSmallText), colour}; }
TextStyle bold_text(const PanelContext& context, ImU32 colour) { return {context.fonts.bold, ImGui::GetFontSize(), colour}; }
TextStyle mono_text(const PanelContext& context, ImU32 colour) { return {context.fonts.mono, std::round(ImGui::GetFontSize() * 1.02f), colour}; }

namespace {

// Behind what the dock's own window draws, where Dear ImGui draws the ground of a docked window.
void fill_ground(const ImGuiWindow& window) {
  if (!window.DockNode || !window.DockNode->HostWindow) return;
  ImDrawList& draw = *window.DockNode->HostWindow->DrawList;
  constexpr int kBehind = 0, kBefore = 1;   // channels
  draw.ChannelsSetCurrent(kBehind);
  fill_card(draw, window.Pos, {window.Pos.x + window.Size.x, window.Pos.y + window.Size.y}, window.WindowRounding, ImGui::GetColorU32(ImGuiCol_WindowBg));
  draw.ChannelsSetCurrent(kBefore);
}

}  // namespace

bool begin_panel(const PanelContext& context, const char* id, const char* title_key) {
  const std::string name = std::string(context.words(title_key)) + id;
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoScrollbar |
                                      ImGuiWindowFlags_NoScrollWithMouse;
  // Dear ImGui marks the corner of a panel without a tab bar; here the header is the handle.
  for (const ImGuiCol slot : {ImGuiCol_Button, ImGuiCol_ButtonHovered, ImGuiCol_ButtonActive}) ImGui::PushStyleColor(slot, 0);
  const ImGuiWindow* before = ImGui::FindWindowByName(name.c_str());
  const bool is_docked = before && before->DockNode;
  if (is_docked) ImGui::SetNextWindowBgAlpha(0);   // fill_ground does it
  const bool open = ImGui::Begin(name.c_str(), nullptr, kFlags);
  ImGui::PopStyleColor(3);
  if (open && is_docked) fill_ground(*ImGui::GetCurrentWindow());
  return open;
}

void end_panel() {
  ImGui::Dummy({0, 0});   // Dear ImGui wants an item after the cursor was set
  ImGui::End();
}

namespace {

// Dragging the title moves the panel; out of its dock where it is in one.
void title_handle(const PanelContext& context, const char* title, ImVec2 at, float height) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const TextStyle style = bold_text(context, context.colour().text);
  const float width = text_width(style, title);
  ImGui::SetCursorScreenPos(at);
  ImGui::InvisibleButton("##title", {width + context.px(6), height});
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left, context.px(8))) {
    ImGuiWindow* window = ImGui::GetCurrentWindow();
    ImGui::StartMouseMovingWindowOrNode(window, window->DockNode, true);
  }
  put_text(draw, style, {at.x, at.y + (height - style.size) / 2}, title);
}

bool header_tab(const PanelContext& context, const char* label, bool chosen, float height) {
  const TextStyle style = ui_text(context, 0);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = text_width(style, label);
  const bool clicked = ImGui::InvisibleButton(label, {width + context.px(12), height});
  const Palette& c = context.colour();
  const ImU32 ink = chosen ? c.accent : ImGui::IsItemHovered() ? c.text : c.text_muted;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  put_text(draw, {style.font, style.size, ink}, {at.x + context.px(6), at.y + (height - style.size) / 2}, label);
  if (chosen) draw.AddRectFilled({at.x + context.px(6), at.y + height - context.px(2)}, {at.x + context.px(6) + width, at.y + height}, c.accent);
  return clicked;
}

}  // namespace

int panel_header(const PanelContext& context, const char* title, std::span<const char* const> tabs, int chosen) {
  const ImVec2 origin = ImGui::GetWindowPos();
  const float height = context.px(kHeaderHeight), margin = context.px(kPanelMargin);
  title_handle(context, title, {origin.x + margin, origin.y}, height);
  float x = origin.x + margin + text_width(bold_text(context, 0), title) + context.px(16);
  for (int i = 0; i < static_cast<int>(tabs.size()); ++i) {
    ImGui::SetCursorScreenPos({x, origin.y});
    if (header_tab(context, tabs[static_cast<size_t>(i)], i == chosen, height)) chosen = i;
    mark(context, std::string("tab ") + tabs[static_cast<size_t>(i)]);
    x = ImGui::GetItemRectMax().x + context.px(4);
  }
  const float right = origin.x + ImGui::GetWindowWidth();
  ImGui::GetWindowDrawList()->AddLine({origin.x, origin.y + height}, {right, origin.y + height}, context.colour().line);
  ImGui::SetCursorScreenPos({origin.x, origin.y + height + context.px(1)});
  return chosen;
}

float badge(const PanelContext& context, ImDrawList& draw, float right, float y, std::string_view text, ImU32 ink, ImU32 fill) {
  const TextStyle style = small_text(context, ink);
  const float pad = context.px(6), width = text_width(style, text) + 2 * pad, height = style.size + context.px(3);
  draw.AddRectFilled({right - width, y}, {right, y + height}, fill, context.px(4));
  put_text(draw, style, {right - width + pad, y + context.px(1.5f)}, text);
  return right - width;
}

void dashed_rect(ImDrawList& draw, ImVec2 from, ImVec2 to, ImU32 colour, float rounding) {
  constexpr float kDash = 5, kGap = 4;
  for (float x = from.x + rounding; x < to.x - rounding; x += kDash + kGap) {
    const float end = std::min(x + kDash, to.x - rounding);
    draw.AddRectFilled({x, from.y}, {end, from.y + 1}, colour);
    draw.AddRectFilled({x, to.y - 1}, {end, to.y}, colour);
  }
  for (float y = from.y + rounding; y < to.y - rounding; y += kDash + kGap) {
    const float end = std::min(y + kDash, to.y - rounding);
    draw.AddRectFilled({from.x, y}, {from.x + 1, end}, colour);
    draw.AddRectFilled({to.x - 1, y}, {to.x, end}, colour);
  }
}

bool key_button(const PanelContext& context, const char* label, const char* key, float width, const std::string* why_not) {
  const Palette& c = context.colour();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = context.px(27), pad = context.px(9);
  const bool clicked = ImGui::InvisibleButton(label, {width, height});
  const bool hovered = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImU32 fill = why_not ? faded(c.field, 0.5f) : held ? c.accent_fill : hovered ? c.card_hover : c.field;
  draw.AddRectFilled(at, {at.x + width, at.y + height}, fill, context.px(4));
  const TextStyle style = ui_text(context, why_not ? c.text_faint : c.text);
  float key_width = key && *key ? text_width(style, key) + context.px(8) : 0;
  if (text_width(style, label) + key_width > width - 2 * pad) key_width = 0;
  const float y = at.y + (height - style.size) / 2;
  put_text(draw, style, {at.x + pad, y}, fitted(style, label, width - 2 * pad - key_width));
  if (key_width > 0) put_text(draw, {style.font, style.size, c.text_faint}, {at.x + width - pad - key_width + context.px(8), y}, key);
  if (why_not) tooltip(context, *why_not);
  return clicked;
}

bool begin_popup_menu(const PanelContext& context, const char* id, bool on_right_click) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(8), context.px(8)});
  const bool open = on_right_click ? ImGui::BeginPopupContextItem(id) : ImGui::BeginPopup(id);
  ImGui::PopStyleVar();
  if (open && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
  return open;
}

bool begin_submenu(const PanelContext& context, const char* label, bool enabled) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(8), context.px(8)});
  const bool open = ImGui::BeginMenu(label, enabled);
  ImGui::PopStyleVar();
  return open;
}

bool link(const PanelContext& context, const char* label) {
  const Palette& c = context.colour();
  const TextStyle style = ui_text(context, c.accent);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool clicked = ImGui::InvisibleButton(label, {text_width(style, label), style.size + context.px(4)});
  put_text(*ImGui::GetWindowDrawList(), style, {at.x, at.y + context.px(2)}, label);
  if (ImGui::IsItemHovered()) {
    const float y = at.y + style.size + context.px(3);
    ImGui::GetWindowDrawList()->AddLine({at.x, y}, {ImGui::GetItemRectMax().x, y}, c.accent);
  }
  return clicked;
}

void mark(const PanelContext& context, const std::string& name) {
  const ImVec2 from = ImGui::GetItemRectMin(), size = ImGui::GetItemRectSize();
  context.state.marks[name] = {from.x, from.y, size.x, size.y};
}

namespace {

constexpr float kTooltipWidth = 340;

// The mouse rests on the last item, and no form lies over it.
bool wants_tooltip(const PanelContext& context) {
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled)) return false;
  return !context.state.form || ImGui::GetCurrentWindow()->RootWindow->ID == ImHashStr(kFormWindow);
}

void draw_tooltip(const PanelContext& context, std::string_view text, std::string_view more) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(10), context.px(7)});
  if (ImGui::BeginTooltip()) {
    ImGui::PushTextWrapPos(context.px(kTooltipWidth));
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    if (!more.empty()) {
      ImGui::PushStyleColor(ImGuiCol_Text, context.colour().text_muted);
      ImGui::TextUnformatted(more.data(), more.data() + more.size());
      ImGui::PopStyleColor();
    }
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
  }
  ImGui::PopStyleVar();
}

}  // namespace

void tooltip(const PanelContext& context, std::string_view text, std::string_view more) {
  if (wants_tooltip(context)) draw_tooltip(context, text, more);
}

void tooltip_left_of(const PanelContext& context, float edge, std::string_view text, std::string_view more) {
  if (!wants_tooltip(context)) return;
  const ImGuiViewport& viewport = *ImGui::GetMainViewport();
  const ImVec2 mouse = ImGui::GetMousePos();
  if (edge - viewport.WorkPos.x > context.px(kTooltipWidth + 40))
    ImGui::SetNextWindowPos({edge - context.px(8), mouse.y}, ImGuiCond_Always, {1, mouse.y < viewport.WorkPos.y + viewport.WorkSize.y / 2 ? 0.0f : 1.0f});
  draw_tooltip(context, text, more);
}

void centred_note(const PanelContext& context, std::string_view text) {
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const float width = std::min(room.x - context.px(40), context.px(360));
  const TextStyle style = ui_text(context, context.colour().text_muted);
  const ImVec2 size = style.font->CalcTextSizeA(style.size, FLT_MAX, width, text.data(), text.data() + text.size());
  ImGui::GetWindowDrawList()->AddText(style.font, style.size, {std::floor(at.x + (room.x - size.x) / 2), std::floor(at.y + (room.y - size.y) / 2)},
                                      style.colour, text.data(), text.data() + text.size(), width);
}

void draw_veil(const PanelContext& context, std::string_view text) {
  constexpr float kVeiled = 0.6f;
  const Palette& c = context.colour();
  const ImVec2 low = ImGui::GetWindowPos(), size = ImGui::GetWindowSize(), high{low.x + size.x, low.y + size.y};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(low, high, faded(c.panel, kVeiled));
  const TextStyle style = ui_text(context, c.text);
  const ImVec2 pad{context.px(14), context.px(8)}, middle{(low.x + high.x) / 2, (low.y + high.y) / 2}, half{text_width(style, text) / 2 + pad.x, style.size / 2 + pad.y};
  const ImVec2 from{std::floor(middle.x - half.x), std::floor(middle.y - half.y)}, to{std::floor(middle.x + half.x), std::floor(middle.y + half.y)};
  draw.AddRectFilled(from, to, c.card, context.px(6));
  draw.AddRect(from, to, c.line_strong, context.px(6));
  put_text(draw, style, {from.x + pad.x, from.y + pad.y}, text);
  context.state.marks["veil"] = {from.x, from.y, to.x - from.x, to.y - from.y};
}

namespace {

float wrapped_height(const TextStyle& style, const std::string& text, float width) {
  return text.empty() ? 0 : style.font->CalcTextSizeA(style.size, FLT_MAX, width, text.data(), text.data() + text.size()).y;
}

}  // namespace

constexpr float kActionHeight = 30;

float message_card_height(const PanelContext& context, const MessageCard& card, float width) {
  const float inner = width - context.px(22);
  const TextStyle title = ui_text(context, 0), body = small_text(context, 0);
  float height = context.px(18) + wrapped_height(title, card.title, inner - context.px(18));
  for (const std::string* text : {&card.body, &card.help})
    if (!text->empty()) height += wrapped_height(body, *text, inner) + context.px(4);
  if (!card.action.empty()) height += context.px(kActionHeight);
  return height;
}

CardClick message_card(const PanelContext& context, const MessageCard& card, float width) {
  const Palette& c = context.colour();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = message_card_height(context, card, width), pad = context.px(11), inner = width - 2 * pad;
  draw.AddRectFilled(at, {at.x + width, at.y + height}, card.is_question ? c.accent_fill : c.bad_fill, context.px(5));
  draw.AddRect(at, {at.x + width, at.y + height}, card.is_question ? c.accent : c.bad_line, context.px(5));
  float y = at.y + context.px(9);
  auto put = [&](const TextStyle& style, const std::string& text, float wrap) {
    if (text.empty()) return;
    draw.AddText(style.font, style.size, {std::floor(at.x + pad), std::floor(y)}, style.colour, text.data(), text.data() + text.size(), wrap);
    y += wrapped_height(style, text, wrap) + context.px(4);
  };
  put(ui_text(context, card.is_question ? c.text : c.bad), card.title, inner - context.px(18));
  put(small_text(context, c.text), card.body, inner);
  put(small_text(context, c.text_muted), card.help, inner);
  CardClick click = CardClick::None;
  if (!card.action.empty()) {
    ImGui::SetCursorScreenPos({at.x + pad, y + context.px(2)});
    if (ImGui::Button(card.action.c_str())) click = CardClick::Action;
    mark(context, "card action");
  }
  if (card.closable) {
    const float side = context.px(18);
    ImGui::SetCursorScreenPos({at.x + width - side - context.px(4), at.y + context.px(5)});
    if (ImGui::InvisibleButton(context.words("common.close"), {side, side})) click = CardClick::Close;
    const ImVec2 m{(ImGui::GetItemRectMin().x + ImGui::GetItemRectMax().x) / 2, (ImGui::GetItemRectMin().y + ImGui::GetItemRectMax().y) / 2};
    const float r = context.px(3.5f);
    const ImU32 ink = ImGui::IsItemHovered() ? c.text : c.text_muted;
    draw.AddLine({m.x - r, m.y - r}, {m.x + r, m.y + r}, ink, context.px(1.3f));
    draw.AddLine({m.x - r, m.y + r}, {m.x + r, m.y - r}, ink, context.px(1.3f));
  }
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, height});
  return click;
}

}  // namespace loopglass::ui
