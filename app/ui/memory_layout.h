// The memory panel's pictures: which plane of which buffer, where it lies, and what its elements' values are. Pure.
#pragma once

#include <array>

#include "app/gl/heatmap_renderer.h"
#include "app/model/instant.h"
#include "app/ui/rect.h"
#include "app/ui/view_state.h"
#include "engine/locality/access.h"

namespace loopglass::ui {

// A choice made complete for a buffer: dimensions in range, `at` one index per dimension. Rank 0 and 1 show as one row (down = -1).
PlaneChoice resolved(PlaneChoice choice, const std::vector<int64_t>& shape);

int64_t columns_of(const PlaneChoice& plane, const std::vector<int64_t>& shape);
int64_t rows_of(const PlaneChoice& plane, const std::vector<int64_t>& shape);
// The index of the element in a row and column of the plane, and its place in the row-major data.
std::vector<int64_t> index_at(const PlaneChoice& plane, int64_t row, int64_t column);
// The other way, as (row, column); nothing where the element is in another slice.
std::optional<std::pair<int64_t, int64_t>> place_of(const PlaneChoice& plane, const std::vector<int64_t>& index);
int64_t flat_index(const std::vector<int64_t>& index, const std::vector<int64_t>& shape);
std::vector<int64_t> index_of(int64_t flat, const std::vector<int64_t>& shape);   // the other way
std::string element_text(const locality::BufferAccess& buffer, const std::vector<int64_t>& index);   // "A[3, 17]"

// The modes that show misses, by level.
inline constexpr std::array kMissModes{HeatMode::Misses1, HeatMode::Misses2, HeatMode::Misses3};
// The cache level whose misses a mode shows, from 0 (an index into BufferAccess::misses); -1: none.
int level_of(HeatMode mode);
bool is_time(HeatMode mode);   // first and last touch: ordinals, not counts
// Whether there are values of the mode: misses come later than counts. Not for Now.
bool has_values(const locality::Access& access, HeatMode mode);
// An element's value in a mode; -1 = never touched. `computed`: of the modes that are computed when they are asked for.
int64_t value_of(const locality::BufferAccess& buffer, HeatMode mode, int64_t flat, const locality::ElementCounts* computed = nullptr);
gl::PlaneSource plane_values(const locality::BufferAccess& buffer, HeatMode mode, const PlaneChoice& plane, const locality::ElementCounts* computed = nullptr);
// How much more an element has than in another version; nothing where it is touched in neither.
std::optional<int64_t> difference_of(const locality::BufferAccess& now, const locality::BufferAccess& before, HeatMode mode, int64_t flat);
// The differences of a plane on a scale from 0 (largest less) over 0.5 (as much) to 1 (largest more).
gl::PlaneSource plane_differences(const locality::BufferAccess& now, const locality::BufferAccess& before, HeatMode mode, const PlaneChoice& plane, int64_t largest, bool logarithmic);
// How near each element is at a moment, as long as `lines` lives: 1 in the nearest of `levels` levels, less behind it, 0 in memory alone. A texel a line where each line is a
// part of one row.
gl::PlaneSource plane_nearness(const locality::BufferAccess& buffer, const app::Instant::Lines& lines, int64_t line, const PlaneChoice& plane, size_t levels);
// The nearest level that has an element's line, from 1; 0: memory alone.
int level_now(const locality::BufferAccess& buffer, const app::Instant::Lines& lines, int64_t line, const std::vector<int64_t>& index);
float nearness(int level, size_t levels);   // level: from 1; 0: memory alone
struct MemoryPicture {
  size_t buffer = 0;          // index into Access::buffers
  PlaneChoice plane;
  int64_t rows = 1, columns = 1;
  float title_y = 0;
  Rect rect;                  // of the picture
  Rect controls;              // below it, where other axes are chosen; height 0 for rank <= 2
};

// An element under a point of a picture, given as fractions of its sides, of which a window is seen: (row, column).
std::pair<int64_t, int64_t> element_under(const MemoryPicture& picture, const gl::PictureWindow& window, float x, float y);
// Where an element lies on the picture, in fractions of its sides: outside 0..1 where it is not seen.
Rect place_on_picture(const MemoryPicture& picture, const gl::PictureWindow& window, int64_t row, int64_t column);
// A window that shows `factor` as much around a point, kept inside the picture and not smaller than some 8 elements.
gl::PictureWindow zoomed(const gl::PictureWindow& window, float factor, float x, float y, int64_t rows, int64_t columns);
gl::PictureWindow moved(gl::PictureWindow window, float across, float down);   // by fractions of what is seen

// The elements of `touched` (row-major; null: none) that lie in the plane.
gl::MarkPlane plane_marks(const std::vector<int64_t>& shape, std::shared_ptr<const locality::ElementBits> touched, const PlaneChoice& plane);
// The largest value of a buffer, at least 1: its scale's end.
int64_t largest_value(const locality::BufferAccess& buffer, HeatMode mode, const locality::ElementCounts* computed = nullptr);
// Of the differences, at least 1.
int64_t largest_difference(const locality::Access& now, const locality::Access& before, HeatMode mode);

struct MemoryLayout {
  std::vector<MemoryPicture> pictures;
  float height = 0;           // of all of them
};

struct MemoryMetrics {        // pixels
  float width = 400, height = 400, gap = 18, title = 24, control = 28, smallest = 96, largest = 420;
};

// Two columns (one where they would be too narrow), pictures as large as the height allows, sides in the proportion of the plane's
// within 1 : 4.
MemoryLayout layout_memory(const locality::Access& access, const std::map<std::string, PlaneChoice>& planes, const MemoryMetrics& metrics);

// The blocks that read or write a buffer, in program order.
struct TouchingBlock {
  ir::NodePath path;
  std::string label;          // "C", unique in its function
};
std::vector<TouchingBlock> blocks_touching(const ir::Module& module, const std::string& buffer);
// Whether a node is one of them, or holds one.
bool has_block(const ir::NodePath& node, const std::vector<TouchingBlock>& blocks);

}  // namespace loopglass::ui
