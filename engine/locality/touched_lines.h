// The lines on which some elements lie.
#pragma once

#include "engine/locality/element_bits.h"
#include "engine/locality/layout.h"

namespace loopglass::locality {

// How many distinct ones hold the first byte of an element that is touched.
int64_t count_lines(const PlacedBuffer& buffer, const ElementBits& touched, int64_t line);

}  // namespace loopglass::locality
