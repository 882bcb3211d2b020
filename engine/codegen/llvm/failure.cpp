#include "engine/codegen/llvm/failure.h"

#include <llvm/IR/MDBuilder.h>

#include <cstddef>

namespace loopglass::codegen {

using llvm::Value;

namespace {

static_assert(offsetof(Status, site) == 0 && offsetof(Status, index) == 8);

llvm::MDNode* unlikely_second(Frame& f) { return llvm::MDBuilder(f.builder.getContext()).createBranchWeights(1 << 20, 1); }

// A block that is entered where `condition` is false; code goes on being put where it is true.
llvm::BasicBlock* branch_away_unless(Frame& f, Value* condition, const char* name) {
  llvm::BasicBlock* failed = f.new_block(name);
  llvm::BasicBlock* passed = f.new_block("checked");
  f.builder.CreateCondBr(condition, passed, failed, unlikely_second(f));
  f.builder.SetInsertPoint(passed);
  return failed;
}

// Takes the status for this site; true (i1) where no other thread had it.
Value* emit_claim(Frame& f, int32_t site) {
  const auto order = llvm::AtomicOrdering::Monotonic;
  Value* exchange = f.builder.CreateAtomicCmpXchg(f.status, f.builder.getInt32(0), f.builder.getInt32(static_cast<uint32_t>(site)),
                                                  llvm::MaybeAlign(4), order, order);
  return f.builder.CreateExtractValue(exchange, 1);
}

void store_indices(Frame& f, const std::vector<Value*>& index) {
  for (size_t d = 0; d < index.size() && d < static_cast<size_t>(Status::kMaxRank); ++d) {
    Value* slot = f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt8Ty(), f.status, offsetof(Status, index) + 8 * d);
    f.builder.CreateAlignedStore(index[d], slot, llvm::Align(8));
  }
}

}  // namespace

void emit_check(Frame& f, Value* condition, FailureSite site, const EmitIndices& emit_indices) {
  f.kernel.sites.push_back(std::move(site));
  const auto number = static_cast<int32_t>(f.kernel.sites.size());
  llvm::BasicBlock* failed = branch_away_unless(f, condition, "failed");
  const llvm::IRBuilderBase::InsertPointGuard back(f.builder);
  f.builder.SetInsertPoint(failed);
  llvm::BasicBlock* report = f.new_block("report");
  f.builder.CreateCondBr(emit_claim(f, number), report, f.exit);
  f.builder.SetInsertPoint(report);
  if (emit_indices) store_indices(f, emit_indices());
  f.builder.CreateBr(f.exit);
}

void emit_memory_check(Frame& f, Value* pointer) {
  llvm::BasicBlock* failed = branch_away_unless(f, f.builder.CreateIsNotNull(pointer), "no_memory");
  const llvm::IRBuilderBase::InsertPointGuard back(f.builder);
  f.builder.SetInsertPoint(failed);
  emit_claim(f, Status::kOutOfMemory);
  f.builder.CreateBr(f.exit);
}

void emit_leave_if_failed(Frame& f) {
  Value* site = f.builder.CreateAlignedLoad(f.builder.getInt32Ty(), f.status, llvm::Align(4));
  llvm::BasicBlock* failed = branch_away_unless(f, f.builder.CreateICmpEQ(site, f.builder.getInt32(0)), "failed_before");
  const llvm::IRBuilderBase::InsertPointGuard back(f.builder);
  f.builder.SetInsertPoint(failed);
  f.builder.CreateBr(f.exit);
}

}  // namespace loopglass::codegen
