// Programs in TVMScript (tests/cases/codegen): the interpreter and compiled code agree, lowered plainly, with all passes, and in threads.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "engine/interp/interpreter.h"
#include "engine/script/parser.h"
#include "engine/support/cpu_levels.h"
#include "tests/codegen/both_ways.h"

namespace loopglass::codegen {
namespace {

namespace fs = std::filesystem;

void run_in_threads(void*, int64_t extent, void (*chunk)(void*, int64_t, int64_t), void* closure) {
  std::vector<std::jthread> threads;
  for (int64_t part = 0; part < 2; ++part)
    threads.emplace_back([=] { chunk(closure, extent * part / 2, extent * (part + 1) / 2); });
}

std::vector<fs::path> cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(LOOPGLASS_SOURCE_DIR) / "tests/cases/codegen")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Program : public testing::TestWithParam<fs::path> {};

TEST_P(Program, GivesWhatTheInterpreterGives) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  const Result<ir::Module> module = script::parse_module(text.str());
  ASSERT_TRUE(module) << module.error().message;
  const auto compiler = make_compiler();
  const double tolerance = text.str().find("float16") == std::string::npos ? 1e-5 : 2e-2;
  const bool is_exact = text.str().find("# exact") != std::string::npos;
  for (const ir::NamedFunction& named : (*module)->functions) {
    SCOPED_TRACE(named.name);
    auto arguments = interp::make_arguments(named.function, 7);
    ASSERT_TRUE(arguments) << arguments.error().message;
    const Outcome expected = interpret(named.function, *arguments);
    const Way plain{{.plain = true}, {.fast = false, .verify_ir = true}, {}};
    EXPECT_EQ(difference(expected, run_compiled(*compiler, named.function, *arguments, plain), is_exact ? 0 : tolerance), "") << "plainly";
    EXPECT_EQ(difference(expected, run_compiled(*compiler, named.function, *arguments, {}), tolerance), "") << "optimised";
    const Way bare{{}, {.effort = Effort::None, .verify_ir = true}, {}};
    EXPECT_EQ(difference(expected, run_compiled(*compiler, named.function, *arguments, bare), tolerance), "") << "without passes of LLVM";
    const Way quick{{.hoist_first = true}, {.effort = Effort::Quick, .verify_ir = true}, {}};
    EXPECT_EQ(difference(expected, run_compiled(*compiler, named.function, *arguments, quick), tolerance), "") << "quickly";
    for (const std::string& level : cpu_levels())
      EXPECT_EQ(difference(expected, run_compiled(*make_compiler(level), named.function, *arguments, {}), tolerance), "") << "for " << level;
    const Way threads{{}, {.verify_ir = true}, {run_in_threads, nullptr}};
    EXPECT_EQ(difference(expected, run_compiled(*compiler, named.function, *arguments, threads), tolerance), "") << "in threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Program, testing::ValuesIn(cases()), [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace loopglass::codegen
