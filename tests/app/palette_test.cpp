#include "app/ui/palette.h"

#include <gtest/gtest.h>

namespace loopglass::ui {
namespace {

Action action(Menu menu, const char* label, const char* where, const char* help = "", bool able = true) {
  return {menu, label, where, 0, "", help, able ? "" : "not now", false, {}};
}

const std::vector<Action> kActions{
    action(Menu::File, "Open…", "File"),
    action(Menu::Export, "TVM (Python)", "File > Export"),
    action(Menu::Export, "NumPy loops", "File > Export"),
    action(Menu::Schedule, "transform_block_layout", "Schedule", "Makes a block's axes anew."),
    action(Menu::Schedule, "transform_layout", "Schedule", "Changes where a buffer's elements lie in it."),
    action(Menu::Schedule, "reverse_compute_at", "Schedule", "Moves a block below a loop of its producers.", false),
    action(Menu::Schedule, "compute_at", "Schedule", "Moves a block below a loop of its consumers.", false),
    action(Menu::Schedule, "rolling_buffer", "Schedule", "Keeps one tile of a buffer."),
    action(Menu::Edit, "移除无用步骤", "编辑", "删去没有作用的步骤"),
};

std::string found(const std::string& search) {
  std::string text;
  for (const size_t i : find_actions(kActions, search)) text += (text.empty() ? "" : ", ") + kActions[i].label;
  return text;
}

TEST(Palette, TheNameItselfComesFirst) {
  EXPECT_EQ(found("transform_layout"), "transform_layout, transform_block_layout");
  EXPECT_EQ(found("compute_at"), "compute_at, reverse_compute_at");
  EXPECT_EQ(found("transform"), "transform_block_layout, transform_layout");
  EXPECT_EQ(found("Layout"), "transform_block_layout, transform_layout");
}

TEST(Palette, AnActionIsFoundByItsMenu) {
  EXPECT_EQ(found("export"), "TVM (Python), NumPy loops");
  EXPECT_EQ(found("export python"), "TVM (Python)");
  EXPECT_EQ(found("file"), "Open…, TVM (Python), NumPy loops");
}

TEST(Palette, LettersThatOnlyHappenToOccurFindNothing) {
  EXPECT_EQ(found("tile"), "rolling_buffer") << "its help speaks of a tile";
  EXPECT_EQ(found("rca"), "reverse_compute_at");
  EXPECT_EQ(found("rvrs"), "");
  EXPECT_EQ(found("zzz"), "");
}

TEST(Palette, ChineseIsFoundWhereverItStands) {
  EXPECT_EQ(found("无用"), "移除无用步骤");
  EXPECT_EQ(found("没有作用"), "移除无用步骤");
}

TEST(Palette, NothingTypedFindsAllInTheirOrder) {
  EXPECT_EQ(find_actions(kActions, "").size(), kActions.size());
  EXPECT_EQ(find_actions(kActions, " _").size(), kActions.size());
}

}  // namespace
}  // namespace loopglass::ui
