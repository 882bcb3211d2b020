#include "engine/codegen/llvm/function.h"

#include <llvm/IR/IntrinsicsX86.h>

#include "engine/codegen/llvm/failure.h"
#include "engine/codegen/llvm/operators.h"
#include "engine/codegen/llvm/stmt.h"
#include "engine/codegen/llvm/types.h"
#include "engine/codegen/native.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

llvm::PointerType* pointer_type(Frame& f) { return f.builder.getPtrTy(); }

llvm::FunctionCallee runtime_function(Frame& f, const char* name, llvm::Type* result, llvm::Type* parameter) {
  llvm::FunctionCallee callee =
      f.kernel.module.getOrInsertFunction(name, llvm::FunctionType::get(result, {parameter}, false));
  llvm::cast<llvm::Function>(callee.getCallee())->setDoesNotThrow();
  return callee;
}

Value* emit_stack_buffer(Frame& f, const Allocation& allocation) {
  llvm::Type* element = memory_type(f.builder.getContext(), allocation.buffer->dtype);
  const uint64_t count = static_cast<uint64_t>(allocation.bytes / allocation.buffer->dtype.bytes());
  llvm::AllocaInst* buffer = f.builder.CreateAlloca(llvm::ArrayType::get(element, count), nullptr, allocation.buffer->name);
  buffer->setAlignment(llvm::Align(64));
  return buffer;
}

Value* emit_heap_buffer(Frame& f, const Allocation& allocation) {
  const llvm::FunctionCallee allocate = runtime_function(f, kAllocate, pointer_type(f), f.builder.getInt64Ty());
  llvm::CallInst* memory = f.builder.CreateCall(allocate, {f.builder.getInt64(static_cast<uint64_t>(allocation.bytes))});
  memory->addRetAttr(llvm::Attribute::NoAlias);
  f.heap.push_back(memory);
  return memory;
}

// A scalar or pointer argument, read from the array of pointers that the caller gives.
Value* emit_argument(Frame& f, Value* arguments, size_t position, const Param& param) {
  Value* slot = f.builder.CreateConstInBoundsGEP1_64(pointer_type(f), arguments, position);
  Value* pointer = f.builder.CreateLoad(pointer_type(f), slot);
  if (param.buffer) return pointer;
  const DataType type = param.var->dtype;
  Value* v = f.builder.CreateAlignedLoad(memory_type(f.builder.getContext(), type), pointer, llvm::Align(type.bytes()));
  return type.is_bool() ? f.builder.CreateICmpNE(v, int_constant(v->getType(), 0)) : v;
}

// What the body is called with: the function's parameters, then the workspace's buffers.
struct Signature {
  std::vector<llvm::Type*> types;
  std::vector<const VarNode*> names;   // null for status and runtime
};

Signature body_signature(KernelModule& kernel, const PrimFunc& function, const MemoryPlan& plan) {
  llvm::LLVMContext& context = kernel.module.getContext();
  llvm::Type* pointer = llvm::PointerType::get(context, 0);
  Signature signature{{pointer, pointer}, {nullptr, nullptr}};
  for (const Param& param : function.params) {
    signature.types.push_back(param.buffer ? pointer : value_type(context, param.var->dtype));
    signature.names.push_back(param.buffer ? param.buffer->data.get() : param.var.get());
  }
  for (const Allocation& allocation : plan.function) {
    if (allocation.place != Place::Workspace) continue;
    signature.types.push_back(pointer);
    signature.names.push_back(allocation.buffer->data.get());
  }
  return signature;
}

// The bytes behind a parameter may be read at any time: loads need not wait for the conditions around them.
void promise_readable(llvm::Argument* argument, const BufferNode& buffer) {
  const std::optional<int64_t> bytes = bytes_of(buffer);
  if (!bytes || *bytes <= 0 || (buffer.elem_offset && !is_zero(buffer.elem_offset))) return;
  argument->addAttr(llvm::Attribute::getWithDereferenceableBytes(argument->getContext(), static_cast<uint64_t>(*bytes)));
}

