// The colours that stand for values, in every picture of the program.
#pragma once

#include <array>
#include <cstdint>

namespace loopglass::gl {

using Rgb = std::array<uint8_t, 3>;

enum class ColourScale {
  Cividis,     // perceptually uniform, the same for eyes with and without colour deficiency (Nuñez, Anderton, Renslow 2018)
  Diverging,   // less (blue), as much (grey), more (orange): the ends are as far from the middle, and told apart by all eyes
};

// t: 0 at the low end, 1 at the high one; beyond them the end's.
Rgb colour_at(ColourScale scale, double t);

}  // namespace loopglass::gl
