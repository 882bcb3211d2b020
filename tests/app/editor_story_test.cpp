// Programs that are typed.
#include "tests/app/story.h"

namespace loopglass::ui {
namespace {

class EditorStory : public Story {};

void open_editor(ImGuiTestContext* context) {
  DrivenWindow& desk = DrivenWindow::of(context);
  context->ItemClick(fmt::format("//###text/{}", desk.words()("text.edit")).c_str());
  until(context, "the editor is open", [&] { return desk.state().editing; });
  context->Yield(5);
}

TEST_P(EditorStory, TypedTextBecomesANewRootAndAnErrorStaysUnderItsLine) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("editing", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
    const std::string before = desk.script();
    open_editor(context);
    context->KeyPress(ImGuiMod_Ctrl | ImGuiKey_End);
    context->KeyChars("(");
    until(context, "the error is there", [&] { return !desk.view().text_errors.empty(); });
    IM_CHECK_EQ(desk.script(), before);
    context->KeyPress(ImGuiKey_Backspace);
    until(context, "the error is gone", [&] { return desk.view().text_errors.empty(); });
  });
  EXPECT_TRUE(held);
}

TEST_P(EditorStory, AnEditWithAnErrorIsNotLost) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("an edit with an error", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(EditorStory, TheOpenEditorFollowsTheProgram) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("the editor follows", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

TEST_P(EditorStory, AnEditIsUndoneAndRedone) {
  DrivenWindow desk(GetParam(), course_program());
  const bool held = desk.run("an edit is undone", [](ImGuiTestContext* context) {
    DrivenWindow& desk = once_timed(context);
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

INSTANTIATE_TEST_SUITE_P(Languages, EditorStory, testing::Values("en", "zh"), language_of);

}  // namespace
}  // namespace loopglass::ui
