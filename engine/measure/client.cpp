#include "engine/measure/client.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/measure/dispatcher.h"
#include "engine/support/check.h"
#include "engine/support/thread_turn.h"

namespace loopglass::measure {
namespace {

// Wakes a poll() from another thread.
struct WakePipe {
  FileDescriptor read, write;
  WakePipe() {
    int fds[2];
    CHECK(::pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0, "no descriptor left for the client's thread");
    read = FileDescriptor(fds[0]);
    write = FileDescriptor(fds[1]);
  }
  void ring() const {
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(write.get(), &byte, 1);   // a full pipe wakes too
  }
  void drain() const {
    char bytes[256];
    while (::read(read.get(), bytes, sizeof bytes) > 0) {
    }
  }
};

struct Command {
  uint64_t id;
  std::optional<Request> request;   // nothing: cancel it
};

}  // namespace

struct Client::State {
  State(std::filesystem::path worker, std::filesystem::path kernel_directory)
      : program(std::move(worker)), kernels(std::move(kernel_directory)), thread([this] { run(); }) {}
  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    pipe.ring();
    thread.join();
  }

  void command(Command c) {
    {
      const std::lock_guard lock(mutex);
      commands.push_back(std::move(c));
    }
    pipe.ring();
  }

  void emit(Event event) {
    {
      const std::lock_guard lock(mutex);
      events.push_back(std::move(event));
    }
    arrived.notify_all();
    const std::lock_guard lock(wake_mutex);
    if (wake) wake();
  }

  // The thread that owns the workers: they are killed with it.
  void run() {
    ask_for_short_turns();
    Dispatcher dispatcher(program, kernels, [this](Event event) { emit(std::move(event)); });
    while (take_commands(dispatcher)) {
      dispatcher.hold_spare(spare_from);
      dispatcher.step(Dispatcher::Clock::now());
      {
        const std::lock_guard lock(mutex);
        confinement = dispatcher.confinement();
      }
      sleep_until_something_happens(dispatcher);
    }
  }

  bool take_commands(Dispatcher& dispatcher) {
    std::vector<Command> taken;
    {
      const std::lock_guard lock(mutex);
      if (stopping) return false;
      taken.swap(commands);
    }
    for (Command& c : taken) {
      if (c.request) dispatcher.submit(c.id, std::move(*c.request));
      else dispatcher.cancel(c.id, Dispatcher::Clock::now());
    }
    return true;
  }

  void sleep_until_something_happens(const Dispatcher& dispatcher) {
    std::vector<pollfd> polls = {{pipe.read.get(), POLLIN, 0}};
    dispatcher.add_polls(polls);
    int timeout_ms = -1;
    if (const auto deadline = dispatcher.next_deadline()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Dispatcher::Clock::now());
      timeout_ms = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000));
    }
    ::poll(polls.data(), polls.size(), timeout_ms);
    pipe.drain();
  }

  const std::filesystem::path program, kernels;
  WakePipe pipe;
  std::atomic<Dispatcher::Clock::time_point> spare_from{};   // only ever later: the thread looks at it when it would start one
  std::mutex mutex;   // of what stands below
  std::condition_variable arrived;
  std::vector<Command> commands;
  std::vector<Event> events;
  std::vector<std::string> confinement;
  uint64_t last_id = 0;
  bool stopping = false;
  std::mutex wake_mutex;
  std::function<void()> wake;
  std::thread thread;   // last: it uses all of the above
};

Client::Client(std::filesystem::path worker, std::filesystem::path kernels)
    : state_(std::make_unique<State>(std::move(worker), std::move(kernels))) {}
Client::~Client() = default;

uint64_t Client::submit(Request request) {
  uint64_t id = 0;
  {
    const std::lock_guard lock(state_->mutex);
    id = ++state_->last_id;
  }
  state_->command({id, std::move(request)});
  return id;
}

void Client::cancel(uint64_t request) { state_->command({request, std::nullopt}); }
void Client::hold_spare(std::chrono::milliseconds time) { state_->spare_from = Dispatcher::Clock::now() + time; }

std::vector<Event> Client::poll() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->events, {});
}

std::vector<Event> Client::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  state_->arrived.wait_for(lock, timeout, [&] { return !state_->events.empty(); });
  return std::exchange(state_->events, {});
}

void Client::on_event(std::function<void()> wake) {
  const std::lock_guard lock(state_->wake_mutex);
  state_->wake = std::move(wake);
}

std::vector<std::string> Client::confinement() const {
  const std::lock_guard lock(state_->mutex);
  return state_->confinement;
}

}  // namespace loopglass::measure
