// A session: steps, undo, typed text, files, what is kept of the work.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/model/files.h"
#include "app/model/journal.h"
#include "tests/model/session_fixture.h"

namespace loopglass::app {
namespace {

using namespace std::chrono_literals;

// What another process would find if this one were killed now: the journal's file, unlocked.
std::optional<History> recovered_copy(const std::filesystem::path& folder) {
  const auto copy = folder / "copy";
  std::filesystem::create_directories(copy);
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) std::filesystem::copy(entry.path(), copy / entry.path().filename());
  return recover_journal(copy);
}

TEST_F(SessionTest, OpensAFileWithItsTextsAndAccesses) {
  start();
  const View& view = after(OpenFile{kFile});
  ASSERT_TRUE(view.version());
  EXPECT_NE(view.texts->script.text.find("with T.block(\"Y\"):"), std::string::npos) << "the file's own dialect";
  EXPECT_EQ(view.texts->script.text.find("T.reads"), std::string::npos) << "folded";
  EXPECT_NE(view.texts->numpy.text.find("def lnumpy_mm_relu"), std::string::npos);
  ASSERT_TRUE(view.access);
  EXPECT_EQ(view.access->accesses, 128 * 128 + 4 * 128 * 128 * 128 + 2 * 128 * 128);
}

TEST_F(SessionTest, AStepUndoAndRedo) {
  start();
  after(OpenFile{kFile});
  const View& stepped = after(ApplyStep{split_j(8)});
  ASSERT_FALSE(stepped.refusal);
  EXPECT_EQ(stepped.version()->parent, 0);
  EXPECT_NE(stepped.texts->script.text.find("j_0, j_1"), std::string::npos);
  const int id = stepped.version()->id;
  EXPECT_EQ(after(Undo{}).version()->id, 0);
  EXPECT_EQ(after(Redo{}).version()->id, id);
}

// Refused steps are answered too; what leads to no other version is not waited for.
TEST_F(SessionTest, AStepIsAwaitedUntilItsVersionIsThere) {
  start();
  after(OpenFile{kFile});
  int id = session_->view().version()->id;
  for (int n = 0; n < 50; ++n) {
    const bool is_step = n % 2 == 0, is_refused = n % 10 == 8;
    if (is_step) session_->send(ApplyStep{split_j(is_refused ? -1 : 2 + n % 8)});
    else session_->send(Undo{});
    EXPECT_TRUE(session_->awaits_version()) << "whatever the engine has published: the view that is shown is of the one before";
    while (session_->awaits_version()) session_->update();
    session_->update();
    const bool stays = is_refused || n % 10 == 9;   // nothing to undo after what was refused
    EXPECT_EQ(session_->view().version()->id == id, stays) << n;
    id = session_->view().version()->id;
  }
  session_->send(SelectNode{loop_named(module(), "j")});
  EXPECT_FALSE(session_->awaits_version());
}

TEST_F(SessionTest, TheSameStepAgainGoesToTheSameVersion) {
  start();
  after(OpenFile{kFile});
  const size_t versions = session_->view().history->versions().size();
  after(ApplyStep{split_j(4)});
  EXPECT_EQ(session_->view().history->versions().size(), versions) << "the file's own schedule begins with this step";
  EXPECT_EQ(session_->view().version()->id, 1);
}

TEST_F(SessionTest, AnIllegalStepIsRefusedAndNothingChanges) {
  start();
  after(OpenFile{kFile});
  const View& view = after(ApplyStep{{schedule::find_primitive("parallel"), {loop_named(module(), "k")}}});
  ASSERT_TRUE(view.refusal);
  EXPECT_FALSE(view.refusal->message.empty());
  EXPECT_EQ(view.version()->id, 0);
  EXPECT_FALSE(after(Redo{}).refusal) << "gone with the next command";
}

TEST_F(SessionTest, APreviewShowsTheProgramAndCommitsNothing) {
  start();
  after(OpenFile{kFile});
  const View& view = after(PreviewStep{split_j(16)});
  ASSERT_TRUE(view.preview && view.preview->texts);
  EXPECT_NE(view.preview->texts->script.text.find("j_1"), std::string::npos);
  EXPECT_EQ(view.version()->id, 0);
  ASSERT_TRUE(view.preview->loops);
  const auto& loops = *view.preview->loops;
  const auto inner = std::ranges::find(loops, "i/j_0/j_1", &locality::LoopFootprint::path);
  ASSERT_NE(inner, loops.end());
  EXPECT_EQ(inner->extent, 16);
  EXPECT_FALSE(after(ClearPreview{}).preview);
}

TEST_F(SessionTest, EditedTextThatParsesIsANewRoot) {
  start();
  std::string text = after(OpenFile{kFile}).texts->script.text;
  text.replace(text.find("T.max("), 6, "T.min(");
  const View& view = after(EditText{text});
  EXPECT_TRUE(view.text_errors.empty());
  EXPECT_EQ(view.version()->parent, -1);
  EXPECT_TRUE(view.version()->schedule.trace().instructions.empty());
  EXPECT_NE(view.texts->script.text.find("T.min("), std::string::npos);
}

TEST_F(SessionTest, UndoLeadsFromAnEditedTextBackToWhereItWasEdited) {
  start();
  after(OpenFile{kFile});
  std::string text = after(GoTo{2}).texts->whole;
  text.replace(text.find("T.max("), 6, "T.min(");
  const int edited = after(EditText{text}).version()->id;
  EXPECT_EQ(session_->view().version()->edited_from, 2);
  after(EndEdit{});
  EXPECT_EQ(after(Undo{}).version()->id, 2);
  EXPECT_EQ(after(Undo{}).version()->id, 1) << "and on, step by step";
  after(Redo{});
  EXPECT_EQ(after(Redo{}).version()->id, edited);
}

TEST_F(SessionTest, AnEditIsOneRootHoweverManyLettersWereTyped) {
  const auto folder = fresh_folder();
  start({.state_directory = folder});
  const std::string text = after(OpenFile{kFile}).texts->whole;
  const size_t versions = session_->view().history->versions().size();
  const auto with = [&](const std::string& number) {
    std::string changed = text;
    changed.replace(changed.find("T.float32(0.0)"), 14, "T.float32(" + number + ")");
    return changed;
  };
  for (const char* typed : {"1.0", "1.2", "1.25"}) after(EditText{with(typed)});
  EXPECT_EQ(session_->view().history->versions().size(), versions + 1);
  EXPECT_NE(session_->view().texts->script.text.find("1.25"), std::string::npos);
  after(EditText{text});
  EXPECT_EQ(session_->view().history->versions().size(), versions) << "typed back to what it was";
  EXPECT_EQ(session_->view().version()->id, 0);
  const int first = after(EditText{with("2.0")}).version()->id;
  after(EndEdit{});
  const View& view = after(EditText{with("3.0")});
  EXPECT_EQ(view.version()->edited_from, first) << "an edit of its own";
  const std::optional<History> recovered = recovered_copy(folder);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->versions().size(), view.history->versions().size());
  EXPECT_EQ(recovered->current()->edited_from, first);
}

