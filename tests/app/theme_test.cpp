#include "app/ui/theme.h"

#include <gtest/gtest.h>

namespace loopglass::ui {
namespace {

// WCAG 2's AA for text: what a person reads stands out from all that lies behind it.
TEST(Theme, TextStandsOutFromWhatIsBehindIt) {
  for (const ThemeName name : {ThemeName::Dark, ThemeName::Light, ThemeName::Projector}) {
    const Palette c = make_theme(name, 1).colour;
    for (const ImU32 behind : {c.panel, c.card, c.ground, c.accent_fill, c.good_fill, c.bad_fill}) {
      EXPECT_GE(contrast(c.text, behind), 7) << to_string(name);
      EXPECT_GE(contrast(c.text_muted, behind), 4.0) << to_string(name);
    }
    for (const ImU32 ink : {c.accent, c.good, c.bad, c.warn, c.code_keyword, c.code_function, c.code_number, c.code_string, c.code_type, c.code_comment})
      EXPECT_GE(contrast(ink, c.panel), 4.5) << to_string(name) << std::hex << " " << ink;
  }
}

TEST(Theme, NamesAreReadBack) {
  for (const ThemeName name : {ThemeName::Dark, ThemeName::Light, ThemeName::Projector}) EXPECT_EQ(parse_theme_name(to_string(name)), name);
  EXPECT_FALSE(parse_theme_name("pink"));
}

TEST(Theme, ContrastIsWcags) {
  EXPECT_NEAR(contrast(IM_COL32_BLACK, IM_COL32_WHITE), 21, 0.01);
  EXPECT_NEAR(contrast(IM_COL32_WHITE, IM_COL32_WHITE), 1, 0.01);
}

}  // namespace
}  // namespace loopglass::ui
