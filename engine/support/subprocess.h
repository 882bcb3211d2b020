// A child process that is spoken to over its standard input and output, and is never left behind.
//
// Its standard input is a socket, so that open files can be sent along with the bytes, and so that writing to a child that has died is an error
// and not a SIGPIPE. Its standard error is ours. Both descriptors here are non-blocking: poll() them.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/support/file_descriptor.h"
#include "engine/support/result.h"

namespace loopglass {

struct ExitStatus {
  int code = 0;     // where it ended by itself
  int signal = 0;   // what ended it, 0: nothing did
  bool ok() const { return code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
};

class Subprocess {
 public:
  // Error: FileError where the program cannot be started.
  static Result<Subprocess> start(const std::filesystem::path& program, std::span<const std::string> arguments = {});
  Subprocess(Subprocess&&) noexcept;
  Subprocess& operator=(Subprocess&&) noexcept;
  // Kills it if it still runs, and waits for its end.
  ~Subprocess();

  int input() const { return input_.get(); }     // writable when its end has room; -1 once closed
  int output() const { return output_.get(); }   // readable when it has written, or has ended

  enum class Io { Done, WouldBlock, Closed };
  // Sends what fits now and takes it off `bytes`; the files go with the first byte, and are taken off too once sent.
  Io send(std::string_view& bytes, std::span<const int>& files);
  // Appends what is there.
  Io receive(std::string& bytes);
  // The child sees the end of its input.
  void close_input() { input_.close(); }

  void kill();
  // Nothing while it runs.
  std::optional<ExitStatus> try_wait();
  ExitStatus wait();

 private:
  Subprocess(int pid, FileDescriptor input, FileDescriptor output);

  int pid_ = -1;   // -1 once it has been waited for, or moved from
  FileDescriptor input_, output_;
  std::optional<ExitStatus> status_;
};

// "segmentation fault" for SIGSEGV: the name of a signal for a message.
std::string signal_name(int signal);

}  // namespace loopglass