TEST_F(SessionTest, WhatIsTypedBesideTheProgramIsReadToo) {
  start();
  const std::string text = after(OpenFile{kFile}).texts->whole;
  const View& wrong = after(EditText{text + "x = = 3\n"});
  ASSERT_EQ(wrong.text_errors.size(), 1u);
  EXPECT_EQ(line_column_at(wrong.edited_text, wrong.text_errors.front().labels.front().span->begin).line,
            line_column_at(text, static_cast<uint32_t>(text.size())).line);
  const View& other = after(EditText{text + "x = [i for i in range(3)]\n"});
  EXPECT_TRUE(other.text_errors.empty()) << "right in Python";
  ASSERT_TRUE(other.text_left_out) << "but nothing is made of it";
  EXPECT_EQ(other.text_left_out->begin, text.size());
  const View& scheduled = after(EditText{text + "sch = tvm.tir.Schedule(MmRelu)\nsch.unroll(sch.get_loops(sch.get_block(\"C\"))[0])\n"});
  EXPECT_TRUE(scheduled.text_errors.empty());
  EXPECT_FALSE(scheduled.text_left_out) << "a schedule is a branch of the history";
  EXPECT_FALSE(after(EditText{text}).text_left_out);
}

TEST_F(SessionTest, ADiscardedEditLeavesNothingBehind) {
  start();
  const std::string text = after(OpenFile{kFile}).texts->whole;
  std::string valid = text;
  valid.replace(valid.find("T.max("), 6, "T.min(");
  after(EditText{valid});
  ASSERT_FALSE(after(EditText{valid + "("}).text_errors.empty());
  const View& view = after(EndEdit{.discard = true});
  EXPECT_TRUE(view.text_errors.empty());
  EXPECT_EQ(view.version()->id, 0);
}

