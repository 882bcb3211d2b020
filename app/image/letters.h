// Letters drawn into pictures, by FreeType: Latin by Inter and JetBrains Mono, what they lack by Noto Sans CJK.
#pragma once

#include <memory>
#include <string_view>

#include "app/image/image.h"

namespace loopglass::image {

enum class Lettering { Text, Bold, Mono };

class Letters {
 public:
  Letters();
  ~Letters();

  // `size`: pixels an em. What no face has is left out.
  float width(std::string_view text, Lettering lettering, float size);
  // `x`, `baseline`: pixels, from the left and from the top. What lies outside the picture is not drawn.
  void draw(Image& image, float x, float baseline, std::string_view text, Lettering lettering, float size, Colour colour);

 private:
  struct Faces;
  std::unique_ptr<Faces> faces_;
};

}  // namespace loopglass::image
