// Compiled kernels by the structure of their programs, the least recently used thrown away.
#pragma once

#include <memory>
#include <vector>

#include "engine/codegen/kernel.h"
#include "engine/ir/module.h"

namespace loopglass::measure {

struct CompiledKernel {
  lower::Lowered lowered;
  std::unique_ptr<codegen::Kernel> kernel;
  double lower_ms = 0, compile_ms = 0;
  bool is_quick = false, is_loaded = false;
};
using CompiledKernelPtr = std::shared_ptr<const CompiledKernel>;

class KernelCache {
 public:
  static constexpr size_t kMost = 64;

  // What kernels depend on besides their programs.
  std::string identity() const { return compiler_->identity(); }
  // `cpu`: codegen::make_compiler's.
  explicit KernelCache(codegen::Runtime runtime, const std::string& cpu = {});

  // `name` is part of what is compared, as the paths in the assembly's line table start with it.
  // `kept`: the image of this kernel from an earlier process, which is loaded where it is not known here. Errors: those of lowering and code generation.
  Result<CompiledKernelPtr> get(const ir::Function& function, const std::string& name, bool want_assembly, std::optional<codegen::Image> kept = {});
  bool has(const ir::Function& function, const std::string& name) const;
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
  std::vector<Entry>::const_iterator find(const ir::Function& function, const std::string& name, bool want_assembly) const;
  Result<std::shared_ptr<CompiledKernel>> compile(const ir::Function& function, const std::string& name, const codegen::Options& options,
                                                  std::optional<codegen::Image> kept = {});

  std::unique_ptr<codegen::Compiler> compiler_;
  codegen::Runtime runtime_;
  std::vector<Entry> entries_;   // the most recently used last
};

}  // namespace loopglass::measure
