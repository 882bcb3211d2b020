// The whole way: a program in, a compiled, verified and timed kernel out, through the real worker.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "engine/measure/client.h"
#include "engine/measure/npy.h"
#include "tests/measure/programs.h"

namespace loopglass::measure {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Outcome {
  std::optional<Compiled> compiled;
  std::optional<Verified> verified;
  std::vector<Timed> timed;
  std::optional<Diagnostic> error;
};

class Worker : public testing::Test {
 protected:
  static void SetUpTestSuite() { client_ = std::make_unique<Client>(LOOPGLASS_WORKER); }
  static void TearDownTestSuite() { client_.reset(); }

  static Request request_of(const std::string& text) {
    Request request;
    request.module = parse(text);
    request.function = request.module->functions.front().name;
    request.budget_s = 0.05;
    request.deadline_s = 60;
    return request;
  }
  static Outcome run(Request request) {
    Outcome outcome;
    const bool compile_only = request.compile_only;
    const uint64_t id = client_->submit(std::move(request));
    while (true)
      for (Event& event : client_->wait(1s)) {
        if (event.request != id) continue;
        if (auto* compiled = std::get_if<Compiled>(&event.what)) outcome.compiled = *compiled;   // the later one has the assembly
        if (auto* verified = std::get_if<Verified>(&event.what)) outcome.verified = *verified;
        if (auto* timed = std::get_if<Timed>(&event.what)) outcome.timed.push_back(*timed);
        if (auto* error = std::get_if<Diagnostic>(&event.what)) outcome.error = *error;
        if (outcome.error || (compile_only && outcome.compiled) || (!outcome.timed.empty() && outcome.timed.back().final)) return outcome;
      }
  }
  static void expect_right(const Outcome& outcome) {
    ASSERT_FALSE(outcome.error) << outcome.error->message;
    ASSERT_TRUE(outcome.verified);
    EXPECT_TRUE(outcome.verified->ok);
    ASSERT_FALSE(outcome.timed.empty());
    const TimeEstimate& time = outcome.timed.back().time;
    EXPECT_TRUE(outcome.timed.back().final);
    EXPECT_GT(time.min, 0);
    EXPECT_LE(time.min, time.ci95_low);
    EXPECT_LE(time.ci95_low, time.median);
    EXPECT_LE(time.median, time.ci95_high);
  }
  static void expect_error(const Outcome& outcome, DiagnosticKind kind, const std::string& said) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(to_string(outcome.error->kind), std::string(to_string(kind))) << outcome.error->message;
    EXPECT_NE(outcome.error->message.find(said), std::string::npos) << outcome.error->message;
    EXPECT_TRUE(outcome.timed.empty()) << "nothing that was not verified has a time";
    expect_right(run(request_of(mm_relu())));   // and the next request is served
  }
  static std::unique_ptr<Client> client_;
};
std::unique_ptr<Client> Worker::client_;

TEST_F(Worker, CompilesVerifiesAndTimes) {
  const Outcome outcome = run(request_of(mm_relu()));
  expect_right(outcome);
  EXPECT_LT(outcome.verified->max_rel_error, 1e-5);
  EXPECT_EQ(outcome.timed.back().flops, 2 * 32 * 32 * 32 + 32 * 32);
  EXPECT_EQ(outcome.timed.back().bytes_min, 3 * 32 * 32 * 4);
  EXPECT_FALSE(outcome.compiled->target.empty());
  EXPECT_FALSE(outcome.compiled->assembly.empty());
}

TEST_F(Worker, TimesColdCallsAndTellsTheConditions) {
  Request request = request_of(mm_relu());
  request.cold = true;
  const Outcome cold = run(request);
  expect_right(cold);
  EXPECT_TRUE(cold.timed.back().conditions.cold);
  const Outcome warm = run(request_of(mm_relu()));
  EXPECT_FALSE(warm.timed.back().conditions.cold);
  EXPECT_GT(warm.timed.back().conditions.checks, 0);
  EXPECT_GE(warm.timed.back().conditions.slowest_check, 1);
}

