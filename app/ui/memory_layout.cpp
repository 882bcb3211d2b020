#include "app/ui/memory_layout.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "app/ui/line_layout.h"
#include "app/ui/loop_tree_layout.h"

namespace loopglass::ui {
namespace {

int rank_of(const std::vector<int64_t>& shape) { return static_cast<int>(shape.size()); }

}  // namespace

PlaneChoice resolved(PlaneChoice choice, const std::vector<int64_t>& shape) {
  const int rank = rank_of(shape);
  choice.at.resize(shape.size(), 0);
  for (size_t d = 0; d < shape.size(); ++d) choice.at[d] = std::clamp<int64_t>(choice.at[d], 0, std::max<int64_t>(shape[d] - 1, 0));
  if (choice.across < 0 || choice.across >= rank) choice.across = rank - 1;
  if (rank < 2) choice.down = -1;
  else if (choice.down < 0 || choice.down >= rank || choice.down == choice.across) choice.down = choice.across == rank - 1 ? rank - 2 : rank - 1;
  return choice;
}

int64_t columns_of(const PlaneChoice& plane, const std::vector<int64_t>& shape) {
  return plane.across < 0 ? 1 : std::max<int64_t>(shape[static_cast<size_t>(plane.across)], 1);
}

int64_t rows_of(const PlaneChoice& plane, const std::vector<int64_t>& shape) {
  return plane.down < 0 ? 1 : std::max<int64_t>(shape[static_cast<size_t>(plane.down)], 1);
}

std::vector<int64_t> index_at(const PlaneChoice& plane, int64_t row, int64_t column) {
  std::vector<int64_t> index = plane.at;
  if (plane.across >= 0) index[static_cast<size_t>(plane.across)] = column;
  if (plane.down >= 0) index[static_cast<size_t>(plane.down)] = row;
  return index;
}

std::optional<std::pair<int64_t, int64_t>> place_of(const PlaneChoice& plane, const std::vector<int64_t>& index) {
  std::pair<int64_t, int64_t> place{0, 0};
  for (int d = 0; d < static_cast<int>(index.size()); ++d) {
    const int64_t at = index[static_cast<size_t>(d)];
    if (d == plane.across) place.second = at;
    else if (d == plane.down) place.first = at;
    else if (at != plane.at[static_cast<size_t>(d)]) return std::nullopt;
  }
  return place;
}

int64_t flat_index(const std::vector<int64_t>& index, const std::vector<int64_t>& shape) {
  int64_t flat = 0;
  for (size_t d = 0; d < shape.size(); ++d) flat = flat * shape[d] + index[d];
  return flat;
}

std::vector<int64_t> index_of(int64_t flat, const std::vector<int64_t>& shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}

std::string element_text(const locality::BufferAccess& buffer, const std::vector<int64_t>& index) {
  return fmt::format("{}[{}]", buffer.buffer->name, fmt::join(index, ", "));
}

int level_of(HeatMode mode) {
  const auto found = std::ranges::find(kMissModes, mode);
  return found == kMissModes.end() ? -1 : static_cast<int>(found - kMissModes.begin());
}

bool is_time(HeatMode mode) { return mode == HeatMode::FirstTouch || mode == HeatMode::LastTouch; }

bool has_values(const locality::Access& access, HeatMode mode) {
  return level_of(mode) < 0 || (!access.buffers.empty() && static_cast<int>(access.buffers.front().misses.size()) > level_of(mode));
}

namespace {

// Each element's value; of no elements where there are none.
locality::ElementCounts values_of(const locality::BufferAccess& buffer, HeatMode mode, const locality::ElementCounts* computed) {
  const auto of_all = [&](const locality::ElementCounts& counts) { return counts.size() == buffer.first.size() ? counts : locality::ElementCounts(); };
  if (computed) return locality::where_touched(of_all(*computed), of_all(*computed));
  if (const int level = level_of(mode); level >= 0)
    return locality::where_touched(buffer.first, level < static_cast<int>(buffer.misses.size()) ? of_all(buffer.misses[static_cast<size_t>(level)].of_elements) : locality::ElementCounts());
  switch (mode) {
    case HeatMode::Reads: return locality::where_touched(buffer.first, of_all(buffer.read_counts));
    case HeatMode::Writes: return locality::where_touched(buffer.first, of_all(buffer.write_counts));
    case HeatMode::FirstTouch: return buffer.first;
    case HeatMode::LastTouch: return buffer.last;
    default: return locality::touches_of(of_all(buffer.read_counts), of_all(buffer.write_counts));
  }
}

void read_row(const locality::ElementCounts& values, int64_t flat, int64_t step, std::span<int64_t> row) {
  if (values.empty()) std::ranges::fill(row, -1);
  else values.read(flat, step, row);
}

// Where the elements of a plane are in the row-major data: at origin + row * below + column * right.
struct PlaneSteps {
  int64_t origin = 0, right = 0, below = 0;
  PlaneSteps(const PlaneChoice& plane, const std::vector<int64_t>& shape) : origin(flat_index(index_at(plane, 0, 0), shape)) {
    if (columns_of(plane, shape) > 1) right = flat_index(index_at(plane, 0, 1), shape) - origin;
    if (rows_of(plane, shape) > 1) below = flat_index(index_at(plane, 1, 0), shape) - origin;
  }
};

// A plane whose rows are read(flat index of the first, step, to).
template <class F>
gl::PlaneSource source_of(const PlaneChoice& plane, const std::vector<int64_t>& shape, F read) {
  return {static_cast<int>(columns_of(plane, shape)), static_cast<int>(rows_of(plane, shape)), [read, steps = PlaneSteps(plane, shape)](int row, int column, std::span<float> to) {
            read(steps.origin + row * steps.below + column * steps.right, steps.right, to);
          }};
}

}  // namespace

int64_t value_of(const locality::BufferAccess& buffer, HeatMode mode, int64_t flat, const locality::ElementCounts* computed) {
  const locality::ElementCounts values = values_of(buffer, mode, computed);
  return static_cast<size_t>(flat) < values.size() ? values[static_cast<size_t>(flat)] : -1;
}

gl::PlaneSource plane_values(const locality::BufferAccess& buffer, HeatMode mode, const PlaneChoice& plane, const locality::ElementCounts* computed) {
  const locality::ElementCounts values = values_of(buffer, mode, computed);
  gl::PlaneSource source = source_of(plane, buffer.shape, [values](int64_t flat, int64_t step, std::span<float> to) {
    std::vector<int64_t> row(to.size());
    read_row(values, flat, step, row);
    std::ranges::transform(row, to.begin(), [](int64_t value) { return static_cast<float>(value); });
  });
  if (const auto constant = values.constant()) source.constant = static_cast<float>(*constant);
  return source;
}

std::optional<int64_t> difference_of(const locality::BufferAccess& now, const locality::BufferAccess& before, HeatMode mode, int64_t flat) {
  const int64_t a = value_of(now, mode, flat), b = value_of(before, mode, flat);
  return a < 0 && b < 0 ? std::nullopt : std::optional(std::max<int64_t>(a, 0) - std::max<int64_t>(b, 0));
}

gl::PlaneSource plane_differences(const locality::BufferAccess& now, const locality::BufferAccess& before, HeatMode mode, const PlaneChoice& plane, int64_t largest, bool logarithmic) {
  const auto scaled = [largest, logarithmic](double size) { return logarithmic ? std::log1p(size) / std::log1p(static_cast<double>(largest)) : size / static_cast<double>(largest); };
  return source_of(plane, now.shape, [scaled, a = values_of(now, mode, nullptr), b = values_of(before, mode, nullptr)](int64_t flat, int64_t step, std::span<float> to) {
    std::vector<int64_t> row_a(to.size()), row_b(to.size());
    read_row(a, flat, step, row_a);
    read_row(b, flat, step, row_b);
    for (size_t i = 0; i < to.size(); ++i) {
      const int64_t x = row_a[i], y = row_b[i], difference = std::max<int64_t>(x, 0) - std::max<int64_t>(y, 0);
      const double part = scaled(std::abs(static_cast<double>(difference)));
      to[i] = x < 0 && y < 0 ? -1.0f : static_cast<float>(0.5 + (difference < 0 ? -part : part) / 2);
    }
  });
}

int level_now(const locality::BufferAccess& buffer, const app::Instant::Lines& lines, int64_t line, const std::vector<int64_t>& index) {
  return lines.level.at(static_cast<size_t>(address_of(buffer, index) / line - lines.first));
}

float nearness(int level, size_t levels) { return level == 0 ? 0 : static_cast<float>(levels + 1 - static_cast<size_t>(level)) / static_cast<float>(levels); }

gl::PlaneSource plane_nearness(const locality::BufferAccess& buffer, const app::Instant::Lines& lines, int64_t line, const PlaneChoice& plane, size_t levels) {
  const auto step = [&](int d) { return d < 0 ? int64_t{0} : buffer.strides[static_cast<size_t>(d)]; };
  const int64_t across = step(plane.across), down = step(plane.down);
  const int64_t origin = address_of(buffer, index_at(plane, 0, 0));
  const int64_t rows = rows_of(plane, buffer.shape), columns = columns_of(plane, buffer.shape);
  const bool by_line = across > 0 && line % across == 0 && origin % line == 0 && down % line == 0 && columns * across % line == 0;
  const int64_t together = by_line ? line / across : 1;
  return {static_cast<int>(columns / together), static_cast<int>(rows), [=, &lines](int row, int column, std::span<float> to) {
            int64_t address = origin + row * down + column * together * across;
            for (float& each : to) {
              each = nearness(lines.level.at(static_cast<size_t>(address / line - lines.first)), levels);
              address += together * across;
            }
          }};
}

gl::MarkPlane plane_marks(const std::vector<int64_t>& shape, std::shared_ptr<const locality::ElementBits> touched, const PlaneChoice& plane) {
  return {static_cast<int>(columns_of(plane, shape)), static_cast<int>(rows_of(plane, shape)), [touched = std::move(touched), steps = PlaneSteps(plane, shape)](int row, std::span<uint8_t> to) {
            if (touched) touched->read(steps.origin + row * steps.below, steps.right, to);
            else std::ranges::fill(to, uint8_t{0});
          }};
}

int64_t largest_value(const locality::BufferAccess& buffer, HeatMode mode, const locality::ElementCounts* computed) {
  return values_of(buffer, mode, computed).largest(1);
}

int64_t largest_difference(const locality::Access& now, const locality::Access& before, HeatMode mode) {
  int64_t largest = 1;
  for (const auto& buffer : now.buffers)
    if (const auto* other = locality::counterpart(buffer, before)) {
      const locality::ElementCounts other_values = values_of(*other, mode, nullptr);
      std::vector<int64_t> before_it;
      locality::for_each_block(values_of(buffer, mode, nullptr), [&](int64_t first, std::span<const int64_t> values) {
        before_it.resize(values.size());
        other_values.read(first, 1, before_it);
        for (size_t i = 0; i < values.size(); ++i) largest = std::max(largest, std::abs(std::max<int64_t>(values[i], 0) - std::max<int64_t>(before_it[i], 0)));
      });
    }
  return largest;
}

std::pair<int64_t, int64_t> element_under(const MemoryPicture& picture, const gl::PictureWindow& window, float x, float y) {
  const auto at = [](float from, float part, float fraction, int64_t count) {
    return std::clamp<int64_t>(static_cast<int64_t>((from + part * fraction) * static_cast<float>(count)), 0, count - 1);
  };
  return {at(window.top, window.down, y, picture.rows), at(window.left, window.across, x, picture.columns)};
}

Rect place_on_picture(const MemoryPicture& picture, const gl::PictureWindow& window, int64_t row, int64_t column) {
  const float width = 1 / static_cast<float>(picture.columns), height = 1 / static_cast<float>(picture.rows);
  return {(static_cast<float>(column) * width - window.left) / window.across, (static_cast<float>(row) * height - window.top) / window.down, width / window.across, height / window.down};
}

gl::PictureWindow zoomed(const gl::PictureWindow& window, float factor, float x, float y, int64_t rows, int64_t columns) {
  const auto side = [](float& from, float& part, float factor, float fraction, int64_t count) {
    const float least = std::min(1.0f, 8.0f / static_cast<float>(count)), size = std::clamp(part * factor, least, 1.0f);
    from = std::clamp(from + (part - size) * fraction, 0.0f, 1 - size);
    part = size;
  };
  gl::PictureWindow result = window;
  side(result.left, result.across, factor, x, columns);
  side(result.top, result.down, factor, y, rows);
  return result;
}

gl::PictureWindow moved(gl::PictureWindow window, float across, float down) {
  window.left = std::clamp(window.left + across * window.across, 0.0f, 1 - window.across);
  window.top = std::clamp(window.top + down * window.down, 0.0f, 1 - window.down);
  return window;
}

MemoryLayout layout_memory(const locality::Access& access, const std::map<std::string, PlaneChoice>& planes, const MemoryMetrics& metrics) {
  MemoryLayout layout;
  const size_t count = access.buffers.size();
  if (count == 0) return layout;
  const int columns = count > 1 && metrics.width >= 2 * metrics.smallest + metrics.gap ? 2 : 1;
  const auto lines = static_cast<float>((count + static_cast<size_t>(columns) - 1) / static_cast<size_t>(columns));
  const float cell_width = (metrics.width - metrics.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float room = (metrics.height - lines * (metrics.title + metrics.gap)) / lines;
  const float side = std::clamp(std::min(room, cell_width), std::min(metrics.smallest, cell_width), metrics.largest);
  float y = 0;
  for (size_t first = 0; first < count; first += static_cast<size_t>(columns)) {
    float line_height = 0;
    for (size_t i = first; i < std::min(first + static_cast<size_t>(columns), count); ++i) {
      const auto& buffer = access.buffers[i];
      const auto choice = planes.find(buffer.buffer->name);
      MemoryPicture picture;
      picture.buffer = i;
      picture.plane = resolved(choice == planes.end() ? PlaneChoice{} : choice->second, buffer.shape);
      picture.rows = rows_of(picture.plane, buffer.shape);
      picture.columns = columns_of(picture.plane, buffer.shape);
      const float shape = std::clamp(static_cast<float>(picture.rows) / static_cast<float>(picture.columns), 0.125f, 4.0f);
      const float width = std::floor(shape <= 1 ? side : side / shape), height = std::floor(shape <= 1 ? side * shape : side);
      picture.title_y = y;
      picture.rect = {std::floor(static_cast<float>(i - first) * (cell_width + metrics.gap)), y + metrics.title, width, height};
      const float extra = buffer.shape.size() > 2 ? metrics.control * static_cast<float>(buffer.shape.size() - 1) : 0;
      picture.controls = {picture.rect.x, picture.rect.bottom() + 4, cell_width, extra};
      line_height = std::max(line_height, metrics.title + height + extra);
      layout.pictures.push_back(std::move(picture));
    }
    y += line_height + metrics.gap;
  }
  layout.height = y;
  return layout;
}

std::vector<TouchingBlock> blocks_touching(const ir::Module& module, const std::string& buffer) {
  std::vector<TouchingBlock> blocks;
  for (const auto& card : layout_loop_tree(module, nullptr, {}, {}).cards) {
    const bool touches = std::ranges::find(card.reads, buffer) != card.reads.end() || std::ranges::find(card.writes, buffer) != card.writes.end();
    if (card.kind == TreeCard::Kind::Block && touches) blocks.push_back({card.path, card.label});
  }
  return blocks;
}

bool has_block(const ir::NodePath& node, const std::vector<TouchingBlock>& blocks) {
  return std::ranges::any_of(blocks, [&](const TouchingBlock& block) {
    return block.path.function == node.function && node.steps.size() <= block.path.steps.size() && std::equal(node.steps.begin(), node.steps.end(), block.path.steps.begin());
  });
}

}  // namespace loopglass::ui
