#include "engine/schedule/shipped_intrinsics.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/script/parser.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

// C[i] += A[k] * B[i, k], of `rows` rows of four.
struct DotProduct {
  const char* module;
  const char* name;
  const char *description_name, *implementation_name;
  int rows;
  const char *a, *b, *c;       // element types
  const char* statements;      // of the implementation
};

const DotProduct kDotProducts[] = {
    {"x86", "dot_16x4_vnni", "dot_product_16x4_u8i8i32_desc", "dot_product_16x4_u8i8i32_vnni", 16, "uint8", "int8", "int32", R"(
        A_u8x4: T.uint8x4 = A[T.Ramp(0, 1, 4)]
        A_i32: T.int32 = T.reinterpret("int32", A_u8x4)
        B_i8x64: T.int8x64 = B[0, T.Ramp(0, 1, 64)]
        B_i32x16: T.int32x16 = T.reinterpret("int32x16", B_i8x64)
        C_i32x16: T.int32x16 = C[T.Ramp(0, 1, 16)]
        C[0:16] = T.call_llvm_pure_intrin("int32x16", "llvm.x86.avx512.vpdpbusd.512", C_i32x16, T.Broadcast(A_i32, 16), B_i32x16)
)"},
    {"x86", "dot_16x4_avx512", "dot_product_16x4_u8i8i32_desc", "dot_product_16x4_u8i8i32_avx512", 16, "uint8", "int8", "int32", R"(
        A_u8x4: T.uint8x4 = A[T.Ramp(0, 1, 4)]
        A_i32: T.int32 = T.reinterpret("int32", A_u8x4)
        A_brdcst: T.int32x16 = T.Broadcast(A_i32, 16)
        A_u8x64: T.uint8x64 = T.reinterpret("uint8x64", A_brdcst)
        B_i8x64: T.int8x64 = B[0, T.Ramp(0, 1, 64)]
        Red: T.int16x32 = T.call_llvm_pure_intrin("int16x32", "llvm.x86.avx512.pmaddubs.w.512", A_u8x64, B_i8x64)
        C[0:16] = C[T.Ramp(0, 1, 16)] + T.call_llvm_pure_intrin("int32x16", "llvm.x86.avx512.pmaddw.d.512", Red, T.Broadcast(T.int16(1), 32))
)"},
    {"arm_cpu", "dot_4x4_i8i8s32_neon", "neon_4x4_i8i8i32_desc", "neon_4x4_i8i8i32_impl", 4, "int8", "int8", "int32", R"(
        A_int8: T.int8x4 = A[T.Ramp(0, 1, 4)]
        re_int32: T.int32 = T.reinterpret("int32", A_int8)
        vec_ai32: T.int32x2 = T.Broadcast(re_int32, 2)
        vec_a: T.int8x8 = T.reinterpret("int8x8", vec_ai32)
        vec_b: T.int8x16 = B[0, T.Ramp(0, 1, 16)]
        vec_b_low: T.int8x8 = T.vectorlow("int8x8", vec_b)
        multiply_low: T.int16x8 = T.call_llvm_pure_intrin("int16x8", "llvm.aarch64.neon.smull", vec_a, vec_b_low)
        pairwise_reduction_low: T.int32x4 = T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.saddlp", multiply_low)
        vec_b_high: T.int8x8 = T.vectorhigh("int8x8", vec_b)
        multiply_high: T.int16x8 = T.call_llvm_pure_intrin("int16x8", "llvm.aarch64.neon.smull", vec_a, vec_b_high)
        pairwise_reduction_high: T.int32x4 = T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.saddlp", multiply_high)
        C[0:4] = C[T.Ramp(0, 1, 4)] + T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.addp", pairwise_reduction_low, pairwise_reduction_high)
)"},
    {"arm_cpu", "dot_4x4_i8i8s32_sdot", "dot_prod_desc", "dot_prod_impl", 4, "int8", "int8", "int32", R"(
        A_i8x4: T.int8x4 = A[T.Ramp(0, 1, 4)]
        A_i32: T.int32 = T.reinterpret("int32", A_i8x4)
        vec_ai32: T.int32x4 = T.Broadcast(A_i32, 4)
        vec_a: T.int8x16 = T.reinterpret("int8x16", vec_ai32)
        vec_b: T.int8x16 = B[0, T.Ramp(0, 1, 16)]
        vec_c: T.int32x4 = C[T.Ramp(0, 1, 4)]
        C[0:4] = T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.sdot", vec_c, vec_a, vec_b)
)"},
    {"arm_cpu", "dot_4x4_u8u8u32_udot", "dot_prod_desc", "dot_prod_impl", 4, "uint8", "uint8", "uint32", R"(
        A_i8x4: T.uint8x4 = A[T.Ramp(0, 1, 4)]
        A_i32: T.uint32 = T.reinterpret("uint32", A_i8x4)
        vec_ai32: T.uint32x4 = T.Broadcast(A_i32, 4)
        vec_a: T.uint8x16 = T.reinterpret("uint8x16", vec_ai32)
        vec_b: T.uint8x16 = B[0, T.Ramp(0, 1, 16)]
        vec_c: T.uint32x4 = C[T.Ramp(0, 1, 4)]
        C[0:4] = T.call_llvm_pure_intrin("uint32x4", "llvm.aarch64.neon.udot", vec_c, vec_a, vec_b)
)"},
    {"arm_cpu", "dot_4x4_u8u8i32_hdot", "dot_prod_desc", "dot_prod_impl", 4, "uint8", "uint8", "int32", R"(
        A_i8x4: T.uint8x4 = A[T.Ramp(0, 1, 4)]
        A_i32: T.int32 = T.reinterpret("int32", A_i8x4)
        vec_ai32: T.int32x4 = T.Broadcast(A_i32, 4)
        vec_a: T.uint8x16 = T.reinterpret("uint8x16", vec_ai32)
        vec_b: T.uint8x16 = B[0, T.Ramp(0, 1, 16)]
        vec_c: T.int32x4 = C[T.Ramp(0, 1, 4)]
        C[0:4] = T.call_llvm_pure_intrin("int32x4", "llvm.aarch64.neon.udot", vec_c, vec_a, vec_b)
)"},
};