llvm::Function* emit_body(KernelModule& kernel, const PrimFunc& function, const MemoryPlan& plan) {
  const Signature signature = body_signature(kernel, function, plan);
  llvm::Function* body = make_function(kernel, "body", signature.types);
  Frame f(kernel, body);
  f.status = body->getArg(0);
  f.runtime = body->getArg(1);
  for (size_t i = 2; i < signature.types.size(); ++i) {
    llvm::Argument* argument = body->getArg(static_cast<unsigned>(i));
    const bool is_scalar_param = i - 2 < function.params.size() && !function.params[i - 2].buffer;
    (is_scalar_param ? f.values : f.data)[signature.names[i]] = argument;
    argument->setName(signature.names[i]->name);
    if (i - 2 < function.params.size() && !is_scalar_param) promise_readable(argument, *function.params[i - 2].buffer);
  }
  begin_function(f);
  emit_allocations(f, plan.function);
  emit_stmt(f, function.body);
  end_function(f);
  return body;
}

}  // namespace

llvm::Function* make_function(KernelModule& kernel, const char* name, const std::vector<llvm::Type*>& parameters) {
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(kernel.module.getContext()), parameters, false);
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, kernel.module);
  function->setDoesNotThrow();
  function->addFnAttr(llvm::Attribute::NoInline);
  for (llvm::Argument& argument : function->args())
    if (argument.getType()->isPointerTy()) argument.addAttr(llvm::Attribute::NoAlias);
  return function;
}

void begin_function(Frame& f) {
  f.builder.SetInsertPoint(f.new_block("entry"));
  f.exit = f.new_block("exit");
  if (f.kernel.options.fast) {
    llvm::FastMathFlags contraction;
    contraction.setAllowContract(true);
    f.builder.setFastMathFlags(contraction);
  }
  if (!f.kernel.debug) return;
  llvm::DIBuilder& debug = *f.kernel.debug;
  llvm::DISubprogram* scope = debug.createFunction(f.kernel.debug_file, f.function->getName(), f.function->getName(), f.kernel.debug_file, 0,
                                                   debug.createSubroutineType(debug.getOrCreateTypeArray({})), 0, llvm::DINode::FlagZero,
                                                   llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagOptimized);
  f.function->setSubprogram(scope);
  f.builder.SetCurrentDebugLocation(llvm::DILocation::get(f.builder.getContext(), 0, 0, scope));
}

void emit_allocations(Frame& f, const std::vector<Allocation>& allocations) {
  for (const Allocation& allocation : allocations) {
    const VarNode* data = allocation.buffer->data.get();
    if (allocation.place == Place::Stack) f.data[data] = emit_stack_buffer(f, allocation);
    if (allocation.place == Place::Heap) f.data[data] = emit_heap_buffer(f, allocation);
  }
  for (Value* memory : f.heap) emit_memory_check(f, memory);
}

void end_function(Frame& f) {
  f.builder.CreateBr(f.exit);
  f.builder.SetInsertPoint(f.exit);
  // Stores past the caches are ordered by nothing else.
  if (f.has_nontemporal && f.kernel.machine.getTargetTriple().isX86()) f.builder.CreateIntrinsic(llvm::Intrinsic::x86_sse_sfence, {}, {});
  for (Value* memory : f.heap)
    f.builder.CreateCall(runtime_function(f, kRelease, f.builder.getVoidTy(), pointer_type(f)), {memory});
  f.builder.CreateRetVoid();
}

void emit_kernel(KernelModule& kernel, const PrimFunc& function, const MemoryPlan& plan) {
  llvm::Function* body = emit_body(kernel, function, plan);
  llvm::Type* pointer = llvm::PointerType::get(kernel.module.getContext(), 0);
  llvm::Function* entry = make_function(kernel, kEntryPoint, {pointer, pointer, pointer, pointer});
  entry->setLinkage(llvm::GlobalValue::ExternalLinkage);
  Frame f(kernel, entry);
  begin_function(f);
  std::vector<Value*> arguments{entry->getArg(1), entry->getArg(2)};
  for (size_t i = 0; i < function.params.size(); ++i) arguments.push_back(emit_argument(f, entry->getArg(0), i, function.params[i]));
  for (const Allocation& allocation : plan.function)
    if (allocation.place == Place::Workspace)
      arguments.push_back(f.builder.CreateConstInBoundsGEP1_64(f.builder.getInt8Ty(), entry->getArg(3), static_cast<uint64_t>(allocation.offset)));
  f.builder.CreateCall(body, arguments);
  end_function(f);
}

}  // namespace loopglass::codegen
