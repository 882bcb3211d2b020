#include "engine/locality/element_counts.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace loopglass::locality {

namespace {

class DenseSource : public CountSource {
 public:
  explicit DenseSource(DenseCounts numbers) : numbers_(std::move(numbers)) {}
  int64_t at(int64_t element) const override { return numbers_[static_cast<size_t>(element)]; }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    const int64_t* from = numbers_.data() + first;
    if (step == 1) return void(std::copy_n(from, to.size(), to.data()));
    for (size_t i = 0; i < to.size(); ++i) to[i] = from[static_cast<int64_t>(i) * step];
  }

 private:
  DenseCounts numbers_;
};

// Calls f(part of `to`, scratch of its size, first element of it) for parts that stay in the nearest cache.
template <class F>
void for_each_part(int64_t first, int64_t step, std::span<int64_t> to, const F& f) {
  constexpr size_t kPart = 1024;
  std::array<int64_t, kPart> scratch;
  for (; !to.empty(); first += step * static_cast<int64_t>(kPart)) {
    const std::span<int64_t> here = to.first(std::min(kPart, to.size()));
    f(here, std::span(scratch).first(here.size()), first);
    to = to.subspan(here.size());
  }
}

class TouchesSource : public CountSource {
 public:
  TouchesSource(ElementCounts reads, ElementCounts writes) : reads_(std::move(reads)), writes_(std::move(writes)) {}
  int64_t at(int64_t element) const override {
    const auto e = static_cast<size_t>(element);
    const int64_t touches = reads_[e] + writes_[e];
    return touches > 0 ? touches : -1;
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    for_each_part(first, step, to, [&](std::span<int64_t> here, std::span<int64_t> writes, int64_t from) {
      reads_.read(from, step, here);
      writes_.read(from, step, writes);
      for (size_t i = 0; i < here.size(); ++i) {
        const int64_t touches = here[i] + writes[i];
        here[i] = touches - (touches == 0);
      }
    });
  }
  std::optional<int64_t> constant() const override {
    const auto reads = reads_.constant(), writes = writes_.constant();
    return reads && writes ? std::optional(*reads + *writes > 0 ? *reads + *writes : -1) : std::nullopt;
  }

 private:
  ElementCounts reads_, writes_;
};

class TouchedSource : public CountSource {
 public:
  TouchedSource(ElementCounts first, ElementCounts values) : first_(std::move(first)), values_(std::move(values)) {}
  int64_t at(int64_t element) const override {
    const auto e = static_cast<size_t>(element);
    return first_[e] < 0 ? -1 : values_.empty() ? 0 : std::max<int64_t>(values_[e], -1);
  }
  void read(int64_t first, int64_t step, std::span<int64_t> to) const override {
    for_each_part(first, step, to, [&](std::span<int64_t> here, std::span<int64_t> times, int64_t from) {
      if (values_.empty()) std::ranges::fill(here, 0);
      else values_.read(from, step, here);
      first_.read(from, step, times);
      for (size_t i = 0; i < here.size(); ++i) here[i] = times[i] < 0 ? -1 : std::max<int64_t>(here[i], -1);
    });
  }
  std::optional<int64_t> constant() const override {
    const auto value = values_.empty() ? std::optional<int64_t>(0) : values_.constant();
    return value && first_.is_never_negative() ? std::optional(std::max<int64_t>(*value, -1)) : std::nullopt;
  }

 private:
  ElementCounts first_, values_;
};

}  // namespace

ElementCounts::ElementCounts(DenseCounts numbers) : size_(numbers.size()), source_(std::make_shared<DenseSource>(std::move(numbers))) {}

int64_t ElementCounts::at(size_t element) const {
  if (element >= size_) throw std::out_of_range("an element that the buffer does not have");
  return (*this)[element];
}

void ElementCounts::read(int64_t first, int64_t step, std::span<int64_t> to) const {
  if (!to.empty()) source_->read(first, std::max<int64_t>(step, 1), to);
}

int64_t ElementCounts::largest(int64_t least) const {
  for_each_block(*this, [&](int64_t, std::span<const int64_t> numbers) { least = std::max(least, std::ranges::max(numbers)); });
  return least;
}

DenseCounts ElementCounts::dense() const {
  DenseCounts numbers(size_);
  read(0, 1, numbers);
  return numbers;
}

bool ElementCounts::is_dense() const { return dynamic_cast<const DenseSource*>(source_.get()) != nullptr; }

ElementCounts touches_of(ElementCounts reads, ElementCounts writes) {
  const size_t size = reads.size();
  return {size, std::make_shared<TouchesSource>(std::move(reads), std::move(writes))};
}

ElementCounts where_touched(ElementCounts first, ElementCounts values) {
  const size_t size = first.size();
  return {size, std::make_shared<TouchedSource>(std::move(first), std::move(values))};
}

}  // namespace loopglass::locality
