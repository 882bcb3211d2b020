#include "engine/support/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

extern char** environ;

namespace loopglass {
namespace {

constexpr size_t kChunk = 1 << 16;   // bytes per read

struct Pair {
  FileDescriptor ours, theirs;
};

// Where our own standard streams are closed a new descriptor may be 0 to 2, which the child's own would overwrite.
FileDescriptor above_standard_streams(int fd) {
  FileDescriptor original(fd);
  if (fd < 0 || fd > STDERR_FILENO) return original;
  return FileDescriptor(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

void set_non_blocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

Pair make_input() {
  int fds[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return {};
  return {above_standard_streams(fds[0]), above_standard_streams(fds[1])};
}

Pair make_output() {
  int fds[2] = {-1, -1};
  if (::pipe2(fds, O_CLOEXEC) != 0) return {};
  return {above_standard_streams(fds[0]), above_standard_streams(fds[1])};
}

// The child starts with no signal blocked or ignored, whatever this process does with them.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

ExitStatus decode(int status) {
  return WIFSIGNALED(status) ? ExitStatus{0, WTERMSIG(status)} : ExitStatus{WEXITSTATUS(status), 0};
}

}  // namespace

Subprocess::Subprocess(int pid, FileDescriptor input, FileDescriptor output)
    : pid_(pid), input_(std::move(input)), output_(std::move(output)) {}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      status_(other.status_) {}

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(status_, other.status_);
  return *this;
}

Subprocess::~Subprocess() {
  if (pid_ < 0) return;
  kill();
  wait();
}

Result<Subprocess> Subprocess::start(const std::filesystem::path& program, std::span<const std::string> arguments) {
  Pair input = make_input(), output = make_output();
  if (!input.ours || !input.theirs || !output.ours || !output.theirs)
    return fail(DiagnosticKind::FileError, fmt::format("cannot make a pipe: {}", std::strerror(errno)), "close other programs");
  std::string name = program.string();
  std::vector<std::string> texts(arguments.begin(), arguments.end());
  std::vector<char*> argv = {name.data()};
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  const SpawnPlan plan(input.theirs.get(), output.theirs.get());
  pid_t pid = -1;
  if (const int error = ::posix_spawn(&pid, name.c_str(), plan.actions(), plan.attributes(), argv.data(), environ); error != 0)
    return fail(DiagnosticKind::FileError, fmt::format("cannot start {}: {}", name, std::strerror(error)),
                "build it, or reinstall the program");
  set_non_blocking(input.ours.get());
  set_non_blocking(output.ours.get());
  return Subprocess(pid, std::move(input.ours), std::move(output.ours));
}

Subprocess::Io Subprocess::send(std::string_view& bytes, std::span<const int>& files) {
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    std::vector<std::byte> control(files.empty() ? 0 : CMSG_SPACE(files.size_bytes()));
    if (!files.empty()) {
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(files.size_bytes());
      std::memcpy(CMSG_DATA(header), files.data(), files.size_bytes());
    }
    const ssize_t sent = ::sendmsg(input_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Io::WouldBlock : Io::Closed;
    bytes.remove_prefix(static_cast<size_t>(sent));
    files = {};
  }
  return Io::Done;
}

Subprocess::Io Subprocess::receive(std::string& bytes) {
  while (true) {
    const size_t before = bytes.size();
    bytes.resize(before + kChunk);
    const ssize_t got = ::read(output_.get(), bytes.data() + before, kChunk);
    bytes.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return Io::Closed;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Io::WouldBlock : Io::Closed;
  }
}

void Subprocess::kill() {
  if (pid_ >= 0) ::kill(pid_, SIGKILL);
}

std::optional<ExitStatus> Subprocess::try_wait() {
  int status = 0;
  if (pid_ >= 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    pid_ = -1;
    status_ = decode(status);
  }
  return status_;
}

ExitStatus Subprocess::wait() {
  int status = 0;
  while (pid_ >= 0) {
    const pid_t got = ::waitpid(pid_, &status, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == pid_) status_ = decode(status);
    pid_ = -1;
  }
  return status_.value_or(ExitStatus{});
}

std::string signal_name(int signal) {
  switch (signal) {
    case SIGSEGV: return "segmentation fault";
    case SIGBUS: return "bus error";
    case SIGFPE: return "arithmetic exception";
    case SIGILL: return "illegal instruction";
    case SIGABRT: return "abort";
    case SIGKILL: return "killed";
    case SIGTRAP: return "trap";
    case SIGSYS: return "forbidden system call";
    default: return fmt::format("signal {}", signal);
  }
}

}  // namespace loopglass
