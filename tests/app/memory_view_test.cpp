// What the memory panel shows of a buffer: windows and pyramids of its picture, lines and sets, differences between versions.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <random>

#include "app/gl/pyramid.h"
#include "app/ui/line_layout.h"
#include "app/ui/picture_set.h"
#include "app/ui/set_strip.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

gl::HeatmapPlane random_plane(int width, int height, uint32_t seed) {
  std::mt19937 random(seed);
  gl::HeatmapPlane plane{width, height, {}};
  for (int i = 0; i < width * height; ++i) plane.values.push_back(static_cast<float>(static_cast<int>(random() % 12) - 2));   // some never touched
  for (float& value : plane.values) value = value < 0 ? -1 : value;
  return plane;
}

TEST(Pyramid, KeepsTheLargestAndTheMeanOfWhatATexelStandsFor) {
  const gl::HeatmapPlane plane = random_plane(37, 22, 1);
  for (const gl::Pooling pooling : {gl::Pooling::Largest, gl::Pooling::Mean}) {
    const gl::Pyramid pyramid(source_of(plane), pooling);
    const gl::Pyramid::Part part = pyramid.part({}, 5, 3);   // 37 x 22 on 5 x 3 pixels: a texel of 4 x 4
    ASSERT_EQ(part.level, 2);
    ASSERT_EQ(part.plane.width, 10);
    ASSERT_EQ(part.plane.height, 6);
    EXPECT_FLOAT_EQ(part.across, 37.0f / 4);
    for (int y = 0; y < 6; ++y)
      for (int x = 0; x < 10; ++x) {
        float largest = -1, sum = 0, count = 0;
        for (int row = 4 * y; row < std::min(4 * y + 4, 22); ++row)
          for (int column = 4 * x; column < std::min(4 * x + 4, 37); ++column) {
            const float value = plane.values[static_cast<size_t>(row * 37 + column)];
            largest = std::max(largest, value);
            if (value >= 0) sum += value, ++count;
          }
        const float got = part.plane.values[static_cast<size_t>(y * 10 + x)];
        EXPECT_FLOAT_EQ(got, pooling == gl::Pooling::Largest || count == 0 ? largest : sum / count) << x << ", " << y;
      }
  }
}

// What is drawn at a pixel: the texel under its middle.
float drawn(const gl::Pyramid::Part& part, int x, int y, int across, int down) {
  const auto texel = [](int pixel, int pixels, float from, float length, int texels) { return std::clamp(static_cast<int>(from + (static_cast<float>(pixel) + 0.5f) / static_cast<float>(pixels) * length), 0, texels - 1); };
  return part.plane.values[static_cast<size_t>(texel(y, down, part.from_top, part.down, part.plane.height) * part.plane.width + texel(x, across, part.from_left, part.across, part.plane.width))];
}

TEST(Pyramid, OnPixelsNoElementIsLost) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    const gl::HeatmapPlane plane = random_plane(5 + static_cast<int>(seed) * 13, 90 - static_cast<int>(seed) * 3, seed);
    const int across = std::min(5 + static_cast<int>(seed), plane.width), down = std::min(27, plane.height);
    const gl::Pyramid::Part part = on_pixels(gl::Pyramid(source_of(plane), gl::Pooling::Largest).part({}, across, down), across, down);
    EXPECT_LE(part.plane.width, across + 1);
    EXPECT_LE(part.plane.height, down + 1);
    for (int y = 0; y < plane.height; ++y)
      for (int x = 0; x < plane.width; ++x) {
        const int near_x = x * across / plane.width, near_y = y * down / plane.height;   // its pixel, or one beside it, has it
        float largest = -1;
        for (int b = std::max(near_y - 1, 0); b <= std::min(near_y + 1, down - 1); ++b)
          for (int a = std::max(near_x - 1, 0); a <= std::min(near_x + 1, across - 1); ++a) largest = std::max(largest, drawn(part, a, b, across, down));
        EXPECT_GE(largest, plane.values[static_cast<size_t>(y * plane.width + x)]) << seed << ": " << x << ", " << y;
      }
  }
}

