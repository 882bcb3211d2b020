#include "app/ui/theme.h"

#include <algorithm>
#include <cmath>

namespace loopglass::ui {
namespace {

constexpr ImU32 rgb(uint32_t hex) { return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255); }

constexpr Palette kDark{
    .ground = rgb(0x13151b), .panel = rgb(0x1a1d26), .card = rgb(0x222633), .card_hover = rgb(0x2a2f3f), .field = rgb(0x262b38),
    .line = rgb(0x2b303d), .line_strong = rgb(0x414859),
    .text = rgb(0xe4e7ef), .text_muted = rgb(0x9ba3b7), .text_faint = rgb(0x6f778b),
    .accent = rgb(0x7aa2f7), .accent_fill = rgb(0x2b3a63), .accent_soft = rgb(0x232b42),
    .good = rgb(0x9ece6a), .good_fill = rgb(0x203a2b), .good_line = rgb(0x4c8a58),
    .bad = rgb(0xf7768e), .bad_fill = rgb(0x45222c), .bad_line = rgb(0xb4506a),
    .warn = rgb(0xe0af68), .warn_fill = rgb(0x3d3220),
    .code_keyword = rgb(0xbb9af7), .code_function = rgb(0x7aa2f7), .code_number = rgb(0xff9e80), .code_string = rgb(0xb5d67f),
    .code_type = rgb(0x7dcfff), .code_comment = rgb(0x7f88a0)};

constexpr Palette kLight{
    .ground = rgb(0xe9ebf0), .panel = rgb(0xfbfbfd), .card = rgb(0xf1f3f8), .card_hover = rgb(0xe6eaf3), .field = rgb(0xebeef4),
    .line = rgb(0xd8dce6), .line_strong = rgb(0xb4bbca),
    .text = rgb(0x1d212b), .text_muted = rgb(0x545c6e), .text_faint = rgb(0x848c9e),
    .accent = rgb(0x2a5bd0), .accent_fill = rgb(0xcfdcfb), .accent_soft = rgb(0xe6edfc),
    .good = rgb(0x2c7031), .good_fill = rgb(0xd7efd9), .good_line = rgb(0x6fb377),
    .bad = rgb(0xb3213f), .bad_fill = rgb(0xfadde2), .bad_line = rgb(0xdc8396),
    .warn = rgb(0x855300), .warn_fill = rgb(0xfaecd0),
    .code_keyword = rgb(0x7c3bbf), .code_function = rgb(0x2a5bd0), .code_number = rgb(0xb0431b), .code_string = rgb(0x45730f),
    .code_type = rgb(0x06708f), .code_comment = rgb(0x666e80)};

// For a beamer in a lit room: black on white, stronger lines.
constexpr Palette projector_of(Palette p) {
  p.ground = rgb(0xdfe2e8);
  p.panel = rgb(0xffffff);
  p.card = rgb(0xf2f4f8);
  p.line = rgb(0xb9bfcb);
  p.line_strong = rgb(0x7e8798);
  p.text = rgb(0x000000);
  p.text_muted = rgb(0x363c49);
  p.text_faint = rgb(0x616879);
  p.accent = rgb(0x0b43bd);
  p.accent_fill = rgb(0xb9cdfa);
  p.code_comment = rgb(0x4d5463);
  return p;
}

double luminance(ImU32 colour) {
  auto linear = [](uint32_t byte) {
    const double c = byte / 255.0;
    return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour & 255) + 0.7152 * linear((colour >> 8) & 255) + 0.0722 * linear((colour >> 16) & 255);
}

void set_colours(ImGuiStyle& style, const Palette& p) {
  auto set = [&style](std::initializer_list<ImGuiCol> slots, ImU32 colour) {
    for (const ImGuiCol slot : slots) style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(colour);
  };
  set({ImGuiCol_Text, ImGuiCol_CheckMark, ImGuiCol_InputTextCursor}, p.text);
  set({ImGuiCol_TextDisabled}, p.text_faint);
  set({ImGuiCol_WindowBg}, p.panel);
  set({ImGuiCol_MenuBarBg, ImGuiCol_DockingEmptyBg, ImGuiCol_TitleBg, ImGuiCol_TitleBgActive, ImGuiCol_TitleBgCollapsed}, p.ground);
  set({ImGuiCol_ChildBg, ImGuiCol_BorderShadow, ImGuiCol_TableRowBg, ImGuiCol_TableRowBgAlt}, 0);
  set({ImGuiCol_PopupBg}, p.card);
  set({ImGuiCol_Border, ImGuiCol_Separator, ImGuiCol_TableBorderLight, ImGuiCol_TreeLines}, p.line);
  set({ImGuiCol_TableBorderStrong, ImGuiCol_ScrollbarGrab}, p.line_strong);
  set({ImGuiCol_CheckboxSelectedBg}, p.accent_fill);
  set({ImGuiCol_UnsavedMarker, ImGuiCol_PlotLines, ImGuiCol_PlotHistogram, ImGuiCol_TabDimmedSelectedOverline, ImGuiCol_NavWindowingHighlight}, p.accent);
  set({ImGuiCol_FrameBg, ImGuiCol_Button, ImGuiCol_Tab, ImGuiCol_TabDimmed}, p.field);
  set({ImGuiCol_FrameBgHovered, ImGuiCol_ButtonHovered, ImGuiCol_HeaderHovered, ImGuiCol_TabHovered, ImGuiCol_TableHeaderBg}, p.card_hover);
  set({ImGuiCol_FrameBgActive, ImGuiCol_ButtonActive, ImGuiCol_Header, ImGuiCol_HeaderActive, ImGuiCol_TextSelectedBg, ImGuiCol_TabSelected,
       ImGuiCol_TabDimmedSelected},
      p.accent_fill);
  set({ImGuiCol_ScrollbarBg}, 0);
  set({ImGuiCol_ScrollbarGrabHovered, ImGuiCol_ScrollbarGrabActive}, p.text_faint);
  set({ImGuiCol_SliderGrab, ImGuiCol_SliderGrabActive, ImGuiCol_SeparatorHovered, ImGuiCol_SeparatorActive, ImGuiCol_ResizeGripHovered,
       ImGuiCol_ResizeGripActive, ImGuiCol_NavCursor, ImGuiCol_DragDropTarget, ImGuiCol_TabSelectedOverline, ImGuiCol_TextLink},
      p.accent);
  set({ImGuiCol_DragDropTargetBg, ImGuiCol_ResizeGrip}, 0);
  style.Colors[ImGuiCol_DockingPreview] = ImGui::ColorConvertU32ToFloat4(faded(p.accent, 0.35f));
  style.Colors[ImGuiCol_ModalWindowDimBg] = ImGui::ColorConvertU32ToFloat4(faded(rgb(0x0a0c10), 0.45f));
  style.Colors[ImGuiCol_NavWindowingDimBg] = style.Colors[ImGuiCol_ModalWindowDimBg];
}

}  // namespace

