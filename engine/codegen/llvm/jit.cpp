#include "engine/codegen/llvm/jit.h"

#include <llvm/ExecutionEngine/Orc/Core.h>

#include <cstdlib>

#include "engine/support/check.h"

namespace loopglass::codegen {

namespace {

void* allocate(int64_t bytes) { return std::aligned_alloc(64, static_cast<size_t>((bytes + 63) / 64 * 64)); }
void release(void* memory) { std::free(memory); }

// What compiled code calls besides the C library, which it finds in the process.
void define_runtime(llvm::orc::LLJIT& jit) {
  const auto symbol = [](auto* function) {
    return llvm::orc::ExecutorSymbolDef(llvm::orc::ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable);
  };
  llvm::orc::SymbolMap symbols;
  symbols[jit.mangleAndIntern(kAllocate)] = symbol(&allocate);
  symbols[jit.mangleAndIntern(kRelease)] = symbol(&release);
  llvm::cantFail(jit.getProcessSymbolsJITDylib()->define(llvm::orc::absoluteSymbols(std::move(symbols))));
}

}  // namespace

std::shared_ptr<llvm::orc::LLJIT> make_jit(llvm::orc::JITTargetMachineBuilder target) {
  llvm::orc::LLJITBuilder builder;
  builder.setJITTargetMachineBuilder(std::move(target));
  builder.setPlatformSetUp(llvm::orc::setUpInactivePlatform);
  std::shared_ptr<llvm::orc::LLJIT> jit = llvm::cantFail(builder.create());
  define_runtime(*jit);
  return jit;
}

LoadedObject::LoadedObject(std::shared_ptr<llvm::orc::LLJIT> jit, const std::string& name, std::unique_ptr<llvm::MemoryBuffer> object)
    : jit_(std::move(jit)), library_(&llvm::cantFail(jit_->createJITDylib(name))) {
  llvm::cantFail(jit_->addObjectFile(*library_, std::move(object)));
  entry_ = llvm::cantFail(jit_->lookup(*library_, kEntryPoint)).toPtr<EntryPoint>();
}

LoadedObject::~LoadedObject() { llvm::cantFail(jit_->getExecutionSession().removeJITDylib(*library_)); }

}  // namespace loopglass::codegen
