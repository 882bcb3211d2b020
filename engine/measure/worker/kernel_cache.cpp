#include "engine/measure/worker/kernel_cache.h"

#include <algorithm>
#include <chrono>

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

}  // namespace

KernelCache::KernelCache(codegen::Runtime runtime, const std::string& cpu) : compiler_(codegen::make_compiler(cpu)), runtime_(runtime) {}

auto KernelCache::find(const ir::Function& function, const std::string& name, bool want_assembly) const -> std::vector<Entry>::const_iterator {
  const uint64_t hash = ir::structural_hash(function);
  return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.hash == hash && e.name == name && e.has_assembly >= want_assembly && ir::structural_equal(e.function, function);
  });
}

bool KernelCache::has(const ir::Function& function, const std::string& name) const { return find(function, name, false) != entries_.end(); }

Result<std::shared_ptr<CompiledKernel>> KernelCache::compile(const ir::Function& function, const std::string& name, const codegen::Options& options,
                                                             std::optional<codegen::Image> kept) {
  auto compiled = std::make_shared<CompiledKernel>();
  Stopwatch stopwatch;
  TRY_ASSIGN(compiled->lowered, lower::lower(function, name, {.hoist_first = options.effort == codegen::Effort::Quick}));
  compiled->lower_ms = stopwatch.lap();
  compiled->is_loaded = kept.has_value();
  auto kernel = kept ? compiler_->load(compiled->lowered, *std::move(kept), runtime_) : compiler_->compile(compiled->lowered, options, runtime_);
  TRY_ASSIGN(compiled->kernel, std::move(kernel));
  compiled->compile_ms = stopwatch.lap();
  return compiled;
}

Result<CompiledKernelPtr> KernelCache::get(const ir::Function& function, const std::string& name, bool want_assembly, std::optional<codegen::Image> kept) {
  if (const auto found = find(function, name, want_assembly); found != entries_.end()) {
    const auto at = entries_.begin() + (found - entries_.cbegin());
    std::rotate(at, at + 1, entries_.end());
    return entries_.back().compiled;
  }
  TRY_ASSIGN(CompiledKernelPtr compiled, compile(function, name, {.want_assembly = want_assembly}, std::move(kept)));
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  entries_.push_back({ir::structural_hash(function), name, want_assembly, function, std::move(compiled)});
  return entries_.back().compiled;
}

Result<CompiledKernelPtr> KernelCache::compile_quickly(const ir::Function& function, const std::string& name) {
  TRY_ASSIGN(auto compiled, compile(function, name, {.effort = codegen::Effort::Quick}));
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
