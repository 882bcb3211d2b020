#include "app/model/journal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/model/program.h"

namespace loopglass::app {
namespace {

namespace fs = std::filesystem;

// Runs `window` in a process of its own that is killed when it returns, as a crash would.
template <class Window>
void killed_after(const Window& window) {
  const pid_t child = fork();
  if (child == 0) {
    window();
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST(Journal, AKilledWindowComesBackWhereItWas) {
  const fs::path folder = fresh_folder();
  killed_after([&] {
    Journal journal = std::move(*Journal::create(folder));
    History history = opened_program();
    journal.start(history);
    history = history.with_version(*history.at(2), 1).at_cursor(5);
    journal.move_cursor(3);
  });
  const std::optional<History> history = recover_journal(folder);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->versions().size(), 5u);
  EXPECT_EQ(history->current()->id, 3);
  EXPECT_FALSE(recover_journal(folder)) << "taken over once";
}

TEST(Journal, ALivingWindowsJournalIsLeftAlone) {
  const fs::path folder = fresh_folder();
  Journal journal = std::move(*Journal::create(folder));
  journal.start(opened_program());
  EXPECT_FALSE(recover_journal(folder));
  journal.close();
  EXPECT_TRUE(fs::is_empty(folder)) << "an orderly end leaves nothing";
}

TEST(Journal, ATornLastLineCostsThatLineAlone) {
  const fs::path folder = fresh_folder();
  killed_after([&] {
    Journal journal = std::move(*Journal::create(folder));
    journal.start(opened_program());
    journal.move_cursor(2);
  });
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) std::ofstream(entry.path(), std::ios::app) << "{\"curs";
  const std::optional<History> history = recover_journal(folder);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->current()->id, 2);
}

}  // namespace
}  // namespace loopglass::app
