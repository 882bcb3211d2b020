// What the worker does for a request: parse, lower, compile, run, verify, time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "engine/measure/protocol.h"
#include "engine/measure/worker/background.h"
#include "engine/measure/worker/disturbance.h"
#include "engine/measure/worker/hardware_counters.h"
#include "engine/measure/worker/kernel_cache.h"
#include "engine/measure/worker/kernel_loans.h"
#include "engine/measure/worker/reference.h"
#include "engine/measure/worker/thread_pool.h"
#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

class Service {
 public:
  // `say` sends a line; `machine`: what it answers when asked for it. Warms LLVM up, beside and out of everybody's way until the first request comes: that takes some
  // tens of milliseconds. To be made before the process confines itself.
  Service(std::function<void(const std::string&)> say, Machine machine);

  // What its kernels depend on besides their programs; empty where that cannot be said.
  const std::string& identity() const { return identity_; }
  // What a kernel's buffers may take; unlimited before it is set.
  void limit_memory(int64_t bytes) { memory_bytes_ = bytes; }
  // Serves one request to its end; the last line that it says ends the request. `files`: of request.inputs, then of request.kernels.
  void serve(const WireRequest& request, std::vector<FileDescriptor> files);
  // From another thread: ends the request where it is being served, between two calls of its kernel.
  void cancel(uint64_t request) { cancelled_.store(request); }

 private:
  void warm_up();
  struct Program {
    ir::Function function;
    CompiledKernelPtr compiled;
    double first_call_s = 0;
  };
  Result<void> compile_alone(const WireRequest& request, const KernelLoans& loans);
  Result<void> run(const WireRequest& request, const std::vector<FileDescriptor>& files, const KernelLoans& loans);
  Result<Program> prepare_against(const WireRequest& request, Reference& reference);
  Result<void> compile(const WireRequest& request, Program& program, std::optional<codegen::Image> kept = {});
  Result<void> finish_reference(const WireRequest& request, Reference& reference, const KernelLoans& loans);
  Result<void> run_quickly(const WireRequest& request, const ir::Function& function, Reference& reference, const KernelLoans& loans);
  Result<Reference*> begin_reference(const WireRequest& request, const ir::Function& module_function, const std::vector<FileDescriptor>& files);
  Result<void> verify_program(const WireRequest& request, Program& program, Reference& reference, bool is_the_one_asked_for);
  Result<void> time(const WireRequest& request, const Program& program, const Program* against, Reference& reference, const KernelLoans& loans);
  Result<void> call(const Program& program, const Reference& reference, int64_t count) const;
  Result<void> wait_for_interpreter(Reference& reference) const;
  void use_threads(int threads);
  bool stopped() const { return cancelled_.load(std::memory_order_relaxed) == serving_; }
  const std::function<bool()> stopped_ = [this] { return stopped(); };
  Result<void> check_cancelled() const;
  void emit(decltype(Event::what) what) const { say_(encode(Event{serving_, std::move(what)})); }

  static constexpr size_t kReferences = 4;   // kept: a program has one, and the user goes between few

  std::function<void(const std::string&)> say_;
  std::string identity_;
  Machine machine_;
  int64_t memory_bytes_ = INT64_MAX;
  uint64_t serving_ = 0;
  std::atomic<uint64_t> cancelled_ = 0;
  StolenTime stolen_time_;
  HardwareCounters counters_;
  std::unique_ptr<ThreadPool> pool_;
  KernelCache kernels_;
  std::vector<std::unique_ptr<Reference>> references_;   // the most recently used last
  Background warm_up_;                                   // last: it uses what stands above
};

}  // namespace loopglass::measure
