#include "engine/codegen/llvm/math_calls.h"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/Module.h>

#include "engine/codegen/llvm/types.h"
#include "engine/codegen/llvm/vector_math.h"
#include "engine/codegen/math_operator.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

using Values = std::vector<Value*>;

llvm::Intrinsic::ID intrinsic_of(std::string_view symbol) {
  const std::string name = "llvm." + std::string(symbol);
  const llvm::Intrinsic::ID id = llvm::Function::lookupIntrinsicID(name);
  CHECK(id != llvm::Intrinsic::not_intrinsic, "no such intrinsic: " + name);
  return id;
}

Value* call_intrinsic(Builder& b, llvm::Intrinsic::ID id, const Values& args) {
  return b.CreateIntrinsic(id, {args[0]->getType()}, args);
}

// A function of the C library without side effects (errno is not looked at), on scalars of float or double.
llvm::FunctionCallee library_function(Builder& b, std::string_view symbol, llvm::Type* type, size_t arity) {
  const std::string name = std::string(symbol) + (type->isFloatTy() ? "f" : "");
  auto* signature = llvm::FunctionType::get(type, std::vector<llvm::Type*>(arity, type), false);
  llvm::FunctionCallee callee = b.GetInsertBlock()->getModule()->getOrInsertFunction(name, signature);
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotThrow();
  function->setWillReturn();
  function->setDoesNotAccessMemory();
  return callee;
}

Value* lane_of(Builder& b, Value* v, int lane) {
  return v->getType()->isVectorTy() ? b.CreateExtractElement(v, static_cast<uint64_t>(lane)) : v;
}

Value* call_library(Builder& b, std::string_view symbol, int lanes, const Values& args) {
  llvm::Type* type = args[0]->getType()->getScalarType();
  const llvm::FunctionCallee callee = library_function(b, symbol, type, args.size());
  if (lanes == 1) return b.CreateCall(callee, args);
  Value* result = llvm::PoisonValue::get(with_lanes(type, lanes));
  for (int lane = 0; lane < lanes; ++lane) {
    Values scalars;
    for (Value* arg : args) scalars.push_back(lane_of(b, arg, lane));
    result = b.CreateInsertElement(result, b.CreateCall(callee, scalars), static_cast<uint64_t>(lane));
  }
  return result;
}

// One of the C library's functions, from libmvec where that has it and `vector_bits` (vector_math.h) allows it.
Value* call_function(Builder& b, MathForm form, std::string_view symbol, const Values& args, int vector_bits) {
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(args[0]->getType());
  if (vector_bits && has_vector_math(symbol, args[0]->getType()->getScalarType(), args.size())) {
    if (vector) return call_vector_math(b, symbol, args, vector_bits);
    llvm::CallInst* call = b.CreateCall(library_function(b, symbol, args[0]->getType(), args.size()), args);
    offer_vector_math(*call, symbol, vector_bits);
    return call;
  }
  if (form == MathForm::Intrinsic) return call_intrinsic(b, intrinsic_of(symbol), args);
  return call_library(b, symbol, vector ? static_cast<int>(vector->getNumElements()) : 1, args);
}

// A shift by the type's width or more (or by less than nothing) gives what shifting one by one would: 0, or the sign in all bits.
Value* emit_shift(Builder& b, const Call& call, Value* x, Value* amount) {
  llvm::Type* type = x->getType();
  Value* last = int_constant(type, call.dtype.bits - 1);
  Value* fits = b.CreateICmpULE(amount, last);
  if (call.op == "shift_right" && call.dtype.is_int()) return b.CreateAShr(x, b.CreateSelect(fits, amount, last));
  Value* safe = b.CreateSelect(fits, amount, int_constant(type, 0));
  Value* shifted = call.op == "shift_left" ? b.CreateShl(x, safe) : b.CreateLShr(x, safe);
  return b.CreateSelect(fits, shifted, int_constant(type, 0));
}

Value* is_infinite(Builder& b, Value* x) {
  Value* magnitude = b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  return b.CreateFCmpOEQ(magnitude, llvm::ConstantFP::getInfinity(x->getType()));
}

Value* is_finite(Builder& b, Value* x) {
  Value* magnitude = b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  return b.CreateFCmpOLT(magnitude, llvm::ConstantFP::getInfinity(x->getType()));
}

