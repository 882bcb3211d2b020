// Colours and pooling of the pictures in reports.
#include "app/report/heatmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/image/png.h"

namespace loopglass::report {
namespace {

locality::BufferAccess buffer_of(std::vector<int64_t> shape) {
  locality::BufferAccess buffer;
  size_t size = 1;
  for (const int64_t extent : shape) size *= static_cast<size_t>(extent);
  buffer.shape = std::move(shape);
  buffer.read_counts = locality::DenseCounts(size, 1);
  for (locality::ElementCounts* counts : {&buffer.write_counts, &buffer.first, &buffer.last}) *counts = locality::DenseCounts(size);
  return buffer;
}

void set(locality::ElementCounts& counts, size_t element, int64_t value) {
  locality::DenseCounts numbers = counts.dense();
  numbers[element] = value;
  counts = std::move(numbers);
}

TEST(Heatmap, LosesNoElementWhenItPools) {
  locality::BufferAccess buffer = buffer_of({1000, 3});
  set(buffer.read_counts, 3 * 777 + 2, 50);
  const Heatmap map = heatmap_of(buffer, {}, {}, {50, false}, 256);
  EXPECT_EQ(map.down, 4);
  EXPECT_EQ(map.across, 1);
  ASSERT_EQ(map.cells.width, 3);
  ASSERT_EQ(map.cells.height, 250);
  EXPECT_EQ(map.cells.pixels[777 / 4 * 3 + 2], 255);
  EXPECT_EQ(std::ranges::count(map.cells.pixels, 255), 1);
  EXPECT_EQ(map.range, std::pair(int64_t{1}, int64_t{50}));
}

TEST(Heatmap, LeavesClearWhatIsNeverTouched) {
  locality::BufferAccess buffer = buffer_of({2, 2});
  set(buffer.first, 1, -1);
  set(buffer.read_counts, 1, 0);
  const Heatmap map = heatmap_of(buffer, {}, {}, {1, false}, 256);
  EXPECT_EQ(map.cells.pixels, (std::vector<uint8_t>{255, 0, 255, 255}));
  EXPECT_EQ(map.cells.colours[0][3], 0);
  EXPECT_TRUE(map.has_untouched);
}

TEST(Heatmap, ShowsTheChosenPlane) {
  locality::BufferAccess buffer = buffer_of({2, 3, 4});
  set(buffer.read_counts, 1 * 12 + 2 * 4 + 3, 9);
  const Heatmap back = heatmap_of(buffer, {}, {.at = {1, 0, 0}}, {9, false}, 256);
  EXPECT_EQ(back.slice, "[1, :, :]");
  EXPECT_EQ(back.cells.pixels[2 * 4 + 3], 255);
  const Heatmap turned = heatmap_of(buffer, {}, {.across = 0, .down = 2, .at = {0, 2, 0}}, {9, false}, 256);
  EXPECT_EQ(turned.slice, "[:, 2, :]");
  EXPECT_EQ(turned.cells.width, 2);
  EXPECT_EQ(turned.cells.pixels[3 * 2 + 1], 255);
}

TEST(Heatmap, ScalesLogarithmically) {
  locality::BufferAccess buffer = buffer_of({3});
  buffer.read_counts = locality::DenseCounts{0, 9, 99};
  EXPECT_EQ(heatmap_of(buffer, {.kind = Quantity::Kind::Reads}, {}, {99, true}, 256).cells.pixels, (std::vector<uint8_t>{1, 128, 255}));
  EXPECT_EQ(texts_of({99, true}).middle, "9");
  EXPECT_EQ(texts_of({100, false}).middle, "50");
  EXPECT_EQ(texts_of({1, false}).middle, "");
}

TEST(Heatmap, IsDrawnInWholePixelsACell) {
  const auto size = [](int width, int height) {
    const Size drawn = drawn_size({width, height, {}, {}}, 256);
    return std::pair(drawn.width, drawn.height);
  };
  EXPECT_EQ(size(128, 128), std::pair(256, 256));
  EXPECT_EQ(size(100, 50), std::pair(200, 100));
  EXPECT_EQ(size(250, 3), std::pair(250, 30)) << "not thinner than an eighth of the side";
  EXPECT_EQ(size(1, 256), std::pair(32, 256));
}

}  // namespace
}  // namespace loopglass::report