TEST_F(Worker, RefusesATargetThatTheCpuDoesNotHave) {
  ::setenv("LOOPGLASS_TARGET", "pentium-iii", 1);
  const std::unique_ptr<Client> usual = std::exchange(client_, std::make_unique<Client>(LOOPGLASS_WORKER));
  const Outcome outcome = run(request_of(mm_relu()));
  ::unsetenv("LOOPGLASS_TARGET");
  client_ = std::make_unique<Client>(LOOPGLASS_WORKER);
  expect_error(outcome, DiagnosticKind::BadArgument, "pentium-iii");
}

TEST_F(Worker, CompilesAlone) {
  Request request = request_of(mm_relu());
  request.compile_only = true;
  const Outcome outcome = run(request);
  ASSERT_TRUE(outcome.compiled);
  EXPECT_FALSE(outcome.compiled->assembly.empty());
  EXPECT_FALSE(outcome.verified);
}

TEST_F(Worker, AScheduleThatChangesTheResultIsFoundOut) {
  Request request = request_of(replaced(mm_relu(), "A[vi, vk] * B[vk, vj]", "A[vi, vk] * B[vk, vj] * T.float32(1.001)"));
  request.reference = parse(mm_relu());
  const Outcome outcome = run(request);
  ASSERT_TRUE(outcome.verified);
  EXPECT_FALSE(outcome.verified->ok);
  ASSERT_TRUE(outcome.verified->first_wrong);
  EXPECT_EQ(outcome.verified->first_wrong->buffer, "C");
  EXPECT_NE(outcome.verified->first_wrong->got, outcome.verified->first_wrong->expected);
  expect_error(outcome, DiagnosticKind::KernelWrongResult, "mm_relu gives C[");
}

// One element of one row only.
TEST_F(Worker, ASingleWrongElementIsFoundOut) {
  Request request = request_of(replaced(mm_relu(), "T.max(Y[vi, vj], T.float32(0))", "T.if_then_else(vi == 5 and vj == 7, T.float32(-1), T.max(Y[vi, vj], T.float32(0)))"));
  request.reference = parse(mm_relu());
  const Outcome outcome = run(request);
  ASSERT_TRUE(outcome.verified && outcome.verified->first_wrong);
  EXPECT_EQ(outcome.verified->first_wrong->index, (std::vector<int64_t>{5, 7}));
  EXPECT_EQ(outcome.verified->first_wrong->got, -1);
}

// Another order of the sum gives other roundings, within the tolerance.
TEST_F(Worker, ReorderedSumsAreRight) {
  const std::string block = " in T.grid(32, 32, 32):\n        with T.sblock(\"Y\")";
  Request request = request_of(replaced(mm_relu(), "for i, j, k" + block, "for k, i, j" + block));
  request.reference = parse(mm_relu());
  expect_right(run(request));
}

TEST_F(Worker, ComparesTwoVersionsSideBySide) {
  Request request = request_of(mm_relu());
  request.against = parse(mm_relu());
  const Outcome outcome = run(request);
  expect_right(outcome);
  ASSERT_TRUE(outcome.timed.back().against);
  EXPECT_EQ(outcome.timed.back().against->other.samples, outcome.timed.back().time.samples);
  request.against = parse(replaced(mm_relu(), "T.float32(0))", "T.float32(0.5))"));
  expect_error(run(request), DiagnosticKind::KernelWrongResult, "the program to compare with");
}

