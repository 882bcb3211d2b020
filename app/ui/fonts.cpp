#include "app/ui/fonts.h"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include <imgui_freetype.h>

#include <memory>
#include <optional>

namespace loopglass::ui {
namespace {

constexpr float kReferenceSize = 16;  // what advances below are given at
constexpr ImWchar kDigits[] = {'0', '9', 0};
constexpr ImWchar kAllButDigits[] = {1, '0' - 1, '9' + 1, 0xFFFF, 0};

struct Face {
  std::string file;
  int index = 0;
  float line_per_em = 1.2f;    // ascender to descender
  float digit_advance = 0;     // ems, of the widest figure; 0 where it has none
};

struct Wanted {
  const char* family;
  int weight;                  // FC_WEIGHT_*
  int spacing;                 // FC_PROPORTIONAL or FC_MONO
  const char* language;        // that the face must have letters for
};

void read_metrics(Face& face) {
  FT_Library library = nullptr;
  FT_Face ft = nullptr;
  if (FT_Init_FreeType(&library)) return;
  if (FT_New_Face(library, face.file.c_str(), face.index, &ft) == 0) {
    const auto em = static_cast<float>(ft->units_per_EM ? ft->units_per_EM : 1000);
    face.line_per_em = static_cast<float>(ft->ascender - ft->descender) / em;
    for (FT_ULong c = '0'; c <= '9'; ++c)
      if (FT_Load_Char(ft, c, FT_LOAD_NO_SCALE) == 0)
        face.digit_advance = std::max(face.digit_advance, static_cast<float>(ft->glyph->metrics.horiAdvance) / em);
    FT_Done_Face(ft);
  }
  FT_Done_FreeType(library);
}

bool covers(FcPattern* font, const char* language) {
  FcLangSet* languages = nullptr;
  return FcPatternGetLangSet(font, FC_LANG, 0, &languages) == FcResultMatch &&
         FcLangSetHasLang(languages, reinterpret_cast<const FcChar8*>(language)) != FcLangDifferentLang;
}

std::optional<Face> find_face(const Wanted& wanted) {
  using Pattern = std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)>;
  Pattern pattern(FcPatternCreate(), FcPatternDestroy);
  FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(wanted.family));
  FcPatternAddString(pattern.get(), FC_LANG, reinterpret_cast<const FcChar8*>(wanted.language));
  FcPatternAddInteger(pattern.get(), FC_WEIGHT, wanted.weight);
  FcPatternAddInteger(pattern.get(), FC_SPACING, wanted.spacing);
  FcConfigSubstitute(nullptr, pattern.get(), FcMatchPattern);
  FcDefaultSubstitute(pattern.get());
  FcResult result = FcResultNoMatch;
  Pattern match(FcFontMatch(nullptr, pattern.get(), &result), FcPatternDestroy);
  FcChar8* file = nullptr;
  if (!match || FcPatternGetString(match.get(), FC_FILE, 0, &file) != FcResultMatch || !covers(match.get(), wanted.language)) return std::nullopt;
  Face face;
  face.file = reinterpret_cast<const char*>(file);
  FcPatternGetInteger(match.get(), FC_INDEX, 0, &face.index);
  read_metrics(face);
  return face;
}

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
  FcInit();
  const auto cjk = find_face({"Noto Sans CJK SC", FC_WEIGHT_REGULAR, FC_PROPORTIONAL, "zh-cn"});
  const auto cjk_bold = find_face({"Noto Sans CJK SC", FC_WEIGHT_BOLD, FC_PROPORTIONAL, "zh-cn"});
  Fonts fonts;
  fonts.has_cjk = cjk.has_value();
  fonts.ui = add_font(find_face({"Inter", FC_WEIGHT_REGULAR, FC_PROPORTIONAL, "en"}), cjk, true);
  fonts.bold = add_font(find_face({"Inter", FC_WEIGHT_DEMIBOLD, FC_PROPORTIONAL, "en"}), cjk_bold, true);
  fonts.mono = add_font(find_face({"JetBrains Mono", FC_WEIGHT_REGULAR, FC_MONO, "en"}), cjk, false);
  return fonts;
}

}  // namespace loopglass::ui
