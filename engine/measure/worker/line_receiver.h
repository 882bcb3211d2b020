// The worker's end of the pipe: lines, and the open files that came beside them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

class LineReceiver {
 public:
  // `fd`: a Unix socket, or anything that can be read (then no files come).
  explicit LineReceiver(int fd) : fd_(fd) {}

  // Waits for a line (given without its newline); nothing at the end of the input.
  std::optional<std::string> next();
  // The next `count` files that have come, in the order they were sent; fewer where fewer came.
  std::vector<FileDescriptor> take_files(size_t count);

 private:
  bool receive();

  int fd_;
  std::string bytes_;
  size_t searched_ = 0;   // no newline before it
  std::deque<FileDescriptor> files_;
};

}  // namespace loopglass::measure
