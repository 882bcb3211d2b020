#include "engine/codegen/llvm/byte_dot.h"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "engine/codegen/llvm/host.h"
#include "engine/codegen/llvm/types.h"

namespace loopglass::codegen {

using llvm::Value;

namespace {

constexpr int kGroup = 4;

int lanes_of(const Value* v) { return static_cast<int>(llvm::cast<llvm::FixedVectorType>(v->getType())->getNumElements()); }

Value* lanes_from(Builder& b, Value* v, int first, int step, int count) {
  std::vector<int> lanes;
  for (int i = 0; i < count; ++i) lanes.push_back(first + i * step);
  return b.CreateShuffleVector(v, lanes);
}

// The widest of the CPU's dot products for so many lanes of 32 bits; 0 where it has none.
int width_for(int lanes, const llvm::TargetMachine& machine) {
  const bool has_512 = has_feature(machine, "avx512vnni");
  const bool has_narrow = (has_512 && has_feature(machine, "avx512vl")) || has_feature(machine, "avxvnni");
  if (has_512 && lanes >= 16) return 16;
  return has_narrow ? (lanes >= 8 ? 8 : 4) : 0;
}

llvm::Intrinsic::ID dot_of_width(int width) {
  return width == 16 ? llvm::Intrinsic::x86_avx512_vpdpbusd_512 : width == 8 ? llvm::Intrinsic::x86_avx512_vpdpbusd_256 : llvm::Intrinsic::x86_avx512_vpdpbusd_128;
}

// Lane by lane what the instruction does, in 32 bits.
Value* emit_plainly(Builder& b, Value* sum, Value* four, Value* many, bool four_is_unsigned) {
  const int lanes = lanes_of(sum);
  for (int i = 0; i < kGroup; ++i) {
    Value* one = b.CreateIntCast(b.CreateExtractElement(four, static_cast<uint64_t>(i)), b.getInt32Ty(), !four_is_unsigned);
    Value* others = b.CreateIntCast(lanes_from(b, many, i, kGroup, lanes), sum->getType(), four_is_unsigned);
    sum = b.CreateAdd(sum, b.CreateMul(b.CreateVectorSplat(static_cast<unsigned>(lanes), one), others));
  }
  return sum;
}

}  // namespace

Value* emit_byte_dot(Builder& b, Value* sum, Value* four, Value* many, bool four_is_unsigned, const llvm::TargetMachine& machine) {
  const int lanes = lanes_of(sum);
  if (!width_for(lanes, machine)) return emit_plainly(b, sum, four, many, four_is_unsigned);
  Value* group = b.CreateBitCast(four, b.getInt32Ty());
  std::vector<Value*> results;
  for (int first = 0; first < lanes;) {
    const int width = width_for(lanes - first, machine);
    Value* same = b.CreateVectorSplat(static_cast<unsigned>(width), group);
    Value* groups = b.CreateBitCast(lanes_from(b, many, kGroup * first, 1, kGroup * width), same->getType());
    Value* operands[] = {lanes_from(b, sum, first, 1, width), four_is_unsigned ? same : groups, four_is_unsigned ? groups : same};
    results.push_back(b.CreateIntrinsic(dot_of_width(width), {}, operands));
    first += width;
  }
  return results.size() == 1 ? results[0] : llvm::concatenateVectors(b, results);
}

llvm::Intrinsic::ID native_intrinsic(const std::string& name, const llvm::TargetMachine& machine) {
  struct Native {
    std::string_view name;
    llvm::Intrinsic::ID id;
    const char* feature;
    const char* also = nullptr;   // narrower than 512 bits
  };
  using namespace llvm::Intrinsic;
  static constexpr Native kNative[] = {
      {"llvm.x86.avx512.vpdpbusd.512", x86_avx512_vpdpbusd_512, "avx512vnni"},
      {"llvm.x86.avx512.vpdpbusd.256", x86_avx512_vpdpbusd_256, "avx512vnni", "avx512vl"},
      {"llvm.x86.avx512.vpdpbusd.128", x86_avx512_vpdpbusd_128, "avx512vnni", "avx512vl"},
      {"llvm.x86.avx512.pmaddubs.w.512", x86_avx512_pmaddubs_w_512, "avx512bw"},
      {"llvm.x86.avx512.pmaddw.d.512", x86_avx512_pmaddw_d_512, "avx512bw"},
      {"llvm.x86.avx2.pmadd.ub.sw", x86_avx2_pmadd_ub_sw, "avx2"},
      {"llvm.x86.avx2.pmadd.wd", x86_avx2_pmadd_wd, "avx2"},
  };
  for (const Native& native : kNative)
    if (native.name == name && has_feature(machine, native.feature) && (!native.also || has_feature(machine, native.also))) return native.id;
  return not_intrinsic;
}

}  // namespace loopglass::codegen
