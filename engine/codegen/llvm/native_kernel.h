// A kernel as machine code in memory.
#pragma once

#include "engine/codegen/llvm/frame.h"
#include "engine/codegen/llvm/jit.h"

namespace loopglass::codegen {

// What stays warm between kernels.
struct Toolchain {
  std::shared_ptr<llvm::orc::LLJIT> jit;
  std::unique_ptr<llvm::TargetMachine> machine;
};

// The optimised module, kept for its listings; the context is older than the module in it.
struct ListingSource {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
};

struct KernelParts {
  std::shared_ptr<Toolchain> toolchain;
  std::unique_ptr<LoadedObject> code;
  ListingSource listing;                 // of null pointers where none is wanted
  std::string object;                    // the object file's bytes, for its line table and to be kept
  std::optional<Listing> known_listing;  // where the kernel was loaded with one
  std::vector<ir::NodePath> origins;
  std::vector<FailureSite> sites;
  int64_t workspace_bytes = 0;
  Runtime runtime;
};

std::unique_ptr<Kernel> make_native_kernel(KernelParts parts);

}  // namespace loopglass::codegen
