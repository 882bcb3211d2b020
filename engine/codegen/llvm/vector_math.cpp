#include "engine/codegen/llvm/vector_math.h"

#include <fmt/format.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/VFABIDemangler.h>
#include <llvm/Support/DynamicLibrary.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <optional>

#include "engine/codegen/llvm/host.h"
#include "engine/codegen/llvm/types.h"

namespace loopglass::codegen {

using llvm::Value;

namespace {

using Values = std::vector<Value*>;

constexpr int kNarrowest = 128;

int lanes_in(int bits, llvm::Type* element) { return bits / static_cast<int>(element->getPrimitiveSizeInBits().getFixedValue()); }

// As the x86 vector ABI names it: "_ZGVeN16v_expf" takes 16 lanes of float in AVX-512 registers. Nothing where libmvec does not have it.
std::optional<std::string> vector_name(std::string_view symbol, llvm::Type* element, int bits, size_t arity) {
  const char isa = bits == 512 ? 'e' : bits == 256 ? 'd' : 'b';
  std::string name = fmt::format("_ZGV{}N{}{}_{}{}", isa, lanes_in(bits, element), std::string(arity, 'v'), symbol, element->isFloatTy() ? "f" : "");
  if (!llvm::sys::DynamicLibrary::SearchForAddressOfSymbol(name)) return std::nullopt;
  return name;
}

llvm::FunctionCallee vector_function(llvm::Module& module, const std::string& name, llvm::Type* type, size_t arity) {
  const std::vector<llvm::Type*> parameters(arity, type);
  llvm::FunctionCallee callee = module.getOrInsertFunction(name, llvm::FunctionType::get(type, parameters, false));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotThrow();
  function->setWillReturn();
  function->setDoesNotAccessMemory();
  return callee;
}

// Lanes [first, first + width) of a vector of `lanes`; beyond its end the last one again, so that no lane computes on noise.
Value* piece(Builder& b, Value* v, int first, int width, int lanes) {
  std::vector<int> wanted;
  for (int lane = first; lane < first + width; ++lane) wanted.push_back(std::min(lane, lanes - 1));
  return b.CreateShuffleVector(v, wanted);
}

int width_for(int lanes, llvm::Type* element, int bits) {
  while (bits > kNarrowest && lanes_in(bits, element) > lanes) bits /= 2;
  return bits;
}

}  // namespace

int vector_math_bits(const llvm::TargetMachine& machine) {
  static const bool has_library = !llvm::sys::DynamicLibrary::LoadLibraryPermanently("libmvec.so.1");
  if (!has_library || machine.getTargetTriple().getArch() != llvm::Triple::x86_64) return 0;
  return has_feature(machine, "avx512f") ? 512 : has_feature(machine, "avx2") ? 256 : kNarrowest;
}

bool has_vector_math(std::string_view symbol, llvm::Type* element, size_t arity) { return vector_name(symbol, element, kNarrowest, arity).has_value(); }

Value* call_vector_math(Builder& b, std::string_view symbol, const Values& args, int bits) {
  const auto* type = llvm::cast<llvm::FixedVectorType>(args[0]->getType());
  llvm::Type* element = type->getElementType();
  const int lanes = static_cast<int>(type->getNumElements());
  bits = width_for(lanes, element, bits);
  const std::string name = *vector_name(symbol, element, bits, args.size());
  const int width = lanes_in(bits, element);
  const llvm::FunctionCallee function = vector_function(*b.GetInsertBlock()->getModule(), name, with_lanes(element, width), args.size());
  Values results;
  for (int first = 0; first < lanes; first += width) {
    Values pieces;
    for (Value* arg : args) pieces.push_back(piece(b, arg, first, width, lanes));
    results.push_back(b.CreateCall(function, pieces));
  }
  return piece(b, llvm::concatenateVectors(b, results), 0, lanes, lanes);
}

void offer_vector_math(llvm::CallInst& call, std::string_view symbol, int bits) {
  llvm::Module& module = *call.getModule();
  llvm::SmallVector<std::string, 3> names;
  for (; bits >= kNarrowest; bits /= 2) {
    const auto name = vector_name(symbol, call.getType(), bits, call.arg_size());
    if (!name) continue;
    names.push_back(*name);
    llvm::FunctionCallee function = vector_function(module, *name, with_lanes(call.getType(), lanes_in(bits, call.getType())), call.arg_size());
    llvm::appendToCompilerUsed(module, {llvm::cast<llvm::Function>(function.getCallee())});
  }
  if (!names.empty()) llvm::VFABI::setVectorVariantNames(&call, names);
}

}  // namespace loopglass::codegen
