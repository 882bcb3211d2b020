// The type of a scalar or vector value, spelt as TVM spells it ("float32", "int8x4").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loopglass::ir {

enum class TypeCode : uint8_t { Int, UInt, Float, BFloat, Bool, Handle, Void };

struct DataType {
  TypeCode code = TypeCode::Void;
  uint8_t bits = 0;      // of one lane; Bool is 8 in memory, and `bits` says 1
  uint16_t lanes = 1;

  bool operator==(const DataType&) const = default;

  bool is_int() const { return code == TypeCode::Int; }
  bool is_uint() const { return code == TypeCode::UInt; }
  bool is_bool() const { return code == TypeCode::Bool; }
  bool is_float() const { return code == TypeCode::Float || code == TypeCode::BFloat; }
  bool is_integral() const { return is_int() || is_uint(); }  // bool is not
  bool is_scalar() const { return lanes == 1; }
  // Bytes of one lane in memory.
  int bytes() const { return code == TypeCode::Bool ? 1 : (bits + 7) / 8; }
  DataType with_lanes(int n) const { return {code, bits, static_cast<uint16_t>(n)}; }
  DataType element() const { return with_lanes(1); }
};

inline constexpr DataType kInt32{TypeCode::Int, 32};
inline constexpr DataType kInt64{TypeCode::Int, 64};
inline constexpr DataType kFloat32{TypeCode::Float, 32};
inline constexpr DataType kFloat64{TypeCode::Float, 64};
inline constexpr DataType kBool{TypeCode::Bool, 1};
inline constexpr DataType kHandle{TypeCode::Handle, 64};
inline constexpr DataType kVoid{TypeCode::Void, 0};

std::string to_string(DataType type);
// Reads "float32", "uint8", "bool", "int8x4", "handle"; nothing for what is no type.
std::optional<DataType> parse_data_type(std::string_view text);

}  // namespace loopglass::ir
