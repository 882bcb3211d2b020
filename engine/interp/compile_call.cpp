// Builtin operators by their TVMScript names.
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/interp/compiler.h"
#include "engine/interp/scalar.h"
#include "engine/interp/small_float.h"

namespace loopglass::interp {

namespace {

using Unary = double (*)(double);
using BinaryFn = double (*)(double, double);

struct NamedUnary {
  const char* name;
  Unary function;
};
constexpr NamedUnary kUnary[] = {
    {"exp", [](double x) { return std::exp(x); }},       {"exp2", [](double x) { return std::exp2(x); }},
    {"exp10", [](double x) { return std::pow(10.0, x); }}, {"log", [](double x) { return std::log(x); }},
    {"log2", [](double x) { return std::log2(x); }},     {"log10", [](double x) { return std::log10(x); }},
    {"log1p", [](double x) { return std::log1p(x); }},   {"sqrt", [](double x) { return std::sqrt(x); }},
    {"rsqrt", [](double x) { return 1.0 / std::sqrt(x); }}, {"tanh", [](double x) { return std::tanh(x); }},
    {"sigmoid", [](double x) { return 1.0 / (1.0 + std::exp(-x)); }}, {"erf", [](double x) { return std::erf(x); }},
    {"fabs", [](double x) { return std::fabs(x); }},     {"abs", [](double x) { return std::fabs(x); }},
    {"floor", [](double x) { return std::floor(x); }},   {"ceil", [](double x) { return std::ceil(x); }},
    {"trunc", [](double x) { return std::trunc(x); }},   {"round", [](double x) { return std::nearbyint(x); }},
    {"nearbyint", [](double x) { return std::nearbyint(x); }}, {"sin", [](double x) { return std::sin(x); }},
    {"cos", [](double x) { return std::cos(x); }},       {"tan", [](double x) { return std::tan(x); }},
    {"asin", [](double x) { return std::asin(x); }},     {"acos", [](double x) { return std::acos(x); }},
    {"atan", [](double x) { return std::atan(x); }},     {"sinh", [](double x) { return std::sinh(x); }},
    {"cosh", [](double x) { return std::cosh(x); }},     {"asinh", [](double x) { return std::asinh(x); }},
    {"acosh", [](double x) { return std::acosh(x); }},   {"atanh", [](double x) { return std::atanh(x); }},
};

struct NamedBinary {
  const char* name;
  BinaryFn function;
};
constexpr NamedBinary kBinary[] = {
    {"pow", [](double x, double y) { return std::pow(x, y); }},
    {"atan2", [](double x, double y) { return std::atan2(x, y); }},
    {"fmod", [](double x, double y) { return std::fmod(x, y); }},
    {"hypot", [](double x, double y) { return std::hypot(x, y); }},
    {"copysign", [](double x, double y) { return std::copysign(x, y); }},
};

std::string refusal(const ir::Call& call) {
  if (call.op == "call_extern" && !call.args.empty() && ir::as<ir::StringImm>(call.args[0]))
    return "the external function \"" + ir::get<ir::StringImm>(call.args[0]).value + "\"";
  return "T." + call.op;
}

// The bits of a value of one type, read as another of the same size.
int64_t bits_of_float(ir::DataType type, double value) {
  std::byte bytes[8] = {};
  store_float(type, bytes, value);
  int64_t bits;
  std::memcpy(&bits, bytes, sizeof bits);
  return bits;
}
double float_of_bits(ir::DataType type, int64_t bits) {
  std::byte bytes[8];
  std::memcpy(bytes, &bits, sizeof bits);
  return load_float(type, bytes);
}

}  // namespace

IntPtr Compiler::compile_call_int(const ir::Call& call) {
  const std::string& op = call.op;
  const auto& args = call.args;
  const Wrap wrap(call.dtype);
  if (op == "likely" && args.size() == 1) return compile_int(args[0]);
  if ((op == "isnan" || op == "isinf" || op == "isfinite") && args.size() == 1 && args[0]->dtype.is_float()) {
    auto a = compile_float(args[0]);
    if (op == "isnan") return int_code([a = std::move(a)](Frame& f) { return int64_t{std::isnan((*a)(f))}; });
    if (op == "isinf") return int_code([a = std::move(a)](Frame& f) { return int64_t{std::isinf((*a)(f))}; });
    return int_code([a = std::move(a)](Frame& f) { return int64_t{std::isfinite((*a)(f))}; });
  }
  if (op == "if_then_else" && args.size() == 3) {
    auto c = compile_int(args[0]);
    auto t = compile_int(args[1]);
    return int_code([c = std::move(c), t = std::move(t), o = compile_int(args[2])](Frame& f) { return (*c)(f) ? (*t)(f) : (*o)(f); });
  }
  if (op == "reinterpret" && args.size() == 1) {
    if (args[0]->dtype.lanes != 1) {
      VectorCode bits = compile_reinterpret(call);
      return int_code([fill = std::move(bits.fill), first = bits.first](Frame& f) {
        (*fill)(f);
        return f.slots[first].i;
      });
    }
    if (args[0]->dtype.is_float())
      return int_code([wrap, from = args[0]->dtype, a = compile_float(args[0])](Frame& f) {
        return wrap(static_cast<uint64_t>(bits_of_float(from, (*a)(f))));
      });
    return int_code([wrap, a = compile_int(args[0])](Frame& f) { return wrap(static_cast<uint64_t>((*a)(f))); });
  }
  const auto unary = [&](auto fn) {
    return int_code([fn, wrap, mask = 64 - args[0]->dtype.bits, a = compile_int(args[0])](Frame& f) {
      return wrap(static_cast<uint64_t>(fn(static_cast<uint64_t>((*a)(f)) << mask >> mask, 64 - mask)));
    });
  };
  if (args.size() == 1) {
    if (op == "popcount") return unary([](uint64_t x, int) { return std::popcount(x); });
    if (op == "clz") return unary([](uint64_t x, int bits) { return std::countl_zero(x) - (64 - bits); });
    if (op == "bitwise_not") return unary([](uint64_t x, int) { return ~x; });
    if (op == "abs")
      return int_code([wrap, a = compile_int(args[0])](Frame& f) {
        const int64_t x = (*a)(f);
        return wrap(x < 0 ? 0 - static_cast<uint64_t>(x) : static_cast<uint64_t>(x));
      });
  }
  if (args.size() == 2 && !args[0]->dtype.is_float()) {
    const auto binary = [&](auto fn) {
      auto a = compile_int(args[0]);
      return int_code([fn, wrap, a = std::move(a), b = compile_int(args[1])](Frame& f) {
        const int64_t x = (*a)(f), y = (*b)(f);
        return wrap(static_cast<uint64_t>(fn(x, y)));
      });
    };
    if (op == "bitwise_and") return binary([](int64_t x, int64_t y) { return x & y; });
    if (op == "bitwise_or") return binary([](int64_t x, int64_t y) { return x | y; });
    if (op == "bitwise_xor") return binary([](int64_t x, int64_t y) { return x ^ y; });
    // A shift by the width or more gives what shifting one by one would: 0, or the sign.
    if (op == "shift_left") return binary([](int64_t x, int64_t y) { return y < 0 || y > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(x) << y); });
    if (op == "shift_right" && call.dtype.is_uint())
      return binary([](int64_t x, int64_t y) { return y < 0 || y > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(x) >> y); });
    if (op == "shift_right") return binary([](int64_t x, int64_t y) { return x >> (y < 0 || y > 63 ? 63 : y); });
  }
  unsupported(refusal(call));
}

