// One LLVM function under construction, and what all functions of a kernel share.
#pragma once

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/codegen/kernel.h"
#include "engine/lower/value_range.h"
#include "engine/ir/stmt.h"

namespace loopglass::codegen {

// What the functions of one kernel share.
struct KernelModule {
  llvm::Module& module;
  const Options& options;
  std::vector<FailureSite> sites;
  const llvm::TargetMachine& machine;
  int vector_math_bits = 0;            // vector_math.h; 0 in the reference
  llvm::DIBuilder* debug = nullptr;    // null: no line links
  llvm::DIFile* debug_file = nullptr;
};

// One function: where code is being put, and what the program's names stand for there.
struct Frame {
  KernelModule& kernel;
  llvm::Function* function;
  llvm::IRBuilder<> builder;
  llvm::Value* status;                 // Status*
  llvm::Value* runtime;                // Runtime*
  llvm::BasicBlock* exit;              // releases what was allocated and returns
  bool is_nontemporal = false;         // inside what is annotated lower::kNontemporal
  bool has_nontemporal = false;        // some store went past the caches: the exit waits for them
  bool is_parallel = false;            // inside a parallel loop: an inner one runs serially
  std::unordered_map<const ir::VarNode*, llvm::Value*> values;   // in their own type
  std::unordered_map<const ir::VarNode*, llvm::Value*> wide;     // integer ones as i64 too, where the loop counts in it
  std::unordered_map<const ir::VarNode*, llvm::Value*> data;     // a buffer's `data` -> where its elements lie
  std::vector<llvm::Value*> heap;      // what the exit must free
  lower::Ranges ranges;
  std::vector<ir::Expr> made;          // while emitting: what is known of an expression is known by its address

  Frame(KernelModule& kernel, llvm::Function* function)
      : kernel(kernel), function(function), builder(module_context(kernel)), status(nullptr), runtime(nullptr), exit(nullptr) {}
  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(builder.getContext(), name, function);
  }

 private:
  static llvm::LLVMContext& module_context(KernelModule& kernel) { return kernel.module.getContext(); }
};

// The value of an expression, in value_type of its dtype.
llvm::Value* emit_expr(Frame& frame, const ir::Expr& e);
// A scalar integer expression as i64: index arithmetic that is known not to wrap is done in 64 bits.
llvm::Value* emit_index(Frame& frame, const ir::Expr& e);

}  // namespace loopglass::codegen
