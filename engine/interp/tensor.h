// A dense row-major array of one data type: the arguments of a kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/ir/data_type.h"

namespace loopglass::interp {

struct Tensor {
  ir::DataType dtype;
  std::vector<int64_t> shape;
  std::vector<std::byte> bytes;   // elements one after the other; bool is one byte; a scalar parameter has rank 0

  int64_t size() const;           // elements
  double at(int64_t flat) const;  // any type as a double (64-bit integers lose digits: see int_at)
  int64_t int_at(int64_t flat) const;
  void set(int64_t flat, double value);  // rounded to the type; integers truncate
};

// Zero-filled.
Tensor make_tensor(ir::DataType dtype, std::vector<int64_t> shape);
// Seeded inputs as the contract says: floats uniform in [-1, 1); signed integers in [-8, 8), unsigned ones in [0, 16), so that products
// and sums of the usual lengths stay far from overflow.
void fill_random(Tensor& tensor, uint64_t seed);
// Integers uniform in [low, low + count).
void fill_random_integers(Tensor& tensor, uint64_t seed, int64_t low, int64_t count);

}  // namespace loopglass::interp
