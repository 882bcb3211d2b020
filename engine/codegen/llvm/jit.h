// Object files in memory: linked, looked up, freed.
#pragma once

#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include <memory>

#include "engine/codegen/native.h"

namespace loopglass::codegen {

// The linker; shared by the compiler and by the kernels that it has made.
std::shared_ptr<llvm::orc::LLJIT> make_jit(llvm::orc::JITTargetMachineBuilder target);

// One kernel's code in memory, freed with it.
class LoadedObject {
 public:
  // `name`: unique in the process; `object`: an object file with kEntryPoint.
  LoadedObject(std::shared_ptr<llvm::orc::LLJIT> jit, const std::string& name, std::unique_ptr<llvm::MemoryBuffer> object);
  ~LoadedObject();
  LoadedObject(const LoadedObject&) = delete;
  LoadedObject& operator=(const LoadedObject&) = delete;
  EntryPoint entry() const { return entry_; }

 private:
  std::shared_ptr<llvm::orc::LLJIT> jit_;
  llvm::orc::JITDylib* library_;
  EntryPoint entry_;
};

}  // namespace loopglass::codegen
