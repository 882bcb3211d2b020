#include "engine/measure/worker/verify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/interp/interpreter.h"
#include "engine/lower/lower.h"
#include "engine/measure/worker/arguments.h"
#include "engine/measure/worker/magnitudes.h"
#include "tests/measure/programs.h"

namespace loopglass::measure {
namespace {

interp::Tensor tensor(ir::DataType type, const std::vector<double>& values) {
  interp::Tensor t = interp::make_tensor(type, {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) t.set(static_cast<int64_t>(i), values[i]);
  return t;
}

Verified verify_one(ir::DataType type, const std::vector<double>& expected, const std::vector<double>& magnitudes, const std::vector<double>& got,
                    double tolerance = 1e-5) {
  interp::Tensor values = tensor(type, got);
  void* const pointers[] = {values.bytes.data()};
  const std::string names[] = {"C"};
  return verify({{tensor(type, expected)}, {magnitudes}, tolerance}, pointers, names);
}

TEST(Verify, TheToleranceIsRelativeToTheLargerOfValueAndTerms) {
  EXPECT_TRUE(verify_one(ir::kFloat64, {1}, {1}, {1 + 0.9e-5}).ok);
  EXPECT_FALSE(verify_one(ir::kFloat64, {1}, {1}, {1 + 1.1e-5}).ok);
  // A sum of large terms that cancel: what counts is the size of the terms.
  EXPECT_TRUE(verify_one(ir::kFloat64, {0}, {100}, {0.9e-3}).ok);
  const Verified wrong = verify_one(ir::kFloat64, {0}, {100}, {1.1e-3});
  EXPECT_FALSE(wrong.ok);
  EXPECT_NEAR(wrong.max_rel_error, 1.1e-5, 1e-12);
  EXPECT_EQ(wrong.first_wrong, (FirstWrong{"C", {0}, 1.1e-3, 0}));
}

TEST(Verify, ReportsTheLargestErrorAndTheFirstWrongElement) {
  const Verified verified = verify_one(ir::kFloat32, {1, 2, 4}, {1, 2, 4}, {1, 2.5, 8});
  EXPECT_EQ(verified.first_wrong, (FirstWrong{"C", {1}, 2.5, 2}));
  EXPECT_EQ(verified.max_rel_error, 1);
}

TEST(Verify, NanAndInfinityAreRightOnlyWhereExpected) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(verify_one(ir::kFloat32, {nan, inf}, {1, 1}, {nan, inf}).ok);
  EXPECT_FALSE(verify_one(ir::kFloat32, {1}, {1}, {nan}).ok);
  EXPECT_FALSE(verify_one(ir::kFloat32, {nan}, {1}, {1}).ok);
  EXPECT_FALSE(verify_one(ir::kFloat32, {inf}, {1}, {-inf}).ok);
  EXPECT_FALSE(verify_one(ir::kFloat32, {1}, {inf}, {inf}).ok);
}

TEST(Verify, IntegersAreEqualOrWrong) {
  EXPECT_TRUE(verify_one(ir::kInt32, {5}, {}, {5}).ok);
  EXPECT_FALSE(verify_one(ir::kInt32, {1'000'000}, {}, {1'000'001}).ok);
  EXPECT_TRUE(verify_one(ir::kBool, {1, 0}, {}, {1, 0}).ok);
}

// Runs with_magnitudes(plain lowering) by the interpreter, which gives the companions of all outputs.
std::vector<interp::Tensor> run_with_magnitudes(const std::string& text, const std::vector<interp::Tensor>& inputs) {
  const ir::Module module = parse(text);
  const auto plain = lower::lower(module->functions.front().function, "f", {.plain = true});
  EXPECT_TRUE(plain) << plain.error().message;
  const WithMagnitudes with = with_magnitudes(plain->function);
  std::vector<interp::Tensor> values = inputs;
  for (const int original : with.companion_of) {
    interp::Tensor companion = interp::make_tensor(ir::kFloat64, inputs[original].shape);
    for (int64_t i = 0; i < companion.size(); ++i) companion.set(i, std::abs(inputs[original].at(i)));
    values.push_back(companion);
  }
  const auto done = interp::run(with.function, values);
  EXPECT_TRUE(done) << done.error().message;
  return values;
}

// S of a matrix product is |A| @ |B|: the contract's sum of absolute terms. Where ReLU cuts it off by more than rounding can be, the output is exact.
TEST(Magnitudes, OfAReductionAreTheSumOfItsAbsoluteTerms) {
  constexpr int n = 6;
  const ir::Module module = parse(mm_relu(n));
  const auto inputs = interp::make_arguments(module->functions.front().function, 7).value();
  const auto values = run_with_magnitudes(mm_relu(n), inputs);
  ASSERT_EQ(values.size(), 4u) << "what is only read needs no companion";
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = 0, terms = 0;
      for (int k = 0; k < n; ++k) {
        sum += inputs[0].at(i * n + k) * inputs[1].at(k * n + j);
        terms += std::abs(inputs[0].at(i * n + k) * inputs[1].at(k * n + j));
      }
      EXPECT_NEAR(values[2].at(i * n + j), std::max(sum, 0.0), 1e-6);
      EXPECT_NEAR(values[3].at(i * n + j), sum < -4e-2 * terms ? 0 : terms, 1e-6);
    }
}

// A maximum is as good as what it was taken from, however low it started.
TEST(Magnitudes, DoNotComeFromWhatAMaximumStartsWith) {
  const std::string program = function_of(R"(A: T.Buffer((8,), "float64"), M: T.Buffer((1,), "float64"))", R"(
    for k in range(8):
        with T.sblock("M"):
            vk = T.axis.reduce(8, k)
            with T.init():
                M[0] = T.float64(-1e300)
            M[0] = T.max(M[0], A[vk])
)");
  const auto values = run_with_magnitudes(program, {tensor(ir::kFloat64, {0.1, -0.9, 0.3, 0.5, -0.2, 0, 0.4, -1}), tensor(ir::kFloat64, {0})});
  EXPECT_EQ(values[2].at(0), 0.5);
}

// Each output of f(x) for a few functions: S is at least the value, and covers what an error of the size tolerance * S(x) in x does.
TEST(Magnitudes, CoverWhatAnErrorOfTheArgumentDoes) {
  const struct { const char* expression; double (*f)(double); } cases[] = {
      {"T.exp(A[0])", [](double x) { return std::exp(x); }},
      {"T.log(A[0])", [](double x) { return std::log(x); }},
      {"T.sqrt(A[0])", [](double x) { return std::sqrt(x); }},
      {"T.tanh(A[0])", [](double x) { return std::tanh(x); }},
      {"T.sigmoid(A[0])", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"T.float64(1) / A[0]", [](double x) { return 1 / x; }},
      {"A[0] * A[0] - A[0]", [](double x) { return x * x - x; }},
      {"T.max(A[0], T.float64(0.25)) + T.float64(3)", [](double x) { return std::max(x, 0.25) + 3; }},
      {"T.Select(A[0] > T.float64(0), A[0], T.float64(0) - A[0])", [](double x) { return std::abs(x); }},
  };
  for (const auto& c : cases) {
    const std::string program = function_of(R"(A: T.Buffer((1,), "float64"), B: T.Buffer((1,), "float64"))",
                                            std::string("\n    with T.sblock(\"B\"):\n        vi = T.axis.spatial(1, 0)\n        B[vi] = ") + c.expression + "\n");
    for (const double x : {0.01, 0.5, 0.999, 2.0, 30.0}) {
      const auto values = run_with_magnitudes(program, {tensor(ir::kFloat64, {x}), tensor(ir::kFloat64, {0})});
      const double s = values[2].at(0), eps = 1e-7;
      EXPECT_NEAR(values[1].at(0), c.f(x), 1e-9 * std::abs(c.f(x)) + 1e-12);
      EXPECT_GE(s * (1 + 1e-9), std::abs(c.f(x))) << c.expression << " at " << x;
      const double change = std::max(std::abs(c.f(x + eps * x) - c.f(x)), std::abs(c.f(x - eps * x) - c.f(x)));
      // First order, up to a constant: in A[0] * A[0] both factors err the same way.
      EXPECT_GE(2.1 * s * eps + 1e-15, change) << c.expression << " at " << x;
    }
  }
}

TEST(Magnitudes, ToleranceIsThatOfTheLeastPreciseBuffer) {
  const auto tolerance = [](const std::string& type) {
    const ir::Module module = parse(function_of("A: T.Buffer((4,), \"float64\"), B: T.Buffer((4,), \"" + type + "\")", R"(
    for i in range(4):
        with T.sblock("B"):
            vi = T.axis.spatial(4, i)
            B[vi] = T.Cast(")" + type + R"(", A[vi])
)"));
    return relative_tolerance(*module->functions.front().function);
  };
  EXPECT_EQ(tolerance("float64"), 1e-12);
  EXPECT_EQ(tolerance("float32"), 1e-5);
  EXPECT_EQ(tolerance("float16"), 1e-2);
  EXPECT_EQ(tolerance("int32"), 1e-12);
}

TEST(Arguments, LieWhereTheMemoryPictureSays) {
  const std::vector<interp::Tensor> values = {interp::make_tensor(ir::kFloat32, {1000}), interp::make_tensor(ir::kFloat32, {4096}), tensor(ir::kInt64, {7})};
  auto arguments = Arguments::make(values);
  ASSERT_TRUE(arguments);
  EXPECT_TRUE(arguments->at_contract_addresses());
  EXPECT_EQ(reinterpret_cast<uint64_t>(arguments->pointers()[1]), 0x10001000u);
  EXPECT_EQ(arguments->get(2).int_at(0), 7);
  const auto second = Arguments::make(values);
  ASSERT_TRUE(second) << "the place is taken: anywhere";
  EXPECT_FALSE(second->at_contract_addresses());
  const Arguments moved = std::move(*arguments);
  EXPECT_EQ(moved.get(2).int_at(0), 7);
}

}  // namespace
}  // namespace loopglass::measure
