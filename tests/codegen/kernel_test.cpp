// Kernels compiled from lowered programs made by hand.
#include "engine/codegen/kernel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/ir/op.h"
#include "engine/lower/checks.h"

namespace loopglass::codegen {
namespace {

using namespace ir;

Buffer buffer(const char* name, DataType type, std::vector<int64_t> shape) {
  BufferNode node;
  node.name = name;
  node.dtype = type;
  for (int64_t extent : shape) node.shape.push_back(make_int(extent));
  return make_buffer(std::move(node));
}

lower::Lowered function(std::vector<Buffer> buffers, Stmt body) {
  PrimFunc f;
  for (const Buffer& b : buffers) f.params.push_back({b->data, b});
  f.body = std::move(body);
  return {std::make_shared<const PrimFunc>(std::move(f)), {}};
}

Stmt loop(const Var& var, int64_t extent, Stmt body, ForKind kind = ForKind::Serial) {
  return make_for(var, make_int(0), make_int(extent), kind, std::move(body));
}

Stmt allocate(Buffer b, Stmt body) {
  AllocBuffer node;
  node.buffer = std::move(b);
  node.body = std::move(body);
  return make_stmt(std::move(node));
}

const Options kVerified{.verify_ir = true};

std::unique_ptr<Kernel> compiled(const lower::Lowered& lowered, const Options& options = kVerified, const Runtime& runtime = {}) {
  auto kernel = compile(lowered, options, runtime);
  EXPECT_TRUE(kernel) << kernel.error().message;
  return kernel ? std::move(*kernel) : nullptr;
}

template <class... T>
Status run(const Kernel& kernel, T&... arrays) {
  void* arguments[] = {arrays.data()...};
  return kernel.call(arguments);
}

TEST(Kernel, StoresInLoops) {
  const Buffer a = buffer("A", kInt32, {4, 5});
  const Var i = make_var("i"), j = make_var("j");
  const auto kernel = compiled(function({a}, loop(i, 4, loop(j, 5, make_store(a, add(mul(i, make_int(10)), j), {i, j})))));
  std::array<int32_t, 20> got{};
  ASSERT_TRUE(run(*kernel, got).ok());
  for (int n = 0; n < 20; ++n) EXPECT_EQ(got[n], n / 5 * 10 + n % 5);
}

TEST(Kernel, MultipliesMatricesThroughItsOwnBuffer) {
  constexpr int n = 16;
  const Buffer a = buffer("A", kFloat32, {n, n}), b = buffer("B", kFloat32, {n, n}), c = buffer("C", kFloat32, {n, n});
  const Buffer y = buffer("Y", kFloat32, {n, n});
  const Var i = make_var("i"), j = make_var("j"), k = make_var("k"), i2 = make_var("i"), j2 = make_var("j");
  const Expr product = mul(make_load(a, {i, k}), make_load(b, {k, j}));
  const Stmt init = make_store(y, make_float(0), {i, j});
  const Stmt update = make_store(y, add(make_load(y, {i, j}), product), {i, j});
  const Stmt relu = make_store(c, max(make_load(y, {i2, j2}), make_float(0)), {i2, j2});
  const auto kernel = compiled(function({a, b, c}, allocate(y, make_seq({loop(i, n, loop(j, n, make_seq({init, loop(k, n, update)}))),
                                                                         loop(i2, n, loop(j2, n, relu))}))));
  std::vector<float> x(n * n), w(n * n), got(n * n);
  for (int e = 0; e < n * n; ++e) x[e] = static_cast<float>(e % 7 - 3), w[e] = static_cast<float>(e % 5 - 2);
  ASSERT_TRUE(run(*kernel, x, w, got).ok());
  for (int r = 0; r < n; ++r)
    for (int s = 0; s < n; ++s) {
      float sum = 0;
      for (int t = 0; t < n; ++t) sum += x[r * n + t] * w[t * n + s];
      EXPECT_EQ(got[r * n + s], std::max(sum, 0.0f));
    }
}

// Cuts the range into three pieces and runs each in a thread.
void run_in_threads(void* calls, int64_t extent, void (*chunk)(void*, int64_t, int64_t), void* closure) {
  ++*static_cast<std::atomic<int>*>(calls);
  std::vector<std::jthread> threads;
  for (int64_t part = 0; part < 3; ++part)
    threads.emplace_back([=] { chunk(closure, extent * part / 3, extent * (part + 1) / 3); });
}

TEST(Kernel, RunsParallelLoopsOnTheCallersPool) {
  const Buffer a = buffer("A", kInt64, {8, 100}), local = buffer("L", kInt64, {3000});
  const Var o = make_var("o"), i = make_var("i"), k = make_var("k");
  const Stmt fill = loop(k, 3000, make_store(local, cast(kInt64, add(k, i)), {k}));
  const Stmt body = allocate(local, make_seq({fill, make_store(a, add(make_load(local, {make_int(2999)}), cast(kInt64, mul(o, make_int(10000)))), {o, i})}));
  const auto lowered = function({a}, loop(o, 8, loop(i, 100, body, ForKind::Parallel)));
  std::atomic<int> calls = 0;
  const auto kernel = compiled(lowered, kVerified, {run_in_threads, &calls});
  std::vector<int64_t> got(800);
  ASSERT_TRUE(run(*kernel, got).ok());
  EXPECT_EQ(calls, 8);
  for (int64_t e = 0; e < 800; ++e) EXPECT_EQ(got[e], 2999 + e % 100 + e / 100 * 10000);
}

TEST(Kernel, SaysWhichElementWasOutOfBounds) {
  const Buffer a = buffer("A", kFloat32, {8});
  const Var i = make_var("i");
  const Stmt check = lower::make_bounds_check(lt(i, make_int(5)), a, {i});
  for (const ForKind kind : {ForKind::Serial, ForKind::Parallel}) {
    const auto kernel = compiled(function({a}, loop(i, 8, make_seq({check, make_store(a, make_float(1), {i})}), kind)));
    std::vector<float> got(8);
    const Status status = run(*kernel, got);
    ASSERT_FALSE(status.ok());
    const Diagnostic diagnostic = kernel->diagnose(status);
    EXPECT_EQ(diagnostic.kind, DiagnosticKind::KernelOutOfBounds);
    EXPECT_EQ(diagnostic.message, "A[5] is outside of buffer A");
    EXPECT_EQ(got, (std::vector<float>{1, 1, 1, 1, 1, 0, 0, 0}));
  }
}

TEST(Kernel, EndsWhereAnAssertionFails) {
  const Buffer a = buffer("A", kInt32, {1});
  Assert node;
  node.condition = gt(make_load(a, {make_int(0)}), make_int(3));
  node.messages = {"A must be large"};
  const auto kernel = compiled(function({a}, make_stmt(std::move(node))));
  std::vector<int32_t> value{4};
  EXPECT_TRUE(run(*kernel, value).ok());
  value[0] = 3;
  const Status status = run(*kernel, value);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(kernel->diagnose(status).kind, DiagnosticKind::KernelAssertion);
  EXPECT_EQ(kernel->diagnose(status).message, "an assertion of the program failed: A must be large");
}

TEST(Kernel, RefusesBuffersThatNoMemoryHolds) {
  const Buffer a = buffer("A", kInt32, {1}), huge = buffer("H", kFloat64, {1 << 20, 1 << 20, 1 << 20});
  const Expr zero = make_int(0);
  const auto kernel = compile(function({a}, allocate(huge, make_store(huge, make_float(0, kFloat64), {zero, zero, zero}))));
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().kind, DiagnosticKind::KernelMemory);
}

TEST(Kernel, RefusesFunctionsFromOutside) {
  Evaluate node;
  node.value = make_call(kInt32, "call_extern", {std::make_shared<const StringImm>("puts")});
  const auto kernel = compile(function({}, make_stmt(std::move(node))));
  ASSERT_FALSE(kernel);
  EXPECT_EQ(kernel.error().kind, DiagnosticKind::UnsupportedOperation);
}

TEST(Kernel, RefusesNamesWithoutAValue) {
  const Buffer a = buffer("A", kInt32, {1}), nowhere = buffer("N", kInt32, {1});
  const auto no_value = compile(function({a}, make_store(a, make_var("n"), {make_int(0)})));
  ASSERT_FALSE(no_value);
  EXPECT_EQ(no_value.error().message, "n has no value");
  const auto no_storage = compile(function({a}, make_store(a, make_load(nowhere, {make_int(0)}), {make_int(0)})));
  ASSERT_FALSE(no_storage);
  EXPECT_EQ(no_storage.error().message, "buffer N has no storage");
}

TEST(Kernel, LinksAssemblyToStatements) {
  const Buffer a = buffer("A", kFloat32, {1000}), b = buffer("B", kFloat32, {1000});
  const Var i = make_var("i");
  const Stmt store = lower::make_origin(1, make_store(b, add(make_load(a, {i}), make_float(1)), {i}));
  lower::Lowered lowered = function({a, b}, lower::make_origin(0, loop(i, 1000, store)));
  lowered.origins = {{"f", {0}}, {"f", {0, 0}}};
  const auto kernel = compiled(lowered, {.want_assembly = true, .verify_ir = true});
  EXPECT_NE(kernel->assembly().find("addps"), std::string::npos) << kernel->assembly();
  EXPECT_NE(kernel->llvm_ir().find("fadd"), std::string::npos);
  std::vector<std::string> lines(1);
  for (char c : kernel->assembly()) c == '\n' ? lines.emplace_back() : lines.back() += c;
  bool add_is_linked = false;
  for (const auto& [line, path] : kernel->assembly_lines())
    if (lines[line - 1].find("addps") != std::string::npos) add_is_linked = path == lowered.origins[1];
  EXPECT_TRUE(add_is_linked) << kernel->assembly();
}

// C[r, 0:16] = sum over k of A[r, k] * B[k, 0:16], the accumulators of `rows` rows in registers.
lower::Lowered register_tile(int rows) {
  const Buffer a = buffer("A", kFloat32, {rows, 64}), b = buffer("B", kFloat32, {64, 16}), c = buffer("C", kFloat32, {rows, 16});
  const Buffer sum = buffer("S", kFloat32, {rows, 16});
  const Expr lanes = std::make_shared<const Ramp>(make_int(0), make_int(1), 16);
  const auto spread = [](Expr e) { return std::make_shared<const Broadcast>(std::move(e), 16); };
  const Var k = make_var("k");
  std::vector<Stmt> init, update, finish;
  for (int row = 0; row < rows; ++row) {
    const Expr r = make_int(row);
    init.push_back(make_store(sum, spread(make_float(0)), {r, lanes}));
    const Expr product = make_binary(ExprKind::Mul, spread(make_load(a, {r, k})), make_load(b, {k, lanes}));
    update.push_back(make_store(sum, make_binary(ExprKind::Add, make_load(sum, {r, lanes}), product), {r, lanes}));
    finish.push_back(make_store(c, make_load(sum, {r, lanes}), {r, lanes}));
  }
  return function({a, b, c}, allocate(sum, make_seq({make_seq(init), loop(k, 64, make_seq(update)), make_seq(finish)})));
}

TEST(Kernel, LoadsFromItsImage) {
  const Buffer a = buffer("A", kInt32, {8});
  const Var i = make_var("i"), n = make_var("n");
  PrimFunc f;
  f.params = {{a->data, a}, {n, nullptr}};
  const Stmt check = lower::make_bounds_check(lt(add(i, n), make_int(8)), a, {add(i, n)});
  f.body = lower::make_origin(0, loop(i, 4, make_seq({check, make_store(a, i, {add(i, n)})})));
  const lower::Lowered lowered{std::make_shared<const PrimFunc>(std::move(f)), {{"main", {}}}};
  const auto compiler = make_compiler();
  const auto first = compiler->compile(lowered, {.want_assembly = true}).value();
  const auto again = compiler->load(lowered, first->image()).value();
  std::vector<int32_t> values(8, -1);
  int32_t shift = 3;
  void* arguments[] = {values.data(), &shift};
  EXPECT_TRUE(again->call(arguments).ok());
  EXPECT_EQ(values, (std::vector<int32_t>{-1, -1, -1, 0, 1, 2, 3, -1}));
  shift = 6;
  const Status status = again->call(arguments);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(again->diagnose(status).message, first->diagnose(status).message);
  EXPECT_FALSE(again->assembly().empty());
  EXPECT_EQ(again->assembly(), first->assembly());
  EXPECT_EQ(again->llvm_ir(), first->llvm_ir());
  EXPECT_EQ(again->assembly_lines(), first->assembly_lines());
  EXPECT_EQ(again->statement_at(again->code().first + 1), first->statement_at(first->code().first + 1)) << "the line table came along";
  EXPECT_FALSE(compiler->compile(lowered).value()->image().listing) << "none without assembly";
}

TEST(Kernel, FusesMultiplyAddsWhereTheLatencyIsNotTheLimit) {
  const auto few = compiled(register_tile(1), {.want_assembly = true, .verify_ir = true});
  EXPECT_NE(few->llvm_ir().find("fadd <16 x float>"), std::string::npos) << few->llvm_ir();
  const auto many = compiled(register_tile(8), {.want_assembly = true, .verify_ir = true});
  EXPECT_NE(many->llvm_ir().find("fadd contract <16 x float>"), std::string::npos) << many->llvm_ir();
  EXPECT_EQ(many->llvm_ir().find("fadd <16 x float>"), std::string::npos);
  const auto reference = compiled(register_tile(8), {.fast = false, .want_assembly = true, .verify_ir = true});
  EXPECT_EQ(reference->llvm_ir().find("contract"), std::string::npos);
}

TEST(Kernel, OutlivesItsCompilerAndIsFreed) {
  auto compiler = make_compiler();
  const Buffer a = buffer("A", kInt32, {1});
  std::vector<std::unique_ptr<Kernel>> kernels;
  for (int n = 0; n < 20; ++n) {
    auto kernel = compiler->compile(function({a}, make_store(a, make_int(n), {make_int(0)})), kVerified);
    ASSERT_TRUE(kernel);
    if (n % 2 == 0) kernels.push_back(std::move(*kernel));
  }
  compiler.reset();
  std::vector<int32_t> got(1);
  for (size_t n = 0; n < kernels.size(); ++n) {
    ASSERT_TRUE(run(*kernels[n], got).ok());
    EXPECT_EQ(got[0], static_cast<int32_t>(2 * n));
  }
}

}  // namespace
}  // namespace loopglass::codegen
