#include "engine/ir/data_type.h"

#include <array>
#include <charconv>

namespace loopglass::ir {

namespace {
struct Prefix {
  std::string_view text;
  TypeCode code;
};
// "uint" before "int": the first match wins.
constexpr std::array<Prefix, 4> kPrefixes{{{"uint", TypeCode::UInt},
                                           {"int", TypeCode::Int},
                                           {"bfloat", TypeCode::BFloat},
                                           {"float", TypeCode::Float}}};

bool is_width(TypeCode code, int bits) {
  if (code == TypeCode::BFloat) return bits == 16;
  if (code == TypeCode::Float) return bits == 16 || bits == 32 || bits == 64;
  return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 32 || bits == 64;
}

std::optional<int> take_int(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value <= 0 || value > 65535) return std::nullopt;
  text.remove_prefix(end - text.data());
  return value;
}
}  // namespace

std::string to_string(DataType type) {
  std::string name;
  switch (type.code) {
    case TypeCode::Int: name = "int" + std::to_string(type.bits); break;
    case TypeCode::UInt: name = "uint" + std::to_string(type.bits); break;
    case TypeCode::Float: name = "float" + std::to_string(type.bits); break;
    case TypeCode::BFloat: name = "bfloat" + std::to_string(type.bits); break;
    case TypeCode::Bool: name = "bool"; break;
    case TypeCode::Handle: name = "handle"; break;
    case TypeCode::Void: name = "void"; break;
  }
  return type.lanes == 1 ? name : name + "x" + std::to_string(type.lanes);
}

std::optional<DataType> parse_data_type(std::string_view text) {
  DataType type;
  if (text.starts_with("bool")) {
    type = kBool;
    text.remove_prefix(4);
  } else if (text == "handle") {
    return kHandle;
  } else if (text == "void") {
    return kVoid;
  } else {
    const Prefix* prefix = nullptr;
    for (const Prefix& p : kPrefixes)
      if (!prefix && text.starts_with(p.text)) prefix = &p;
    if (!prefix) return std::nullopt;
    text.remove_prefix(prefix->text.size());
    const std::optional<int> bits = take_int(text);
    if (!bits || !is_width(prefix->code, *bits)) return std::nullopt;
    type = {prefix->code, static_cast<uint8_t>(*bits)};
  }
  if (text.empty()) return type;
  if (text.front() != 'x') return std::nullopt;
  text.remove_prefix(1);
  const std::optional<int> lanes = take_int(text);
  if (!lanes || !text.empty()) return std::nullopt;
  return type.with_lanes(*lanes);
}

}  // namespace loopglass::ir
