// The tensor intrinsics that every schedule knows by name: TVM's own dot products of 8-bit integers, of x86 (s_tir/tensor_intrin/x86.py) and
// of ARM (arm_cpu.py).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ir/tensor_intrin.h"

namespace loopglass::schedule {

const std::vector<ir::TensorIntrin>& shipped_intrinsics();

// That of the file before the shipped one; null for none.
const ir::TensorIntrin* find_intrinsic(const ir::TensorIntrins& of_file, std::string_view name);
// The names of all, those of the file first.
std::vector<std::string> known_intrinsics(const ir::TensorIntrins& of_file);

// The module of TVM that registers a shipped one when it is imported: "x86"; empty for any other.
std::string shipped_module(std::string_view name);

}  // namespace loopglass::schedule