TEST_F(SessionTest, EditedTextThatDoesNotParseKeepsTheLastGoodProgram) {
  start();
  std::string text = after(OpenFile{kFile}).texts->script.text;
  text.replace(text.find("T.max("), 6, "T.mux(");
  const View& view = after(EditText{text});
  ASSERT_FALSE(view.text_errors.empty());
  EXPECT_TRUE(view.text_errors.front().labels.front().span);
  EXPECT_EQ(view.edited_text, text);
  EXPECT_EQ(view.version()->id, 0);
}

TEST_F(SessionTest, AMissingFileIsANoticeAndTheProgramStays) {
  start();
  after(OpenFile{kFile});
  const View& view = after(OpenFile{"/nowhere/x.py"});
  ASSERT_TRUE(view.notice && view.notice->error);
  EXPECT_TRUE(view.version());
}

TEST_F(SessionTest, EveryStepGetsAVerifiedTime) {
  start({.worker = LOOPGLASS_BINARY_DIR "/bin/loopglass-worker", .budget_s = 0.05});
  after(OpenFile{kFile});
  const View& view = after(ApplyStep{split_j(8)});
  const Measurement* measurement = view.measurement(*view.version());
  ASSERT_TRUE(measurement);
  EXPECT_EQ(measurement->state, Measurement::State::Done) << (measurement->error ? measurement->error->message : "");
  EXPECT_TRUE(measurement->verified->ok);
  EXPECT_GT(measurement->timed->time.median, 0);
  EXPECT_EQ(after(Undo{}).measurement(*session_->view().version())->state, Measurement::State::Done);
}

TEST_F(SessionTest, TwoVersionsAreCompared) {
  start({.worker = LOOPGLASS_BINARY_DIR "/bin/loopglass-worker", .budget_s = 0.05});
  after(OpenFile{kFile});
  const View& view = after(RunDuel{0, 4});
  ASSERT_TRUE(view.duel && view.duel->result) << (view.duel && view.duel->error ? view.duel->error->message : "");
  EXPECT_NE(view.duel->result->verdict, measure::Verdict::Faster) << "the unscheduled program against the course's schedule";   // a tie, on a machine that is busy
}

TEST_F(SessionTest, EveryStepIsInTheJournalBeforeItIsShown) {
  const auto folder = fresh_folder();
  start({.state_directory = folder});
  after(OpenFile{kFile});
  after(ApplyStep{split_j(8)});
  const size_t versions = session_->view().history->versions().size();
  const std::optional<History> recovered = recovered_copy(folder);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->versions().size(), versions);
  EXPECT_EQ(recovered->current()->id, session_->view().version()->id);
}

TEST_F(SessionTest, StartTakesOverWhatAKilledWindowLeft) {
  const auto folder = fresh_folder();
  {
    Journal journal = std::move(*Journal::create(folder));
    journal.start(opened_program());
    journal.move_cursor(3);
    // Gone without close(): the file stays, the lock does not.
  }
  start({.state_directory = folder});
  const View& view = after(Start{{}, kFile});
  EXPECT_EQ(view.version()->id, 3);
  EXPECT_EQ(view.notice->key, "notice.recovered");
  start({.state_directory = folder});
  EXPECT_EQ(after(Start{{}, kFile}).version()->id, 0) << "nothing is left: the fallback";
}

