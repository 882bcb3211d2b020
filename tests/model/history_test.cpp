#include "app/model/history.h"

#include <gtest/gtest.h>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

TEST(History, OpensWithTheFilesScheduleAsAReadyBranch) {
  const History history = opened_program();
  ASSERT_EQ(history.versions().size(), 5u);   // the program, split, reorder, reverse_compute_at, decompose_reduction
  EXPECT_EQ(history.current()->id, 0);
  EXPECT_FALSE(history.can_undo());
  EXPECT_TRUE(history.can_redo());
  EXPECT_EQ(history.at(1)->primitive->name, std::string("split"));
  EXPECT_EQ(history.at(4)->primitive->name, std::string("decompose_reduction"));
  EXPECT_EQ(history.current()->source->function, "mm_relu");
}

TEST(History, RedoGoesWhereUndoCameFrom) {
  History history = opened_program();
  for (int i = 0; i < 4; ++i) history = history.redone();
  EXPECT_EQ(history.current()->id, 4);
  EXPECT_FALSE(history.can_redo());
  for (int i = 0; i < 4; ++i) history = history.undone();
  EXPECT_EQ(history.current()->id, 0);
}

TEST(History, AnEditedTextIsARootOfItsOwnThatUndoLeavesAndRedoFinds) {
  History history = opened_program().at_cursor(2);
  Version edited = *history.at(0);
  edited.edited_from = 2;
  history = history.with_version(edited, -1).at_cursor(5);
  EXPECT_EQ(history.root_of(5)->id, 5);
  EXPECT_EQ(history.undone().current()->id, 2);
  EXPECT_EQ(history.undone().redone().current()->id, 5);
  EXPECT_EQ(history.undone().tip(2), 4) << "the branch that was edited goes on as it did";
  const History first = history.first(5);
  EXPECT_EQ(first.versions().size(), 5u);
  EXPECT_EQ(first.at_cursor(2).redone().current()->id, 3) << "the edited text is gone";
}

TEST(History, ABranchLeavesTheOtherWhole) {
  History history = opened_program();
  Version other = *history.at(1);
  history = history.with_version(other, 0);
  EXPECT_EQ(history.children(0), (std::vector<int>{1, 5}));
  EXPECT_EQ(history.at_cursor(0).redone().current()->id, 5) << "the child last made";
  EXPECT_EQ(history.at_cursor(3).at_cursor(0).redone().current()->id, 1) << "the child last visited";
  EXPECT_EQ(history.root_of(4)->id, 0);
}

}  // namespace
}  // namespace loopglass::app