TEST(Pyramid, OnPixelsIsTheMeanWhereThatIsAskedFor) {
  const gl::HeatmapPlane plane{4, 2, {1, 3, -1, -1, 5, 7, -1, 9}};
  const gl::Pyramid::Part part = on_pixels(gl::Pyramid(source_of(plane), gl::Pooling::Mean).part({}, 2, 1), 2, 1);
  EXPECT_EQ(part.plane, (gl::HeatmapPlane{2, 1, {4, 9}}));
  EXPECT_EQ(part.across, 2);
  EXPECT_EQ(part.from_left, 0);
}

TEST(Pyramid, OfAConstantIsOneTexel) {
  gl::PlaneSource source{1000, 1000, [](int, int, std::span<float> to) { std::ranges::fill(to, 7.0f); }, 7.0f};
  const gl::Pyramid::Part part = gl::Pyramid(source, gl::Pooling::Mean).part({0.25f, 0.5f, 0.1f, 0.1f}, 300, 300);
  EXPECT_EQ(part.plane, (gl::HeatmapPlane{1, 1, {7}}));
  EXPECT_EQ(part.across, 1);
}

TEST(Pyramid, AWindowGivesItsElementsAndWhereItBegins) {
  const gl::HeatmapPlane plane = random_plane(64, 64, 2);
  const gl::Pyramid::Part part = gl::Pyramid(source_of(plane), gl::Pooling::Largest).part({10.5f / 64, 20.0f / 64, 8.0f / 64, 4.0f / 64}, 300, 300);
  EXPECT_EQ(part.level, 0) << "a texel an element where there are pixels enough";
  EXPECT_EQ(part.left, 10);
  EXPECT_EQ(part.top, 20);
  EXPECT_EQ(part.plane.width, 9) << "half of the first element to half of the last";
  EXPECT_EQ(part.plane.height, 4);
  EXPECT_NEAR(part.from_left, 0.5f, 1e-4f);
  EXPECT_NEAR(part.across, 8, 1e-4f);
  EXPECT_EQ(part.plane.values[0], plane.values[20 * 64 + 10]);
  EXPECT_EQ(part.plane.values.back(), plane.values[23 * 64 + 18]);
}

TEST(MemoryWindow, ZoomKeepsWhatIsUnderTheMouseAndStaysInside) {
  const MemoryPicture picture{.rows = 100, .columns = 200, .rect = {0, 0, 300, 300}};
  gl::PictureWindow window;
  const auto before = element_under(picture, window, 0.3f, 0.6f);
  for (int i = 0; i < 5; ++i) window = zoomed(window, 0.8f, 0.3f, 0.6f, 100, 200);
  EXPECT_EQ(element_under(picture, window, 0.3f, 0.6f), before);
  EXPECT_LT(window.across, 0.5f);
  for (int i = 0; i < 50; ++i) window = zoomed(window, 0.8f, 0.3f, 0.6f, 100, 200);
  EXPECT_FLOAT_EQ(window.across, 8.0f / 200) << "no smaller than some elements";
  window = moved(window, -100, 100);
  EXPECT_EQ(window.left, 0);
  EXPECT_FLOAT_EQ(window.top + window.down, 1);
  for (int i = 0; i < 50; ++i) window = zoomed(window, 1.25f, 0, 0, 100, 200);
  EXPECT_TRUE(window.is_whole());
}

TEST(MemoryWindow, AnElementIsUnderItsOwnPlace) {
  const MemoryPicture picture{.rows = 37, .columns = 53, .rect = {0, 0, 300, 200}};
  const gl::PictureWindow window{0.25f, 0.5f, 0.3f, 0.2f};
  for (int64_t row = 19; row < 25; ++row)
    for (int64_t column = 14; column < 28; ++column) {
      const Rect place = place_on_picture(picture, window, row, column);
      EXPECT_EQ(element_under(picture, window, place.x + place.width / 2, place.y + place.height / 2), std::pair(row, column));
    }
}

locality::BufferAccess buffer_of(std::vector<int64_t> shape, int64_t base, std::vector<int64_t> strides) {
  locality::BufferAccess buffer;
  buffer.shape = std::move(shape);
  buffer.base = base;
  buffer.strides = std::move(strides);
  return buffer;
}

