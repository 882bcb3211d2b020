#include "engine/codegen/llvm/types.h"

#include "engine/support/check.h"

namespace loopglass::codegen {

using ir::DataType;
using ir::TypeCode;

namespace {
llvm::Type* scalar_type(llvm::LLVMContext& context, DataType type) {
  switch (type.code) {
    case TypeCode::Int:
    case TypeCode::UInt: return llvm::IntegerType::get(context, type.bits);
    case TypeCode::Bool: return llvm::Type::getInt1Ty(context);
    case TypeCode::BFloat: return llvm::Type::getInt16Ty(context);
    case TypeCode::Float:
      return type.bits == 16   ? llvm::Type::getHalfTy(context)
             : type.bits == 32 ? llvm::Type::getFloatTy(context)
                               : llvm::Type::getDoubleTy(context);
    case TypeCode::Handle: return llvm::PointerType::get(context, 0);
    case TypeCode::Void: return llvm::Type::getVoidTy(context);
  }
  CHECK(false, "a type without a code");
  return nullptr;
}
}  // namespace

llvm::Type* with_lanes(llvm::Type* scalar, int lanes) {
  return lanes == 1 ? scalar : llvm::FixedVectorType::get(scalar, lanes);
}

llvm::Type* value_type(llvm::LLVMContext& context, DataType type) {
  return with_lanes(scalar_type(context, type), type.lanes);
}

llvm::Type* memory_type(llvm::LLVMContext& context, DataType type) {
  if (type.is_bool()) return with_lanes(llvm::Type::getInt8Ty(context), type.lanes);
  return value_type(context, type);
}

}  // namespace loopglass::codegen
