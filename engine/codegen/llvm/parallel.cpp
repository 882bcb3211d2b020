#include "engine/codegen/llvm/parallel.h"

#include <cstddef>

#include "engine/codegen/llvm/failure.h"
#include "engine/codegen/llvm/function.h"
#include "engine/codegen/llvm/loop.h"
#include "engine/ir/visitor.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

// What a loop's body uses of its surroundings, in the order of first use.
struct Captures {
  std::vector<const VarNode*> values, data;
};

void add_once(std::vector<const VarNode*>& list, const VarNode* var) {
  if (std::find(list.begin(), list.end(), var) == list.end()) list.push_back(var);
}

class CaptureSearch : public Visitor {
 public:
  explicit CaptureSearch(const Frame& f) : f_(f) {}
  using Visitor::visit;
  void visit(const Expr& e) override {
    if (const VarNode* var = as<VarNode>(e); var && f_.values.contains(var)) add_once(found.values, var);
    if (const BufferLoad* load = as<BufferLoad>(e)) add_buffer(*load->buffer);
    Visitor::visit(e);
  }
  void visit(const Stmt& s) override {
    if (const BufferStore* store = as<BufferStore>(s)) add_buffer(*store->buffer);
    Visitor::visit(s);
  }
  Captures found;

 private:
  void add_buffer(const BufferNode& buffer) {
    if (f_.data.contains(buffer.data.get())) add_once(found.data, buffer.data.get());
    visit(buffer.elem_offset);
  }
  const Frame& f_;
};

Captures captures_of(const Frame& f, const For& loop) {
  CaptureSearch search(f);
  search.visit(loop.min);
  search.visit(loop.body);
  return search.found;
}

// The values handed through the closure, in order: status, runtime, captured values, captured pointers.
std::vector<Value*> captured_values(Frame& f, const Captures& captures) {
  std::vector<Value*> values{f.status, f.runtime};
  for (const VarNode* var : captures.values) values.push_back(f.values.at(var));
  for (const VarNode* var : captures.data) values.push_back(f.data.at(var));
  return values;
}

llvm::StructType* closure_type(llvm::LLVMContext& context, const std::vector<Value*>& values) {
  std::vector<llvm::Type*> types;
  for (Value* value : values) types.push_back(value->getType());
  return llvm::StructType::get(context, types);
}

// The loop over [begin, end) as a function of what it captures: parameters keep the pointers apart (noalias), as a closure's fields cannot.
llvm::Function* emit_chunk_body(Frame& outer, const For& loop, const Captures& captures, llvm::StructType* closure) {
  llvm::Type* i64 = outer.builder.getInt64Ty();
  std::vector<llvm::Type*> types{i64, i64};
  types.insert(types.end(), closure->element_begin(), closure->element_end());
  llvm::Function* function = make_function(outer.kernel, "chunk_body", types);
  Frame f(outer.kernel, function);
  f.is_parallel = true;
  f.is_nontemporal = outer.is_nontemporal;
  f.ranges = outer.ranges;
  f.status = function->getArg(2);
  f.runtime = function->getArg(3);
  unsigned next = 4;
  for (const VarNode* var : captures.values) f.values[var] = function->getArg(next++);
  for (const VarNode* var : captures.data) f.data[var] = function->getArg(next++);
  begin_function(f);
  for (const VarNode* var : captures.values)
    if (outer.wide.contains(var)) f.wide[var] = f.builder.CreateSExt(f.values[var], i64);
  emit_allocations(f, plan_chunk(loop.body));
  emit_counted_loop(f, loop, function->getArg(0), function->getArg(1));
  end_function(f);
  return function;
}

// chunk(closure, begin, end), what the pool calls: unpacks the closure.
llvm::Function* emit_chunk(Frame& outer, llvm::Function* body, llvm::StructType* closure) {
  llvm::Type* i64 = outer.builder.getInt64Ty();
  llvm::Function* chunk = make_function(outer.kernel, "chunk", {outer.builder.getPtrTy(), i64, i64});
  Frame f(outer.kernel, chunk);
  begin_function(f);
  std::vector<Value*> arguments{chunk->getArg(1), chunk->getArg(2)};
  for (unsigned i = 0; i < closure->getNumElements(); ++i) {
    Value* field = f.builder.CreateStructGEP(closure, chunk->getArg(0), i);
    arguments.push_back(f.builder.CreateLoad(closure->getElementType(i), field));
  }
  f.builder.CreateCall(body, arguments);
  end_function(f);
  return chunk;
}

Value* emit_closure(Frame& f, llvm::StructType* type, const std::vector<Value*>& values) {
  Value* closure = nullptr;
  {
    const llvm::IRBuilderBase::InsertPointGuard back(f.builder);
    f.builder.SetInsertPoint(&f.function->getEntryBlock(), f.function->getEntryBlock().begin());
    closure = f.builder.CreateAlloca(type, nullptr, "closure");
  }
  for (unsigned i = 0; i < values.size(); ++i)
    f.builder.CreateStore(values[i], f.builder.CreateStructGEP(type, closure, i));
  return closure;
}

// runtime->parallel_for(runtime->pool, extent, chunk, closure)
void emit_dispatch(Frame& f, Value* extent, llvm::Function* chunk, Value* closure) {
  llvm::Type* pointer = f.builder.getPtrTy();
  const auto field = [&](size_t offset) {
    return f.builder.CreateLoad(pointer, f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt8Ty(), f.runtime, offset));
  };
  auto* signature = llvm::FunctionType::get(f.builder.getVoidTy(), {pointer, f.builder.getInt64Ty(), pointer, pointer}, false);
  Value* parallel_for = field(offsetof(Runtime, parallel_for));
  Value* pool = field(offsetof(Runtime, pool));
  f.builder.CreateCall(signature, parallel_for, {pool, extent, chunk, closure});
}

}  // namespace

void emit_parallel_loop(Frame& f, const For& loop) {
  const Captures captures = captures_of(f, loop);
  const std::vector<Value*> values = captured_values(f, captures);
  llvm::StructType* closure = closure_type(f.builder.getContext(), values);
  llvm::Function* body = emit_chunk_body(f, loop, captures, closure);
  llvm::Function* chunk = emit_chunk(f, body, closure);
  Value* extent = emit_trip_count(f, loop);
  emit_dispatch(f, extent, chunk, emit_closure(f, closure, values));
  emit_leave_if_failed(f);
}

}  // namespace loopglass::codegen
