// Every program under tests/cases (codegen's are the interpreter's too) and random ones, as NumPy and as C, against the interpreter.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/emit/emit.h"
#include "engine/interp/interpreter.h"
#include "engine/script/parser.h"
#include "tests/emit/execute.h"
#include "tests/locality/random_program.h"

namespace loopglass::emit {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}
fs::path work_folder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  std::ranges::replace(name, '/', '_');
  return fs::path(LOOPGLASS_BINARY_DIR) / "tests" / "emit" / name;
}

std::vector<fs::path> case_files() {
  std::vector<fs::path> files;
  for (const char* area : {"codegen", "emit"})
    for (const auto& entry : fs::directory_iterator(fs::path(LOOPGLASS_SOURCE_DIR) / "tests/cases" / area))
      if (entry.path().extension() == ".py" && entry.path().stem() != "failures") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

struct Prepared {
  std::vector<Call> calls;                               // with the inputs
  std::vector<std::vector<interp::Tensor>> wanted;       // what the interpreter makes of them
  std::string text;
  std::set<std::string> refused;
};

// Each function alone, so that one which has no form does not hide the others.
Prepared prepare(const ir::Module& module, Result<LinkedText> (*emit)(const ir::Module&, std::string_view)) {
  Prepared p;
  ir::ModuleNode kept;
  for (const ir::NamedFunction& f : module->functions) {
    auto arguments = interp::make_arguments(f.function, 11);
    if (!arguments) continue;
    if (const auto text = emit(module, f.name); !text) {
      EXPECT_EQ(text.error().kind, DiagnosticKind::UnsupportedOperation) << text.error().message;
      p.refused.insert(f.name);
      continue;
    }
    kept.functions.push_back(f);
    p.calls.push_back({f.name, *arguments, {}});
    for (const ir::Param& param : f.function->params) p.calls.back().is_scalar.push_back(!param.buffer);
    const auto ran = interp::run(f.function, *arguments);
    EXPECT_TRUE(ran) << f.name << ": " << ran.error().message;
    p.wanted.push_back(std::move(*arguments));
  }
  p.text = emit(ir::make_module(std::move(kept)), {})->text;
  return p;
}

void expect_agreement(const Prepared& p, double tolerance) {
  for (size_t c = 0; c < p.calls.size(); ++c)
    EXPECT_EQ(difference(p.wanted[c], p.calls[c].arguments, tolerance), "") << p.calls[c].function << " of\n" << p.text;
}

class Programs : public ::testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    const std::string text = slurp(GetParam());
    const script::ParsedFile file = script::parse_file(text);
    ASSERT_TRUE(file.errors.empty()) << file.errors[0].message;
    module_ = file.modules.at(0).module;
    tolerance_ = text.starts_with("# exact") ? 0 : 2e-6;
  }
  ir::Module module_;
  double tolerance_ = 0;
};

TEST_P(Programs, RunAsC) {
  Prepared p = prepare(module_, to_c);
  ASSERT_EQ(run_c(p.text, p.calls, work_folder()), "") << p.text;
  expect_agreement(p, tolerance_);
  // Only what C99 has no type for, and vectors' own operators.
  for (const std::string& name : p.refused) {
    const auto refusal = to_c(module_, name).error().message;
    EXPECT_TRUE(refusal.find("float16") != std::string::npos || refusal.find("on vectors") != std::string::npos) << name << ": " << refusal;
  }
}

TEST_P(Programs, RunAsNumpy) {
  if (!have_numpy()) GTEST_SKIP() << "python3 has no NumPy";
  Prepared p = prepare(module_, to_numpy);
  ASSERT_EQ(run_numpy(p.text, p.calls, work_folder()), "") << p.text;
  expect_agreement(p, tolerance_);
  for (const std::string& name : p.refused) {
    const auto refusal = to_numpy(module_, name).error().message;
    EXPECT_TRUE(refusal.find("bfloat16") != std::string::npos || refusal.find("on vectors") != std::string::npos) << name << ": " << refusal;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Programs, ::testing::ValuesIn(case_files()), [](const auto& info) { return info.param.stem().string(); });

// The allocation becomes a parameter: what a random program reads before it is written is then defined.
ir::Module random_module(uint32_t first_seed, int count) {
  ir::ModuleNode module;
  for (int i = 0; i < count; ++i) {
    ir::PrimFunc f = *naive::make_random_program(first_seed + static_cast<uint32_t>(i), true).function;
    const auto& alloc = ir::get<ir::AllocBuffer>(f.body);
    f.params.push_back({ir::make_var("d", ir::kHandle), alloc.buffer});
    f.body = ir::Stmt(alloc.body);
    module.functions.push_back({"f" + std::to_string(i), std::make_shared<const ir::PrimFunc>(f)});
  }
  return ir::make_module(std::move(module));
}

TEST(RandomPrograms, RunAsC) {
  Prepared p = prepare(random_module(1, 200), to_c);
  EXPECT_TRUE(p.refused.empty());
  ASSERT_EQ(run_c(p.text, p.calls, work_folder()), "");
  expect_agreement(p, 0);
}

TEST(RandomPrograms, RunAsNumpy) {
  if (!have_numpy()) GTEST_SKIP() << "python3 has no NumPy";
  Prepared p = prepare(random_module(1000, 200), to_numpy);
  EXPECT_TRUE(p.refused.empty());
  ASSERT_EQ(run_numpy(p.text, p.calls, work_folder()), "");
  expect_agreement(p, 0);
}

}  // namespace
}  // namespace loopglass::emit
