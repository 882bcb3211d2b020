#include "engine/codegen/llvm/optimize.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include "engine/support/check.h"

namespace loopglass::codegen {

namespace {
llvm::OptimizationLevel level_of(int level) {
  switch (level) {
    case 0: return llvm::OptimizationLevel::O0;
    case 1: return llvm::OptimizationLevel::O1;
    case 2: return llvm::OptimizationLevel::O2;
    default: return llvm::OptimizationLevel::O3;
  }
}
}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, int level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.SLPVectorization = true;   // clang's default, not the library's
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
  const llvm::OptimizationLevel at = level_of(level);
  llvm::ModulePassManager passes =
      level == 0 ? builder.buildO0DefaultPipeline(at) : builder.buildPerModuleDefaultPipeline(at);
  passes.run(module, modules);
}

Bytes generate(llvm::Module& module, llvm::TargetMachine& machine, llvm::CodeGenFileType type) {
  Bytes bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  const bool failed = machine.addPassesToEmitFile(passes, stream, nullptr, type);
  CHECK(!failed, "the target cannot emit this kind of file");
  passes.run(module);
  return bytes;
}

}  // namespace loopglass::codegen
