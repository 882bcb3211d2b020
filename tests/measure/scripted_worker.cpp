// A worker without a compiler: it speaks the protocol and does what the function's name says, so that the client's part is tested alone.
// Started by another name it misbehaves before it is ready: dies_at_start, speaks_another_protocol, speaks_nonsense.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "engine/measure/protocol.h"
#include "engine/measure/worker/line_receiver.h"

using namespace loopglass;
using namespace loopglass::measure;

namespace {

void say(const std::string& line) {
  for (size_t at = 0; at < line.size();) {
    const ssize_t written = ::write(STDOUT_FILENO, line.data() + at, line.size() - at);
    if (written <= 0) _exit(1);
    at += static_cast<size_t>(written);
  }
}

int64_t sum_of_bytes(const std::vector<FileDescriptor>& files) {
  int64_t sum = 0;
  for (const FileDescriptor& file : files) {
    unsigned char bytes[256];
    const ssize_t got = ::read(file.get(), bytes, sizeof bytes);
    sum = std::accumulate(bytes, bytes + std::max<ssize_t>(got, 0), sum * 1000);
  }
  return sum;
}

void wait_for_cancel(LineReceiver& input, uint64_t id) {
  while (const auto line = input.next())
    if (const auto request = decode_request(*line); request && request->op == Op::Cancel && request->id == id) break;
  say(encode(Event{id, Diagnostic{DiagnosticKind::Cancelled, "politely", "", {}, {}, {}}}));
}

void serve(const WireRequest& request, LineReceiver& input) {
  const std::string& what = request.function;
  const int64_t sum = sum_of_bytes(input.take_files(request.inputs.size()));
  if (what == "crash_in_compile") ::raise(SIGSEGV);
  say(encode(Event{request.id, Compiled{1, 2, "none", "optimised", request.module, {}}}));
  if (request.op == Op::Compile) return say(encode_done(request.id));
  if (what == "crash") ::raise(SIGSEGV);
  if (what == "eaten") ::raise(SIGKILL);
  if (what == "leave") _exit(3);
  if (what == "nonsense") return say("this is not JSON\n");
  if (what == "endless") while (true) ::pause();
  if (what == "until_cancelled") return wait_for_cancel(input, request.id);
  if (what == "flood")
    for (int i = 0; i < 20'000; ++i) say(encode(Event{request.id, Timed{}}));
  say(encode(Event{request.id, Verified{true, 0, {}}}));
  Timed timed{{1, 2, 1, 3, 6, 0.1}, sum, ::getpid(), {}, true};
  if (request.op == Op::Ab) timed.against = Comparison{};
  say(encode(Event{request.id, timed}));
}

}  // namespace

int main(int, char** argv) {
  const std::string name = std::filesystem::path(argv[0]).filename();
  if (name == "dies_at_start") return 5;
  if (name == "speaks_nonsense") say("Segmentation fault\n");
  say(encode(Hello{name == "speaks_another_protocol" ? kProtocol + 1 : kProtocol, build_name(), {"scripted"}}));
  LineReceiver input(STDIN_FILENO);
  if (!decode_hello(input.next().value_or(""))) return 6;
  while (const auto line = input.next())
    if (const auto request = decode_request(*line); request && request->op != Op::Cancel) serve(*request, input);
}
