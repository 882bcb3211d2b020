#include "engine/ir/llvm_intrinsic.h"

#include <algorithm>

#include "engine/ir/op.h"

namespace loopglass::ir {
namespace {

Expr broadcast(int64_t value, DataType type) { return type.lanes == 1 ? make_int(value, type) : std::make_shared<const Broadcast>(make_int(value, type.element()), type.lanes); }

Expr shifted_left(const Expr& a, int bits) { return bits == 0 ? a : make_call(a->dtype, "shift_left", {a, broadcast(bits, a->dtype)}); }
Expr shifted_right(const Expr& a, int bits) { return bits == 0 ? a : make_call(a->dtype, "shift_right", {a, broadcast(bits, a->dtype)}); }
Expr reinterpreted(const Expr& a, DataType type) { return a->dtype == type ? a : make_call(type, "reinterpret", {a}); }

// In each lane of `a` (int32), its part of `bits` bits at number `i` from the low end, extended to 32 bits.
Expr part(const Expr& a, int i, int bits, bool is_signed) {
  const int above = 32 - bits * (i + 1);
  if (is_signed) return shifted_right(shifted_left(a, above), 32 - bits);
  return make_call(a->dtype, "bitwise_and", {shifted_right(a, bits * i), broadcast((int64_t{1} << bits) - 1, a->dtype)});
}

DataType int32_lanes(int lanes) {
  DataType type = kInt32;
  type.lanes = lanes;
  return type;
}

// sum + a0 * b0 + ... + a3 * b3 of the bytes of each lane of 32 bits.
Expr byte_dot(const Expr& sum, const Expr& a, const Expr& b, bool a_is_signed, bool b_is_signed) {
  const DataType words = int32_lanes(sum->dtype.lanes);
  const Expr x = reinterpreted(a, words), y = reinterpreted(b, words);
  Expr total = reinterpreted(sum, words);
  for (int i = 0; i < 4; ++i) total = add(total, mul(part(x, i, 8, a_is_signed), part(y, i, 8, b_is_signed)));
  return reinterpreted(total, sum->dtype);
}

// Of each pair of words of 16 bits: a0 * b0 + a1 * b1 in 32 bits.
Expr word_pairs(const Expr& a, const Expr& b, DataType type) {
  const Expr x = reinterpreted(a, type), y = reinterpreted(b, type);
  return add(mul(part(x, 0, 16, true), part(y, 0, 16, true)), mul(part(x, 1, 16, true), part(y, 1, 16, true)));
}

// Of each pair of bytes, a's unsigned: a0 * b0 + a1 * b1 in 16 bits, at their ends where it is beyond them.
Expr byte_pairs(const Expr& a, const Expr& b, DataType type) {
  const DataType words = int32_lanes(type.lanes);
  const Expr x = cast(words, reinterpreted(a, type)), y = cast(words, reinterpreted(b, type));
  const Expr sum = add(mul(part(x, 0, 8, false), part(y, 0, 8, true)), mul(part(x, 1, 8, false), part(y, 1, 8, true)));
  return cast(type, max(min(sum, broadcast(INT16_MAX, words)), broadcast(INT16_MIN, words)));
}

using Expand = Expr (*)(const std::vector<Expr>& operands, DataType type);

struct Intrinsic {
  std::string_view prefix;      // of its name; what follows is the width
  size_t operands;
  int result_bits;              // of an element
  int operand_bits;             // of an element of the last operand; 0: any, of the result's size
  Expand expand;
};

Expr vpdpbusd(const std::vector<Expr>& o, DataType) { return byte_dot(o[0], o[1], o[2], false, true); }
Expr sdot(const std::vector<Expr>& o, DataType) { return byte_dot(o[0], o[1], o[2], true, true); }
Expr udot(const std::vector<Expr>& o, DataType) { return byte_dot(o[0], o[1], o[2], false, false); }
Expr madd_words(const std::vector<Expr>& o, DataType type) { return word_pairs(o[0], o[1], type); }
Expr madd_bytes(const std::vector<Expr>& o, DataType type) { return byte_pairs(o[0], o[1], type); }

constexpr Intrinsic kIntrinsics[] = {
    {"llvm.x86.avx512.vpdpbusd", 3, 32, 32, vpdpbusd},    {"llvm.x86.avx512.pmaddubs.w", 2, 16, 8, madd_bytes}, {"llvm.x86.avx2.pmadd.ub.sw", 2, 16, 8, madd_bytes},
    {"llvm.x86.avx512.pmaddw.d", 2, 32, 16, madd_words},  {"llvm.x86.avx2.pmadd.wd", 2, 32, 16, madd_words},    {"llvm.aarch64.neon.sdot", 3, 32, 8, sdot},
    {"llvm.aarch64.neon.udot", 3, 32, 8, udot},
};

int bits_of(DataType type) { return type.bits * type.lanes; }

bool fits(const Intrinsic& intrinsic, const Call& call) {
  if (call.args.size() != intrinsic.operands + 1 || call.dtype.bits != intrinsic.result_bits || !(call.dtype.is_int() || call.dtype.is_uint())) return false;
  const auto same_size = [&](const Expr& operand) { return bits_of(operand->dtype) == bits_of(call.dtype) && (operand->dtype.is_int() || operand->dtype.is_uint()); };
  return std::all_of(call.args.begin() + 1, call.args.end(), same_size) && call.args.back()->dtype.bits == intrinsic.operand_bits;
}

const Intrinsic* find(std::string_view name) {
  const auto found = std::ranges::find_if(kIntrinsics, [&](const Intrinsic& i) { return name.starts_with(i.prefix); });
  return found == std::end(kIntrinsics) ? nullptr : found;
}

}  // namespace

std::string llvm_intrinsic_name(const Call& call) {
  const StringImm* name = call.op == kLlvmPureIntrinsic && !call.args.empty() ? as<StringImm>(call.args[0]) : nullptr;
  return name ? name->value : std::string();
}

Expr expand_llvm_intrinsic(const Call& call) {
  const Intrinsic* intrinsic = find(llvm_intrinsic_name(call));
  if (!intrinsic || !fits(*intrinsic, call)) return nullptr;
  std::vector<Expr> operands;
  for (size_t i = 1; i < call.args.size(); ++i) operands.push_back(make_var("operand", call.args[i]->dtype));
  Expr value = intrinsic->expand(operands, call.dtype);
  for (size_t i = operands.size(); i-- > 0;) value = std::make_shared<const Let>(std::static_pointer_cast<const VarNode>(operands[i]), call.args[i + 1], value);
  return value;
}

std::vector<std::string> known_llvm_intrinsics() {
  std::vector<std::string> names;
  for (const Intrinsic& intrinsic : kIntrinsics) names.emplace_back(intrinsic.prefix);
  return names;
}

}  // namespace loopglass::ir
