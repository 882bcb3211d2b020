// A number for each element of a buffer, row-major: held one by one, or told by something smaller whenever it is asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/locality/zero_pages.h"

namespace loopglass::locality {

using DenseCounts = std::vector<int64_t, ZeroAllocator<int64_t>>;

// Tells the numbers of the elements 0, 1, ...
class CountSource {
 public:
  virtual ~CountSource() = default;
  virtual int64_t at(int64_t element) const = 0;
  // Those of first, first + step, ...: as many as `to` has room for. Requires step > 0.
  virtual void read(int64_t first, int64_t step, std::span<int64_t> to) const = 0;
  // What can be told at once, without looking at the elements: the number that all of them have; that none is negative.
  virtual std::optional<int64_t> constant() const { return {}; }
  virtual bool is_never_negative() const { return false; }
};

// Copies share what tells the numbers; it never changes.
class ElementCounts {
 public:
  ElementCounts() = default;   // of no elements
  ElementCounts(DenseCounts numbers);
  ElementCounts(size_t size, std::shared_ptr<const CountSource> source) : size_(size), source_(std::move(source)) {}

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t operator[](size_t element) const { return source_->at(static_cast<int64_t>(element)); }
  int64_t at(size_t element) const;   // the same; throws std::out_of_range
  // Those of first, first + step, ...: of many elements this is far faster than one by one. Requires step > 0 for more than one.
  void read(int64_t first, int64_t step, std::span<int64_t> to) const;
  // At least `least`.
  int64_t largest(int64_t least) const;
  // CountSource's.
  std::optional<int64_t> constant() const { return source_ ? source_->constant() : std::nullopt; }
  bool is_never_negative() const { return source_ && source_->is_never_negative(); }
  DenseCounts dense() const;          // a copy, one by one
  bool is_dense() const;              // whether they are held one by one

 private:
  size_t size_ = 0;
  std::shared_ptr<const CountSource> source_;
};

// Calls f(first element, numbers) for one stretch of elements after the other.
template <class F>
void for_each_block(const ElementCounts& counts, const F& f) {
  constexpr size_t kBlock = 4096;   // stays in the nearest cache
  std::vector<int64_t> numbers(std::min(kBlock, counts.size()));
  for (size_t first = 0; first < counts.size(); first += kBlock) {
    const std::span<int64_t> block = std::span(numbers).first(std::min(kBlock, counts.size() - first));
    counts.read(static_cast<int64_t>(first), 1, block);
    f(static_cast<int64_t>(first), std::span<const int64_t>(block));
  }
}

// Reads and writes together, -1 where there are none.
ElementCounts touches_of(ElementCounts reads, ElementCounts writes);

// The values where an element is touched and they are not negative, else -1. `first`: the times of first touches, negative: never. No values: 0.
ElementCounts where_touched(ElementCounts first, ElementCounts values);

}  // namespace loopglass::locality
