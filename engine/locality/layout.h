// Where each buffer of a function lies: the model's addresses (command-line.md, "access").
#pragma once

#include <map>
#include <unordered_map>

#include "engine/ir/module.h"
#include "engine/locality/access.h"
#include "engine/support/result.h"

namespace loopglass::locality {

struct PlacedBuffer {
  ir::Buffer buffer;
  std::vector<int64_t> shape;
  std::vector<int64_t> element_strides;   // row-major over the shape, in elements: the index into per-element data
  std::vector<int64_t> strides;           // bytes
  int64_t base = 0, end = 0;              // bytes
  int64_t elements = 1;
  bool is_memory = true;                  // false: scope local or register, which makes no access

  int64_t address(int64_t element) const;   // of an element, by its place in the per-element data
};

// The place of a buffer whose accesses have been counted.
PlacedBuffer placed(const BufferAccess& buffer);

struct Layout {
  std::vector<PlacedBuffer> buffers;      // parameters in order, then allocations in program order
  std::unordered_map<const ir::VarNode*, int> by_data;

  // -1 for a buffer whose data nothing declares.
  int index_of(const ir::Buffer& buffer) const;
};

// The buffer with which what is held by element takes more than is allowed. KernelMemory.
Error no_room(const ir::Buffer& buffer, int64_t max_bytes);
// Errors: KernelMemory where so many bytes for each element of memory are more than options.max_bytes.
Result<void> require_room(const Layout& layout, int64_t bytes_per_element, const Options& options);

// Errors: UnsupportedOperation (a shape or stride that is not constant), KernelMemory, BadArgument (row_pitch).
Result<Layout> lay_out(const ir::Function& function, const Options& options);

}  // namespace loopglass::locality
