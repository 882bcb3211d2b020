// Compiled kernels by the structure of their programs, the least recently used thrown away.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "engine/codegen/kernel.h"
#include "engine/ir/module.h"
#include "engine/measure/worker/background.h"

namespace loopglass::measure {

struct CompiledKernel {
  lower::Lowered lowered;
  std::unique_ptr<codegen::Kernel> kernel;
  double lower_ms = 0, compile_ms = 0;
  bool is_quick = false, is_loaded = false;
  mutable std::atomic<bool> is_listed = false;   // the kernel's assembly and LLVM IR are written down
};
using CompiledKernelPtr = std::shared_ptr<const CompiledKernel>;

// LLVM's optimised code takes up to some tenths of a second and cannot be interrupted: it is made in the background, and who waits for it may be called away. What was left
// there is known once it is done.
class KernelCache {
 public:
  static constexpr size_t kMost = 64;
  using Stopped = std::function<bool()>;

  // What kernels depend on besides their programs.
  std::string identity() const { return compiler_->identity(); }
  // `cpu`: codegen::make_compiler's.
  explicit KernelCache(codegen::Runtime runtime, const std::string& cpu = {});

  // `name` is part of what is compared, as the paths in the assembly's line table start with it.
  // `kept`: the image of this kernel from an earlier process, which is loaded where it is not known here. Errors: those of lowering and code generation; Cancelled where
  // `stopped` said so.
  Result<CompiledKernelPtr> get(const ir::Function& function, const std::string& name, bool want_assembly, const Stopped& stopped, std::optional<codegen::Image> kept = {});
  bool has(const ir::Function& function, const std::string& name);
  // Writes down the assembly and LLVM IR of a kernel that get() gave, so that they are there when they are asked for. Error: Cancelled.
  Result<void> list(CompiledKernelPtr compiled, const Stopped& stopped);
  // get() and list() on the calling thread, for what warms LLVM up before this process confines itself.
  Result<CompiledKernelPtr> get_here(const ir::Function& function, const std::string& name);
  // The same program in quick code, without assembly. Not kept: get() will have better.
  Result<CompiledKernelPtr> compile_quickly(const ir::Function& function, const std::string& name);
  // Compiles what is already lowered, plainly and without contraction: the reference. Not kept.
  Result<std::unique_ptr<codegen::Kernel>> compile_reference(const lower::Lowered& plain, std::optional<codegen::Image> kept = {});

 private:
  struct Entry {
    uint64_t hash;
    std::string name;
    bool has_assembly;
    ir::Function function;
    CompiledKernelPtr compiled;
  };
  // What the background makes; `result` is there when it is idle.
  struct Job {
    ir::Function function;
    std::string name;
    bool want_assembly;
    Result<CompiledKernelPtr> result;
  };
  std::vector<Entry>::const_iterator find(const ir::Function& function, const std::string& name, bool want_assembly) const;
  // Null where it is not known.
  CompiledKernelPtr use(const ir::Function& function, const std::string& name, bool want_assembly);
  CompiledKernelPtr keep(const ir::Function& function, const std::string& name, bool want_assembly, CompiledKernelPtr compiled);
  // Takes over what was left in the background, where it is done.
  void collect();
  Result<void> wait(const Stopped& stopped);
  Result<void> run(std::function<void()> work, const Stopped& stopped);

  std::unique_ptr<codegen::Compiler> compiler_;              // of the calling thread
  std::shared_ptr<codegen::Compiler> optimising_compiler_;   // of the background
  codegen::Runtime runtime_;
  std::vector<Entry> entries_;   // the most recently used last
  std::shared_ptr<Job> job_;     // started last, not collected yet
  Background background_;        // last: it uses what stands above
};

}  // namespace loopglass::measure
