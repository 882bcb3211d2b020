// A lower level never includes a higher one, nor a neighbour of its own level; LLVM and Dear ImGui stay in their rooms.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "tests/policy/source_tree.h"

namespace loopglass::policy {
namespace {

// The table of levels: a folder may include folders of a smaller number, and itself.
const std::map<std::string, int> kLevels{{"engine/support", 0}, {"engine/ir", 1},       {"engine/script", 2}, {"engine/arith", 2},
                                         {"engine/interp", 2},  {"engine/schedule", 3}, {"engine/locality", 3}, {"engine/lower", 4},
                                         {"engine/emit", 5},    {"engine/codegen", 5},  {"engine/measure", 6}, {"engine/tune", 7},
                                         {"app", 8}};

// "engine/ir" of "engine/ir/expr.h", "app" of "app/model/view.h"; empty for anything else.
std::string room_of(const std::string& path) {
  if (path.starts_with("app/")) return "app";
  if (!path.starts_with("engine/")) return {};
  return path.substr(0, path.find('/', 7));
}

std::vector<std::string> includes_of(const std::string& file) {
  std::vector<std::string> found;
  std::istringstream text(text_of(file));
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("#include ")) continue;
    const size_t open = line.find_first_of("\"<"), close = line.find_first_of("\">", open + 1);
    if (close != std::string::npos) found.push_back(line.substr(open + 1, close - open - 1));
  }
  return found;
}

TEST(IncludeDirections, LowerLevelsNeverIncludeHigherOnes) {
  int checked = 0;
  for (const std::string folder : {"engine", "app"})
    for (const std::string& file : files_below(folder, {".h", ".cpp", ".def"}))
      for (const std::string& included : includes_of(file)) {
        const std::string from = room_of(file), to = room_of(included);
        if (to.empty() || from == to) continue;
        ASSERT_TRUE(kLevels.contains(from)) << file << " is in a folder without a level";
        ASSERT_TRUE(kLevels.contains(to)) << file << " includes " << included;
        EXPECT_LT(kLevels.at(to), kLevels.at(from)) << file << " includes " << included;
        ++checked;
      }
  EXPECT_GT(checked, 100);
}

TEST(IncludeDirections, LlvmIsSeenByCodegenAlone) {
  for (const std::string folder : {"engine", "app"})
    for (const std::string& file : files_below(folder, {".h", ".cpp"}))
      for (const std::string& included : includes_of(file))
        if (included.starts_with("llvm/") || included.starts_with("llvm-c/")) {
          EXPECT_TRUE((file.starts_with("engine/codegen/") && file.ends_with(".cpp")) || file.starts_with("engine/codegen/llvm/")) << file;
        }
}

TEST(IncludeDirections, TheEngineAndTheModelKnowNoWindow) {
  for (const std::string folder : {"engine", "app/model", "app/command_line"})
    for (const std::string& file : files_below(folder, {".h", ".cpp"}))
      for (const std::string& included : includes_of(file))
        EXPECT_FALSE(included.starts_with("imgui") || included.starts_with("GLFW") || included.starts_with("glad")) << file;
}

}  // namespace
}  // namespace loopglass::policy