// By going through all elements of the plane.
std::vector<std::pair<int64_t, int64_t>> elements_of_line(const locality::BufferAccess& buffer, const PlaneChoice& plane, int64_t number, int64_t line) {
  std::vector<std::pair<int64_t, int64_t>> found;
  for (int64_t row = 0; row < rows_of(plane, buffer.shape); ++row)
    for (int64_t column = 0; column < columns_of(plane, buffer.shape); ++column)
      if (address_of(buffer, index_at(plane, row, column)) / line == number) found.emplace_back(row, column);
  return found;
}

TEST(MemoryLines, HaveTheElementsThatBeginOnThem) {
  const std::vector<locality::BufferAccess> buffers{buffer_of({7, 50}, 0x10000000, {200, 4}), buffer_of({9, 3}, 0x10000000, {12, 4}), buffer_of({5, 20}, 0x10000040, {160, 8}),
                                                    buffer_of({40}, 0x10000000, {4}), buffer_of({4, 6, 10}, 0x10000000, {1000, 100, 4}), buffer_of({6, 10}, 0x10000000, {4, 100})};
  for (const auto& buffer : buffers) {
    PlaneChoice turned;
    turned.across = 0;
    turned.down = static_cast<int>(buffer.shape.size()) - 1;
    for (const PlaneChoice& choice : {PlaneChoice{}, turned}) {
      const PlaneChoice plane = resolved(choice, buffer.shape);
      const int64_t first = buffer.base / 64;
      for (int64_t number = first - 1; number < first + 40; ++number) {
        std::vector<std::pair<int64_t, int64_t>> got;
        for (const ElementBlock& block : blocks_of_line(buffer, plane, number, 64))
          for (int64_t row = block.top; row < block.bottom; ++row)
            for (int64_t column = block.left; column < block.right; ++column) got.emplace_back(row, column);
        std::ranges::sort(got);
        EXPECT_EQ(got, elements_of_line(buffer, plane, number, 64)) << "line " << number - first << " of a buffer of rank " << buffer.shape.size();
      }
    }
  }
}

TEST(MemoryLines, ShareASetEverySoManyLines) {
  const auto buffer = buffer_of({64, 64}, 0x10000000, {256, 4});   // 256 lines
  const std::vector<int64_t> lines = lines_of_set(buffer, 0x10000000 / 64 + 7 + 64, 64, 64, 100);
  EXPECT_EQ(lines, (std::vector<int64_t>{0x10000000 / 64 + 7, 0x10000000 / 64 + 71, 0x10000000 / 64 + 135, 0x10000000 / 64 + 199}));
  EXPECT_EQ(lines_of_set(buffer, 7, 64, 64, 3), (std::vector<int64_t>{lines[0], lines[2]})) << "of another buffer's line; no more than asked for, from all over";
  EXPECT_TRUE(lines_of_set(buffer_of({4, 4}, 0, {16, 4}), 7, 64, 64, 3).empty());
}

TEST(MemorySets, AColumnOfATileFillsFewSetsUntilTheRowsAreMovedApart) {
  for (const auto& [pitch, most] : {std::pair(int64_t{4096}, 64), {int64_t{4160}, 4}}) {
    locality::Access access;
    access.buffers.push_back(buffer_of({64, 1024}, 0x10000000, {pitch, 4}));
    access.buffers[0].buffer = ir::make_buffer({.name = "B", .dtype = ir::kFloat32});
    access.buffers[0].first = locality::DenseCounts(64 * 1024);
    locality::Touched tile{access.buffers[0].buffer, locality::ElementBits(64 * 1024)};
    for (int64_t row = 0; row < 64; ++row) tile.elements.set_range(row * 1024, 64);
    const std::vector<int> lines = lines_by_set(access, {tile}, 64, 64);
    EXPECT_EQ(std::ranges::max(lines), most) << "rows of " << pitch;
    EXPECT_EQ(std::accumulate(lines.begin(), lines.end(), 0), 256);
  }
}

// Waits until the pictures of a key are there.
std::shared_ptr<const PictureSet> made(PictureMaker& maker, const PictureKey& key) {
  std::shared_ptr<const PictureSet> set;
  while (!set) set = maker.get(key, std::chrono::milliseconds(100));
  return set;
}

