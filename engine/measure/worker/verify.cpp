#include "engine/measure/worker/verify.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace loopglass::measure {
namespace {

// |got - ref| / max(|ref|, S): 0 where both are the same, infinity where one of them alone is no number or infinite.
double relative_error(double got, double expected, double magnitude) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return 0;
  if (!std::isfinite(got) || !std::isfinite(expected)) return std::numeric_limits<double>::infinity();
  return std::abs(got - expected) / std::max(std::abs(expected), magnitude);
}

struct Worst {
  double error = 0;
  int64_t first_wrong = -1;   // flat index
};

template <class At>
Worst compare_floats(int64_t count, const std::vector<double>& magnitudes, double tolerance, At at) {
  Worst worst;
  for (int64_t i = 0; i < count; ++i) {
    const auto [got, expected] = at(i);
    const double error = relative_error(got, expected, magnitudes.empty() ? 0 : magnitudes[static_cast<size_t>(i)]);
    worst.error = std::max(worst.error, error);
    if (!(error <= tolerance) && worst.first_wrong < 0) worst.first_wrong = i;
  }
  return worst;
}

template <class T>
Worst compare_as(const interp::Tensor& expected, const std::byte* got, const std::vector<double>& magnitudes, double tolerance) {
  const auto load = [](const std::byte* from, int64_t i) {
    T value;
    std::memcpy(&value, from + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
    return static_cast<double>(value);
  };
  return compare_floats(expected.size(), magnitudes, tolerance,
                        [&](int64_t i) { return std::pair(load(got, i), load(expected.bytes.data(), i)); });
}

Worst compare(const interp::Tensor& expected, const interp::Tensor& got, const std::vector<double>& magnitudes, double tolerance) {
  return compare_floats(expected.size(), magnitudes, tolerance, [&](int64_t i) { return std::pair(got.at(i), expected.at(i)); });
}

interp::Tensor copy_of(const interp::Tensor& like, const std::byte* bytes) {
  interp::Tensor tensor{like.dtype, like.shape, {}};
  tensor.bytes.assign(bytes, bytes + like.bytes.size());
  return tensor;
}

// Equal or wrong; the error is the relative one, of at least 1.
Worst compare_integers(const interp::Tensor& expected, const interp::Tensor& got) {
  Worst worst;
  for (int64_t i = 0; i < expected.size(); ++i) {
    if (got.int_at(i) == expected.int_at(i)) continue;
    worst.error = std::max(worst.error, std::abs(got.at(i) - expected.at(i)) / std::max(std::abs(expected.at(i)), 1.0));
    if (worst.first_wrong < 0) worst.first_wrong = i;
  }
  return worst;
}

Worst compare(const interp::Tensor& expected, const std::byte* got, const std::vector<double>& magnitudes, double tolerance) {
  if (std::memcmp(got, expected.bytes.data(), expected.bytes.size()) == 0) return {};
  if (expected.dtype == ir::kFloat32) return compare_as<float>(expected, got, magnitudes, tolerance);
  if (expected.dtype == ir::kFloat64) return compare_as<double>(expected, got, magnitudes, tolerance);
  if (expected.dtype.is_float()) return compare(expected, copy_of(expected, got), magnitudes, tolerance);
  return compare_integers(expected, copy_of(expected, got));
}

std::vector<int64_t> index_of(int64_t flat, const std::vector<int64_t>& shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}

}  // namespace

Verified verify(const Expected& expected, std::span<void* const> got, std::span<const std::string> names) {
  Verified verified{true, 0, {}};
  for (size_t p = 0; p < expected.values.size(); ++p) {
    const interp::Tensor& values = expected.values[p];
    const auto* bytes = static_cast<const std::byte*>(got[p]);
    const Worst worst = compare(values, bytes, expected.magnitudes[p], expected.tolerance);
    verified.max_rel_error = std::max(verified.max_rel_error, worst.error);
    if (worst.first_wrong < 0) continue;
    verified.ok = false;
    if (!verified.first_wrong)
      verified.first_wrong = FirstWrong{names[p], index_of(worst.first_wrong, values.shape), copy_of(values, bytes).at(worst.first_wrong),
                                        values.at(worst.first_wrong)};
  }
  return verified;
}

std::vector<std::string> parameter_names(const ir::PrimFunc& function) {
  std::vector<std::string> names;
  for (const ir::Param& param : function.params) names.push_back(param.buffer ? param.buffer->name : param.var->name);
  return names;
}

}  // namespace loopglass::measure
