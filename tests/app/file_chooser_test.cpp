#include "app/ui/file_chooser.h"

#include <gtest/gtest.h>

#include <fstream>

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

TEST(FileChooser, OffersWhatTheWindowOpens) {
  EXPECT_TRUE(is_program_file("mm_relu.py"));
  EXPECT_TRUE(is_program_file("mm_relu.loopglass"));
  EXPECT_FALSE(is_program_file("README.md"));
}

TEST(FileChooser, SaysWhyNothingCanBeWritten) {
  const fs::path folder = fs::path(testing::TempDir()) / "chooser";
  fs::create_directories(folder);
  EXPECT_EQ(why_not_writable(folder / "a.py"), nullptr);
  EXPECT_STREQ(why_not_writable(folder / "none" / "a.py"), "chooser.no_folder");
  EXPECT_STREQ(why_not_writable(folder), "chooser.is_folder");
}

}  // namespace
}  // namespace loopglass::ui
