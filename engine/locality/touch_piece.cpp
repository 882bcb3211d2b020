#include "engine/locality/touch_piece.h"

#include <numeric>

#include "engine/support/integer.h"

namespace loopglass::locality {

namespace {

using Digit = TouchPiece::Digit;

// Loops that move along the same digit, before they are put together.
struct Cluster {
  std::vector<TouchGroup::Dim> dims;
  int64_t unit = 0, reach = 0;

  void add(const TouchGroup::Dim& dim) {
    dims.push_back(dim);
    unit = std::gcd(unit, dim.stride);
    reach += dim.stride * (dim.count - 1);
  }
};

// The dimensions with positive strides, those that cannot be told apart together.
std::vector<Cluster> clusters_of(const TouchGroup& group) {
  std::vector<Cluster> clusters;
  int64_t reach = 0;   // of all
  for (const TouchGroup::Dim& dim : group.dims) {   // by stride
    if (dim.count == 1) continue;
    if (clusters.empty() || dim.stride > reach) clusters.emplace_back();
    clusters.back().add(dim);
    reach += dim.stride * (dim.count - 1);
    int64_t below = reach - clusters.back().reach;
    while (clusters.size() > 1 && clusters.back().unit <= below) {
      for (const TouchGroup::Dim& d : clusters.back().dims) clusters[clusters.size() - 2].add(d);
      clusters.pop_back();
      below = reach - clusters.back().reach;
    }
  }
  return clusters;
}

constexpr int64_t kMostValues = int64_t{1} << 22;

std::optional<Digit> digit_of(const Cluster& cluster) {
  Digit digit{cluster.unit, cluster.reach / cluster.unit + 1, cluster.dims[0].first, cluster.dims[0].last, {}};
  if (cluster.dims.size() == 1) return digit;
  int64_t touches = 1;
  for (const TouchGroup::Dim& dim : cluster.dims) touches *= dim.count;
  if (digit.count > std::min(touches, kMostValues)) return {};
  std::vector<Touches> values{{1, 0, 0}};
  for (const TouchGroup::Dim& dim : cluster.dims) {
    const auto step = static_cast<size_t>(dim.stride / cluster.unit);
    std::vector<Touches> wider(values.size() + step * static_cast<size_t>(dim.count - 1));
    for (int64_t t = 0; t < dim.count; ++t)
      for (size_t v = 0; v < values.size(); ++v) {
        if (values[v].times == 0) continue;
        Touches& all = wider[v + step * static_cast<size_t>(t)];
        const int64_t first = values[v].first + t * dim.first, last = values[v].last + t * dim.last;
        all.first = all.times > 0 ? std::min(all.first, first) : first;
        all.last = all.times > 0 ? std::max(all.last, last) : last;
        all.times += values[v].times;
      }
    values = std::move(wider);
  }
  if (std::ranges::find(values, 0, &Touches::times) != values.end()) return {};
  digit.by_value = std::move(values);
  return digit;
}

// What the digits say of the element `rest` after their first.
Touches decode(std::span<const Digit> digits, int64_t rest) {
  Touches all{1, 0, 0};
  for (size_t d = digits.size(); d-- > 0;) {
    const Digit& digit = digits[d];
    const int64_t t = rest / digit.unit;
    if (rest < 0 || t >= digit.count) return {};
    const Touches one = digit.touches(t);
    all.times *= one.times, all.first += one.first, all.last += one.last;
    rest -= t * digit.unit;
  }
  return rest == 0 ? all : Touches{};
}

constexpr bool is_count(TouchKind kind) { return kind == TouchKind::Reads || kind == TouchKind::Writes; }

// A piece's value of an element that it touches so; the values of several pieces as one.
template <TouchKind kKind>
int64_t value_of(const TouchPiece& piece, const Touches& touches) {
  switch (kKind) {
    case TouchKind::Reads: return piece.reads * touches.times;
    case TouchKind::Writes: return piece.writes * touches.times;
    case TouchKind::First: return piece.first + touches.first;
    case TouchKind::Last: return piece.last + touches.last;
  }
}
template <TouchKind kKind>
bool tells(const TouchPiece& piece) {
  return !is_count(kKind) || (kKind == TouchKind::Reads ? piece.reads : piece.writes) > 0;
}
template <TouchKind kKind>
constexpr int64_t kNone = is_count(kKind) ? 0 : -1;
template <TouchKind kKind>
int64_t both(int64_t a, int64_t b) {
  if constexpr (is_count(kKind)) return a + b;
  if constexpr (kKind == TouchKind::Last) return std::max(a, b);
  return static_cast<int64_t>(std::min(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));   // -1: none
}

// Adds what a piece says of the elements from, from + step, ... to their numbers.
template <TouchKind kKind>
class PieceReader {
 public:
  PieceReader(const TouchPiece& piece, int64_t from, int64_t step, std::span<int64_t> to) : piece_(piece), step_(step), to_(to) {
    // The digits below a step are the same at all elements that are asked for; those above count in steps.
    const std::span<const Digit> digits = piece.digits;
    size_t low = 0;
    int64_t below = 0;
    while (low < digits.size() && digits[low].unit % step != 0) below += digits[low++].reach();
    digits_ = digits.subspan(low);
    if (below >= step || std::ranges::any_of(digits_, [&](const Digit& digit) { return digit.unit % step != 0; })) {
      read_each(from);
      return;
    }
    const int64_t rest = from - piece.at - floor_div(from - piece.at, step) * step;
    const Touches low_touches = decode(digits.first(low), rest);
    if (low_touches.times == 0) return;
    for (int64_t reach = 0; const Digit& digit : digits_) below_.push_back(reach), reach += digit.reach() / step;
    read(digits_.size(), (piece.at + rest - from) / step, low_touches);
  }

