#include "engine/measure/worker/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "engine/measure/npy.h"
#include "engine/measure/worker/cold_caches.h"
#include "engine/measure/worker/crash_report.h"
#include "engine/measure/worker/memory_need.h"
#include "engine/measure/worker/observed_calls.h"
#include "engine/measure/worker/sampler.h"
#include "engine/script/parser.h"
#include "engine/support/cpu_levels.h"

namespace loopglass::measure {
namespace {

constexpr int kMostThreads = 256;
constexpr double kShortRun = 0.02;       // s, of the unscheduled program: longer ones wait for the optimised code
constexpr double kLongestProfiled = 300;   // ms of a call
constexpr double kSmallKernelMs = 30;     // to compile
constexpr double kQuickBudget = 0.001;   // s, for the time of the quick code

// The smallest program with all that a program has: compiled once at the start, it brings in what is loaded lazily.
constexpr const char* kWarmUp = R"(@T.prim_func(s_tir=True)
def warm_up(A: T.Buffer((16, 16), "float32"), B: T.Buffer((16, 16), "float32")):
    for i, j, k in T.grid(16, 16, 16):
        with T.sblock("B"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                B[vi, vj] = T.float32(0)
            B[vi, vj] = B[vi, vj] + T.max(A[vi, vk] * A[vk, vj], T.float32(0))
)";

// What $LOOPGLASS_TARGET asks for; empty: this CPU. Error: BadArgument where this CPU cannot run it.
Result<std::string> wanted_target() {
  const char* wanted = std::getenv("LOOPGLASS_TARGET");
  const std::vector<std::string> levels = cpu_levels();
  if (!wanted || !*wanted || std::ranges::find(levels, wanted) != levels.end()) return std::string(wanted ? wanted : "");
  return fail(DiagnosticKind::BadArgument, fmt::format("the target {} (in $LOOPGLASS_TARGET) is none that this CPU can run", wanted),
              fmt::format("choose one of {}, or unset it for this CPU", fmt::join(levels, ", ")));
}

Result<ir::Function> parse_function(const std::string& text, const std::string& name) {
  TRY_ASSIGN(const ir::Module module, script::parse_module(text));
  if (const ir::Function function = ir::find_function(module, name)) return function;
  return fail(DiagnosticKind::BadArgument, fmt::format("the program has no function {}", name));
}

Result<Reference::Inputs> read_inputs(const WireRequest& request, const std::vector<FileDescriptor>& files) {
  Reference::Inputs inputs{request.inputs, {}, request.seed};
  if (files.size() != request.inputs.size())
    return fail(DiagnosticKind::ProtocolError, fmt::format("{} inputs are named and {} came", request.inputs.size(), files.size()));
  for (size_t i = 0; i < files.size(); ++i) {
    TRY_ASSIGN(interp::Tensor value, read_npy(files[i].get(), fmt::format("the input for {}", request.inputs[i])));
    inputs.values.push_back(std::move(value));
  }
  return inputs;
}

Compiled describe(const CompiledKernel& compiled, bool with_assembly) {
  Compiled description{compiled.lower_ms, compiled.compile_ms, compiled.kernel->target(), compiled.is_quick ? "quick" : "optimised", {}, {}, {}, compiled.is_loaded};
  if (with_assembly) {
    description.assembly = compiled.kernel->assembly();
    description.assembly_lines = compiled.kernel->assembly_lines();
    description.llvm_ir = compiled.kernel->llvm_ir();
  }
  return description;
}

// They came behind those of the inputs.
std::vector<FileDescriptor> take_kernel_files(const WireRequest& request, std::vector<FileDescriptor>& files) {
  const auto first = files.begin() + static_cast<ptrdiff_t>(std::min(files.size(), request.inputs.size()));
  std::vector<FileDescriptor> taken(std::make_move_iterator(first), std::make_move_iterator(files.end()));
  files.erase(first, files.end());
  return taken;
}

Error wrong_result(const std::string& function, const FirstWrong& wrong) {
  return fail(DiagnosticKind::KernelWrongResult,
              fmt::format("{} gives {}[{}] = {}, the unscheduled program {}", function, wrong.buffer, fmt::join(wrong.index, ", "), wrong.got,
                          wrong.expected),
              "a step of the schedule changes what the program computes");
}

}  // namespace

Service::Service(std::function<void(const std::string&)> say, Machine machine)
    : say_(std::move(say)),
      machine_(std::move(machine)),
      pool_(std::make_unique<ThreadPool>(1)),
      // The pool changes with the number of threads; compiled code knows the place where it stands.
      kernels_({[](void* pool, int64_t extent, ThreadPool::Chunk chunk, void* closure) {
                  ThreadPool::parallel_for(static_cast<std::unique_ptr<ThreadPool>*>(pool)->get(), extent, chunk, closure);
                },
                &pool_},
               wanted_target().value_or("")) {
  if (const std::string program = identity_of_this_program(); !program.empty()) identity_ = program + " " + kernels_.identity();
  warm_up_.start([this] { warm_up(); });
  warm_up_.wait([] { return true; });   // a spare has time
}

void Service::warm_up() {
  if (const auto function = parse_function(kWarmUp, "warm_up"))
    if (const auto reference = Reference::begin(*function, "warm_up", {}, INT64_MAX))
      if (const auto kernel = kernels_.get_here(*function, "warm_up"); kernel && (*reference)->finish(kernels_))
        (*kernel)->kernel->call((*reference)->arguments().pointers().data());
}

void Service::serve(const WireRequest& request, std::vector<FileDescriptor> files) {
  warm_up_.wait([] { return false; });
  serving_ = request.id;
  try {
    if (request.op == Op::Machine) return say_(encode(request.id, machine_));
    if (const auto target = wanted_target(); !target) return emit(target.error());
    const KernelLoans loans(request, take_kernel_files(request, files), identity_, say_);
    const auto done = request.op == Op::Compile ? compile_alone(request, loans) : run(request, files, loans);
    if (!done) emit(done.error());
  } catch (const std::bad_alloc&) {
    emit(Diagnostic{DiagnosticKind::KernelMemory, fmt::format("{} needs more memory than is allowed here", request.function), "use smaller buffers", {}, {}, {}});
  } catch (const std::exception& e) {
    emit(Diagnostic{DiagnosticKind::KernelCrash, fmt::format("{} could not be run: {}", request.function, e.what()), "", {}, {}, {}});
  }
  note_running(0, "", "");
}

Result<void> Service::check_cancelled() const {
  if (stopped()) return fail(DiagnosticKind::Cancelled, "the run was cancelled");
  return {};
}

Result<void> Service::compile_alone(const WireRequest& request, const KernelLoans& loans) {
  note_running(request.id, request.function, "was compiled");
  Program program;
  TRY_ASSIGN(program.function, parse_function(request.module, request.function));
  TRY(compile(request, program, loans.take(KernelRole::Program)));
  if (request.want_assembly) TRY(kernels_.list(program.compiled, stopped_));
  emit(describe(*program.compiled, request.want_assembly));
  if (loans.wants(KernelRole::Program)) loans.give(KernelRole::Program, program.compiled->kernel->image());
  say_(encode_done(request.id));
  return {};
}

Result<void> Service::run(const WireRequest& request, const std::vector<FileDescriptor>& files, const KernelLoans& loans) {
  note_running(request.id, request.function, "was compiled");
  Program program;
  TRY_ASSIGN(program.function, parse_function(request.module, request.function));
  TRY_ASSIGN(Reference* const reference, begin_reference(request, program.function, files));
  TRY(reference->check_signature(*program.function));
  use_threads(request.threads);
  const bool is_known = kernels_.has(program.function, request.function);
  std::optional<codegen::Image> kept = is_known ? std::nullopt : loans.take(KernelRole::Program);
  if (request.op == Op::Run && !is_known && !kept) TRY(run_quickly(request, program.function, *reference, loans));
  TRY(compile(request, program, std::move(kept)));
  emit(describe(*program.compiled, false));
  TRY(finish_reference(request, *reference, loans));
  TRY(verify_program(request, program, *reference, true));
  if (request.op == Op::Run) return time(request, program, nullptr, *reference, loans);
  TRY_ASSIGN(const Program against, prepare_against(request, *reference));
  return time(request, program, &against, *reference, loans);
}

Result<Service::Program> Service::prepare_against(const WireRequest& request, Reference& reference) {
  note_running(request.id, request.function, "was compiled for the comparison");
  Program against;
  TRY_ASSIGN(against.function, parse_function(request.against, request.function));
  TRY(reference.check_signature(*against.function));
  TRY(compile(request, against));
  TRY(verify_program(request, against, reference, false));
  return against;
}

Result<void> Service::finish_reference(const WireRequest& request, Reference& reference, const KernelLoans& loans) {
  if (reference.finished()) return {};
  note_running(request.id, request.function, "was compiled and run without its schedule");
  return reference.finish(kernels_, loans.take(KernelRole::Reference));
}

// A first answer before the optimised code is there; only where a run is so short that the answer comes sooner for it.
Result<void> Service::run_quickly(const WireRequest& request, const ir::Function& function, Reference& reference, const KernelLoans& loans) {
  TRY(finish_reference(request, reference, loans));
  if (reference.seconds() > kShortRun || request.cold) return {};
  Program program{function, nullptr, 0};
  TRY_ASSIGN(program.compiled, kernels_.compile_quickly(function, request.function));
  TRY(check_memory(*program.compiled->lowered.function, memory_bytes_));
  emit(describe(*program.compiled, false));
  TRY(verify_program(request, program, reference, true));
  if (program.first_call_s >= kQuickBudget) {   // was time enough: another call would keep the first time, and the optimised code, waiting
    const double ms = program.first_call_s * 1e3;
    emit(Timed{estimate(std::span(&ms, 1), program.first_call_s), reference.work().flops, reference.bytes_min(), {}, false, {}, {}, {}});
    return {};
  }
  SampleOptions options;
  options.budget_s = kQuickBudget;
  options.known_call_s = program.first_call_s;
  reference.arguments().set(reference.initial());
  const auto stream = [&](const Estimate& e) -> Result<void> {
    emit(Timed{e.time, reference.work().flops, reference.bytes_min(), {}, false, {}, e.conditions, {}});
    return {};
  };
  return take_samples([&](int64_t count) { return call(program, reference, count); }, {}, options, stream, stopped_);
}

Result<void> Service::compile(const WireRequest& request, Program& program, std::optional<codegen::Image> kept) {
  TRY(check_cancelled());
  TRY_ASSIGN(program.compiled, kernels_.get(program.function, request.function, request.want_assembly, stopped_, std::move(kept)));
  return check_memory(*program.compiled->lowered.function, memory_bytes_);
}

Result<Reference*> Service::begin_reference(const WireRequest& request, const ir::Function& module_function, const std::vector<FileDescriptor>& files) {
  ir::Function function = module_function;
  if (!request.reference.empty()) {
    TRY_ASSIGN(function, parse_function(request.reference, request.function));
  }
  TRY_ASSIGN(Reference::Inputs inputs, read_inputs(request, files));
  const auto known = std::find_if(references_.begin(), references_.end(), [&](const auto& r) { return r->matches(function, inputs); });
  if (known != references_.end()) {
    std::rotate(known, known + 1, references_.end());
    return references_.back().get();
  }
  if (references_.size() == kReferences) references_.erase(references_.begin());
  TRY_ASSIGN(auto reference, Reference::begin(function, request.function, std::move(inputs), memory_bytes_));
  references_.push_back(std::move(reference));
  return references_.back().get();
}

Result<void> Service::call(const Program& program, const Reference& reference, int64_t count) const {
  const codegen::Kernel& kernel = *program.compiled->kernel;
  void* const* arguments = reference.arguments().pointers().data();
  for (int64_t i = 0; i < count; ++i)
    if (const codegen::Status status = kernel.call(arguments); !status.ok()) return Error(kernel.diagnose(status));
  return {};
}

Result<void> Service::wait_for_interpreter(Reference& reference) const {
  while (!reference.interpreter_is_done()) {
    TRY(check_cancelled());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return reference.check_against_interpreter();
}

Result<void> Service::verify_program(const WireRequest& request, Program& program, Reference& reference, bool is_the_one_asked_for) {
  TRY(check_cancelled());
  note_running(request.id, request.function, "ran");
  reference.arguments().set(reference.initial());
  const double start = steady_seconds();
  TRY(call(program, reference, 1));
  program.first_call_s = steady_seconds() - start;
  const Verified verified = verify(reference.expected(), reference.arguments().pointers(), reference.names());
  TRY(wait_for_interpreter(reference));
  if (is_the_one_asked_for) emit(verified);
  if (!verified.ok) return wrong_result(is_the_one_asked_for ? request.function : "the program to compare with", *verified.first_wrong);
  return {};
}

Result<void> Service::time(const WireRequest& request, const Program& program, const Program* against, Reference& reference, const KernelLoans& loans) {
  SampleOptions options;
  options.budget_s = request.budget_s;
  options.known_call_s = against ? std::min(program.first_call_s, against->first_call_s) : program.first_call_s;
  std::optional<ColdCaches> caches;
  if (request.cold) {
    caches.emplace(reference.arguments().memory(), machine_.caches);
    options.make_cold = [&] { caches->empty(); };
  }
  options.reference = run_reference_kernel;
  if (request.threads == 1) options.cpu_seconds = thread_cpu_seconds;
  options.stolen_seconds = [&] { return stolen_time_.seconds(); };
  const TimedCalls calls = [&](int64_t count) { return call(program, reference, count); };
  const TimedCalls other_calls = against ? TimedCalls([&](int64_t count) { return call(*against, reference, count); }) : TimedCalls();
  reference.arguments().set(reference.initial());
  // The assembly takes as long to write down as the kernel took to compile: nobody waits for a first time because of it, nor for what is asked next
  // while samples are still taken of a large one.
  const bool is_small = program.compiled->compile_ms < kSmallKernelMs;
  bool assembly_is_due = request.want_assembly;
  const auto emit_assembly = [&]() -> Result<void> {
    if (!std::exchange(assembly_is_due, false)) return {};
    TRY(kernels_.list(program.compiled, stopped_));
    emit(describe(*program.compiled, true));
    return {};
  };
  const auto stream = [&](const Estimate& e) -> Result<void> {
    if (e.final) {
      TRY(emit_assembly());
      if (loans.wants(KernelRole::Program)) loans.give(KernelRole::Program, program.compiled->kernel->image());
      if (auto image = reference.take_image(); image && loans.wants(KernelRole::Reference)) loans.give(KernelRole::Reference, *image);
    }
    const bool wants_profile = e.final && request.want_assembly && !against && e.time.median < kLongestProfiled;
    Timed timed{e.time, reference.work().flops, reference.bytes_min(), e.against, e.final, {}, e.conditions, {}};
    const RepeatedCall again = [&] { return !stopped() && call(program, reference, 1).has_value(); };
    if (wants_profile) timed.profile = profile_of(*program.compiled->kernel, again);
    if (e.final && request.threads == 1) timed.counters = counts_of(counters_, again);
    emit(std::move(timed));
    return is_small ? emit_assembly() : Result<void>();
  };
  return take_samples(calls, other_calls, options, stream, stopped_);
}

void Service::use_threads(int threads) {
  threads = std::clamp(threads, 1, kMostThreads);
  if (pool_->threads() != threads) pool_ = std::make_unique<ThreadPool>(threads);
}

}  // namespace loopglass::measure
