#include "engine/interp/tensor.h"

#include <cstring>

#include "engine/interp/scalar.h"

namespace loopglass::interp {

int64_t Tensor::size() const {
  int64_t n = 1;
  for (int64_t extent : shape) n *= extent;
  return n;
}

double Tensor::at(int64_t flat) const {
  const std::byte* at = bytes.data() + flat * dtype.bytes();
  if (dtype.is_float()) return load_float(dtype, at);
  const int64_t value = load_int(dtype, at);
  return dtype.is_uint() && dtype.bits == 64 ? static_cast<double>(static_cast<uint64_t>(value)) : static_cast<double>(value);
}

int64_t Tensor::int_at(int64_t flat) const { return load_int(dtype, bytes.data() + flat * dtype.bytes()); }

void Tensor::set(int64_t flat, double value) {
  std::byte* at = bytes.data() + flat * dtype.bytes();
  if (dtype.is_float()) store_float(dtype, at, value);
  else store_int(dtype, at, static_cast<int64_t>(value));
}

Tensor make_tensor(ir::DataType dtype, std::vector<int64_t> shape) {
  Tensor tensor{dtype, std::move(shape), {}};
  tensor.bytes.resize(static_cast<size_t>(tensor.size() * dtype.bytes()));
  return tensor;
}

namespace {
// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
uint64_t next_random(uint64_t& state) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
}  // namespace

void fill_random(Tensor& tensor, uint64_t seed) {
  if (tensor.dtype.is_float()) {
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.set(i, static_cast<double>(next_random(seed) >> 40) / (1 << 23) - 1.0);   // 24 bits: exact in float32
    return;
  }
  const auto [low, count] = tensor.dtype.is_bool() ? std::pair{0, 2} : tensor.dtype.is_uint() ? std::pair{0, 16} : std::pair{-8, 16};
  fill_random_integers(tensor, seed, low, count);
}

void fill_random_integers(Tensor& tensor, uint64_t seed, int64_t low, int64_t count) {
  for (int64_t i = 0; i < tensor.size(); ++i)
    store_int(tensor.dtype, tensor.bytes.data() + i * tensor.dtype.bytes(),
              low + static_cast<int64_t>(next_random(seed) % static_cast<uint64_t>(count)));
}

}  // namespace loopglass::interp
