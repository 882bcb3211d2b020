// Where cache lines lie on the picture of a buffer. Pure.
#pragma once

#include "app/ui/memory_layout.h"

namespace loopglass::ui {

// Elements of a plane: rows and columns, the far ends outside.
struct ElementBlock {
  int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool operator==(const ElementBlock&) const = default;
};

// The address of an element (bytes), and its line's number.
int64_t address_of(const locality::BufferAccess& buffer, const std::vector<int64_t>& index);

// The elements of a plane that begin on a line (number = address / line bytes), as blocks of one row or column.
std::vector<ElementBlock> blocks_of_line(const locality::BufferAccess& buffer, const PlaneChoice& plane, int64_t number, int64_t line);

// The lines of a buffer that a cache of so many sets keeps in the same set as a line, in order; of many every second, or third, ..., so that at most `most` are left.
std::vector<int64_t> lines_of_set(const locality::BufferAccess& buffer, int64_t number, int64_t sets, int64_t line, size_t most);

}  // namespace loopglass::ui
