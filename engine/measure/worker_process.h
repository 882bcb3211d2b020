// One started worker: lines in, lines out, never blocking.
#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/protocol.h"
#include "engine/support/subprocess.h"

namespace loopglass::measure {

class WorkerProcess {
 public:
  // Starts it and greets it. Error: FileError.
  static Result<WorkerProcess> start(const std::filesystem::path& program);

  // It has answered the greeting: it is warm, and takes requests.
  const std::optional<Hello>& hello() const { return hello_; }
  // Queues a line with the files that go along, and sends what goes without waiting.
  void send(std::string line, std::vector<FileDescriptor> files = {});
  // Sends and receives what goes without waiting. Gives the whole lines that have come since, the greeting left out.
  struct Received {
    std::vector<std::string> lines;
    bool closed = false;            // it has ended, or speaks another protocol (see `problem`)
    std::optional<Diagnostic> problem;
  };
  Received pump();
  int input() const { return process_.input(); }
  int output() const { return process_.output(); }
  bool wants_to_send() const { return !outgoing_.empty(); }
  // Kills it where it still runs.
  ExitStatus end();

 private:
  explicit WorkerProcess(Subprocess process) : process_(std::move(process)) {}
  void send_queued();
  void take_lines(Received& received);
  void greet(const std::string& line, Received& received);

  struct Outgoing {
    std::string bytes;
    size_t sent = 0;
    std::vector<FileDescriptor> files;
  };
  Subprocess process_;
  std::optional<Hello> hello_;
  std::deque<Outgoing> outgoing_;
  std::string incoming_;
};

}  // namespace loopglass::measure
