#include "app/ui/fonts.h"

#include <imgui_freetype.h>

#include "app/image/face.h"

namespace loopglass::ui {
namespace {

using image::Face;

constexpr float kReferenceSize = 16;  // what advances below are given at
constexpr ImWchar kDigits[] = {'0', '9', 0};
constexpr ImWchar kAllButDigits[] = {1, '0' - 1, '9' + 1, 0xFFFF, 0};

ImFontConfig config_of(const Face& face, const Face& base, bool merge) {
  ImFontConfig config;
  config.FontNo = static_cast<ImU32>(face.index);
  config.MergeMode = merge;
  config.FontLoaderFlags = ImGuiFreeTypeLoaderFlags_LightHinting;  // keeps the face's own widths
  config.ExtraSizeScale = face.line_per_em / base.line_per_em;  // the same em in one line
  return config;
}

// A font of `face`, with `cjk` for what it lacks; where `tabular`, its figures are all made as wide as the widest one.
ImFont* add_font(const std::optional<Face>& face, const std::optional<Face>& cjk, bool tabular) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  if (!face) return atlas.AddFontDefaultVector();
  ImFontConfig letters = config_of(*face, *face, false);
  if (tabular) letters.GlyphExcludeRanges = kDigits;
  ImFont* font = atlas.AddFontFromFileTTF(face->file.c_str(), kReferenceSize, &letters);
  if (tabular) {
    ImFontConfig digits = config_of(*face, *face, true);
    digits.GlyphExcludeRanges = kAllButDigits;
    digits.GlyphMinAdvanceX = digits.GlyphMaxAdvanceX = face->digit_advance * kReferenceSize / face->line_per_em;
    atlas.AddFontFromFileTTF(face->file.c_str(), kReferenceSize, &digits);
  }
  if (cjk) {
    ImFontConfig chinese = config_of(*cjk, *face, true);
    atlas.AddFontFromFileTTF(cjk->file.c_str(), kReferenceSize, &chinese);
  }
  return font;
}

}  // namespace

Fonts load_fonts() {
  const auto cjk = find_face(image::kChinese);
  const auto cjk_bold = find_face(image::kChineseBold);
  Fonts fonts;
  fonts.has_cjk = cjk.has_value();
  fonts.ui = add_font(find_face(image::kText), cjk, true);
  fonts.bold = add_font(find_face(image::kBold), cjk_bold, true);
  fonts.mono = add_font(find_face(image::kMono), cjk, false);
  return fonts;
}

}  // namespace loopglass::ui
