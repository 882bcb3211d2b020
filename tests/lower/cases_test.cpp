// tests/cases/lower: programs, and below the mark what lowering makes of them; a first line `# hoist_first` sets that option. LOOPGLASS_UPDATE_CASES=1 rewrites the expectations.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/ir/rewriter.h"
#include "engine/lower/checks.h"
#include "engine/lower/lower.h"
#include "engine/script/parser.h"
#include "engine/script/printer.h"

namespace loopglass::lower {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "\n# ---- lowered ----\n";

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class WithoutOrigins : public ir::Rewriter {
 public:
  using Rewriter::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::AttrStmt* attr = ir::as<ir::AttrStmt>(s);
    return attr && attr->key == kOrigin ? rewrite(attr->body) : Rewriter::rewrite(s);
  }
};

std::string lowered_text(const ir::Module& module, const Options& options) {
  ir::ModuleNode out;
  for (const ir::NamedFunction& named : module->functions) {
    const auto lowered = lower(named.function, named.name, options);
    if (!lowered) return "# " + std::string(to_string(lowered.error().kind)) + ": " + lowered.error().message + "\n";
    ir::PrimFunc function = *lowered->function;
    function.body = WithoutOrigins().rewrite(function.body);
    out.functions.push_back({named.name, std::make_shared<const ir::PrimFunc>(std::move(function))});
  }
  return script::print(ir::make_module(std::move(out)), {.header = false}).text;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(LOOPGLASS_SOURCE_DIR) / "tests/cases/lower")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Lower : public testing::TestWithParam<fs::path> {};

TEST_P(Lower, GivesTheExpectedLoops) {
  const std::string text = read(GetParam());
  const size_t mark = text.find(kMark);
  const std::string program = text.substr(0, mark);
  const auto module = script::parse_module(program);
  ASSERT_TRUE(module) << module.error().message;
  const std::string got = lowered_text(*module, {.hoist_first = program.starts_with("# hoist_first\n")});
  if (std::getenv("LOOPGLASS_UPDATE_CASES")) std::ofstream(GetParam()) << program << kMark << got;
  else EXPECT_EQ(mark == std::string::npos ? "" : text.substr(mark + kMark.size()), got);
}

INSTANTIATE_TEST_SUITE_P(Cases, Lower, testing::ValuesIn(cases()), [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace loopglass::lower
