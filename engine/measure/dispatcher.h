// Which worker does what, and what becomes of a request whose worker fails: the single-threaded heart of the client.
//
// One worker is active, one is a warm spare that takes its place when it is killed or dies. Requests run one after the other, in the order
// they came. A request ends exactly once: with its last event, or with a Diagnostic made here (Cancelled, KernelDeadline, KernelCrash,
// KernelMemory, FileError, ProtocolError).
#pragma once

#include <poll.h>

#include <chrono>
#include <deque>

#include "engine/measure/kernel_store.h"
#include "engine/measure/wire_request.h"
#include "engine/measure/worker_process.h"

namespace loopglass::measure {

class Dispatcher {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kCancelGrace{100};   // for the call in flight; then the process is killed

  // `kernels`: the directory for KernelStore; empty: none.
  Dispatcher(std::filesystem::path worker, const std::filesystem::path& kernels, std::function<void(Event)> emit)
      : program_(std::move(worker)), emit_(std::move(emit)), store_(kernels.empty() ? std::nullopt : std::optional<KernelStore>(kernels)) {}

  void submit(uint64_t id, Request request);
  void cancel(uint64_t id, Clock::time_point now);
  // No spare is started before.
  void hold_spare(Clock::time_point until) { spare_from_ = until; }
  // Takes what has come, ends what has run too long, starts what can be started. Never waits.
  void step(Clock::time_point now);

  // What to wait for before the next step.
  void add_polls(std::vector<pollfd>& polls) const;
  std::optional<Clock::time_point> next_deadline() const;

  const std::vector<std::string>& confinement() const { return confinement_; }

 private:
  struct Queued {
    uint64_t id;
    Request request;
  };
  // A kernel's file that the worker has: with a draft, to be filled.
  struct Lent {
    KernelRole role;
    std::string key;
    std::optional<KernelStore::Draft> draft;
  };
  struct Running {
    uint64_t id;
    std::string function;
    Clock::time_point deadline;
    double deadline_s;
    bool compile_only;
    std::vector<Lent> lent;
    bool cancelled = false;      // then `deadline` is the end of its grace
    const char* doing = "was compiled";
  };

  void start_active();
  void start_spare(Clock::time_point now);
  bool lacks_spare() const { return !spare_ && may_start_ && active_ && active_->hello(); }   // it starts once the active one is warm, so as not to slow it
  void start(std::optional<WorkerProcess>& place);
  void pump(std::optional<WorkerProcess>& place);
  void handle(const std::string& line);
  void worker_ended(std::optional<WorkerProcess>& place, std::optional<Diagnostic> problem);
  void replace_active();
  void start_next(Clock::time_point now);
  void send(Queued next, Clock::time_point now);
  std::vector<Lent> lend_kernels(const Request& request, Outbound& out);
  void take_back(const KernelNews& news);
  void end_running(Diagnostic diagnostic);
  void fail_queued(const Diagnostic& diagnostic);
  Diagnostic crash(const ExitStatus& status) const;

  std::filesystem::path program_;
  std::function<void(Event)> emit_;
  std::optional<KernelStore> store_;
  std::optional<WorkerProcess> active_, spare_;
  Clock::time_point spare_from_{};
  bool may_start_ = true;          // false once a worker has failed to start: the next request tries again
  std::deque<Queued> queue_;
  std::optional<Running> running_;
  std::vector<std::string> confinement_;
};

}  // namespace loopglass::measure
