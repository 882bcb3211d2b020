#include "engine/codegen/llvm/short_chains.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>

#include <vector>

namespace loopglass::codegen {

namespace {

// Up to here the latency decides on every CPU with two multiply-add units (latency 4, so that 8 keep them busy; an addition is at most as slow, and
// where it shares the units it takes half of what they can do).
constexpr size_t kFewAccumulators = 4;

using Additions = std::vector<llvm::Instruction*>;

bool is_product(const llvm::Value* v) {
  const auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(v);
  return operation && operation->getOpcode() == llvm::Instruction::FMul;
}

// The value that an addition of a product adds it to; null for another instruction.
llvm::Value* accumulated(llvm::Value* v) {
  auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(v);
  if (!operation || operation->getOpcode() != llvm::Instruction::FAdd) return nullptr;
  if (is_product(operation->getOperand(1))) return operation->getOperand(0);
  return is_product(operation->getOperand(0)) ? operation->getOperand(1) : nullptr;
}

// The additions from the accumulator's next value back to the accumulator; empty where something else stands between.
Additions chain_of(llvm::PHINode& accumulator, llvm::BasicBlock* latch) {
  Additions additions;
  llvm::Value* at = accumulator.getIncomingValueForBlock(latch);
  while (at != &accumulator) {
    llvm::Value* before = accumulated(at);
    if (!before) return {};
    additions.push_back(llvm::cast<llvm::Instruction>(at));
    at = before;
  }
  return additions;
}

void unfuse(llvm::Loop& loop) {
  llvm::BasicBlock* latch = loop.getLoopLatch();
  if (!latch || !loop.isInnermost()) return;
  size_t accumulators = 0;
  Additions additions;
  for (llvm::PHINode& phi : loop.getHeader()->phis()) {
    if (!phi.getType()->isFPOrFPVectorTy()) continue;
    ++accumulators;
    for (llvm::Instruction* addition : chain_of(phi, latch)) additions.push_back(addition);
  }
  if (accumulators > kFewAccumulators) return;
  for (llvm::Instruction* addition : additions) addition->setHasAllowContract(false);
}

}  // namespace

void unfuse_short_chains(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    llvm::DominatorTree dominators(function);
    llvm::LoopInfo loops(dominators);
    for (llvm::Loop* loop : loops.getLoopsInPreorder()) unfuse(*loop);
  }
}

}  // namespace loopglass::codegen