// On float32 or float64 (narrower floats have been widened).
Value* emit_special_float(Builder& b, const Call& call, const Values& args, int vector_bits) {
  Value* x = args.empty() ? nullptr : args[0];
  const auto constant = [&](double value) { return llvm::ConstantFP::get(x->getType(), value); };
  if (call.op == "abs" || call.op == "fabs") return b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  if (call.op == "fmod") return b.CreateFRem(x, args[1]);
  if (call.op == "isnan") return b.CreateFCmpUNO(x, x);
  if (call.op == "isinf") return is_infinite(b, x);
  if (call.op == "isfinite") return is_finite(b, x);
  if (call.op == "rsqrt") return b.CreateFDiv(constant(1), b.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x));
  if (call.op == "sigmoid") {
    Value* e = call_function(b, MathForm::Intrinsic, "exp", {b.CreateFNeg(x)}, vector_bits);
    return b.CreateFDiv(constant(1), b.CreateFAdd(constant(1), e));
  }
  CHECK(false, "an operator without code on floats: " + call.op);
  return nullptr;
}

Value* emit_special_integer(Builder& b, const Call& call, const Values& args) {
  Value* x = args[0];
  llvm::Type* type = value_type(b.getContext(), call.dtype);
  if (call.op == "bitwise_and") return b.CreateAnd(x, args[1]);
  if (call.op == "bitwise_or") return b.CreateOr(x, args[1]);
  if (call.op == "bitwise_xor") return b.CreateXor(x, args[1]);
  if (call.op == "bitwise_not") return b.CreateNot(x);
  if (call.op.starts_with("shift_")) return emit_shift(b, call, x, args[1]);
  if (call.op == "popcount") return b.CreateZExtOrTrunc(b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, x), type);
  if (call.op == "clz")
    return b.CreateZExtOrTrunc(b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, x, b.getFalse()), type);
  if (call.op == "abs" || call.op == "fabs") {
    if (!call.args[0]->dtype.is_int()) return x;
    return b.CreateBinaryIntrinsic(llvm::Intrinsic::abs, x, b.getFalse());
  }
  if (call.op == "isnan" || call.op == "isinf") return int_constant(type, 0);
  if (call.op == "isfinite") return int_constant(type, 1);
  CHECK(false, "an operator without code on integers: " + call.op);
  return nullptr;
}

Value* emit_ldexp(Builder& b, Value* x, Value* exponent) {
  llvm::Type* int_type = x->getType()->getWithNewType(b.getInt32Ty());
  Value* e = b.CreateIntCast(exponent, int_type, true);
  return b.CreateIntrinsic(llvm::Intrinsic::ldexp, {x->getType(), int_type}, {x, e});
}

Value* emit_float_call(Builder& b, const Call& call, const MathOperator& op, const Values& args, int vector_bits) {
  if (op.form != MathForm::Special) return call_function(b, op.form, op.symbol, args, vector_bits);
  if (call.op == "ldexp") return emit_ldexp(b, args[0], args[1]);
  return emit_special_float(b, call, args, vector_bits);
}

}  // namespace

Value* emit_math_call(Builder& b, const Call& call, const Values& args, int vector_bits) {
  const MathOperator* op = find_math_operator(call.op);
  CHECK(op, "an operator without code: " + call.op);
  if (call.op == "infinity") return emit_cast(b, kFloat64, call.dtype, llvm::ConstantFP::getInfinity(b.getDoubleTy()));
  if (call.op == "reinterpret") return b.CreateBitCast(args[0], value_type(b.getContext(), call.dtype));
  const DataType type = call.args[0]->dtype;
  if (!type.is_float()) return emit_special_integer(b, call, args);
  if (type.bits > 16) return emit_float_call(b, call, *op, args, vector_bits);
  // 16-bit floats: computed in float32, rounded once.
  const DataType wide = kFloat32.with_lanes(type.lanes);
  Values widened;
  for (size_t i = 0; i < args.size(); ++i)
    widened.push_back(call.args[i]->dtype == type ? emit_cast(b, type, wide, args[i]) : args[i]);
  Value* result = emit_float_call(b, call, *op, widened, vector_bits);
  return call.dtype == type ? emit_cast(b, wide, type, result) : result;
}

}  // namespace loopglass::codegen
