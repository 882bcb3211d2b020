#include "engine/measure/dispatcher.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "engine/ir/structural_equal.h"

namespace loopglass::measure {
namespace {

Diagnostic make_diagnostic(DiagnosticKind kind, std::string message, std::string help = {}) {
  return {kind, std::move(message), std::move(help), {}, {}, {}};
}

Diagnostic cancelled(const std::string& function) {
  return make_diagnostic(DiagnosticKind::Cancelled, fmt::format("the run of {} was cancelled", function));
}

}  // namespace

void Dispatcher::submit(uint64_t id, Request request) {
  may_start_ = true;
  queue_.push_back({id, std::move(request)});
}

void Dispatcher::cancel(uint64_t id, Clock::time_point now) {
  const auto queued = std::find_if(queue_.begin(), queue_.end(), [&](const Queued& q) { return q.id == id; });
  if (queued != queue_.end()) {
    const std::string function = queued->request.function;
    queue_.erase(queued);
    emit_({id, cancelled(function)});
    return;
  }
  if (!running_ || running_->id != id || running_->cancelled) return;
  running_->cancelled = true;
  running_->deadline = std::min(running_->deadline, now + kCancelGrace);
  WireRequest request;
  request.id = id;
  request.op = Op::Cancel;
  active_->send(encode(request));
}

void Dispatcher::step(Clock::time_point now) {
  pump(active_);
  pump(spare_);
  if (running_ && now >= running_->deadline) {
    end_running(running_->cancelled
                    ? cancelled(running_->function)
                    : make_diagnostic(DiagnosticKind::KernelDeadline,
                                      fmt::format("{} has not ended after {:g} s", running_->function, running_->deadline_s),
                                      "a loop may never end; for a long run give it more time"));
    replace_active();
  }
  start_active();
  start_next(now);
  start_spare(now);
}

void Dispatcher::start(std::optional<WorkerProcess>& place) {
  auto worker = WorkerProcess::start(program_);
  if (worker) {
    place.emplace(std::move(*worker));
    return;
  }
  may_start_ = false;
  if (!active_) fail_queued(worker.error());
}

void Dispatcher::start_active() {
  if (!active_ && spare_) replace_active();
  if (!active_ && may_start_) start(active_);
}

void Dispatcher::start_spare(Clock::time_point now) {
  if (lacks_spare() && now >= spare_from_) start(spare_);
}

void Dispatcher::replace_active() {
  if (active_) active_->end();
  active_ = std::exchange(spare_, std::nullopt);
}

void Dispatcher::pump(std::optional<WorkerProcess>& place) {
  if (!place) return;
  const WorkerProcess::Received received = place->pump();
  if (place->hello()) confinement_ = place->hello()->confinement;
  if (&place == &active_)
    for (const std::string& line : received.lines) handle(line);
  if (received.closed) worker_ended(place, received.problem);
}

void Dispatcher::handle(const std::string& line) {
  auto event = decode_event(line);
  if (!running_) return;
  if (!event) {
    end_running(event.error());
    return;
  }
  if (event->id != running_->id) return;   // of one that was ended here
  if (event->kernel) take_back(*event->kernel);
  if (event->what && std::holds_alternative<Compiled>(*event->what)) running_->doing = "was run";
  const uint64_t id = running_->id;
  if (event->ends) running_.reset();
  if (event->what) emit_({id, std::move(*event->what)});
}

void Dispatcher::worker_ended(std::optional<WorkerProcess>& place, std::optional<Diagnostic> problem) {
  const bool was_ready = place->hello().has_value();
  const ExitStatus status = place->end();
  if (&place == &active_ && running_) end_running(running_->cancelled ? cancelled(running_->function) : crash(status));
  place.reset();
  if (was_ready) return;
  may_start_ = false;
  if (!problem)
    problem = make_diagnostic(DiagnosticKind::FileError,
                              fmt::format("{} ended before it was ready ({})", program_.string(),
                                          status.signal ? signal_name(status.signal) : fmt::format("exit code {}", status.code)),
                              "start it by hand in a terminal to see why");
  if (!active_ && !spare_) fail_queued(*problem);
}

void Dispatcher::start_next(Clock::time_point now) {
  while (!running_ && !queue_.empty() && active_ && active_->hello()) {
    Queued next = std::move(queue_.front());
    queue_.pop_front();
    send(std::move(next), now);
  }
}

void Dispatcher::send(Queued next, Clock::time_point now) {
  auto wire = to_wire(next.id, next.request);
  if (!wire) {
    emit_({next.id, wire.error()});
    return;
  }
  const auto allowed = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(next.request.deadline_s));
  std::vector<Lent> lent = lend_kernels(next.request, *wire);
  running_.emplace(Running{next.id, next.request.function, now + allowed, next.request.deadline_s, next.request.compile_only, std::move(lent)});
  active_->send(encode(wire->request), std::move(wire->files));
}

