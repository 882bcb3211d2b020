#include "app/model/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

TEST(Settings, ComeBack) {
  const auto folder = fresh_folder();
  Settings settings{.language = "zh", .theme = "projector", .scale = 1.5, .show_story = false, .last_folder = "/programs"};
  remember_file(settings, "/a.py");
  remember_file(settings, "/b.py");
  remember_file(settings, "/a.py");
  save_settings(settings, folder);
  EXPECT_EQ(load_settings(folder), settings);
  EXPECT_EQ(settings.recent_files, (std::vector<std::string>{"/a.py", "/b.py"}));
}

TEST(Settings, ABrokenFileGivesTheDefaults) {
  const auto folder = fresh_folder();
  EXPECT_EQ(load_settings(folder), Settings{});
  std::ofstream(folder / "settings.json") << "{\"scale\": \"big\", \"theme\": 3, \"language\": \"zh\"";
  EXPECT_EQ(load_settings(folder), Settings{});
  std::ofstream(folder / "settings.json") << R"({"scale": 1000, "theme": 3, "language": "zh"})";
  const Settings settings = load_settings(folder);
  EXPECT_EQ(settings.language, "zh");
  EXPECT_EQ(settings.theme, "dark");
  EXPECT_EQ(settings.scale, 4.0);
}

}  // namespace
}  // namespace loopglass::app
