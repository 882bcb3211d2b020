// The faces that letters are drawn with, found by fontconfig: Inter, JetBrains Mono and Noto Sans CJK where they are installed, else what it thinks
// nearest.
#pragma once

#include <optional>
#include <string>

namespace loopglass::image {

struct Face {
  std::string file;
  int index = 0;
  float line_per_em = 1.2f;    // ascender to descender
  float digit_advance = 0;     // ems, of the widest figure; 0 where it has none
};

struct Wanted {
  const char* family;
  bool is_bold = false;
  bool is_mono = false;
  const char* language = "en";  // that the face must have letters for
};
inline constexpr Wanted kText{"Inter"}, kBold{"Inter", true}, kMono{"JetBrains Mono", false, true}, kChinese{"Noto Sans CJK SC", false, false, "zh-cn"},
    kChineseBold{"Noto Sans CJK SC", true, false, "zh-cn"};

// Nothing where no face has the language's letters.
std::optional<Face> find_face(const Wanted& wanted);

}  // namespace loopglass::image