ir::Function parse(const DotProduct& d, const char* name, const std::string& statements) {
  const std::string text = fmt::format(
      "@T.prim_func(s_tir=True)\n"
      "def {name}(A: T.Buffer((4,), \"{a}\", offset_factor=1), B: T.Buffer(({rows}, 4), \"{b}\", offset_factor=1), C: T.Buffer(({rows},), \"{c}\", offset_factor=1)):\n"
      "    with T.sblock(\"root\"):\n"
      "        T.reads(C[0:{rows}], A[0:4], B[0:{rows}, 0:4])\n"
      "        T.writes(C[0:{rows}])\n"
      "{statements}",
      fmt::arg("name", name), fmt::arg("a", d.a), fmt::arg("b", d.b), fmt::arg("c", d.c), fmt::arg("rows", d.rows), fmt::arg("statements", statements));
  const Result<ir::Module> module = script::parse_module(text);
  CHECK(module, "a shipped intrinsic cannot be read");
  return (*module)->functions.front().function;
}

std::string description_statements(const DotProduct& d) {
  return fmt::format(
      "        for i, k in T.grid({rows}, 4):\n"
      "            with T.sblock(\"update\"):\n"
      "                vi, vk = T.axis.remap(\"SR\", [i, k])\n"
      "                C[vi] = C[vi] + T.Cast(\"{c}\", A[vk]) * T.Cast(\"{c}\", B[vi, vk])\n",
      fmt::arg("rows", d.rows), fmt::arg("c", d.c));
}

}  // namespace

const std::vector<ir::TensorIntrin>& shipped_intrinsics() {
  static const std::vector<ir::TensorIntrin> intrinsics = [] {
    std::vector<ir::TensorIntrin> list;
    for (const DotProduct& d : kDotProducts)
      list.push_back({d.name, parse(d, d.description_name, description_statements(d)), parse(d, d.implementation_name, d.statements + 1),
                      d.description_name, d.implementation_name});
    return list;
  }();
  return intrinsics;
}

const ir::TensorIntrin* find_intrinsic(const ir::TensorIntrins& of_file, std::string_view name) {
  for (const std::vector<ir::TensorIntrin>* list : {of_file.get(), &shipped_intrinsics()}) {
    if (!list) continue;
    const auto found = std::find_if(list->begin(), list->end(), [&](const ir::TensorIntrin& t) { return t.name == name; });
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string> known_intrinsics(const ir::TensorIntrins& of_file) {
  std::vector<std::string> names;
  for (const std::vector<ir::TensorIntrin>* list : {of_file.get(), &shipped_intrinsics()})
    if (list)
      for (const ir::TensorIntrin& t : *list) names.push_back(t.name);
  return names;
}

std::string shipped_module(std::string_view name) {
  for (const DotProduct& d : kDotProducts)
    if (name == d.name) return d.module;
  return {};
}

}  // namespace loopglass::schedule
