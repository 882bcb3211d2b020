// The lines on which some elements lie.
#pragma once

#include "engine/locality/element_bits.h"
#include "engine/locality/layout.h"

namespace loopglass::locality {

// Those that hold the first byte of an element that is touched, counted from the line of the buffer's first byte.
ElementBits lines_of(const PlacedBuffer& buffer, const ElementBits& touched, int64_t line);
// How many these are.
int64_t count_lines(const PlacedBuffer& buffer, const ElementBits& touched, int64_t line);

}  // namespace loopglass::locality