TEST_F(SessionTest, TheWorkOnAFileComesBackWhenItIsOpenedAgain) {
  const auto folder = fresh_folder();
  const auto first = folder / "first.py", second = folder / "second.py";
  for (const auto& file : {first, second}) ASSERT_TRUE(write_file(file, program_text()));
  const SessionOptions options{.state_directory = folder / "state"};
  start(options);
  after(OpenFile{first});
  const int branch = after(ApplyStep{split_j(8)}).version()->id;
  EXPECT_EQ(after(OpenFile{second}).version()->id, 0);
  EXPECT_EQ(after(OpenFile{first}).version()->id, branch);
  EXPECT_EQ(session_->view().notice->key, "notice.resumed");
  session_.reset();   // an orderly end
  start(options);
  EXPECT_EQ(after(Start{{}, second}).version()->id, branch) << "the file that was worked on last";
  EXPECT_EQ(std::filesystem::path(session_->view().version()->source->path), first);
  const View& anew = after(StartAnew{});
  EXPECT_EQ(anew.version()->id, 0);
  EXPECT_EQ(anew.history->versions().size(), 5u);
  session_.reset();
  start(options);
  after(Start{{}, second});
  EXPECT_FALSE(session_->view().notice) << "nothing was done since";
  EXPECT_EQ(std::filesystem::path(session_->view().version()->source->path), second);
}

TEST_F(SessionTest, WhatAKilledWindowLeftIsKeptWithItsFile) {
  const auto folder = fresh_folder();
  const auto file = folder / "program.py";
  ASSERT_TRUE(write_file(file, program_text()));
  for (const bool worked : {false, true}) {
    {
      Journal journal = std::move(*Journal::create(folder / "state"));
      const History opened = open_source(History(), file, program_text()).history;
      journal.start(worked ? opened.at_cursor(3) : opened);
    }
    start({.state_directory = folder / "state"});
    after(Start{{}, kFile});
    session_.reset();
    start({.state_directory = folder / "state"});
    EXPECT_EQ(after(OpenFile{file}).notice.has_value(), worked);
    EXPECT_EQ(session_->view().version()->id, worked ? 3 : 0);
    session_.reset();
  }
}

TEST_F(SessionTest, AFileThatHasChangedStandsBesideTheWorkOnIt) {
  const auto folder = fresh_folder();
  const auto file = folder / "program.py";
  ASSERT_TRUE(write_file(file, program_text()));
  start({.state_directory = folder / "state"});
  after(OpenFile{file});
  after(ApplyStep{split_j(8)});
  std::string changed = program_text();
  changed.replace(changed.find("T.max("), 6, "T.min(");
  ASSERT_TRUE(write_file(file, changed));
  const View& view = after(OpenFile{file});
  EXPECT_EQ(view.notice->key, "notice.file_changed");
  EXPECT_EQ(view.version()->parent, -1);
  EXPECT_NE(view.texts->script.text.find("T.min("), std::string::npos);
  EXPECT_EQ(view.history->at(5)->primitive->name, std::string("split")) << "what was done before";
}

TEST_F(SessionTest, ExportsAreWrittenAndNamed) {
  const auto folder = fresh_folder();
  start();
  after(OpenFile{kFile});
  after(GoTo{4});
  const View& view = after(ExportAs{"python", folder / "tvm.py"});
  ASSERT_TRUE(view.notice);
  EXPECT_FALSE(view.notice->error) << view.notice->error->message;
  EXPECT_TRUE(std::filesystem::exists(folder / "tvm.py"));
  EXPECT_TRUE(after(ExportAs{"python", "/nowhere/at/all.py"}).notice->error);
}

TEST_F(SessionTest, WhatIsDrawnIsMadeByWhoeverCan) {
  const auto folder = fresh_folder();
  start({.draw = [](const View& view, const ExportAs& wanted) -> Result<std::string> { return wanted.format + " of " + view.version()->source->function + " " + wanted.pictures.mode; }});
  after(OpenFile{kFile});
  EXPECT_EQ(after(ExportAs{"svg", folder / "a.svg", {.mode = "L1"}}).notice->key, "notice.exported.svg");
  EXPECT_EQ(read_text_file(folder / "a.svg").value(), "svg of mm_relu L1");
  start();
  after(OpenFile{kFile});
  EXPECT_EQ(after(ExportAs{"svg", folder / "b.svg"}).notice->error->kind, DiagnosticKind::BadArgument);
}

}  // namespace
}  // namespace loopglass::app
