// What steps that change an allocated buffer share (set_scope, storage_align, unsafe_set_dtype): where it is allocated, and the buffers that
// change with it.
#pragma once

#include <functional>

#include "engine/ir/rewriter.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {

// The buffer that a block writes, by its place in T.writes or its name.
struct WrittenBuffer {
  size_t index;
  ir::Buffer buffer;
};
// Errors: BufferIndexOutOfRange, BadArgument.
Result<WrittenBuffer> written_buffer(const Argument& index, const Place& block);
// The block that allocates it: the one that writes it or one around that. Error: NonAllocatedBuffer, for a parameter or what match_buffer defines.
Result<Place> allocation_site(const Place& block, const ir::Buffer& buffer);

// The buffer and every buffer that T.match_buffer makes of it (or of one of those) below the site, each with what `change` makes of it.
ir::BufferMap changed_buffers(const Place& site, const ir::Buffer& buffer, const std::function<ir::Buffer(const ir::Buffer&)>& change);

}  // namespace loopglass::schedule
