#include "engine/codegen/llvm/host.h"

#include <llvm/IR/Function.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/TargetSelect.h>

#include <mutex>

namespace loopglass::codegen {

namespace {
// LLVM's registry of targets and its options are the process's; they are set once. Assembly is shown in Intel's syntax, for which there is an
// option and no interface.
void register_host() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    const char* const options[] = {"loopglass", "-x86-asm-syntax=intel"};
    llvm::cl::ParseCommandLineOptions(2, options);
  });
}
}  // namespace

llvm::orc::JITTargetMachineBuilder host_target() {
  register_host();
  llvm::orc::JITTargetMachineBuilder builder = llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  // Without these LLVM's just-in-time default is the large code model: addresses of 64 bits in every access to a constant.
  builder.setCodeModel(llvm::CodeModel::Small);
  builder.setRelocationModel(llvm::Reloc::PIC_);
  builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  // LLVM 19.1 joins scalar loads into gathers wrongly where a sum takes one of them twice (tests/cases/codegen/joined_loads.py). Gathers gain nothing
  // on the CPUs that we know either.
  builder.getFeatures().AddFeature("prefer-no-gather");
  return builder;
}

void mark_for_target(llvm::Function& function, const llvm::TargetMachine& machine) {
  function.addFnAttr("target-cpu", machine.getTargetCPU());
  function.addFnAttr("target-features", machine.getTargetFeatureString());
  // LLVM's own choice of width is cautious on some CPUs that run 512 bits at full speed.
  const bool has_avx512 = machine.getTargetFeatureString().contains("+avx512f");
  if (has_avx512) function.addFnAttr("prefer-vector-width", "512");
}

}  // namespace loopglass::codegen
