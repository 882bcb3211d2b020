// loopglass-worker: compiles, verifies and times kernels for the window or the command line that started it (protocol.h).
//
// The main thread serves one request after the other, on the last CPU. A control thread reads all the while, so that a cancel is heard while a
// kernel runs, and so that the process ends with the one that started it.
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "engine/measure/worker/confinement.h"
#include "engine/measure/worker/crash_report.h"
#include "engine/measure/worker/line_receiver.h"
#include "engine/measure/worker/service.h"
#include "engine/measure/worker/thread_pool.h"
#include "engine/support/thread_turn.h"

namespace loopglass::measure {
namespace {

void say(const std::string& line) {
  for (size_t at = 0; at < line.size();) {
    const ssize_t written = ::write(STDOUT_FILENO, line.data() + at, line.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(0);   // nobody listens any more
    at += static_cast<size_t>(written);
  }
}

struct Job {
  WireRequest request;
  std::vector<FileDescriptor> files;
};

class JobQueue {
 public:
  void push(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    arrived_.notify_one();
  }
  Job pop() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    return job;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> jobs_;
};

// Reads until the end of the input, and then ends the process, whatever it is doing. On the CPU of the kernels, so that it is there that a process which is killed
// gives back its memory: some milliseconds, in which a window may have to draw.
[[noreturn]] void control(LineReceiver& input, JobQueue& jobs, Service& service) {
  pin_to_last_cpu();
  ask_for_short_turns();   // before a kernel that is to be cancelled
  while (const auto line = input.next()) {
    auto request = decode_request(*line);
    if (!request) {
      say(encode(Event{0, request.error()}));
    } else if (request->op == Op::Cancel) {
      service.cancel(request->id);
    } else {
      auto files = input.take_files(request->inputs.size() + request->kernels.size());
      jobs.push({std::move(*request), std::move(files)});
    }
  }
  _exit(0);
}

[[noreturn]] void work() {
  die_with_parent();
  install_crash_report();
  Machine machine = read_machine();
  keep_off_last_cpu();   // until there is something to time: a spare that warms up disturbs nobody
  Service service(say, std::move(machine));
  LineReceiver input(STDIN_FILENO);
  const auto greeting = input.next();
  if (!greeting) _exit(0);
  const auto hello = decode_hello(*greeting);
  const Confinement confinement = confine();
  service.limit_memory(confinement.memory_bytes);
  say(encode(Hello{kProtocol, build_name(), confinement.obtained, service.identity()}));
  if (!hello || hello->protocol != kProtocol) _exit(1);
  JobQueue jobs;
  std::thread([&] { control(input, jobs, service); }).detach();
  while (true) {
    Job job = jobs.pop();
    pin_to_last_cpu();
    service.serve(job.request, std::move(job.files));
  }
}

}  // namespace
}  // namespace loopglass::measure

int main() { loopglass::measure::work(); }
