#include "engine/measure/worker_process.h"

#include <fmt/format.h>

namespace loopglass::measure {

Result<WorkerProcess> WorkerProcess::start(const std::filesystem::path& program) {
  TRY_ASSIGN(Subprocess process, Subprocess::start(program));
  WorkerProcess worker(std::move(process));
  worker.send(encode(Hello{}));
  return worker;
}

void WorkerProcess::send(std::string line, std::vector<FileDescriptor> files) {
  outgoing_.push_back({std::move(line), 0, std::move(files)});
  send_queued();
}

void WorkerProcess::send_queued() {
  while (!outgoing_.empty()) {
    Outgoing& next = outgoing_.front();
    std::vector<int> fds;
    for (const FileDescriptor& file : next.files) fds.push_back(file.get());
    std::string_view rest = std::string_view(next.bytes).substr(next.sent);
    std::span<const int> files = fds;
    const Subprocess::Io io = process_.send(rest, files);
    next.sent = next.bytes.size() - rest.size();
    if (files.empty()) next.files.clear();
    if (io == Subprocess::Io::WouldBlock) return;
    outgoing_.pop_front();   // sent, or nobody is there to take it: `pump` then finds the output closed
  }
}

void WorkerProcess::greet(const std::string& line, Received& received) {
  auto hello = decode_hello(line);
  if (hello && hello->protocol == kProtocol) {
    hello_ = std::move(*hello);
    return;
  }
  received.closed = true;
  received.problem = hello ? Diagnostic{DiagnosticKind::ProtocolError,
                                        fmt::format("the worker ({}) speaks protocol {}, this program {}", hello->build,
                                                    hello->protocol, kProtocol),
                                        "the program and its worker are of different builds: reinstall both"}
                           : hello.error();
}

void WorkerProcess::take_lines(Received& received) {
  size_t begin = 0;
  for (size_t end = incoming_.find('\n'); end != std::string::npos; end = incoming_.find('\n', begin)) {
    std::string line = incoming_.substr(begin, end - begin);
    begin = end + 1;
    if (hello_) received.lines.push_back(std::move(line));
    else greet(line, received);
  }
  incoming_.erase(0, begin);
}

WorkerProcess::Received WorkerProcess::pump() {
  Received received;
  send_queued();
  received.closed = process_.receive(incoming_) == Subprocess::Io::Closed;
  take_lines(received);
  return received;
}

ExitStatus WorkerProcess::end() {
  if (const auto status = process_.try_wait()) return *status;
  process_.kill();
  return process_.wait();
}

}  // namespace loopglass::measure
