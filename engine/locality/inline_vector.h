// A short vector without allocation; copying copies only what is there.
#pragma once

#include <algorithm>
#include <array>

#include "engine/support/check.h"

namespace loopglass::locality {

template <class T, int kCapacity>
class InlineVector {
 public:
  InlineVector() = default;
  InlineVector(const InlineVector& other) { *this = other; }
  InlineVector& operator=(const InlineVector& other) {
    size_ = other.size_;
    std::copy(other.begin(), other.end(), begin());
    return *this;
  }
  T* begin() { return items_.data(); }
  T* end() { return items_.data() + size_; }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }
  T& operator[](int i) { return items_[static_cast<size_t>(i)]; }
  const T& operator[](int i) const { return items_[static_cast<size_t>(i)]; }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void push_back(const T& item) {
    CHECK(size_ < kCapacity);
    items_[static_cast<size_t>(size_++)] = item;
  }
  void erase(T* at) {
    std::copy(at + 1, end(), at);
    --size_;
  }
  bool operator==(const InlineVector& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

 private:
  std::array<T, kCapacity> items_;
  int size_ = 0;
};

}  // namespace loopglass::locality
