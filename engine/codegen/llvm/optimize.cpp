#include "engine/codegen/llvm/optimize.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <mutex>

#include "engine/support/check.h"

namespace loopglass::codegen {

namespace {

void add_clean_up(llvm::FunctionPassManager& passes) {
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
}

// What a schedule's own vectors, unrolled loops and tiles need to be what they say: memory to registers, loops written out where it is asked for,
// invariants hoisted and sums kept in registers.
llvm::ModulePassManager quick_passes() {
  llvm::FunctionPassManager passes;
  add_clean_up(passes);
  llvm::LoopPassManager unroll, hoist;
  unroll.addPass(llvm::LoopFullUnrollPass(1, true));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(unroll)));
  add_clean_up(passes);
  hoist.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(hoist), true));
  llvm::ModulePassManager module;
  module.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
  return module;
}

llvm::ModulePassManager passes_of(llvm::PassBuilder& builder, Effort effort) {
  switch (effort) {
    case Effort::None: return builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
    case Effort::Quick: return quick_passes();
    case Effort::Full: break;
  }
  return builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3);
}

// Quick code is made without loop strength reduction, which takes a quarter of the time for what it does not miss. LLVM has an option of the process for it, and nothing else:
// it is read when the passes are put together, which one thread does at a time.
void add_passes(llvm::legacy::PassManager& passes, llvm::TargetMachine& machine, llvm::raw_pwrite_stream& to, llvm::CodeGenFileType type, Effort effort) {
  static std::mutex mutex;
  static auto* const disabled = static_cast<llvm::cl::opt<bool>*>(llvm::cl::getRegisteredOptions().lookup("disable-lsr"));
  CHECK(disabled, "LLVM has no option disable-lsr");
  const std::lock_guard lock(mutex);
  disabled->setValue(effort != Effort::Full);
  const bool failed = machine.addPassesToEmitFile(passes, to, nullptr, type);
  CHECK(!failed, "the target cannot emit this kind of file");
}

}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, Effort effort, bool slp) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.SLPVectorization = slp;   // clang's default is true, the library's is not
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
  passes_of(builder, effort).run(module, modules);
}

Bytes generate(llvm::Module& module, llvm::TargetMachine& machine, llvm::CodeGenFileType type, Effort effort) {
  machine.setOptLevel(effort == Effort::Full ? llvm::CodeGenOptLevel::Aggressive : llvm::CodeGenOptLevel::Less);
  machine.Options.MCOptions.AsmVerbose = type == llvm::CodeGenFileType::AssemblyFile;   // says what is spilled
  Bytes bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  add_passes(passes, machine, stream, type, effort);
  passes.run(module);
  return bytes;
}

}  // namespace loopglass::codegen
