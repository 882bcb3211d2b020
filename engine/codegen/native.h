// What compiled code and the C++ around it know of each other.
#pragma once

#include <cstdint>

#include "engine/codegen/kernel.h"

namespace loopglass::codegen {

inline constexpr const char* kEntryPoint = "kernel";
using EntryPoint = void (*)(void* const* arguments, Status* status, const Runtime* runtime, void* workspace);

// Called by compiled code for allocations inside parallel loops: 64-byte aligned; null where there is no memory.
inline constexpr const char* kAllocate = "loopglass_allocate";
inline constexpr const char* kRelease = "loopglass_release";

}  // namespace loopglass::codegen
