#include "engine/codegen/llvm/operators.h"

#include <llvm/IR/Intrinsics.h>

#include "engine/codegen/llvm/types.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using ir::DataType;
using ir::ExprKind;
using llvm::Value;

Value* int_constant(llvm::Type* type, int64_t value) { return llvm::ConstantInt::getSigned(type, value); }

namespace {

// True for a constant, the same in all lanes, that is not -1.
bool is_safe_constant(const Value* divisor) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(divisor);
  if (constant && constant->getType()->isVectorTy()) constant = constant->getSplatValue();
  const auto* integer = llvm::dyn_cast_or_null<llvm::ConstantInt>(constant);
  return integer && !integer->isMinusOne();
}

// Quotient and remainder towards zero; x86 would trap on MIN / -1.
Value* truncated(Builder& b, bool is_signed, bool want_quotient, Value* x, Value* y) {
  if (!is_signed) return want_quotient ? b.CreateUDiv(x, y) : b.CreateURem(x, y);
  if (is_safe_constant(y)) return want_quotient ? b.CreateSDiv(x, y) : b.CreateSRem(x, y);
  Value* is_minus_one = b.CreateICmpEQ(y, int_constant(y->getType(), -1));
  Value* safe = b.CreateSelect(is_minus_one, int_constant(y->getType(), 1), y);
  if (want_quotient) return b.CreateSelect(is_minus_one, b.CreateNeg(x), b.CreateSDiv(x, safe));
  return b.CreateSelect(is_minus_one, int_constant(x->getType(), 0), b.CreateSRem(x, safe));
}

// Python's // and %: the quotient is lowered by one, the remainder raised by the divisor, where the signs of remainder and divisor differ.
Value* floored(Builder& b, bool is_signed, bool want_quotient, Value* x, Value* y) {
  if (!is_signed) return truncated(b, false, want_quotient, x, y);
  Value* remainder = truncated(b, true, false, x, y);
  Value* zero = int_constant(x->getType(), 0);
  Value* differs = b.CreateAnd(b.CreateICmpNE(remainder, zero), b.CreateICmpSLT(b.CreateXor(remainder, y), zero));
  if (!want_quotient) return b.CreateSelect(differs, b.CreateAdd(remainder, y), remainder);
  Value* quotient = truncated(b, true, true, x, y);
  return b.CreateSelect(differs, b.CreateSub(quotient, int_constant(x->getType(), 1)), quotient);
}

Value* integer_binary(Builder& b, ExprKind kind, bool is_signed, Value* x, Value* y) {
  using P = llvm::CmpInst::Predicate;
  switch (kind) {
    case ExprKind::Add: return b.CreateAdd(x, y);
    case ExprKind::Sub: return b.CreateSub(x, y);
    case ExprKind::Mul: return b.CreateMul(x, y);
    case ExprKind::Div: return truncated(b, is_signed, true, x, y);
    case ExprKind::Mod: return truncated(b, is_signed, false, x, y);
    case ExprKind::FloorDiv: return floored(b, is_signed, true, x, y);
    case ExprKind::FloorMod: return floored(b, is_signed, false, x, y);
    case ExprKind::Min: return b.CreateSelect(b.CreateICmp(is_signed ? P::ICMP_SLT : P::ICMP_ULT, x, y), x, y);
    case ExprKind::Max: return b.CreateSelect(b.CreateICmp(is_signed ? P::ICMP_SGT : P::ICMP_UGT, x, y), x, y);
    case ExprKind::EQ: return b.CreateICmpEQ(x, y);
    case ExprKind::NE: return b.CreateICmpNE(x, y);
    case ExprKind::LT: return b.CreateICmp(is_signed ? P::ICMP_SLT : P::ICMP_ULT, x, y);
    case ExprKind::LE: return b.CreateICmp(is_signed ? P::ICMP_SLE : P::ICMP_ULE, x, y);
    case ExprKind::GT: return b.CreateICmp(is_signed ? P::ICMP_SGT : P::ICMP_UGT, x, y);
    case ExprKind::GE: return b.CreateICmp(is_signed ? P::ICMP_SGE : P::ICMP_UGE, x, y);
    default: break;
  }
  CHECK(false, "not an operator on integers");
  return nullptr;
}

