// The window's colours and measures: three themes of one design, applied to Dear ImGui's style and read by what we draw ourselves.
#pragma once

#include <imgui.h>

#include <optional>
#include <string_view>

namespace loopglass::ui {

enum class ThemeName { Dark, Light, Projector };
const char* to_string(ThemeName name);                       // "dark", "light", "projector"
std::optional<ThemeName> parse_theme_name(std::string_view text);

// Red and green mean removed / illegal and added / legal, and nothing else; the accent means selected.
struct Palette {
  ImU32 ground, panel, card, card_hover, field, line, line_strong;
  ImU32 text, text_muted, text_faint;
  ImU32 accent, accent_fill, accent_soft;                    // as text and line, behind the selected, behind the hovered
  ImU32 good, good_fill, good_line;
  ImU32 bad, bad_fill, bad_line;
  ImU32 warn, warn_fill;
  ImU32 code_keyword, code_function, code_number, code_string, code_type, code_comment;
};

struct Theme {
  ThemeName name = ThemeName::Dark;
  Palette colour;
  float scale = 1;             // of the display and the user's choice: multiply every length in pixels by it
  float text_scale = 1;        // on top: the projector's larger letters
  float px(float length) const { return length * scale; }
};

Theme make_theme(ThemeName name, float scale);
// Sets Dear ImGui's colours, roundings and paddings.
void apply(const Theme& theme);

// The same colour, `alpha` in 0..1 of it.
ImU32 faded(ImU32 colour, float alpha);

// (L1 + 0.05) / (L2 + 0.05) of WCAG 2: 4.5 is enough for text.
double contrast(ImU32 a, ImU32 b);

}  // namespace loopglass::ui
