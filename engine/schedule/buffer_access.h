// A buffer among those that a block reads and writes, as steps name it: ("read", 0), ("write", 0) or by name.
#pragma once

#include "engine/schedule/tree.h"

namespace loopglass::schedule {

struct BufferAccess {
  bool is_write = false;
  size_t index = 0;   // in the block's reads (writes)
};

// By name: where the block writes the buffer, the place among its writes, as TVM takes it.
// Errors: BufferIndexOutOfRange; BadArgument for a name that is no buffer's, or several buffers'.
Result<BufferAccess> find_access(const Argument& argument, const Place& block);
Result<BufferAccess> find_access(bool is_write, int64_t index, const Place& block);
const ir::Buffer& accessed_buffer(const BufferAccess& access, const Place& block);
// ("read", 0)
Value to_value(const BufferAccess& access);

}  // namespace loopglass::schedule
