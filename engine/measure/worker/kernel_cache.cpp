#include "engine/measure/worker/kernel_cache.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/ir/structural_equal.h"

namespace loopglass::measure {
namespace {

class Stopwatch {
 public:
  // Milliseconds since it was made, or since the last lap.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(now - std::exchange(start_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<std::shared_ptr<CompiledKernel>> compile_with(codegen::Compiler& compiler, const codegen::Runtime& runtime, const ir::Function& function, const std::string& name,
                                                     const codegen::Options& options, std::optional<codegen::Image> kept = {}) {
  auto compiled = std::make_shared<CompiledKernel>();
  Stopwatch stopwatch;
  TRY_ASSIGN(compiled->lowered, lower::lower(function, name, {.hoist_first = options.effort == codegen::Effort::Quick}));
  compiled->lower_ms = stopwatch.lap();
  compiled->is_loaded = kept.has_value();
  auto kernel = kept ? compiler.load(compiled->lowered, *std::move(kept), runtime) : compiler.compile(compiled->lowered, options, runtime);
  TRY_ASSIGN(compiled->kernel, std::move(kernel));
  compiled->compile_ms = stopwatch.lap();
  return compiled;
}

void write_down(const CompiledKernel& compiled) {
  compiled.kernel->assembly();
  compiled.is_listed = true;
}

Error cancelled() { return fail(DiagnosticKind::Cancelled, "the run was cancelled"); }

}  // namespace

KernelCache::KernelCache(codegen::Runtime runtime, const std::string& cpu)
    : compiler_(codegen::make_compiler(cpu)), optimising_compiler_(codegen::make_compiler(cpu)), runtime_(runtime) {}

auto KernelCache::find(const ir::Function& function, const std::string& name, bool want_assembly) const -> std::vector<Entry>::const_iterator {
  const uint64_t hash = ir::structural_hash(function);
  return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.hash == hash && e.name == name && e.has_assembly >= want_assembly && ir::structural_equal(e.function, function);
  });
}

CompiledKernelPtr KernelCache::use(const ir::Function& function, const std::string& name, bool want_assembly) {
  collect();
  const auto found = find(function, name, want_assembly);
  if (found == entries_.end()) return nullptr;
  const auto at = entries_.begin() + (found - entries_.cbegin());
  std::rotate(at, at + 1, entries_.end());
  return entries_.back().compiled;
}

CompiledKernelPtr KernelCache::keep(const ir::Function& function, const std::string& name, bool want_assembly, CompiledKernelPtr compiled) {
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  return entries_.emplace_back(ir::structural_hash(function), name, want_assembly, function, std::move(compiled)).compiled;
}

void KernelCache::collect() {
  if (!job_ || !background_.is_idle()) return;
  const std::shared_ptr<Job> done = std::exchange(job_, nullptr);
  if (done->result) keep(done->function, done->name, done->want_assembly, *done->result);
}

Result<void> KernelCache::wait(const Stopped& stopped) {
  if (!background_.wait(stopped)) return cancelled();
  return {};
}

Result<void> KernelCache::run(std::function<void()> work, const Stopped& stopped) {
  background_.start(std::move(work));
  TRY(wait(stopped));
  background_.rethrow();
  return {};
}

bool KernelCache::has(const ir::Function& function, const std::string& name) {
  collect();
  return find(function, name, false) != entries_.end();
}

Result<CompiledKernelPtr> KernelCache::get(const ir::Function& function, const std::string& name, bool want_assembly, const Stopped& stopped,
                                           std::optional<codegen::Image> kept) {
  if (CompiledKernelPtr known = use(function, name, want_assembly)) return known;
  if (kept) {
    TRY_ASSIGN(const auto loaded, compile_with(*compiler_, runtime_, function, name, {}, std::move(kept)));
    loaded->is_listed = true;   // or never is
    return keep(function, name, want_assembly, loaded);
  }
  TRY(wait(stopped));   // for what may be this very kernel
  if (CompiledKernelPtr known = use(function, name, want_assembly)) return known;
  const auto job = std::make_shared<Job>(Job{function, name, want_assembly, cancelled()});
  job_ = job;
  const auto compile = [job, compiler = optimising_compiler_, runtime = runtime_] {
    job->result = compile_with(*compiler, runtime, job->function, job->name, {.want_assembly = job->want_assembly});
  };
  TRY(run(compile, stopped));
  collect();
  return job->result;
}

Result<CompiledKernelPtr> KernelCache::get_here(const ir::Function& function, const std::string& name) {
  TRY_ASSIGN(const auto compiled, compile_with(*optimising_compiler_, runtime_, function, name, {.want_assembly = true}));
  write_down(*compiled);
  return keep(function, name, true, compiled);
}

Result<void> KernelCache::list(CompiledKernelPtr compiled, const Stopped& stopped) {
  if (compiled->is_listed) return {};
  TRY(wait(stopped));
  return run([compiled = std::move(compiled)] { write_down(*compiled); }, stopped);
}

Result<CompiledKernelPtr> KernelCache::compile_quickly(const ir::Function& function, const std::string& name) {
  TRY_ASSIGN(auto compiled, compile_with(*compiler_, runtime_, function, name, {.effort = codegen::Effort::Quick}));
  compiled->is_quick = true;
  return compiled;
}

Result<std::unique_ptr<codegen::Kernel>> KernelCache::compile_reference(const lower::Lowered& plain, std::optional<codegen::Image> kept) {
  if (kept) return compiler_->load(plain, *std::move(kept));
  codegen::Options options;
  options.fast = false;
  return compiler_->compile(plain, options);
}

}  // namespace loopglass::measure