TEST_F(Worker, ParallelLoopsRunOnThreads) {
  Request request = request_of(function_of(R"(A: T.Buffer((64, 64), "float32"), B: T.Buffer((64, 64), "float32"))", R"(
    for i in T.parallel(64):
        for j in range(64):
            with T.sblock("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = A[vi, vj] + T.float32(1)
)"));
  for (const int threads : {1, 2, 3}) {
    request.threads = threads;
    expect_right(run(request));
  }
}

TEST_F(Worker, TakesInputsFromFiles) {
  const fs::path file = fs::path(testing::TempDir()) / ("loopglass_worker_" + std::to_string(::getpid()) + ".npy");
  interp::Tensor input = interp::make_tensor(ir::kInt32, {4});
  for (int i = 0; i < 4; ++i) input.set(i, i + 1);
  ASSERT_TRUE(write_npy(file, input));
  Request request = request_of(function_of(R"(A: T.Buffer((4,), "int32"), B: T.Buffer((4,), "int32"))", R"(
    for i in range(4):
        with T.sblock("B"):
            vi = T.axis.spatial(4, i)
            B[vi] = 12 // A[vi]
)"));
  request.inputs = {{"A", file}};
  expect_right(run(request));
  request.inputs = {{"Q", file}};
  expect_error(run(request), DiagnosticKind::BadArgument, "no parameter Q");
  request.module = parse(mm_relu());
  request.function = "mm_relu";
  request.inputs = {{"A", file}};
  expect_error(run(request), DiagnosticKind::TypeMismatch, "int32 (4)");
  fs::remove(file);
}

TEST_F(Worker, AKernelThatNeverEndsMeetsItsDeadline) {
  Request request = request_of(function_of(R"(A: T.Buffer((2,), "float32"))", R"(
    while A[0] < T.float32(2):
        A[1] = A[1] + T.float32(1)
)"));
  request.deadline_s = 0.5;
  expect_error(run(request), DiagnosticKind::KernelDeadline, "f has not ended after 0.5 s");
}

TEST_F(Worker, ADivisionByZeroIsNamed) {
  expect_error(run(request_of(function_of(R"(A: T.Buffer((64,), "int32"), B: T.Buffer((64,), "int32"))", R"(
    for i in range(64):
        with T.sblock("B"):
            vi = T.axis.spatial(64, i)
            B[vi] = T.truncdiv(100, A[vi])
)"))),
               DiagnosticKind::KernelDivideByZero, "");
}

TEST_F(Worker, ATerabyteIsRefusedBeforeItIsAskedFor) {
  expect_error(run(request_of(function_of(R"(A: T.Buffer((T.int64(274877906944),), "float32"))", R"(
    for i in range(T.int64(274877906944)):
        with T.sblock("A"):
            vi = T.axis.spatial(T.int64(274877906944), i)
            A[vi] = T.float32(1)
)"))),
               DiagnosticKind::KernelMemory, "A needs 1.1 TB");
}

TEST_F(Worker, AnAccessOutsideIsNamed) {
  expect_error(run(request_of(function_of(R"(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "float32"))", R"(
    for i in range(8):
        with T.sblock("B"):
            vi = T.axis.spatial(8, i)
            B[A[vi] + 100] = T.float32(1)
)"))),
               DiagnosticKind::KernelOutOfBounds, "B");
}

// A program that is new has quick code first, checked and timed too; one that is known has none.
TEST_F(Worker, QuickCodeComesBeforeTheOptimised) {
  Request request = request_of(mm_relu(40));
  for (const auto& expected : {std::vector<std::string>{"quick", "verified", "time", "optimised", "verified", "time"}, {"optimised", "verified", "time"}}) {
    std::vector<std::string> seen;
    const auto note = [&](const std::string& what) {
      if (seen.empty() || seen.back() != what) seen.push_back(what);
    };
    const uint64_t id = client_->submit(request);
    for (bool ended = false; !ended;)
      for (const Event& event : client_->wait(1s)) {
        if (event.request != id) continue;
        if (const auto* compiled = std::get_if<Compiled>(&event.what); compiled && compiled->assembly.empty()) note(compiled->code);
        if (const auto* verified = std::get_if<Verified>(&event.what)) note(verified->ok ? "verified" : "wrong");
        if (const auto* timed = std::get_if<Timed>(&event.what)) note("time"), ended = timed->final;
        ASSERT_FALSE(std::holds_alternative<Diagnostic>(event.what));
      }
    EXPECT_EQ(seen, expected);
  }
}

// Of 128 passes over an array and one, the 128 take the time.
TEST_F(Worker, SaysWhereTheTimeGoes) {
  Request request = request_of(function_of(R"(A: T.Buffer((512,), "float32"), B: T.Buffer((512,), "float32"), C: T.Buffer((512,), "float32"))", R"(
    for r, i in T.grid(128, 512):
        with T.sblock("B"):
            vr, vi = T.axis.remap("RS", [r, i])
            B[vi] = T.exp(B[vi] * T.float32(0.5) - A[vi])
    for i in range(512):
        with T.sblock("C"):
            vi = T.axis.spatial(512, i)
            C[vi] = A[vi] + B[vi]
)"));
  const ir::Module module = request.module;
  const Outcome outcome = run(request);
  expect_right(outcome);
  const auto& profile = outcome.timed.back().profile;
  ASSERT_TRUE(profile);
  ASSERT_GT(profile->samples, 50);
  ASSERT_FALSE(profile->statements.empty());
  const auto& [path, samples] = profile->statements.front();
  EXPECT_GT(static_cast<double>(samples), 0.7 * static_cast<double>(profile->samples));
  const auto* store = ir::as<ir::BufferStore>(ir::node_at(module, path));
  ASSERT_TRUE(store) << ir::to_string(path);
  EXPECT_EQ(store->buffer->name, "B");
}

TEST_F(Worker, ACancelledRunEnds) {
  Request request = request_of(mm_relu(128));
  request.budget_s = 100;
  request.deadline_s = 1000;
  const uint64_t id = client_->submit(request);
  bool ended = false;
  while (!ended)
    for (const Event& event : client_->wait(1s)) {
      if (event.request != id) continue;
      if (std::holds_alternative<Compiled>(event.what)) client_->cancel(id);
      if (const auto* error = std::get_if<Diagnostic>(&event.what)) {
        EXPECT_EQ(error->kind, DiagnosticKind::Cancelled);
        ended = true;
      }
      if (const auto* t = std::get_if<Timed>(&event.what); t && t->final) ended = true;
    }
  expect_right(run(request_of(mm_relu())));
}

// What LLVM is at when a run is cancelled is not lost, and the worker neither: one that was started anew would not know the kernel, as none is kept on disk here.
TEST_F(Worker, ACancelledCompilationGoesOn) {
  const std::string unrolled = function_of(R"(A: T.Buffer((64, 64), "float32"), B: T.Buffer((64, 64), "float32"), C: T.Buffer((64, 64), "float32"))", R"(
    for i_0, j_0, k in T.grid(4, 4, 64):
        for i_1 in T.unroll(16):
            for j_1 in T.unroll(16):
                with T.sblock("C"):
                    vi = T.axis.spatial(64, i_0 * 16 + i_1)
                    vj = T.axis.spatial(64, j_0 * 16 + j_1)
                    vk = T.axis.reduce(64, k)
                    with T.init():
                        C[vi, vj] = T.float32(0)
                    C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
)");
  bool is_known = false;
  for (int tries = 0; tries < 200 && !is_known; ++tries) {
    const uint64_t id = client_->submit(request_of(unrolled));
    for (bool ended = false; !ended;)
      for (const Event& event : client_->wait(1s)) {
        if (event.request != id) continue;
        if (const auto* compiled = std::get_if<Compiled>(&event.what); compiled && compiled->code == "optimised") is_known = true;
        if (const auto* timed = std::get_if<Timed>(&event.what)) client_->cancel(id), ended = timed->final;
        if (const auto* error = std::get_if<Diagnostic>(&event.what)) {
          EXPECT_EQ(error->kind, DiagnosticKind::Cancelled) << error->message;
          ended = true;
        }
      }
    expect_right(run(request_of(mm_relu())));
  }
  EXPECT_TRUE(is_known);
}

TEST_F(Worker, AnotherSignatureIsRefused) {
  Request request = request_of(mm_relu(32));
  request.reference = parse(mm_relu(16));
  expect_error(run(request), DiagnosticKind::BadArgument, "takes other parameters");
}

TEST_F(Worker, SaysHowItIsConfined) {
  run(request_of(mm_relu()));
  const auto confinement = client_->confinement();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_NE(std::find(confinement.begin(), confinement.end(), "no_new_privs"), confinement.end());
#endif
}

}  // namespace
}  // namespace loopglass::measure
