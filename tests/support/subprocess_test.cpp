#include "engine/support/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <array>

namespace loopglass {
namespace {

Result<Subprocess> shell(const std::string& script) {
  const std::array<std::string, 2> arguments = {"-c", script};
  return Subprocess::start("/bin/sh", arguments);
}

void send_all(Subprocess& process, std::string_view bytes) {
  std::span<const int> no_files;
  while (process.send(bytes, no_files) == Subprocess::Io::WouldBlock) {
    pollfd poll{process.input(), POLLOUT, 0};
    ::poll(&poll, 1, -1);
  }
}

std::string receive_all(Subprocess& process) {
  std::string bytes;
  while (process.receive(bytes) != Subprocess::Io::Closed) {
    pollfd poll{process.output(), POLLIN, 0};
    ::poll(&poll, 1, -1);
  }
  return bytes;
}

TEST(Subprocess, SpeaksBothWays) {
  auto process = shell("read line; echo \"got $line\"; exit 3");
  ASSERT_TRUE(process);
  send_all(*process, "hello\n");
  EXPECT_EQ(receive_all(*process), "got hello\n");
  EXPECT_EQ(process->wait(), (ExitStatus{3, 0}));
}

TEST(Subprocess, SeesTheEndOfItsInput) {
  auto process = shell("cat; echo end");
  ASSERT_TRUE(process);
  send_all(*process, "a\n");
  process->close_input();
  EXPECT_EQ(receive_all(*process), "a\nend\n");
  EXPECT_TRUE(process->wait().ok());
}

TEST(Subprocess, MoreThanAPipeHoldsGoesThrough) {
  auto process = shell("head -c 3000000 >/dev/null; head -c 2000000 /dev/zero");
  ASSERT_TRUE(process);
  send_all(*process, std::string(3'000'000, 'x'));
  EXPECT_EQ(receive_all(*process).size(), 2'000'000u);
}

TEST(Subprocess, ReportsTheSignal) {
  auto process = shell("kill -SEGV $$");
  ASSERT_TRUE(process);
  EXPECT_EQ(process->wait(), (ExitStatus{0, SIGSEGV}));
  EXPECT_EQ(signal_name(SIGSEGV), "segmentation fault");
}

TEST(Subprocess, IsKilledAndReapedWhenDropped) {
  std::string pid;
  {
    auto process = shell("echo $$; exec sleep 1000");
    ASSERT_TRUE(process);
    EXPECT_FALSE(process->try_wait());
    while (pid.find('\n') == std::string::npos) {
      pollfd poll{process->output(), POLLIN, 0};
      ::poll(&poll, 1, -1);
      process->receive(pid);
    }
  }
  EXPECT_EQ(::kill(std::stoi(pid), 0), -1) << "not even a zombie is left";
  EXPECT_EQ(errno, ESRCH);
}

TEST(Subprocess, WritingToADeadChildIsAnError) {
  auto process = shell("exit 0");
  ASSERT_TRUE(process);
  process->wait();
  std::string_view bytes = "lost";
  std::span<const int> no_files;
  EXPECT_EQ(process->send(bytes, no_files), Subprocess::Io::Closed);
}

TEST(Subprocess, InheritsNoDescriptorOfAnother) {
  const auto open_files = [] {
    auto process = shell("set -- /proc/$$/fd/*; echo $#");   // the shell itself looks: no pipe of its own comes and goes
    return process ? receive_all(*process) : "";
  };
  const std::string alone = open_files();
  auto other = shell("exec sleep 1000");   // exec: what is killed is the sleep itself
  ASSERT_TRUE(other);
  EXPECT_EQ(open_files(), alone);
}

// A file goes along with the first byte (the receiving end is the worker's; here it is enough that the stream is not disturbed).
TEST(Subprocess, SendsFilesBesideTheBytes) {
  auto process = shell("cat");
  ASSERT_TRUE(process);
  const FileDescriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::array<int, 1> fds = {file.get()};
  std::span<const int> files = fds;
  std::string_view bytes = "with a file\n";
  EXPECT_EQ(process->send(bytes, files), Subprocess::Io::Done);
  EXPECT_TRUE(bytes.empty() && files.empty());
  process->close_input();
  EXPECT_EQ(receive_all(*process), "with a file\n");
}

TEST(Subprocess, AMissingProgramIsADiagnostic) {
  const auto process = Subprocess::start("/nowhere/worker");
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, DiagnosticKind::FileError);
  EXPECT_NE(process.error().message.find("/nowhere/worker"), std::string::npos);
}

}  // namespace
}  // namespace loopglass
