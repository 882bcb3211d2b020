#include "engine/measure/worker/line_receiver.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace loopglass::measure {
namespace {

constexpr size_t kMaxFiles = 253;   // the kernel's SCM_MAX_FD
constexpr size_t kChunk = 1 << 16;

void take_over(const msghdr& message, std::deque<FileDescriptor>& files) {
  for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(header))) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::vector<int> fds((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(fds.data(), CMSG_DATA(header), fds.size() * sizeof(int));
    for (const int fd : fds) files.emplace_back(fd);
  }
}

}  // namespace

bool LineReceiver::receive() {
  char chunk[kChunk];
  iovec part{chunk, sizeof chunk};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxFiles * sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = ::recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == ENOTSOCK) {
      message.msg_controllen = 0;
      got = ::read(fd_, chunk, sizeof chunk);
    }
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  take_over(message, files_);
  bytes_.append(chunk, static_cast<size_t>(got));
  return true;
}

std::optional<std::string> LineReceiver::next() {
  while (true) {
    if (const size_t end = bytes_.find('\n', searched_); end != std::string::npos) {
      std::string line = bytes_.substr(0, end);
      bytes_.erase(0, end + 1);
      searched_ = 0;
      return line;
    }
    searched_ = bytes_.size();
    if (!receive()) return std::nullopt;
  }
}

std::vector<FileDescriptor> LineReceiver::take_files(size_t count) {
  std::vector<FileDescriptor> taken;
  while (taken.size() < count && !files_.empty()) {
    taken.push_back(std::move(files_.front()));
    files_.pop_front();
  }
  return taken;
}

}  // namespace loopglass::measure
