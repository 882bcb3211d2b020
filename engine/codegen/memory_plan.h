// Where each allocation of a lowered function lies: on the stack, in the kernel's workspace, or allocated by each chunk of a parallel loop.
#pragma once

#include <vector>

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::codegen {

enum class Place : uint8_t { Stack, Workspace, Heap };

struct Allocation {
  ir::Buffer buffer;
  int64_t bytes = 0;
  Place place = Place::Stack;
  int64_t offset = 0;   // in the workspace
};

// Small buffers lie on the stack, where the optimiser can keep them in registers; larger ones outside parallel loops in the workspace, which
// lives as long as the kernel; larger ones inside are allocated by each chunk.
struct MemoryPlan {
  std::vector<Allocation> function;   // outside parallel loops
  int64_t workspace_bytes = 0;
};

// Of the statements outside parallel loops. Errors: UnsupportedOperation (a shape that is not constant), KernelMemory (more bytes than can be addressed).
Result<MemoryPlan> plan_function(const ir::Stmt& body);
// Of a parallel loop's body, inner parallel loops included. Requires: plan_function has accepted the whole function.
std::vector<Allocation> plan_chunk(const ir::Stmt& body);

// Bytes of a buffer's elements; nothing where its shape is not constant or the number does not fit.
std::optional<int64_t> bytes_of(const ir::BufferNode& buffer);

}  // namespace loopglass::codegen