// Kernels are found by the worker, the program's structure, and how they are compiled; what else they depend on the worker looks at.
std::vector<Dispatcher::Lent> Dispatcher::lend_kernels(const Request& request, Outbound& out) {
  std::vector<Lent> lent;
  const std::string& identity = active_->hello()->identity;
  if (!store_ || identity.empty()) return lent;
  const size_t worker = std::hash<std::string>()(identity + request.function);
  const auto lend = [&](KernelRole role, const ir::Module& module, const char* kind) {
    const ir::Function function = ir::find_function(module, request.function);
    Lent one{role, fmt::format("{:016x}-{:016x}-{}", worker, ir::structural_hash(function), kind), {}};
    FileDescriptor file = store_->find(one.key);
    const bool is_kept = static_cast<bool>(file);
    if (!is_kept) one.draft = store_->begin(one.key);
    if (one.draft) file = one.draft->take_file();
    if (!file) return;
    out.request.kernels.push_back({role, is_kept});
    out.files.push_back(std::move(file));
    lent.push_back(std::move(one));
  };
  lend(KernelRole::Program, request.module, request.want_assembly ? "listed" : "plain");
  if (!request.compile_only) lend(KernelRole::Reference, request.reference ? request.reference : request.module, "reference");
  return lent;
}

void Dispatcher::take_back(const KernelNews& news) {
  for (Lent& lent : running_->lent) {
    if (lent.role != news.role) continue;
    if (!news.is_whole) store_->forget(lent.key);
    else if (lent.draft) store_->keep(*std::move(lent.draft));
  }
}

void Dispatcher::end_running(Diagnostic diagnostic) {
  const uint64_t id = running_->id;
  running_.reset();
  emit_({id, std::move(diagnostic)});
}

void Dispatcher::fail_queued(const Diagnostic& diagnostic) {
  for (const Queued& queued : std::exchange(queue_, {})) emit_({queued.id, diagnostic});
}

Diagnostic Dispatcher::crash(const ExitStatus& status) const {
  if (status.signal == SIGKILL)
    return make_diagnostic(DiagnosticKind::KernelMemory,
                           fmt::format("the system killed the worker while {} {}", running_->function, running_->doing),
                           "it has probably run out of memory: use smaller buffers");
  const std::string how = status.signal ? signal_name(status.signal) : fmt::format("exit code {}", status.code);
  return make_diagnostic(DiagnosticKind::KernelCrash, fmt::format("the worker crashed while {} {}: {}", running_->function, running_->doing, how),
                         "the program is unharmed and the worker was started again");
}

void Dispatcher::add_polls(std::vector<pollfd>& polls) const {
  for (const auto* place : {&active_, &spare_})
    if (*place) {
      polls.push_back({(*place)->output(), POLLIN, 0});
      if ((*place)->wants_to_send()) polls.push_back({(*place)->input(), POLLOUT, 0});
    }
}

std::optional<Dispatcher::Clock::time_point> Dispatcher::next_deadline() const {
  std::optional<Clock::time_point> next;
  if (running_) next = running_->deadline;
  if (lacks_spare()) next = std::min(next.value_or(spare_from_), spare_from_);
  return next;
}

}  // namespace loopglass::measure