 private:
  void read_each(int64_t from) {
    for (size_t i = 0; i < to_.size(); ++i)
      if (const Touches touches = decode(piece_.digits, from + static_cast<int64_t>(i) * step_ - piece_.at); touches.times > 0)
        to_[i] = both<kKind>(to_[i], value_of<kKind>(piece_, touches));
  }

  // Of the first `n` digits; the others lead to `at`, counted in steps.
  void read(size_t n, int64_t at, const Touches& touches) {
    const auto end = static_cast<int64_t>(to_.size());
    if (n == 0) {
      if (at >= 0 && at < end) put(at, touches);
      return;
    }
    const Digit& digit = digits_[n - 1];
    const int64_t unit = digit.unit / step_;
    const int64_t reach = below_[static_cast<int>(n) - 1];
    const int64_t low = std::max<int64_t>(-floor_div(at + reach, unit), 0), high = std::min(floor_div(end - 1 - at, unit), digit.count - 1);
    if (high < low) return;
    if (n == 1 && digit.by_value.empty()) return read_row(digit, at + low * unit, unit, low, high - low + 1, touches);
    for (int64_t t = low; t <= high; ++t) {
      const Touches one = digit.touches(t);
      read(n - 1, at + t * unit, {touches.times * one.times, touches.first + one.first, touches.last + one.last});
    }
  }

  void read_row(const Digit& digit, int64_t at, int64_t unit, int64_t t, int64_t count, const Touches& touches) {
    const int64_t step = kKind == TouchKind::First ? digit.first : kKind == TouchKind::Last ? digit.last : 0;
    const int64_t value = value_of<kKind>(piece_, touches) + t * step;
    int64_t* const to = to_.data() + at;
    if (unit == 1) {
      for (int64_t i = 0; i < count; ++i) to[i] = both<kKind>(to[i], value + i * step);
      return;
    }
    for (int64_t i = 0; i < count; ++i) to[i * unit] = both<kKind>(to[i * unit], value + i * step);
  }

  void put(int64_t at, const Touches& touches) {
    int64_t& value = to_[static_cast<size_t>(at)];
    value = both<kKind>(value, value_of<kKind>(piece_, touches));
  }

