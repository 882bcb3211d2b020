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

KernelCache::KernelCache(codegen::Runtime runtime) : compiler_(codegen::make_compiler()), runtime_(runtime) {}

Result<CompiledKernelPtr> KernelCache::get(const ir::Function& function, const std::string& name, bool want_assembly) {
  const uint64_t hash = ir::structural_hash(function);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.hash == hash && e.name == name && e.has_assembly >= want_assembly && ir::structural_equal(e.function, function);
  });
  if (found != entries_.end()) {
    std::rotate(found, found + 1, entries_.end());
    return entries_.back().compiled;
  }
  auto compiled = std::make_shared<CompiledKernel>();
  Stopwatch stopwatch;
  TRY_ASSIGN(compiled->lowered, lower::lower(function, name));
  compiled->lower_ms = stopwatch.lap();
  codegen::Options options;
  options.want_assembly = want_assembly;
  TRY_ASSIGN(compiled->kernel, compiler_->compile(compiled->lowered, options, runtime_));
  compiled->compile_ms = stopwatch.lap();
  if (entries_.size() == kMost) entries_.erase(entries_.begin());
  entries_.push_back({hash, name, want_assembly, function, compiled});
  return entries_.back().compiled;
}

Result<std::unique_ptr<codegen::Kernel>> KernelCache::compile_reference(const lower::Lowered& plain) {
  codegen::Options options;
  options.fast = false;
  return compiler_->compile(plain, options);
}

}  // namespace loopglass::measure