Value* floor_of(Builder& b, Value* x) { return b.CreateUnaryIntrinsic(llvm::Intrinsic::floor, x); }

Value* float_binary(Builder& b, ExprKind kind, Value* x, Value* y) {
  switch (kind) {
    case ExprKind::Add: return b.CreateFAdd(x, y);
    case ExprKind::Sub: return b.CreateFSub(x, y);
    case ExprKind::Mul: return b.CreateFMul(x, y);
    case ExprKind::Div: return b.CreateFDiv(x, y);
    case ExprKind::Mod: return b.CreateFRem(x, y);
    case ExprKind::FloorDiv: return floor_of(b, b.CreateFDiv(x, y));
    case ExprKind::FloorMod: return b.CreateFSub(x, b.CreateFMul(floor_of(b, b.CreateFDiv(x, y)), y));
    case ExprKind::Min: return b.CreateSelect(b.CreateFCmpOLT(x, y), x, y);
    case ExprKind::Max: return b.CreateSelect(b.CreateFCmpOGT(x, y), x, y);
    case ExprKind::EQ: return b.CreateFCmpOEQ(x, y);
    case ExprKind::NE: return b.CreateFCmpUNE(x, y);
    case ExprKind::LT: return b.CreateFCmpOLT(x, y);
    case ExprKind::LE: return b.CreateFCmpOLE(x, y);
    case ExprKind::GT: return b.CreateFCmpOGT(x, y);
    case ExprKind::GE: return b.CreateFCmpOGE(x, y);
    default: break;
  }
  CHECK(false, "not an operator on floats");
  return nullptr;
}

// In range it truncates; what is out of [-2^(bits-1), 2^(bits-1)) and NaN become -2^(bits-1).
Value* to_signed(Builder& b, Value* x, int bits) {
  const int lanes = x->getType()->isVectorTy() ? llvm::cast<llvm::FixedVectorType>(x->getType())->getNumElements() : 1;
  llvm::Type* to = with_lanes(b.getIntNTy(bits), lanes);
  if (x->getType()->getScalarType()->isHalfTy()) x = b.CreateFPExt(x, with_lanes(b.getFloatTy(), lanes));
  const double limit = bits == 32 ? 2147483648.0 : 9223372036854775808.0;
  // For 32 bits of a double the values in (-limit - 1, -limit) still truncate to -limit, which is the answer outside too.
  Value* above = b.CreateFCmpOGE(x, llvm::ConstantFP::get(x->getType(), -limit));
  Value* below = b.CreateFCmpOLT(x, llvm::ConstantFP::get(x->getType(), limit));
  Value* smallest = llvm::ConstantInt::get(to, llvm::APInt::getSignedMinValue(bits));
  return b.CreateSelect(b.CreateAnd(above, below), b.CreateFPToSI(x, to), smallest);
}

Value* float_to_integer(Builder& b, DataType from, DataType to, Value* x) {
  llvm::Type* type = value_type(b.getContext(), to);
  if (to.bits <= 16 || (to.bits == 32 && to.is_int())) return b.CreateIntCast(to_signed(b, x, 32), type, true);
  Value* as_signed = to_signed(b, x, 64);
  if (!(to.is_uint() && to.bits == 64)) return b.CreateIntCast(as_signed, type, true);
  if (from.bits == 16) return as_signed;
  Value* high = b.CreateFCmpOGE(x, llvm::ConstantFP::get(x->getType(), 9223372036854775808.0));
  Value* fits = b.CreateAnd(high, b.CreateFCmpOLT(x, llvm::ConstantFP::get(x->getType(), 18446744073709551616.0)));
  return b.CreateSelect(fits, b.CreateFPToUI(x, type), as_signed);
}

bool is_bfloat(DataType type) { return type.code == ir::TypeCode::BFloat; }

Value* float_to_float(Builder& b, DataType from, DataType to, Value* x) {
  llvm::Type* type = value_type(b.getContext(), to);
  return from.bits < to.bits ? b.CreateFPExt(x, type) : b.CreateFPTrunc(x, type);
}

