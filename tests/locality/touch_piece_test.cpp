#include "engine/locality/touch_piece.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace loopglass::locality {
namespace {

constexpr int64_t kElements = 4000, kMiddle = 2000;

struct Element {
  int64_t reads = 0, writes = 0, first = -1, last = -1;
  bool operator==(const Element&) const = default;
};

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }

 private:
  std::mt19937 engine_;
};

// A run of up to four loops: mostly tiles of a matrix with rows of 10, 12 or 60; else any strides at all.
Run random_run(Random& random) {
  constexpr int64_t kStrides[] = {1, 1, 2, 4, 10, 12, 60, 120};
  Run run;
  run.is_write = random.below(2) == 0;
  run.at.constant = kMiddle + random.below(100);
  run.ordinal = 1000000 + random.below(1000);
  run.repeat = 1 + random.below(3);
  run.span = random.below(50);
  const int64_t depth = random.below(5);
  const bool is_wild = random.below(5) == 0;
  for (int64_t d = 0; d < depth; ++d) {
    const int64_t stride = is_wild ? 1 + random.below(40) : kStrides[random.below(std::size(kStrides))];
    run.dims.push_back({1 + random.below(4), random.below(4) == 0 ? -stride : stride, 1 + random.below(500)});
  }
  return run;
}

// One touch after the other.
void touch(std::vector<Element>& elements, const TouchGroup& group, int dim, int64_t at, int64_t first, int64_t last) {
  if (dim < group.dims.size()) {
    const TouchGroup::Dim& d = group.dims[dim];
    for (int64_t t = 0; t < d.count; ++t) touch(elements, group, dim + 1, at + t * d.stride, first + t * d.first, last + t * d.last);
    return;
  }
  Element& e = elements.at(static_cast<size_t>(at));
  e.reads += group.reads, e.writes += group.writes;
  e.first = e.first < 0 ? first : std::min(e.first, first);
  e.last = std::max(e.last, last);
}

std::vector<Element> touched_by(const std::vector<TouchGroup>& groups) {
  std::vector<Element> elements(kElements);
  for (const TouchGroup& group : groups) touch(elements, group, 0, group.at, group.first, group.last);
  return elements;
}

struct Counted {
  ElementCounts reads, writes, first, last;
  Element operator[](size_t e) const { return {reads[e], writes[e], first[e], last[e]}; }
};

Counted counts_of(std::vector<TouchPiece> all) {
  ElementBits touched(kElements);
  for (const TouchPiece& piece : all) mark(touched, piece.elements(), 0);
  const auto pieces = std::make_shared<const TouchPieces>(TouchPieces{kElements, touched.count(), std::move(all)});
  const auto of = [&](TouchKind kind) { return counts_of(pieces, kind); };
  return {of(TouchKind::Reads), of(TouchKind::Writes), of(TouchKind::First), of(TouchKind::Last)};
}

TEST(TouchPiece, PiecesSayOfEachElementWhatTouchesDo) {
  int64_t pieces_made = 0, with_several_loops = 0, with_gaps = 0, steps_cut = 0;
  for (uint32_t seed = 1; seed <= 3000 && !::testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    std::vector<TouchGroup> groups;
    std::vector<TouchPiece> pieces;
    for (int64_t n = 1 + random.below(3); n > 0; --n) {
      const TouchGroup group(random_run(random));
      const std::optional<TouchPiece> piece = piece_of(group);
      with_gaps += !piece;
      if (!piece) continue;
      ++pieces_made;
      with_several_loops += std::ranges::any_of(piece->digits, [](const TouchPiece::Digit& digit) { return !digit.by_value.empty(); });
      groups.push_back(group);
      pieces.push_back(*piece);
    }
    const std::vector<Element> want = touched_by(groups);
    const Counted got = counts_of(pieces);
    for (size_t e = 0; e < want.size(); ++e) ASSERT_EQ(got[e], want[e]) << "seed " << seed << ", element " << e;
    for (int64_t step : {int64_t{1}, int64_t{2}, int64_t{10}, int64_t{12}, int64_t{60}, int64_t{120}, 1 + random.below(50)}) {
      const int64_t from = kMiddle - 500 + random.below(500);
      std::vector<int64_t> reads(static_cast<size_t>(std::min<int64_t>(1 + random.below(1000), (kElements - from - 1) / step + 1))), writes(reads), first(reads), last(reads);
      got.reads.read(from, step, reads), got.writes.read(from, step, writes), got.first.read(from, step, first), got.last.read(from, step, last);
      for (size_t i = 0; i < reads.size(); ++i) {
        const Element& e = want[static_cast<size_t>(from) + i * static_cast<size_t>(step)];
        ASSERT_EQ((Element{reads[i], writes[i], first[i], last[i]}), e) << "seed " << seed << ", from " << from << " by " << step << ", number " << i;
        steps_cut += step > 1 && e.first >= 0;
      }
    }
    ElementBits bits(kElements);
    for (const TouchPiece& piece : pieces) mark(bits, piece.elements(), 0);
    for (size_t e = 0; e < want.size(); ++e) ASSERT_EQ(bits.any(static_cast<int64_t>(e), 1), want[e].first >= 0) << "seed " << seed << ", element " << e;
    EXPECT_EQ(bits.count(), std::ranges::count_if(want, [](const Element& e) { return e.first >= 0; }));
  }
  EXPECT_GT(pieces_made, 4000);
  EXPECT_GT(with_several_loops, 800);
  EXPECT_GT(with_gaps, 100);
  EXPECT_GT(steps_cut, 10000);
}

