#include "engine/codegen/llvm/host.h"

#include <llvm/IR/Function.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/TargetSelect.h>

#include <iterator>
#include <mutex>

namespace loopglass::codegen {

namespace {
// LLVM's registry of targets and its options are the process's; they are set once. What has no other interface:
// assembly is shown in Intel's syntax; a loop that nobody asked to unroll is written out less eagerly than at -O3 (300), which fills the registers with what
// the next loops will read, spills them, and takes three times as long to compile (layernorm 0.066 ms and 57 ms, 0.048 ms and 36 ms with this).
void register_host() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    const char* const options[] = {"loopglass", "-x86-asm-syntax=intel", "-unroll-threshold=120"};
    llvm::cl::ParseCommandLineOptions(std::size(options), options);
  });
}
}  // namespace

llvm::orc::JITTargetMachineBuilder host_target(const std::string& cpu) {
  register_host();
  llvm::orc::JITTargetMachineBuilder builder = llvm::cantFail(llvm::orc::JITTargetMachineBuilder::detectHost());
  if (!cpu.empty()) {
    builder = llvm::orc::JITTargetMachineBuilder(builder.getTargetTriple());
    builder.setCPU(cpu);
  }
  // Without these LLVM's just-in-time default is the large code model: addresses of 64 bits in every access to a constant.
  builder.setCodeModel(llvm::CodeModel::Small);
  builder.setRelocationModel(llvm::Reloc::PIC_);
  builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  // LLVM 19.1 joins scalar loads into gathers wrongly where a sum takes one of them twice (tests/cases/codegen/joined_loads.py). Gathers gain nothing
  // on the CPUs that we know either.
  builder.getFeatures().AddFeature("prefer-no-gather");
  return builder;
}

bool has_feature(const llvm::TargetMachine& machine, llvm::StringRef feature) {
  return machine.getMCSubtargetInfo()->checkFeatures(("+" + feature).str());
}

void mark_for_target(llvm::Function& function, const llvm::TargetMachine& machine) {
  function.addFnAttr("target-cpu", machine.getTargetCPU());
  function.addFnAttr("target-features", machine.getTargetFeatureString());
  // LLVM's own choice of width is cautious on some CPUs that run 512 bits at full speed.
  if (has_feature(machine, "avx512f")) function.addFnAttr("prefer-vector-width", "512");
  // A copying loop stays a loop: rows of a few KB from or to odd addresses are copied faster by vectors than by the library (rep movsb).
  function.addFnAttr("no-builtin-memcpy");
}

}  // namespace loopglass::codegen
