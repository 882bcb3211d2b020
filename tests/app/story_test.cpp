// The first two minutes by mouse and by keyboard, in both languages, on what a person sees: from the program that opens to the script for TVM.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include <imgui_internal.h>

#include "app/model/files.h"
#include "tests/app/driven_window.h"

namespace loopglass::ui {
namespace {

namespace fs = std::filesystem;

fs::path course_program() { return fs::path(LOOPGLASS_SOURCE_DIR) / "assets/programs/mm_relu.py"; }
std::string card(const char* label) { return fmt::format("//###tree/**/{}", label); }

class Story : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) GTEST_SKIP() << "no display";
  }
};

bool is_step(DrivenWindow& desk, const char* primitive) {
  return desk.view().version()->primitive && std::string_view(desk.view().version()->primitive->name) == primitive;
}

void select(ImGuiTestContext* context, const char* label) {
  DrivenWindow& desk = DrivenWindow::of(context);
  context->ItemClick(card(label).c_str());
  until(context, "the selection has come", [&] { return desk.state().selection == desk.node(label) && desk.view().moves_of == desk.state().selection; });
}

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
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
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

TEST_P(Story, TheGripOfALoopGoesThroughItsDivisorsAndShowsWhatEachTouches) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("split by the grip", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    const Rect grip = desk.state().marks.at("split j");
    const auto at = [&](float to_the_left) { return ImVec2{grip.x + grip.width / 2 - to_the_left, grip.y + grip.height / 2}; };
    context->MouseMoveToPos(at(0));
    context->MouseDown();
    std::vector<int64_t> touched;
    for (const auto& [to_the_left, step] : {std::pair(50.0f, "split(j, [None, 8])"), {94.0f, "split(j, [None, 32])"}}) {
      context->MouseMoveToPos(at(to_the_left));
      until(context, step, [&, step = step] { return desk.view().preview && desk.view().preview->version && desk.view().preview->version->step == step && desk.view().preview->loops; });
      touched.push_back(std::ranges::find(*desk.view().preview->loops, "i/j_0", &locality::LoopFootprint::path)->total_bytes);
    }
    IM_CHECK_EQ(touched.at(0), 4 * (128 + 128 * 8 + 8));
    IM_CHECK_EQ(touched.at(1), 4 * (128 + 128 * 32 + 32));
    context->KeyPress(ImGuiKey_Escape);
    until(context, "the preview is gone", [&] { return !desk.view().preview; });
    context->MouseUp();
    context->Yield(5);
    IM_CHECK_EQ(desk.version(), 0);
    context->MouseMoveToPos(at(0));
    context->MouseDown();
    context->MouseMoveToPos(at(50));
    context->MouseUp();
    until(context, "j is split", [&] { return is_step(desk, "split"); });
    IM_CHECK_STR_EQ(desk.view().version()->step.c_str(), "split(j, [None, 8])");
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AnIllegalStepSaysWhy) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("illegal step", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "k");
    const int before = desk.version();
    context->KeyPress(ImGuiKey_P);
    until(context, "the refusal has come", [&] { return desk.view().refusal.has_value(); });
    IM_CHECK_EQ(desk.version(), before);
    context->ItemClick(fmt::format("//###tree/{}", desk.words()("common.close")).c_str());
    until(context, "it is closed", [&] { return !desk.view().refusal; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, ThePaletteFindsAPrimitive) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("palette", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "j");
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_P);
    until(context, "the palette is open", [&] { return desk.state().palette_open; });
    context->KeyChars("unrol");
    context->KeyPress(ImGuiKey_Enter);
    until(context, "j is unrolled", [&] { return is_step(desk, "unroll"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheMenuOfACardListsEachMoveOnceWithinTheWindow) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("menu of a card", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    const auto popups = [] { return ImGui::GetCurrentContext()->OpenPopupStack.Size; };
    context->ItemClick(card("C").c_str(), ImGuiMouseButton_Right);
    until(context, "the menu is open", [&] { return popups() == 1 && ImGui::GetCurrentContext()->OpenPopupStack[0].Window; });
    const ImGuiWindow* menu = ImGui::GetCurrentContext()->OpenPopupStack[0].Window;
    ImGuiTestItemList items;
    context->GatherItems(&items, menu->Name, -1);
    int moves = 0;
    for (const auto& item : items) moves += std::string_view(item.DebugLabel) == "cache_read";
    IM_CHECK_EQ(moves, 1);
    const ImGuiViewport& viewport = *ImGui::GetMainViewport();
    IM_CHECK_LE(menu->Pos.y + menu->Size.y, viewport.Pos.y + viewport.Size.y);
    IM_CHECK_LE(menu->Size.y, menu->ContentSize.y + 40);
    context->KeyPress(ImGuiKey_Escape);
    until(context, "it is closed", [&] { return popups() == 0; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AFormTakesTheKeyboardAndGivesItBackToTheTree) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("form", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "C");
    context->KeyPress(ImGuiKey_R);
    until(context, "the form of cache_read is open", [&] { return desk.state().form.has_value(); });
    context->Yield(3);
    IM_CHECK(ImGui::GetIO().WantTextInput);
    select(context, "Y");   // the form follows
    IM_CHECK(desk.state().form && desk.state().form->node == desk.node("Y"));
    context->KeyPress(ImGuiKey_Enter);
    until(context, "A is cached for Y", [&] { return is_step(desk, "cache_read"); });
    context->Yield(3);
    context->KeyPress(ImGuiKey_UpArrow);
    until(context, "the arrow goes to the loop above", [&] { return desk.state().selection && desk.state().selection != desk.node("Y"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, ABlockIsPlacedOnlyWhereItDoesNotStand) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("placing", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "C");
    context->KeyPress(ImGuiKey_S);   // is done to a loop
    IM_CHECK(!desk.state().form && desk.state().tree_note.starts_with("split: "));
    context->KeyPress(ImGuiKey_M);
    IM_CHECK(desk.state().placing_block);
    context->ItemClick(card("j#2").c_str());
    IM_CHECK(desk.state().placing_block);
    IM_CHECK(!desk.state().tree_note.empty());
    context->KeyPress(ImGuiKey_UpArrow);   // past its own loops
    IM_CHECK(desk.state().placing_target == desk.node("k"));
    context->KeyPress(ImGuiKey_Escape);
    IM_CHECK(!desk.state().placing_block);
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AfterAPaletteCommandTheArrowsGoThroughTheTree) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("focus", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "i");
    context->ItemClick("//###history");
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_P);
    until(context, "the palette is open", [&] { return desk.state().palette_open; });
    context->KeyChars("unroll");
    context->KeyPress(ImGuiKey_Enter);
    until(context, "i is unrolled", [&] { return is_step(desk, "unroll"); });
    context->Yield(3);
    context->KeyPress(ImGuiKey_DownArrow);
    until(context, "the arrow goes to j", [&] { return desk.state().selection == desk.node("j"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, ARefusalLeavesTheSelectedCardInView) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("refusal and view", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    select(context, "C");
    context->KeyPress(ImGuiKey_I);
    until(context, "the refusal has come", [&] { return desk.view().refusal.has_value(); });
    context->Yield(3);
    const ImGuiTestItemInfo selected = context->ItemInfo(card("C").c_str());
    IM_CHECK_GE(selected.RectClipped.GetHeight(), selected.RectFull.GetHeight() - 1);
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheFirstNinePrimitivesAreShownInAWideTreeToo) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("nine primitives", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    const ImGuiWindow* tree = context->WindowInfo("//###tree").Window;
    for (const float width : {600.0f, 430.0f, 300.0f}) {
      ImGui::DockBuilderSetNodeSize(tree->DockNode->ID, {width, tree->DockNode->Size.y});
      context->Yield(3);
      for (const char* name : {"split", "unroll", "compute_at", "reverse_compute_at", "compute_inline"})
        IM_CHECK(context->ItemExists(card(name).c_str()));
    }
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AFolderThatIsNotThereIsSaidInTheDialog) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("export dialog", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
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
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
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
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
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

TEST_P(Story, TypedTextBecomesANewRootAndAnErrorStaysUnderItsLine) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("editing", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    const std::string before = desk.script();
    context->ItemClick(fmt::format("//###text/{}", desk.words()("text.edit")).c_str());
    until(context, "the editor is open", [&] { return desk.state().editing; });
    context->Yield(5);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_End);
    context->KeyChars("(");
    until(context, "the error is there", [&] { return !desk.view().text_errors.empty(); });
    IM_CHECK_EQ(desk.script(), before);
    context->KeyPress(ImGuiKey_Backspace);
    until(context, "the error is gone", [&] { return desk.view().text_errors.empty(); });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheWorkComesBackAndCanBeStartedAnew) {
  const fs::path state = fs::path(LOOPGLASS_BINARY_DIR) / "scratch" / fmt::format("story.state.{}", GetParam());
  fs::remove_all(state);
  {
    DrivenWindow desk(GetParam(), course_program(), state);
    EXPECT_TRUE(desk.run("a step, and the end", [](ImGuiTestContext* context) {
      DrivenWindow& desk = DrivenWindow::of(context);
      until(context, "a verified time is there", [&] { return desk.is_timed(); });
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

void open_editor(ImGuiTestContext* context) {
  DrivenWindow& desk = DrivenWindow::of(context);
  context->ItemClick(fmt::format("//###text/{}", desk.words()("text.edit")).c_str());
  until(context, "the editor is open", [&] { return desk.state().editing; });
  context->Yield(5);
}

TEST_P(Story, AnEditWithAnErrorIsNotLost) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("an edit with an error", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    open_editor(context);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_End);
    context->KeyChars("x = = 3");
    const std::string done = fmt::format("//###text/{}", desk.words()("text.stop_editing")), discard = fmt::format("//###text/{}", desk.words()("text.discard_edit"));
    context->ItemClick(done.c_str());
    until(context, "the error is there", [&] { return !desk.view().text_errors.empty() && !desk.state().edit_ends; });
    IM_CHECK(desk.state().editing);
    IM_CHECK(desk.state().edit_buffer.find("x = = 3") != std::string::npos);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_E);
    context->Yield(5);
    IM_CHECK(desk.state().editing);
    context->ItemClick(discard.c_str());
    until(context, "the editor is closed", [&] { return !desk.state().editing && desk.view().text_errors.empty(); });
    open_editor(context);
    IM_CHECK(desk.view().text_errors.empty());
    context->ItemClick(done.c_str());
    until(context, "the editor is closed again", [&] { return !desk.state().editing; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, TheOpenEditorFollowsTheProgram) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("the editor follows", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    open_editor(context);
    select(context, "j");
    context->KeyPress(ImGuiKey_U);
    until(context, "j is unrolled", [&] { return is_step(desk, "unroll"); });
    until(context, "so it is in the editor", [&] { return desk.state().edit_buffer.find("T.unroll") != std::string::npos; });
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_Z);
    until(context, "and undone in the editor", [&] { return desk.state().edit_buffer.find("T.unroll") == std::string::npos; });
  });
  EXPECT_TRUE(held);
}

TEST_P(Story, AnEditIsUndoneAndRedone) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("an edit is undone", [](ImGuiTestContext* context) {
    DrivenWindow& desk = DrivenWindow::of(context);
    until(context, "a verified time is there", [&] { return desk.is_timed(); });
    const int before = desk.version();
    open_editor(context);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_End);   // an empty line behind "… T.float32(0.0))"
    context->KeyPress(ImGuiKey_LeftArrow);
    context->KeyPress(ImGuiKey_LeftArrow, 2);
    context->KeyChars("25");
    until(context, "the edit is taken", [&] { return desk.version() != before; });
    context->ItemClick(fmt::format("//###text/{}", desk.words()("text.stop_editing")).c_str());
    until(context, "the editor is closed", [&] { return !desk.state().editing; });
    const int edited = desk.version();
    IM_CHECK_EQ(desk.view().version()->edited_from, before);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_Z);
    until(context, "the edit is undone", [&] { return desk.version() == before; });
    context->KeyPress(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z);
    until(context, "the edit is redone", [&] { return desk.version() == edited; });
  });
  EXPECT_TRUE(held);
}

INSTANTIATE_TEST_SUITE_P(Languages, Story, testing::Values("en", "zh"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace loopglass::ui
