#include "app/image/face.h"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <memory>
#include <string_view>

namespace loopglass::image {
namespace {

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

int weight_of(const Wanted& wanted) {
  if (!wanted.is_bold) return FC_WEIGHT_REGULAR;
  return wanted.language == std::string_view("en") ? FC_WEIGHT_DEMIBOLD : FC_WEIGHT_BOLD;   // Noto has no semibold everywhere
}

}  // namespace

std::optional<Face> find_face(const Wanted& wanted) {
  FcInit();
  using Pattern = std::unique_ptr<FcPattern, decltype(&FcPatternDestroy)>;
  Pattern pattern(FcPatternCreate(), FcPatternDestroy);
  FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(wanted.family));
  FcPatternAddString(pattern.get(), FC_LANG, reinterpret_cast<const FcChar8*>(wanted.language));
  FcPatternAddInteger(pattern.get(), FC_WEIGHT, weight_of(wanted));
  FcPatternAddInteger(pattern.get(), FC_SPACING, wanted.is_mono ? FC_MONO : FC_PROPORTIONAL);
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

}  // namespace loopglass::image
