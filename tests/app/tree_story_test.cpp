// Steps by the loop tree: grips, menus, forms, the palette.
#include <algorithm>

#include <imgui_internal.h>

#include "tests/app/story.h"

namespace loopglass::ui {
namespace {

class TreeStory : public Story {};

TEST_P(TreeStory, TheGripOfALoopGoesThroughItsDivisorsAndShowsWhatEachTouches) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("split by the grip", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(TreeStory, AnIllegalStepSaysWhy) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("illegal step", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(TreeStory, ThePaletteFindsAPrimitive) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("palette", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    select(context, "j");
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_P);
    until(context, "the palette is open", [&] { return desk.state().palette_open; });
    context->KeyChars("unrol");
    context->KeyPress(ImGuiKey_Enter);
    until(context, "j is unrolled", [&] { return is_step(desk, "unroll"); });
  });
  EXPECT_TRUE(held);
}

TEST_P(TreeStory, TheMenuOfACardListsEachMoveOnceWithinTheWindow) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("menu of a card", [](ImGuiTestContext* context) {
    once_timed(context);
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

TEST_P(TreeStory, AFormTakesTheKeyboardAndGivesItBackToTheTree) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("form", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(TreeStory, ABlockIsPlacedOnlyWhereItDoesNotStand) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("placing", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(TreeStory, AfterAPaletteCommandTheArrowsGoThroughTheTree) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("focus", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(TreeStory, ARefusalLeavesTheSelectedCardInView) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("refusal and view", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    select(context, "C");
    context->KeyPress(ImGuiKey_I);
    until(context, "the refusal has come", [&] { return desk.view().refusal.has_value(); });
    context->Yield(3);
    const ImGuiTestItemInfo selected = context->ItemInfo(card("C").c_str());
    IM_CHECK_GE(selected.RectClipped.GetHeight(), selected.RectFull.GetHeight() - 1);
  });
  EXPECT_TRUE(held);
}

TEST_P(TreeStory, TheFirstNinePrimitivesAreShownInAWideTreeToo) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("nine primitives", [](ImGuiTestContext* context) {
    once_timed(context);
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

INSTANTIATE_TEST_SUITE_P(Languages, TreeStory, testing::Values("en", "zh"), language_of);

}  // namespace
}  // namespace loopglass::ui
