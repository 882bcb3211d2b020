// The first two minutes by mouse and by keyboard, in both languages, on what a person sees: from the program that opens to the script for TVM.
#include <algorithm>
#include <fstream>

#include <imgui_internal.h>

#include "app/model/files.h"
#include "tests/app/story.h"

namespace loopglass::ui {
namespace {

void drag(ImGuiTestContext* context, const char* from, const char* to) {
  context->MouseMove(card(from).c_str());
  context->MouseDown();
  const ImGuiTestItemInfo target = context->ItemInfo(card(to).c_str());
  context->MouseMoveToPos({target.RectFull.GetCenter().x, target.RectFull.Min.y + target.RectFull.GetHeight() * 0.25f});
  DrivenWindow& desk = DrivenWindow::of(context);
  until(context, "the text shows what would become", [&] { return desk.view().preview && desk.view().preview->texts; });
  context->MouseUp();
}

TEST_P(Story, ByMouse) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("story by mouse", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.keeps_its_time(); });

    select(context, "j");
    until(context, "its elements light up", [&] { return desk.view().touched && desk.view().touched_loop == desk.state().selection; });
    context->ItemClick("//###tree/**/split");
    until(context, "the form is open", [&] { return desk.state().form.has_value(); });
    context->ItemClick("//###form/**/4");
    until(context, "the preview has come", [&] { return desk.view().preview && desk.view().preview->version; });
    context->ItemClick(fmt::format("//###form/{}", desk.words()("form.apply")).c_str());
    until(context, "j is split", [&] { return is_step(desk, "split"); });
    IM_CHECK(desk.script().find("for i, j_0, j_1, k in T.grid(128, 32, 4, 128):") != std::string::npos);

    drag(context, "k", "j_1");
    until(context, "k stands above j_1", [&] { return is_step(desk, "reorder"); });
    IM_CHECK(desk.script().find("for i, j_0, k, j_1 in T.grid(128, 32, 128, 4):") != std::string::npos);

    drag(context, "C", "j_0");
    until(context, "C stands below j_0", [&] { return is_step(desk, "reverse_compute_at"); });
    select(context, "k");
    context->KeyPress(ImGuiKey_D);
    until(context, "the reduction is decomposed", [&] { return is_step(desk, "decompose_reduction"); });
    IM_CHECK(desk.script().find("with T.block(\"Y_init\"):") != std::string::npos);
    until(context, "it is timed", [&] { return desk.keeps_its_time(); });