void expect_values(const app::View& view, HeatMode mode) {
  const PictureKey key{view.access, nullptr, nullptr, mode, {{"B", {0, 1, {}}}}};
  const PictureSet set = make_pictures(key);
  ASSERT_EQ(set.pictures.size(), view.access->buffers.size());
  int64_t largest = 0;
  for (size_t b = 0; b < set.pictures.size(); ++b) {
    const auto& buffer = view.access->buffers[b];
    const gl::Pyramid::Part part = set.pictures[b]->part({}, 300, 300);
    const bool is_turned = buffer.buffer->name == "B";
    int64_t most = 0;
    for (int i = 0; i < 8; ++i)
      for (int j = 0; j < 8; ++j) {
        const int64_t value = value_of(buffer, mode, i * 8 + j);
        most = std::max(most, value);
        EXPECT_EQ(is_turned ? drawn(part, i, j, 8, 8) : drawn(part, j, i, 8, 8), static_cast<float>(value));
      }
    EXPECT_EQ(set.scale_ends[b], std::max<int64_t>(most, 1));
    largest = std::max(largest, set.scale_ends[b]);
  }
  EXPECT_EQ(set.scale_end, largest);
}

// Where all elements of a buffer have the same, and where each has another.
TEST(PictureSet, HoldsTheValuesOfEachBufferAndTheEndsOfTheScale) {
  const app::View view = view_of(matmul_relu(8), {});
  for (const HeatMode mode : {HeatMode::Accesses, HeatMode::FirstTouch, HeatMode::LastTouch}) expect_values(view, mode);
}

TEST(PictureSet, IsMadeBesideAndOnlyOnce) {
  const app::View view = view_of(matmul_relu(8), {}), other = view_of(matmul_relu(16), {});
  std::atomic<int> calls = 0;
  PictureMaker maker([&] { ++calls; });
  const PictureKey key{view.access, nullptr, nullptr, HeatMode::Reads, {}}, next{other.access, nullptr, nullptr, HeatMode::Reads, {}};
  EXPECT_TRUE(next.is_like(key));
  EXPECT_FALSE((PictureKey{view.access, nullptr, nullptr, HeatMode::Writes, {}}).is_like(key));
  const auto set = made(maker, key);
  EXPECT_EQ(set->key, key);
  EXPECT_EQ(maker.get(key, {}), set);
  EXPECT_EQ(made(maker, next)->key, next) << "the newest that was asked for";
  while (calls < 2) std::this_thread::yield();
  EXPECT_EQ(calls, 2);
}

TEST(MemoryDifference, IsOfElementsOfTheSameBuffer) {
  const app::View before = view_of(matmul_relu(8), {}), now = view_of(matmul_relu(8), {{"split", "j", "4"}, {"reorder", "k", "j_1"}});
  const auto& buffer = now.access->buffers[0];
  const auto* other = counterpart(buffer, *before.access);
  ASSERT_TRUE(other);
  EXPECT_EQ(difference_of(buffer, *other, HeatMode::Accesses, 3), 0) << "as many accesses in another order";
  locality::Access more = *before.access;
  const auto changed = [](const locality::ElementCounts& counts, size_t element, int64_t by) {
    locality::DenseCounts numbers = counts.dense();
    numbers[element] += by;
    return locality::ElementCounts(std::move(numbers));
  };
  more.buffers[0].read_counts = changed(more.buffers[0].read_counts, 3, 5);
  more.buffers[0].first = changed(more.buffers[0].first, 4, -1 - more.buffers[0].first[4]);
  locality::BufferAccess untouched = *other;
  untouched.first = more.buffers[0].first;
  EXPECT_EQ(difference_of(more.buffers[0], *other, HeatMode::Reads, 3), 5);
  EXPECT_EQ(difference_of(more.buffers[0], *other, HeatMode::Reads, 4), -8) << "no longer touched";
  EXPECT_EQ(difference_of(more.buffers[0], untouched, HeatMode::Reads, 4), std::nullopt) << "in neither";
  EXPECT_EQ(largest_difference(more, *before.access, HeatMode::Reads), 8);
  const auto plane = plane_of(plane_differences(more.buffers[0], untouched, HeatMode::Reads, resolved({}, buffer.shape), 10, false));
  EXPECT_FLOAT_EQ(plane.values[3], 0.75f);
  EXPECT_FLOAT_EQ(plane.values[0], 0.5f);
  EXPECT_EQ(plane.values[4], -1);
  EXPECT_EQ(counterpart(buffer, locality::Access{}), nullptr);
}

}  // namespace
}  // namespace loopglass::ui