TEST(TouchPiece, StackedGroupsTouchWhatTheyDidApart) {
  int64_t before = 0, after = 0;
  for (uint32_t seed = 1; seed <= 500 && !::testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    std::vector<TouchGroup> groups;
    for (int64_t shapes = 1 + random.below(3); shapes > 0; --shapes) {
      auto run = random_run(random);
      const int64_t step = random.below(40) - 20, later = random.below(1000);
      for (int64_t n = random.below(12); n > 0; --n) {
        groups.emplace_back(run);
        run.at.constant += random.below(10) == 0 ? 3 : step, run.ordinal += later;
      }
    }
    std::shuffle(groups.begin(), groups.end(), std::mt19937(seed % 2 ? seed : 0));
    if (seed % 2) std::ranges::sort(groups, {}, &TouchGroup::first);
    const std::vector<Element> want = touched_by(groups);
    before += static_cast<int64_t>(groups.size());
    while (stack(groups)) {}
    after += static_cast<int64_t>(groups.size());
    EXPECT_EQ(touched_by(groups), want) << "seed " << seed;
  }
  EXPECT_LT(after * 2, before);
}

TEST(ElementBits, RangesAreWhatTheirBitsAre) {
  Random random(1);
  for (int n = 0; n < 2000; ++n) {
    const int64_t from = random.below(200), count = random.below(200);
    ElementBits bits(400);
    bits.set_range(from, count);
    EXPECT_EQ(bits.count(), count);
    EXPECT_TRUE(bits.all(from, count));
    EXPECT_EQ(bits.any(0, from), false);
    EXPECT_EQ(bits.any(from + count, 400 - from - count), false);
    EXPECT_EQ(bits.all(from, count + 1), false);
    EXPECT_EQ(bits.any(0, 400), count > 0);
    int64_t at = from;
    bits.for_each([&](int64_t set) { EXPECT_EQ(set, at++); });
    EXPECT_EQ(at, from + count);
    std::vector<uint8_t> read(static_cast<size_t>(random.below(60)));
    const int64_t first = random.below(100), step = 1 + random.below(4);
    bits.read(first, step, read);
    for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], bits[first + static_cast<int64_t>(i) * step]);
  }
}

TEST(ElementCounts, AreToldWhereElementsAreTouched) {
  const ElementCounts first(DenseCounts{0, -1, 2, 3}), a(DenseCounts{1, 2, -7, 4}), b(DenseCounts{10, 20, 7, 40});
  EXPECT_EQ(where_touched(first, a).dense(), (DenseCounts{1, -1, -1, 4}));
  EXPECT_EQ(where_touched(first, {}).dense(), (DenseCounts{0, -1, 0, 0}));
  EXPECT_EQ(where_touched(first, a)[3], 4);
  EXPECT_EQ(touches_of(a, b).dense(), (DenseCounts{11, 22, -1, 44}));
  EXPECT_EQ(touches_of(a, b)[2], -1);
  EXPECT_EQ(a.largest(1), 4);
  EXPECT_EQ(a.largest(5), 5);
  EXPECT_EQ(ElementCounts().largest(1), 1);
  EXPECT_EQ(a.at(2), -7);
  EXPECT_THROW(a.at(4), std::out_of_range);
  const ElementCounts many(DenseCounts(10000, 5));
  std::vector<int64_t> some(3000);
  touches_of(many, many).read(100, 3, some);
  EXPECT_EQ(std::ranges::count(some, 10), 3000);
  where_touched(many, many).read(100, 3, some);
  EXPECT_EQ(std::ranges::count(some, 5), 3000);
  EXPECT_EQ(many.largest(0), 5);
}

}  // namespace
}  // namespace loopglass::locality
