// Whole functions: blocks, init, predicates, views, vectors, limits.
#include "engine/interp/interpreter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/interp/program.h"
#include "engine/ir/op.h"

namespace loopglass::interp {
namespace {

using namespace ir;

Buffer buffer(const char* name, std::vector<int64_t> shape, DataType dtype = kFloat32) {
  std::vector<Expr> extents;
  for (int64_t extent : shape) extents.push_back(make_int(extent, extent > INT32_MAX ? kInt64 : kInt32));
  return make_buffer({.name = name, .dtype = dtype, .shape = extents});
}
Function function(std::vector<Buffer> buffers, Stmt body) {
  PrimFunc f;
  for (const Buffer& b : buffers) f.params.push_back({make_var(b->name + "_handle", kHandle), b});
  f.attrs["global_symbol"] = Attr{std::string("f")};
  f.body = std::move(body);
  return std::make_shared<const PrimFunc>(std::move(f));
}
Stmt loop(const Var& v, int64_t extent, Stmt body) { return make_for(v, make_int(0), make_int(extent), ForKind::Serial, std::move(body)); }

// Y[vi] = sum over vk of A[vi, vk], where `predicate` holds.
Stmt row_sum(const Buffer& a, const Buffer& y, const Var& i, const Var& k, Expr bound_i, Expr predicate) {
  const Var vi = make_var("vi"), vk = make_var("vk");
  BlockRealize realize;
  realize.iter_values = {std::move(bound_i), k};
  realize.predicate = std::move(predicate);
  realize.block.id = make_block_id();
  realize.block.name = "Y";
  realize.block.iter_vars = {{vi, make_int(0), y->shape[0], IterType::Spatial}, {vk, make_int(0), a->shape[1], IterType::Reduction}};
  realize.block.init = make_store(y, make_float(0), {vi});
  realize.block.body = make_store(y, add(make_load(y, {vi}), make_load(a, {vi, vk})), {vi});
  (void)i;
  return make_stmt(std::move(realize));
}

TEST(Interpreter, ABlockIsInitialisedAtItsReductionsMinimum) {
  const Buffer a = buffer("A", {3, 4}), y = buffer("Y", {3});
  const Var i = make_var("i"), k = make_var("k");
  const Function f = function({a, y}, loop(i, 3, loop(k, 4, row_sum(a, y, i, k, i, make_bool(true)))));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  for (int64_t e = 0; e < 12; ++e) arguments[0].set(e, static_cast<double>(e));
  ASSERT_TRUE(run(f, arguments));
  EXPECT_EQ(arguments[1].at(0), 6);
  EXPECT_EQ(arguments[1].at(2), 38);
}

TEST(Interpreter, APredicateGuardsInitAndBody) {
  const Buffer a = buffer("A", {5, 4}), y = buffer("Y", {5});
  const Var i0 = make_var("i_0"), i1 = make_var("i_1"), k = make_var("k");
  const Expr i = add(mul(i0, make_int(4)), i1);
  const Function f = function({a, y}, loop(i0, 2, loop(i1, 4, loop(k, 4, row_sum(a, y, i0, k, i, lt(i, make_int(5)))))));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  ASSERT_TRUE(run(f, arguments));
  float sum = 0;
  for (int64_t e = 16; e < 20; ++e) sum += static_cast<float>(arguments[0].at(e));
  EXPECT_EQ(arguments[1].at(4), sum);
}

TEST(Interpreter, NamesBufferIndexAndLoopValuesOutOfBounds) {
  const Buffer a = buffer("A", {4});
  const Var i = make_var("i");
  const Function f = function({a}, loop(i, 5, make_store(a, make_float(1), {i})));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  const auto result = run(f, arguments);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, DiagnosticKind::KernelOutOfBounds);
  EXPECT_EQ(result.error().message, "index 4 of dimension 0 is outside A, whose shape is (4,), at i = 4");
  EXPECT_EQ(result.error().labels.at(0).node, "f:0");
  EXPECT_EQ(arguments[0].at(3), 1) << "the argument's memory is given back";
}

TEST(Interpreter, StopsAtTheStepLimitAndOnRequest) {
  const Buffer a = buffer("A", {1});
  While forever;
  forever.condition = make_bool(true);
  forever.body = make_store(a, make_float(1), {make_int(0)});
  const Function f = function({a}, make_stmt(std::move(forever)));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  EXPECT_EQ(run(f, arguments, {.max_steps = 1000}).error().kind, DiagnosticKind::KernelLimit);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(run(f, arguments, {.stop = source.get_token()}).error().kind, DiagnosticKind::Cancelled);
}

TEST(Interpreter, RefusesTooMuchMemoryAndWrongArguments) {
  const Buffer a = buffer("A", {1}), huge = buffer("Huge", {int64_t{1} << 40});
  AllocBuffer alloc;
  alloc.buffer = huge;
  alloc.body = make_store(huge, make_float(0), {make_int(0)});
  const Function f = function({a}, make_stmt(std::move(alloc)));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  EXPECT_EQ(run(f, arguments).error().kind, DiagnosticKind::KernelMemory);
  std::vector<Tensor> wrong = {make_tensor(kFloat64, {1})};
  EXPECT_EQ(run(f, wrong).error().kind, DiagnosticKind::TypeMismatch);
  EXPECT_EQ(make_arguments(function({huge}, make_store(huge, make_float(0), {make_int(0)})), 1).error().kind, DiagnosticKind::KernelMemory);
}

TEST(Interpreter, ReportsAFailedAssertion) {
  Assert check;
  check.condition = make_bool(false);
  check.messages = {"n must be even"};
  const auto result = run(function({}, make_stmt(std::move(check))), {});
  EXPECT_EQ(result.error().kind, DiagnosticKind::KernelAssertion);
  EXPECT_NE(result.error().message.find("n must be even"), std::string::npos);
}

TEST(Interpreter, AReadBeforeTheFirstWriteShowsAsNaN) {
  const Buffer a = buffer("A", {1}), t = buffer("T", {1});
  AllocBuffer alloc;
  alloc.buffer = t;
  alloc.body = make_store(a, make_load(t, {make_int(0)}), {make_int(0)});
  const Function f = function({a}, make_stmt(std::move(alloc)));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  ASSERT_TRUE(run(f, arguments));
  EXPECT_TRUE(std::isnan(arguments[0].at(0)));
}

TEST(Interpreter, VectorsComputeEveryLaneBeforeTheStore) {
  const Buffer a = buffer("A", {9});
  // A[1:9] = A[0:8] + 1: a shift, not a cascade.
  const Expr from = std::make_shared<Ramp>(make_int(0), make_int(1), 8), to = std::make_shared<Ramp>(make_int(1), make_int(1), 8);
  const Expr one = std::make_shared<Broadcast>(make_float(1), 8);
  const Function f = function({a}, make_store(a, make_binary(ExprKind::Add, make_load(a, {from}), one), {to}));
  std::vector<Tensor> arguments = make_arguments(f, 1).value();
  for (int e = 0; e < 9; ++e) arguments[0].set(e, e);
  ASSERT_TRUE(run(f, arguments));
  for (int e = 1; e < 9; ++e) EXPECT_EQ(arguments[0].at(e), e);
}

TEST(Interpreter, AMatchBufferIsAWindowOfItsRegion) {
  const Buffer a = buffer("A", {4, 6});
  BufferNode window{.name = "W", .dtype = kFloat32, .shape = {make_int(3)}, .strides = {make_var("s")}};
  const Buffer w = make_buffer(std::move(window));
  BlockRealize realize;
  realize.predicate = make_bool(true);
  realize.block.id = make_block_id();
  realize.block.match_buffers = {{w, {a, {{make_int(2), make_int(1)}, {make_int(4), make_int(3)}}}}};
  const Var i = make_var("i");
  realize.block.body = loop(i, 3, make_store(w, make_float(9), {i}));
  const Function f = function({a}, make_stmt(std::move(realize)));
  std::vector<Tensor> arguments = {make_tensor(kFloat32, {4, 6})};
  const auto result = run(f, arguments);
  ASSERT_FALSE(result) << "the region's last column lies outside A";
  EXPECT_EQ(result.error().kind, DiagnosticKind::KernelOutOfBounds);
  EXPECT_EQ(arguments[0].at(2 * 6 + 5), 9);
  EXPECT_EQ(arguments[0].at(3 * 6), 0);
}

TEST(Interpreter, AViewOfOtherShapeSharesTheData) {
  const Buffer a = buffer("A", {2, 3});
  const Buffer flat = make_buffer({.name = "F", .dtype = kFloat32, .shape = {make_int(6)}, .data = a->data});
  DeclBuffer view;
  view.buffer = flat;
  view.body = make_store(flat, make_float(5), {make_int(4)});
  const Function f = function({a}, make_stmt(std::move(view)));
  std::vector<Tensor> arguments = {make_tensor(kFloat32, {2, 3})};
  ASSERT_TRUE(run(f, arguments));
  EXPECT_EQ(arguments[0].at(4), 5);
}

TEST(Interpreter, ArgumentsWithStridesAreLaidOutWithGaps) {
  const Buffer a = make_buffer({.name = "A", .dtype = kFloat32, .shape = {make_int(2), make_int(3)}, .strides = {make_int(5), make_int(1)}});
  const Buffer flat = make_buffer({.name = "F", .dtype = kFloat32, .shape = {make_int(8)}, .data = a->data});
  DeclBuffer view;
  view.buffer = flat;
  view.body = make_store(flat, make_float(5), {make_int(6)});   // row 1, column 1
  const Function f = function({a}, make_stmt(std::move(view)));
  std::vector<Tensor> arguments = {make_tensor(kFloat32, {2, 3})};
  ASSERT_TRUE(run(f, arguments));
  EXPECT_EQ(arguments[0].at(4), 5);
}

TEST(Interpreter, SymbolicShapesComeFromTheArguments) {
  const Var n = make_var("n"), i = make_var("i");
  const Buffer a = make_buffer({.name = "A", .dtype = kFloat32, .shape = {n}});
  const Function f = function({a}, make_for(i, make_int(0), n, ForKind::Serial, make_store(a, make_float(2), {i})));
  std::vector<Tensor> arguments = {make_tensor(kFloat32, {7})};
  ASSERT_TRUE(run(f, arguments));
  EXPECT_EQ(arguments[0].at(6), 2);
  EXPECT_EQ(make_arguments(f, 1).error().kind, DiagnosticKind::UnsupportedOperation);
}

class Recorder : public Observer {
 public:
  void access(const AccessEvent& event) override { accesses.emplace_back(event.reference, event.bytes[0]); }
  std::vector<std::pair<int, int64_t>> accesses;
};

TEST(Program, ReferencesComeInProgramOrder) {
  const Buffer a = buffer("A", {4}), p = buffer("P", {4}, kInt32);
  // A[P[1]] = A[0] + A[P[2]]
  const Expr one = make_load(p, {make_int(1)}), two = make_load(p, {make_int(2)});
  const Function f = function({a, p}, make_store(a, add(make_load(a, {make_int(0)}), make_load(a, {two})), {one}));
  const Program program = Program::compile(f).value();
  std::vector<std::string> names;
  for (const Reference& r : program.references()) names.push_back(r.buffer->name + (r.is_write ? "!" : ""));
  EXPECT_EQ(names, (std::vector<std::string>{"P", "A", "P", "A", "A!"}));
  std::vector<Tensor> arguments = make_arguments(f, 3).value();
  Recorder recorder;
  ASSERT_TRUE(program.run(arguments, {}, &recorder));
  ASSERT_EQ(recorder.accesses.size(), 5u);
  for (int r = 0; r < 5; ++r) EXPECT_EQ(recorder.accesses[r].first, r);
  EXPECT_EQ(recorder.accesses[2].second, 8);
}

}  // namespace
}  // namespace loopglass::interp
