// Every room has a README.md that tells what is in it.
#include <gtest/gtest.h>

#include "tests/policy/source_tree.h"

namespace loopglass::policy {
namespace {

TEST(Readme, EveryFolderOfTheEngineHasOne) {
  for (const auto& entry : std::filesystem::directory_iterator(source_root() / "engine"))
    if (entry.is_directory()) {
      EXPECT_TRUE(std::filesystem::exists(entry.path() / "README.md")) << entry.path();
    }
  for (const char* folder : {"app", "tests", "assets", "shaders", "engine"})
    EXPECT_TRUE(std::filesystem::exists(source_root() / folder / "README.md")) << folder;
}

}  // namespace
}  // namespace loopglass::policy