// Rounds to odd on the way, so that double -> float -> bfloat16 rounds once: a lost bit stays visible in the float's last bit.
Value* double_to_float_to_odd(Builder& b, Value* x, llvm::Type* float_type) {
  Value* rounded = b.CreateFPTrunc(x, float_type);
  Value* back = b.CreateFPExt(rounded, x->getType());
  llvm::Type* bits_type = float_type->getWithNewType(b.getInt32Ty());
  Value* bits = b.CreateBitCast(rounded, bits_type);
  Value* inexact = b.CreateFCmpONE(back, x);
  Value* is_away = b.CreateFCmpOGT(b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, back), b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x));
  Value* towards_zero = b.CreateSelect(is_away, b.CreateSub(bits, int_constant(bits_type, 1)), bits);
  Value* odd = b.CreateOr(towards_zero, int_constant(bits_type, 1));
  return b.CreateBitCast(b.CreateSelect(inexact, odd, bits), float_type);
}

}  // namespace

Value* widen_bfloat(Builder& b, Value* x) {
  llvm::Type* wide = x->getType()->getWithNewType(b.getInt32Ty());
  return b.CreateBitCast(b.CreateShl(b.CreateZExt(x, wide), 16), x->getType()->getWithNewType(b.getFloatTy()));
}

Value* narrow_to_bfloat(Builder& b, Value* x) {
  llvm::Type* wide = x->getType()->getWithNewType(b.getInt32Ty());
  Value* bits = b.CreateBitCast(x, wide);
  Value* last_kept = b.CreateAnd(b.CreateLShr(bits, 16), int_constant(wide, 1));
  Value* rounded = b.CreateAdd(bits, b.CreateAdd(last_kept, int_constant(wide, 0x7fff)));
  Value* quiet_nan = b.CreateOr(bits, int_constant(wide, 0x400000));
  Value* kept = b.CreateSelect(b.CreateFCmpUNO(x, x), quiet_nan, rounded);
  return b.CreateTrunc(b.CreateLShr(kept, 16), x->getType()->getWithNewType(b.getInt16Ty()));
}

Value* emit_binary(Builder& b, ExprKind kind, DataType type, Value* x, Value* y) {
  if (kind == ExprKind::And) return b.CreateAnd(x, y);
  if (kind == ExprKind::Or) return b.CreateOr(x, y);
  if (!type.is_float()) return integer_binary(b, kind, type.is_int(), x, y);
  if (!is_bfloat(type)) return float_binary(b, kind, x, y);
  Value* wide = float_binary(b, kind, widen_bfloat(b, x), widen_bfloat(b, y));
  return ir::is_comparison(kind) ? wide : narrow_to_bfloat(b, wide);
}

Value* emit_cast(Builder& b, DataType from, DataType to, Value* x) {
  if (from == to) return x;
  const DataType float32 = ir::kFloat32.with_lanes(from.lanes);
  if (is_bfloat(from)) return emit_cast(b, float32, to, widen_bfloat(b, x));
  if (is_bfloat(to)) {
    if (from.is_float() && from.bits <= 32) return narrow_to_bfloat(b, emit_cast(b, from, float32, x));
    Value* wide = emit_cast(b, from, ir::kFloat64.with_lanes(from.lanes), x);
    return narrow_to_bfloat(b, double_to_float_to_odd(b, wide, value_type(b.getContext(), float32)));
  }
  llvm::Type* type = value_type(b.getContext(), to);
  if (to.is_bool()) {
    if (from.is_float()) return b.CreateFCmpUNE(x, llvm::ConstantFP::get(x->getType(), 0));
    return b.CreateICmpNE(x, int_constant(x->getType(), 0));
  }
  if (from.is_float()) return to.is_float() ? float_to_float(b, from, to, x) : float_to_integer(b, from, to, x);
  if (to.is_float()) return from.is_int() ? b.CreateSIToFP(x, type) : b.CreateUIToFP(x, type);
  return b.CreateIntCast(x, type, from.is_int());
}

}  // namespace loopglass::codegen