const char* to_string(ThemeName name) {
  switch (name) {
    case ThemeName::Dark: return "dark";
    case ThemeName::Light: return "light";
    case ThemeName::Projector: return "projector";
  }
  return "dark";
}

std::optional<ThemeName> parse_theme_name(std::string_view text) {
  for (const ThemeName name : {ThemeName::Dark, ThemeName::Light, ThemeName::Projector})
    if (text == to_string(name)) return name;
  return std::nullopt;
}

Theme make_theme(ThemeName name, float scale) {
  Theme theme{name, kDark, scale, 1};
  if (name == ThemeName::Light) theme.colour = kLight;
  if (name == ThemeName::Projector) {
    theme.colour = projector_of(kLight);
    theme.text_scale = 1.15f;
  }
  return theme;
}

void apply(const Theme& theme) {
  ImGuiStyle style;
  style.WindowPadding = {0, 0};
  style.FramePadding = {10, 5};
  style.ItemSpacing = {8, 6};
  style.ItemInnerSpacing = {6, 4};
  style.CellPadding = {8, 4};
  style.IndentSpacing = 18;
  style.ScrollbarSize = 10;
  style.GrabMinSize = 10;
  style.WindowRounding = style.ChildRounding = style.PopupRounding = 6;
  style.FrameRounding = style.GrabRounding = style.TabRounding = 4;
  style.ScrollbarRounding = 5;
  style.WindowBorderSize = style.PopupBorderSize = 1;
  style.ChildBorderSize = style.FrameBorderSize = style.TabBarBorderSize = 0;
  style.DockingSeparatorSize = 8;
  style.WindowMenuButtonPosition = ImGuiDir_None;
  style.SeparatorTextBorderSize = 1;
  style.DragDropTargetBorderSize = 0;
  style.HoverStationaryDelay = 0.05f;
  style.HoverDelayShort = 0.1f;
  style.HoverDelayNormal = 0.25f;
  set_colours(style, theme.colour);
  style.ScaleAllSizes(theme.scale);
  style.FontSizeBase = 14.0f;
  style.FontScaleMain = theme.text_scale;
  style.FontScaleDpi = theme.scale;
  ImGui::GetStyle() = style;
}

ImU32 faded(ImU32 colour, float alpha) {
  const auto a = static_cast<ImU32>(static_cast<float>(colour >> IM_COL32_A_SHIFT) * std::clamp(alpha, 0.0f, 1.0f));
  return (colour & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

double contrast(ImU32 a, ImU32 b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

}  // namespace loopglass::ui
