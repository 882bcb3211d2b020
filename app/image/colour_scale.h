// The colours that stand for values, in every picture of the program.
#pragma once

#include "app/image/image.h"

namespace loopglass::image {

enum class ColourScale {
  Cividis,     // perceptually uniform, the same for eyes with and without colour deficiency (Nuñez, Anderton, Renslow 2018)
  Diverging,   // less (blue), as much (grey), more (orange): the ends are as far from the middle, and told apart by all eyes
};

// Opaque. t: 0 at the low end, 1 at the high one; beyond them the end's.
Colour colour_at(ColourScale scale, double t);

}  // namespace loopglass::image
