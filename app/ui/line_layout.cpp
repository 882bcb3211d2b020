#include "app/ui/line_layout.h"

#include <algorithm>

#include "engine/support/integer.h"

namespace loopglass::ui {
namespace {

// A dimension of the plane: bytes from one index to the next, and how many there are.
struct Axis {
  int64_t stride = 0, extent = 1;
};

Axis axis_of(const locality::BufferAccess& buffer, int dimension) {
  return dimension < 0 ? Axis{} : Axis{buffer.strides[static_cast<size_t>(dimension)], buffer.shape[static_cast<size_t>(dimension)]};
}

// The indices i of an axis with low <= origin + i * stride <= high, the far end outside.
std::pair<int64_t, int64_t> within(const Axis& axis, int64_t origin, int64_t low, int64_t high) {
  if (axis.stride <= 0) return {0, axis.extent};
  return {std::clamp<int64_t>(ceil_div(low - origin, axis.stride), 0, axis.extent), std::clamp<int64_t>(floor_div(high - origin, axis.stride) + 1, 0, axis.extent)};
}

}  // namespace

int64_t address_of(const locality::BufferAccess& buffer, const std::vector<int64_t>& index) {
  int64_t address = buffer.base;
  for (size_t d = 0; d < index.size(); ++d) address += index[d] * buffer.strides[d];
  return address;
}

std::vector<ElementBlock> blocks_of_line(const locality::BufferAccess& buffer, const PlaneChoice& plane, int64_t number, int64_t line) {
  const Axis down = axis_of(buffer, plane.down), across = axis_of(buffer, plane.across);
  const bool by_rows = down.stride >= across.stride;
  const Axis outer = by_rows ? down : across, inner = by_rows ? across : down;
  const int64_t origin = address_of(buffer, index_at(plane, 0, 0)), low = number * line, high = low + line - 1;
  // An outer index whose elements may reach the line: those that begin before its end, and end after its beginning.
  const auto [first, last] = within(outer, origin, low - inner.stride * (inner.extent - 1), high);
  std::vector<ElementBlock> blocks;
  for (int64_t i = first; i < last; ++i) {
    const auto [from, to] = within(inner, origin + i * outer.stride, low, high);
    if (from < to && origin + i * outer.stride + from * inner.stride >= low && origin + i * outer.stride + from * inner.stride <= high)
      blocks.push_back(by_rows ? ElementBlock{i, from, i + 1, to} : ElementBlock{from, i, to, i + 1});
  }
  return blocks;
}

std::vector<int64_t> lines_of_set(const locality::BufferAccess& buffer, int64_t number, int64_t sets, int64_t line, size_t most) {
  std::vector<int64_t> index;
  for (const int64_t extent : buffer.shape) index.push_back(extent - 1);
  const int64_t first = buffer.base / line, last = address_of(buffer, index) / line;
  const int64_t begin = first + ((number - first) % sets + sets) % sets, all = last < begin ? 0 : (last - begin) / sets + 1;
  const int64_t step = sets * ((all + static_cast<int64_t>(most) - 1) / static_cast<int64_t>(most));
  std::vector<int64_t> lines;
  for (int64_t at = begin; at <= last; at += step) lines.push_back(at);
  return lines;
}

}  // namespace loopglass::ui
