// Random programs under random schedules: what is accepted keeps the results (the interpreter is the judge, and the compiled program agrees
// with it), the program well formed and printable; what is refused says why. A failure prints its seed and the whole case, ready to stand in tests/cases/schedule.
//
// LOOPGLASS_SEEDS=FIRST:COUNT takes other seeds; LOOPGLASS_DUMP_CASES=FOLDER writes every step as a case file, so that
// tests/oracle/record_cases.py --check FOLDER can ask TVM for its opinion.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/interp/interpreter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/well_formed.h"
#include "engine/schedule/replay.h"
#include "tests/codegen/both_ways.h"
#include "tests/schedule/random_schedule.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

constexpr int kSteps = 8;

std::string source_text(const std::string& program, const std::string& steps) {
  return program + "\nsch = tvm.s_tir.Schedule(Module)\n" + steps + "\n";
}

bool dump(uint64_t seed, int step, const std::string& source, const schedule::Replayed& replayed) {
  const char* folder = std::getenv("LOOPGLASS_DUMP_CASES");
  if (!folder) return false;
  const std::string name = fmt::format("{}seed_{}_{}.tir", replayed.error ? "fail_" : "", seed, step);
  const std::string expectation = replayed.error ? to_text(*replayed.error) : to_text(replayed.schedule.module());
  std::ofstream(std::filesystem::path(folder) / name) << source << "# expect:\n" << expectation;
  return true;
}

void expect_sound(const schedule::Schedule& schedule, const std::string& source) {
  const ir::Module& module = schedule.module();
  const Result<void> formed = ir::check_well_formed(module);
  ASSERT_TRUE(formed) << formed.error().message << "\n" << source << "\n" << to_text(module);
  const std::string text = to_text(module);
  const Result<ir::Module> parsed = script::parse_module(text);
  ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
  ASSERT_EQ(ir::first_difference(*parsed, module), "") << text;
  ASSERT_EQ(difference_in_results(schedule, 7), "") << source << "\n" << text;
}

void run_in_threads(void*, int64_t extent, void (*chunk)(void*, int64_t, int64_t), void* closure) {
  std::jthread first([=] { chunk(closure, 0, extent / 2); });
  chunk(closure, extent / 2, extent);
}

// The program as the worker runs it.
void expect_compiled_alike(codegen::Compiler& compiler, const ir::Module& module, const std::string& source) {
  const ir::Function& function = module->functions.front().function;
  const auto arguments = interp::make_arguments(function, 7);
  ASSERT_TRUE(arguments) << arguments.error().message;
  const codegen::Way way{{}, {.verify_ir = true}, {run_in_threads, nullptr}};
  const std::string difference = codegen::difference(codegen::interpret(function, *arguments), codegen::run_compiled(compiler, function, *arguments, way), 1e-4);
  ASSERT_EQ(difference, "") << source << "\n" << to_text(module);
}

// Any number of seeds may fail; the first failure of each is enough.
void run_seed(uint64_t seed, codegen::Compiler& compiler, int& accepted, int& refused) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  const std::string program = random_program(random);
  const Result<ir::Module> original = script::parse_module(program);
  ASSERT_TRUE(original) << original.error().message << "\n" << program;
  ir::Module module = *original;
  std::string steps;
  for (int step = 0; step < kSteps; ++step) {
    const std::string candidate = random_step(random, module);
    const std::string source = source_text(program, steps + candidate);
    const script::ParsedFile file = script::parse_file(source);
    ASSERT_TRUE(file.errors.empty()) << file.errors.front().message << "\n" << source;
    ASSERT_EQ(file.schedules.size(), 1u) << source;
    const schedule::Replayed replayed = schedule::replay(file.schedules.front(), *original);
    const bool dumped = dump(seed, step, source, replayed);
    if (replayed.error) {
      ++refused;
      EXPECT_NE(replayed.error->message, "") << source;
      continue;
    }
    ++accepted;
    module = replayed.schedule.module();
    steps += candidate;
    if (!dumped) expect_sound(replayed.schedule, source);
    if (testing::Test::HasFailure()) return;
  }
  expect_compiled_alike(compiler, module, source_text(program, steps));
}

TEST(RandomSchedules, KeepResults) {
  uint64_t first = 1, count = 150;
  if (const char* seeds = std::getenv("LOOPGLASS_SEEDS")) {
    const std::string text = seeds;
    first = std::stoull(text);
    count = std::stoull(text.substr(text.find(':') + 1));
  }
  const auto compiler = codegen::make_compiler();
  int accepted = 0, refused = 0;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    run_seed(seed, *compiler, accepted, refused);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  fmt::print("{} steps accepted, {} refused\n", accepted, refused);
  EXPECT_GT(accepted, refused / 4);
}

}  // namespace
}  // namespace loopglass::tests