FloatPtr Compiler::compile_call_float(const ir::Call& call) {
  const std::string& op = call.op;
  const auto& args = call.args;
  const ir::DataType type = call.dtype;
  if (op == "if_then_else" && args.size() == 3) {
    auto c = compile_int(args[0]);
    auto t = compile_float(args[1]);
    return float_code([c = std::move(c), t = std::move(t), o = compile_float(args[2])](Frame& f) { return (*c)(f) ? (*t)(f) : (*o)(f); });
  }
  if (op == "reinterpret" && args.size() == 1) {
    if (args[0]->dtype.lanes != 1) {
      VectorCode bits = compile_reinterpret(call);
      return float_code([fill = std::move(bits.fill), first = bits.first](Frame& f) {
        (*fill)(f);
        return f.slots[first].f;
      });
    }
    if (args[0]->dtype.is_float())
      return float_code([type, from = args[0]->dtype, a = compile_float(args[0])](Frame& f) {
        return float_of_bits(type, bits_of_float(from, (*a)(f)));
      });
    return float_code([type, a = compile_int(args[0])](Frame& f) { return float_of_bits(type, (*a)(f)); });
  }
  if (op == "likely" && args.size() == 1) return compile_float(args[0]);
  if (op == "ldexp" && args.size() == 2 && args[1]->dtype.is_int()) {
    auto a = compile_float(args[0]);
    return float_code([type, a = std::move(a), b = compile_int(args[1])](Frame& f) {
      const double x = (*a)(f);
      return round_to(type, std::ldexp(x, static_cast<int>((*b)(f))));
    });
  }
  for (const NamedUnary& unary : kUnary)
    if (op == unary.name && args.size() == 1 && args[0]->dtype.is_float())
      return float_code([type, fn = unary.function, a = compile_float(args[0])](Frame& f) { return round_to(type, fn((*a)(f))); });
  if (args.size() == 2 && args[0]->dtype.is_float() && args[1]->dtype.is_float())
    for (const NamedBinary& binary : kBinary)
      if (op == binary.name) {
        auto a = compile_float(args[0]);
        return float_code([type, fn = binary.function, a = std::move(a), b = compile_float(args[1])](Frame& f) {
          const double x = (*a)(f), y = (*b)(f);
          return round_to(type, fn(x, y));
        });
      }
  if (op == "fma" && args.size() == 3) {
    auto a = compile_float(args[0]);
    auto b = compile_float(args[1]);
    return float_code([type, a = std::move(a), b = std::move(b), c = compile_float(args[2])](Frame& f) {
      const double x = (*a)(f), y = (*b)(f), z = (*c)(f);
      if (type.bits == 32) return static_cast<double>(std::fma(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)));
      return round_to(type, std::fma(x, y, z));
    });
  }
  unsupported(refusal(call));
}

}  // namespace loopglass::interp