  const TouchPiece& piece_;
  int64_t step_;
  std::span<int64_t> to_;
  std::span<const Digit> digits_;
  InlineVector<int64_t, kMaxDepth> below_;   // what the digits below each reach, in steps
};

// How many reads, or writes, each element has, where it is the same for all and no piece is looked into for that: none is made, all pieces that make some have every
// element, or no two have one in common.
template <TouchKind kKind>
std::optional<int64_t> constant_of(const TouchPieces& all) {
  int64_t sum = 0, size = 0;
  bool is_each_whole = true, is_each_alike = true;
  for (const TouchPiece& piece : all.pieces) {
    const int64_t value = value_of<kKind>(piece, {1, 0, 0});
    is_each_alike = is_each_alike && value == value_of<kKind>(all.pieces.front(), {1, 0, 0});
    size += piece.size();
    if (value == 0) continue;
    if (std::ranges::any_of(piece.digits, [](const Digit& digit) { return !digit.by_value.empty(); })) return {};
    sum += value;
    is_each_whole = is_each_whole && piece.size() == all.elements;
  }
  if (is_each_whole) return sum;
  const bool is_partition = all.touched == all.elements && size == all.elements;
  return is_partition && is_each_alike ? std::optional(value_of<kKind>(all.pieces.front(), {1, 0, 0})) : std::nullopt;
}

template <TouchKind kKind>
class PieceSource : public CountSource {
 public:
  explicit PieceSource(std::shared_ptr<const TouchPieces> all) : all_(std::move(all)) {}
  int64_t at(int64_t element) const override {
    int64_t value = kNone<kKind>;
    for (const TouchPiece& piece : all_->pieces)
      if (const Touches touches = decode(piece.digits, element - piece.at); touches.times > 0) value = both<kKind>(value, value_of<kKind>(piece, touches));
    return value;
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    std::ranges::fill(to, kNone<kKind>);
    for (const TouchPiece& piece : all_->pieces)
      if (tells<kKind>(piece)) PieceReader<kKind>(piece, first, step, to);
  }
  std::optional<int64_t> constant() const override {
    if constexpr (is_count(kKind)) return constant_of<kKind>(*all_);
    return {};
  }
  bool is_never_negative() const override { return is_count(kKind) || all_->touched == all_->elements; }

 private:
  std::shared_ptr<const TouchPieces> all_;
};

}  // namespace

StridedSet TouchPiece::elements() const {
  StridedSet set{at, {}};
  for (const Digit& digit : digits) set.dims.push_back({digit.unit, digit.count});
  return canonical(set);
}

int64_t TouchPiece::size() const {
  int64_t size = 1;
  for (const Digit& digit : digits) size *= digit.count;
  return size;
}

std::optional<TouchPiece> piece_of(const TouchGroup& group) {
  TouchGroup forward = group;
  for (TouchGroup::Dim& dim : forward.dims) {
    if (dim.stride > 0) continue;
    forward.at += dim.stride * (dim.count - 1), forward.first += dim.first * (dim.count - 1), forward.last += dim.last * (dim.count - 1);
    dim = {dim.count, -dim.stride, -dim.first, -dim.last};
  }
  TouchPiece piece{forward.at, forward.first, forward.last, forward.reads, forward.writes, {}};
  for (const Cluster& cluster : clusters_of(forward)) {
    std::optional<Digit> digit = digit_of(cluster);
    if (!digit) return {};
    piece.digits.push_back(*std::move(digit));
  }
  return piece;
}

ElementCounts counts_of(std::shared_ptr<const TouchPieces> pieces, TouchKind kind) {
  const auto elements = static_cast<size_t>(pieces->elements);
  switch (kind) {
    case TouchKind::Reads: return {elements, std::make_shared<PieceSource<TouchKind::Reads>>(std::move(pieces))};
    case TouchKind::Writes: return {elements, std::make_shared<PieceSource<TouchKind::Writes>>(std::move(pieces))};
    case TouchKind::First: return {elements, std::make_shared<PieceSource<TouchKind::First>>(std::move(pieces))};
    case TouchKind::Last: return {elements, std::make_shared<PieceSource<TouchKind::Last>>(std::move(pieces))};
  }
  return {};
}

}  // namespace loopglass::locality
