// Random programs: compiled code does what the interpreter does. LOOPGLASS_SEEDS=from:count runs others than the usual ones.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "engine/interp/interpreter.h"
#include "engine/script/parser.h"
#include "engine/support/cpu_levels.h"
#include "tests/codegen/both_ways.h"
#include "tests/codegen/random_program.h"

namespace loopglass::codegen {
namespace {

struct Seeds {
  uint64_t from = 1, count = 150;
};

Seeds seeds() {
  Seeds s;
  if (const char* text = std::getenv("LOOPGLASS_SEEDS")) {
    char* rest = nullptr;
    s.from = std::strtoull(text, &rest, 10);
    s.count = *rest == ':' ? std::strtoull(rest + 1, nullptr, 10) : 1;
  }
  return s;
}

void run_in_threads(void*, int64_t extent, void (*chunk)(void*, int64_t, int64_t), void* closure) {
  std::jthread first([=] { chunk(closure, 0, extent / 2); });
  chunk(closure, extent / 2, extent);
}

// One for each target that this CPU has.
std::vector<std::unique_ptr<Compiler>> compilers() {
  std::vector<std::unique_ptr<Compiler>> all;
  all.push_back(make_compiler());
  for (const std::string& level : cpu_levels()) all.push_back(make_compiler(level));
  return all;
}

TEST(RandomPrograms, AgreeWithTheInterpreter) {
  const auto targets = compilers();
  const auto [from, count] = seeds();
  for (uint64_t seed = from; seed < from + count; ++seed) {
    const auto& compiler = targets[seed % targets.size()];
    const std::string text = random_program(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + text);
    const Result<ir::Module> module = script::parse_module(text);
    ASSERT_TRUE(module) << module.error().message;
    const ir::Function function = (*module)->functions.front().function;
    const auto arguments = interp::make_arguments(function, seed);
    ASSERT_TRUE(arguments) << arguments.error().message;
    const Outcome expected = interpret(function, *arguments);
    ASSERT_FALSE(expected.error) << expected.error->message;
    const Way plain{{.plain = true}, {.fast = false, .verify_ir = true}, {}};
    ASSERT_EQ(difference(expected, run_compiled(*compiler, function, *arguments, plain), 0), "") << "plainly";
    const bool is_quick = seed % 3 == 0;
    const Way threads{{.hoist_first = is_quick}, {.effort = is_quick ? Effort::Quick : Effort::Full, .verify_ir = true}, {run_in_threads, nullptr}};
    ASSERT_EQ(difference(expected, run_compiled(*compiler, function, *arguments, threads), 1e-5), "") << "optimised";
  }
}

}  // namespace
}  // namespace loopglass::codegen
