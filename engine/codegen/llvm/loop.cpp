#include "engine/codegen/llvm/loop.h"

#include "engine/codegen/llvm/operators.h"
#include "engine/codegen/llvm/stmt.h"
#include "engine/codegen/llvm/types.h"
#include "engine/lower/partition_loops.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

int64_t step_of(const For& loop) { return loop.step ? as_int(loop.step).value_or(1) : 1; }

void bind_loop_var(Frame& f, const For& loop, Value* n) {
  const bool starts_at_zero = is_zero(loop.min);
  Value* offset = step_of(loop) == 1 ? n : f.builder.CreateMul(n, f.builder.getInt64(static_cast<uint64_t>(step_of(loop))), "", false, true);
  Value* wide = starts_at_zero ? offset : f.builder.CreateAdd(emit_index(f, loop.min), offset, "", false, true);
  const VarNode* var = loop.loop_var.get();
  f.wide[var] = wide;
  f.values[var] = f.builder.CreateIntCast(wide, value_type(f.builder.getContext(), var->dtype), true);
  f.ranges.bind_loop(loop);
}

llvm::MDNode* loop_hint(Frame& f, const char* hint) {
  llvm::LLVMContext& context = f.builder.getContext();
  llvm::MDNode* property = llvm::MDNode::get(context, llvm::MDString::get(context, hint));
  llvm::MDNode* node = llvm::MDNode::getDistinct(context, {nullptr, property});
  node->replaceOperandWith(0, node);
  return node;
}

constexpr int64_t kMostUnrolled = 1024;   // iterations

// Null where LLVM may do as it likes.
const char* unroll_hint(const For& loop) {
  const std::optional<int64_t> extent = as_int(loop.extent);
  if (loop.for_kind == ForKind::Unrolled && extent && *extent <= kMostUnrolled) return "llvm.loop.unroll.full";
  return loop.annotations.contains(lower::kRunsRarely) ? "llvm.loop.unroll.disable" : nullptr;
}

bool runs_at_least_once(Value* begin, Value* end) {
  const auto* first = llvm::dyn_cast<llvm::ConstantInt>(begin);
  const auto* last = llvm::dyn_cast<llvm::ConstantInt>(end);
  return first && last && first->getSExtValue() < last->getSExtValue();
}

}  // namespace

Value* emit_trip_count(Frame& f, const For& loop) {
  Value* extent = emit_index(f, loop.extent);
  const int64_t step = step_of(loop);
  if (step == 1) return extent;
  Value* rounded_up = f.builder.CreateAdd(extent, f.builder.getInt64(static_cast<uint64_t>(step - 1)));
  return f.builder.CreateSDiv(rounded_up, f.builder.getInt64(static_cast<uint64_t>(step)));
}

void emit_counted_loop(Frame& f, const For& loop, Value* begin, Value* end) {
  llvm::BasicBlock* body = f.new_block("loop");
  llvm::BasicBlock* after = f.new_block("after");
  llvm::BasicBlock* before = f.builder.GetInsertBlock();
  if (runs_at_least_once(begin, end)) f.builder.CreateBr(body);
  else f.builder.CreateCondBr(f.builder.CreateICmpSLT(begin, end), body, after);
  f.builder.SetInsertPoint(body);
  llvm::PHINode* n = f.builder.CreatePHI(f.builder.getInt64Ty(), 2, loop.loop_var->name);
  n->addIncoming(begin, before);
  const llvm::DebugLoc head = f.builder.getCurrentDebugLocation();
  bind_loop_var(f, loop, n);
  emit_stmt(f, loop.body);
  f.builder.SetCurrentDebugLocation(head);
  Value* next = f.builder.CreateAdd(n, f.builder.getInt64(1), "", true, true);
  n->addIncoming(next, f.builder.GetInsertBlock());
  llvm::BranchInst* latch = f.builder.CreateCondBr(f.builder.CreateICmpSLT(next, end), body, after);
  if (const char* hint = unroll_hint(loop)) latch->setMetadata(llvm::LLVMContext::MD_loop, loop_hint(f, hint));
  f.builder.SetInsertPoint(after);
}

}  // namespace loopglass::codegen
