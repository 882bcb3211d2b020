// The window as it is started from a shell: without a display, and playing its tour.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/command_line/program_run.h"

namespace loopglass::testing {
namespace {

namespace fs = std::filesystem;

TEST(Window, WithoutADisplaySaysSo) {   // NoDisplay
  const ProgramRun run = loopglass(project_file("assets/programs/mm_relu.py"), "-u DISPLAY -u WAYLAND_DISPLAY");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("display"), std::string::npos) << run.err;
}

class OnADisplay : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) GTEST_SKIP() << "no display";
  }
};

TEST_F(OnADisplay, TheTourLeavesAPictureOfEachStep) {
  for (const char* language : {"en", "zh"}) {
    const fs::path folder = fresh_folder();
    const ProgramRun run = loopglass("--tour '" + folder.string() + "' --language " + language);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    int pictures = 0;
    for (const auto& entry : fs::directory_iterator(folder)) pictures += entry.path().extension() == ".png" && fs::file_size(entry) > 10000;
    EXPECT_GE(pictures, 13) << language << run.out;
    EXPECT_TRUE(text_of(folder / "mm_relu_tvm.py").find("sch.decompose_reduction") != std::string::npos) << language;
  }
}

TEST_F(OnADisplay, EditsAreTimedOneByOne) {
  const fs::path file = fresh_folder() / "edits.json";
  const ProgramRun run = loopglass("--edits '" + file.string() + "' --edit-count 2");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const nlohmann::json edits = nlohmann::json::parse(text_of(file));
  EXPECT_EQ(edits.at("edits"), 2);
  for (const auto& edit : edits.at("each")) {
    EXPECT_FALSE(edit.at("steps").empty());
    for (const auto& step : edit.at("steps")) EXPECT_FALSE(step.get<std::string>().empty());
    EXPECT_GT(edit.at("on_screen_ms"), edit.at("first_time_ms"));
    EXPECT_GT(edit.at("first_time_ms"), 0);
  }
}

TEST_F(OnADisplay, EditsAndSeeksOfTheMemoryAreTimedOneByOne) {
  const fs::path file = fresh_folder() / "seeks.json";
  const ProgramRun run = loopglass("--seeks '" + file.string() + "' --seek-extent 128");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const nlohmann::json played = nlohmann::json::parse(text_of(file));
  EXPECT_EQ(played.at("edits").size(), 10u);
  EXPECT_EQ(played.at("seeks").size(), 20u);
  for (const char* kind : {"edits", "seeks"})
    for (const auto& gesture : played.at(kind)) EXPECT_GT(gesture.at("shown_ms"), 0) << gesture;
  EXPECT_TRUE(played.at("seeks").back().at("with_caches"));
}

TEST_F(OnADisplay, ATourThatCannotGoOnSaysWhere) {   // TourStopped
  const fs::path folder = fresh_folder();
  for (const char* part : {"assets", "shaders"}) fs::copy(fs::path(LOOPGLASS_SOURCE_DIR) / part, folder / part, fs::copy_options::recursive);
  written(folder / "assets/programs/mm_relu.py",
          "from tvm.script import tirx as T\n\n@T.prim_func(s_tir=True)\ndef main(A: T.Buffer((4,), \"float32\")):\n    for x in range(4):\n"
          "        with T.sblock(\"A\"):\n            vx = T.axis.spatial(4, x)\n            A[vx] = T.float32(1)\n");
  const ProgramRun run = loopglass("--tour '" + (folder / "tour").string() + "'", "LOOPGLASS_ASSETS='" + (folder / "assets").string() + "'");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("loop j"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace loopglass::testing