    const int last = desk.version();
    for (int i = 0; i < 4; ++i) context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_Z);
    until(context, "four steps are undone", [&] { return desk.view().version()->parent < 0; });
    IM_CHECK(desk.is_timed());
    for (int i = 0; i < 4; ++i) context->KeyPress(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z);
    until(context, "they are redone", [&] { return desk.version() == last; });
    IM_CHECK(desk.is_timed());

    const fs::path script = fs::path(LOOPGLASS_BINARY_DIR) / fmt::format("story_{}.py", to_string(desk.words().language()));
    fs::remove(script);
    context->SetRef("##MainMenuBar");
    context->MenuClick(fmt::format("{}/{}/{}", desk.words()("menu.file"), desk.words()("menu.export"), desk.words()("export.python")).c_str());
    until(context, "the dialog is open", [&] { return context->WindowInfo("//###chooser").Window != nullptr; });
    context->ItemInputValue("//###chooser/##name", script.c_str());   // and Enter
    until(context, "the script is read back", [&] { return desk.view().notice && desk.view().notice->key == "notice.exported.python"; });
    IM_CHECK(fs::exists(script));
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, EnterOpensTheFileThatWasClicked) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("chooser", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    const fs::path folder = fs::path(LOOPGLASS_SOURCE_DIR) / "assets/shelf";
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_O);
    until(context, "the dialog is open", [&] { return context->WindowInfo("//###chooser").Window != nullptr; });
    context->ItemInputValue("//###chooser/##folder", folder.c_str());
    until(context, "the folder is listed", [&] { return context->ItemExists("//###chooser/**/softmax.py"); });
    context->ItemClick("//###chooser/**/softmax.py");
    context->KeyPress(ImGuiKey_Enter);
    until(context, "the file is open", [&] { return desk.view().version() && desk.view().version()->source->path == folder / "softmax.py"; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, ByKeyboard) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("story by keyboard", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    auto go_to = [&](const char* label) {
      for (int i = 0; i < 12 && desk.state().selection != desk.node(label); ++i) context->KeyPress(ImGuiKey_DownArrow);
      for (int i = 0; i < 12 && desk.state().selection != desk.node(label); ++i) context->KeyPress(ImGuiKey_UpArrow);
      until(context, "the selection has come", [&] { return desk.state().selection == desk.node(label); });
    };
    go_to("j");
    context->KeyPress(ImGuiKey_S);
    until(context, "the form is open", [&] { return desk.state().form.has_value(); });
    context->KeyCharsReplace("None, 4");
    context->KeyPress(ImGuiKey_Enter);
    until(context, "j is split", [&] { return is_step(desk, "split"); });

    go_to("k");
    context->KeyPress(ImGuiMod_Alt | ImGuiKey_UpArrow);
    until(context, "k stands above j_1", [&] { return is_step(desk, "reorder"); });

    go_to("C");
    context->KeyPress(ImGuiKey_M);
    for (int i = 0; i < 12 && desk.state().placing_target != desk.node("j_0"); ++i) context->KeyPress(ImGuiKey_UpArrow);
    context->KeyPress(ImGuiKey_Enter);
    until(context, "C stands below j_0", [&] { return is_step(desk, "reverse_compute_at"); });

    go_to("k");
    context->KeyPress(ImGuiKey_D);
    until(context, "the reduction is decomposed", [&] { return is_step(desk, "decompose_reduction"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AFolderThatIsNotThereIsSaidInTheDialog) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("export dialog", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_S);
    until(context, "the dialog is open", [&] { return context->WindowInfo("//###chooser").Window != nullptr; });
    const fs::path folder = fs::path(LOOPGLASS_BINARY_DIR) / "no_such_folder";
    context->ItemInputValue("//###chooser/##name", (folder / "a.loopglass").c_str());
    context->Yield(3);
    IM_CHECK(context->WindowInfo("//###chooser").Window->Active);
    const fs::path project = fs::path(LOOPGLASS_BINARY_DIR) / fmt::format("story_{}.loopglass", to_string(desk.words().language()));
    fs::remove(project);
    context->ItemInputValue("//###chooser/##name", project.c_str());
    until(context, "it is saved", [&] { return desk.view().notice && desk.view().notice->key == "notice.saved"; });
    IM_CHECK(desk.recent_files().front() == project.string());
    context->Yield(3);
    context->KeyPress(ImGuiKey_DownArrow);   // the keyboard is the tree's again
    until(context, "a card is selected", [&] { return desk.state().selection.has_value(); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AClickOnAPictureKeepsAnElementAndTellsWhoTouchesIt) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("pin", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    select(context, "k");
    const auto& pinned = desk.state().pinned;
    context->ItemClick("//###memory/**/A");
    until(context, "it is kept", [&] { return pinned && pinned->buffer == "A"; });
    IM_CHECK(desk.state().selection == desk.node("k"));   // which touches A
    until(context, "who touches it is known", [&] { return desk.view().touchers && desk.view().touchers->element == *pinned; });
    IM_CHECK_STR_EQ(desk.view().touchers->touchers.front().block.c_str(), "Y");
    context->ItemClick("//###memory/**/A");
    until(context, "it is kept no longer", [&] { return !pinned; });
    select(context, "i#2");
    context->ItemClick("//###memory/**/A");
    until(context, "what touches it is selected", [&] { return desk.state().selection == desk.node("Y"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, WhatIsSeenOfTheMemoryIsExported) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("export pictures", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "the caches are simulated", [&] { return desk.view().figures != nullptr; });
    desk.state().heat_mode = HeatMode::Misses1;
    context->Yield(2);
    const Locale& words = desk.words();
    const fs::path drawing = fs::path(LOOPGLASS_BINARY_DIR) / fmt::format("story_{}.svg", to_string(words.language()));
    const std::string item = fmt::format("{}/{}/{}", words("menu.file"), words("menu.export"), words("export.svg"));
    fs::remove(drawing);
    context->SetRef("##MainMenuBar");
    context->MenuClick(item.c_str());
    until(context, "the dialog is open", [&] { return context->WindowInfo("//###chooser").Window != nullptr; });
    context->ItemInputValue("//###chooser/##name", drawing.c_str());
    until(context, "it is drawn", [&] { return desk.view().notice && desk.view().notice->key == "notice.exported.svg"; });
    const std::string svg = app::read_text_file(drawing).value();
    IM_CHECK(svg.find(words.format("memory.mode.misses", {{"level", "L1"}})) != std::string::npos);
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, EscapeClosesAMenuSoThatAClickOpensItAgain) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("escape", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    const auto menus = [] { return ImGui::GetCurrentContext()->OpenPopupStack.Size; };
    const std::string title = fmt::format("//##MainMenuBar/**/{}", desk.words()("menu.view"));
    for (int time = 0; time < 2; ++time) {
      context->MouseMove(title.c_str());
      context->MouseClick();
      until(context, "the menu is open", [&] { return menus() == 1; });
      context->KeyPress(ImGuiKey_Escape);
      until(context, "the menu is closed", [&] { return menus() == 0; });
    }
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheLanguageSwitchesAtOnce) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("language", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    const Language before = desk.words().language();
    context->ItemClick(before == Language::English ? "//##MainMenuBar/**/中文" : "//##MainMenuBar/**/EN");
    until(context, "the other language is on", [&] { return desk.words().language() != before; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheWorkComesBackAndCanBeStartedAnew) {
  const fs::path state = fs::path(LOOPGLASS_BINARY_DIR) / "scratch" / fmt::format("story.state.{}", GetParam());
  fs::remove_all(state);
  {
    DrivenWindow desk(GetParam(), course_program(), state);
    EXPECT_TRUE(desk.run("a step, and the end", [](ImGuiTestContext* context) {
      DrivenWindow& desk = once_timed(context);
      select(context, "j");
      context->KeyPress(ImGuiKey_U);
      until(context, "j is unrolled", [&] { return is_step(desk, "unroll"); });
    }));
  }
  DrivenWindow desk(GetParam(), course_program(), state);
  EXPECT_TRUE(desk.run("where it was left", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "the program is open", [&] { return desk.version() >= 0; });
    IM_CHECK(is_step(desk, "unroll"));
    context->ItemClick(fmt::format("//###toast/{}", desk.words()("notice.start_anew")).c_str());
    until(context, "it is as the file has it", [&] { return desk.version() == 0; });
  }));
}

INSTANTIATE_TEST_SUITE_P(Languages, Story, testing::Values("en", "zh"), language_of);

}  // namespace
}  // namespace loopglass::ui
