// Line numbers of addresses.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace loopglass::locality {

class LineNumber {
 public:
  explicit LineNumber(int64_t line) : line_(line), shift_(std::has_single_bit(static_cast<uint64_t>(line)) ? std::countr_zero(static_cast<uint64_t>(line)) : -1) {}
  int64_t operator()(int64_t address) const { return shift_ >= 0 ? address >> shift_ : address / line_; }
  int64_t size() const { return line_; }
  // Steps of this size that can be made from the address without leaving its line.
  int64_t steps_left(int64_t address, int64_t step) const {
    const int64_t offset = address - (*this)(address) * line_;
    return step > 0 ? (line_ - 1 - offset) / step : offset / -step;
  }

 private:
  int64_t line_;
  int shift_;
};

}  // namespace loopglass::locality
