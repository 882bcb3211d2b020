#include "engine/interp/scalar.h"

#include <cmath>
#include <cstring>

#include "engine/interp/small_float.h"

namespace loopglass::interp {

namespace {
template <class T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class T>
void write(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}
}  // namespace

int64_t load_int(ir::DataType type, const std::byte* at) {
  switch (type.bytes()) {
    case 1: return type.is_int() ? read<int8_t>(at) : read<uint8_t>(at);
    case 2: return type.is_int() ? read<int16_t>(at) : read<uint16_t>(at);
    case 4: return type.is_int() ? read<int32_t>(at) : static_cast<int64_t>(read<uint32_t>(at));
    default: return read<int64_t>(at);
  }
}

void store_int(ir::DataType type, std::byte* at, int64_t value) {
  switch (type.bytes()) {
    case 1: return write(at, static_cast<uint8_t>(type.is_bool() ? value != 0 : value));
    case 2: return write(at, static_cast<uint16_t>(value));
    case 4: return write(at, static_cast<uint32_t>(value));
    default: return write(at, value);
  }
}

double load_float(ir::DataType type, const std::byte* at) {
  if (type.code == ir::TypeCode::BFloat) return bfloat16_to_double(read<uint16_t>(at));
  if (type.bits == 32) return read<float>(at);
  return type.bits == 64 ? read<double>(at) : float16_to_double(read<uint16_t>(at));
}

void store_float(ir::DataType type, std::byte* at, double value) {
  if (type.code == ir::TypeCode::BFloat) write(at, double_to_bfloat16(value));
  else if (type.bits == 32) write(at, static_cast<float>(value));
  else if (type.bits == 64) write(at, value);
  else write(at, double_to_float16(value));
}

int64_t float_to_int(ir::DataType to, double value) {
  if (to.is_bool()) return value != 0;
  const double truncated = std::trunc(value);
  const bool fits_int64 = truncated >= -0x1p63 && truncated < 0x1p63;
  if (to.is_uint() && to.bits == 64 && truncated >= 0x1p63 && truncated < 0x1p64)
    return static_cast<int64_t>(static_cast<uint64_t>(truncated));
  if (to.bits == 64 || (to.is_uint() && to.bits == 32)) return Wrap(to)(fits_int64 ? static_cast<int64_t>(truncated) : INT64_MIN);
  const bool fits_int32 = truncated >= -0x1p31 && truncated < 0x1p31;
  return Wrap(to)(fits_int32 ? static_cast<int64_t>(truncated) : INT32_MIN);
}

double int_to_float(ir::DataType from, ir::DataType to, int64_t value) {
  // Straight to float32: through double it would round twice.
  const bool is_uint64 = from.is_uint() && from.bits == 64;
  if (to.code == ir::TypeCode::Float && to.bits == 32)
    return is_uint64 ? static_cast<float>(static_cast<uint64_t>(value)) : static_cast<float>(value);
  return round_to(to, is_uint64 ? static_cast<double>(static_cast<uint64_t>(value)) : static_cast<double>(value));
}

}  // namespace loopglass::interp
