// Each expression is evaluated by a function that stores it into the one element of its parameter.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/interp/interpreter.h"
#include "engine/ir/op.h"

namespace loopglass::interp {
namespace {

using namespace ir;
constexpr DataType kInt8{TypeCode::Int, 8}, kUInt8{TypeCode::UInt, 8}, kUInt64{TypeCode::UInt, 64}, kFloat16{TypeCode::Float, 16};

Result<Tensor> evaluate(const Expr& e) {
  const Buffer out = make_buffer({.name = "Out", .dtype = e->dtype, .shape = {make_int(1)}});
  auto f = std::make_shared<const PrimFunc>(PrimFunc{{Param{make_var("out", kHandle), out}}, {}, make_store(out, e, {make_int(0)})});
  std::vector<Tensor> arguments = {make_tensor(e->dtype, {1})};
  TRY(run(f, arguments));
  return arguments[0];
}
int64_t integer(const Expr& e) { return evaluate(e).value().int_at(0); }
double real(const Expr& e) { return evaluate(e).value().at(0); }
Expr i8(int64_t v) { return make_int(v, kInt8); }
Expr f32(double v) { return make_float(v); }
Expr f16(double v) { return make_float(v, kFloat16); }
Expr bin(ExprKind kind, Expr a, Expr b) { return make_binary(kind, a, b); }
Expr call(DataType t, const char* op, std::vector<Expr> args) { return make_call(t, op, std::move(args)); }

TEST(Expression, IntegersWrap) {
  EXPECT_EQ(integer(bin(ExprKind::Mul, i8(100), i8(3))), 44);
  EXPECT_EQ(integer(bin(ExprKind::Add, i8(127), i8(1))), -128);
  EXPECT_EQ(integer(bin(ExprKind::Add, make_int(INT32_MAX), make_int(1))), INT32_MIN);
  EXPECT_EQ(integer(std::make_shared<Cast>(kUInt8, make_int(-1))), 255);
  EXPECT_EQ(integer(std::make_shared<Cast>(kInt8, make_int(200))), -56);
}

TEST(Expression, UnsignedComparesAndDividesUnsigned) {
  const Expr big = make_int(-1, kUInt64), one = make_int(1, kUInt64);
  EXPECT_EQ(integer(bin(ExprKind::GT, big, one)), 1);
  EXPECT_EQ(integer(bin(ExprKind::Max, big, one)), -1);
  EXPECT_EQ(integer(bin(ExprKind::FloorDiv, big, make_int(2, kUInt64))), INT64_MAX);
}

TEST(Expression, DivisionsAreTheFour) {
  EXPECT_EQ(integer(bin(ExprKind::FloorDiv, make_int(-7), make_int(3))), -3);
  EXPECT_EQ(integer(bin(ExprKind::FloorMod, make_int(-7), make_int(3))), 2);
  EXPECT_EQ(integer(bin(ExprKind::Div, make_int(-7), make_int(3))), -2);
  EXPECT_EQ(integer(bin(ExprKind::Mod, make_int(-7), make_int(3))), -1);
}

TEST(Expression, FloatsRoundAtEveryStep) {
  EXPECT_EQ(real(bin(ExprKind::Sub, bin(ExprKind::Add, f32(16777216), f32(1)), f32(16777216))), 0);
  EXPECT_EQ(real(f32(0.1)), 0.1f);
  EXPECT_EQ(real(bin(ExprKind::Mul, f16(300), f16(300))), INFINITY);
  EXPECT_EQ(real(std::make_shared<Cast>(kFloat32, make_int(16777217))), 16777216);
  EXPECT_EQ(real(call(kFloat32, "fma", {f32(1 + 0x1p-12), f32(1 + 0x1p-12), f32(-1)})), 0x1p-11f + 0x1p-24f);
}

TEST(Expression, MaxAndMinCompareAndSelect) {
  EXPECT_EQ(real(bin(ExprKind::Max, f32(NAN), f32(0))), 0);
  EXPECT_TRUE(std::isnan(real(bin(ExprKind::Max, f32(0), f32(NAN)))));
  EXPECT_EQ(real(bin(ExprKind::Min, f32(NAN), f32(0))), 0);
}

TEST(Expression, Intrinsics) {
  EXPECT_EQ(real(call(kFloat32, "exp", {f32(1)})), static_cast<float>(std::exp(1.0)));
  EXPECT_EQ(real(call(kFloat32, "round", {f32(2.5)})), 2);
  EXPECT_EQ(real(call(kFloat32, "trunc", {f32(-2.5)})), -2);
  EXPECT_EQ(real(call(kFloat32, "sigmoid", {f32(0)})), 0.5);
  EXPECT_EQ(real(call(kFloat32, "rsqrt", {f32(4)})), 0.5);
  EXPECT_EQ(real(call(kFloat32, "pow", {f32(3), f32(2)})), 9);
  EXPECT_EQ(integer(call(kInt32, "clz", {make_int(1)})), 31);
  EXPECT_EQ(integer(call(kInt32, "popcount", {make_int(-1)})), 32);
  EXPECT_EQ(integer(call(kInt32, "bitwise_not", {make_int(5)})), -6);
  EXPECT_EQ(integer(call(kInt32, "bitwise_xor", {make_int(6), make_int(3)})), 5);
  EXPECT_EQ(integer(call(kInt32, "shift_right", {make_int(-8), make_int(1)})), -4);
  EXPECT_EQ(integer(call(kUInt8, "shift_left", {make_int(255, kUInt8), make_int(1, kUInt8)})), 254);
  EXPECT_EQ(integer(call(kInt32, "reinterpret", {f32(1)})), 0x3f800000);
  EXPECT_EQ(real(call(kFloat32, "reinterpret", {make_int(0x40000000)})), 2);
  EXPECT_EQ(integer(call(kBool, "isnan", {f32(NAN)})), 1);
}

TEST(Expression, IfThenElseIsLazyAndSelectIsNot) {
  const Expr broken = bin(ExprKind::FloorDiv, make_int(1), make_int(0));
  EXPECT_EQ(integer(call(kInt32, "if_then_else", {make_bool(true), make_int(7), broken})), 7);
  const auto eager = evaluate(std::make_shared<Select>(make_bool(true), make_int(7), broken));
  ASSERT_FALSE(eager);
  EXPECT_EQ(eager.error().kind, DiagnosticKind::KernelDivideByZero);
  EXPECT_EQ(integer(bin(ExprKind::Or, make_bool(true), bin(ExprKind::EQ, broken, make_int(0)))), 1);
}

TEST(Expression, LetBindsItsVariable) {
  const Var x = make_var("x");
  EXPECT_EQ(integer(std::make_shared<Let>(x, make_int(6), bin(ExprKind::Mul, x, x))), 36);
}

TEST(Expression, ExternCallsAreRefusedByName) {
  const auto refused = evaluate(call(kFloat32, "call_extern", {std::make_shared<StringImm>("foo"), f32(1)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, DiagnosticKind::UnsupportedOperation);
  EXPECT_NE(refused.error().message.find("\"foo\""), std::string::npos);
}

}  // namespace
}  // namespace loopglass::interp
