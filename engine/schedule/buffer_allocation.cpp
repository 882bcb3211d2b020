#include "engine/schedule/buffer_allocation.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/cache_stage.h"

namespace loopglass::schedule {

Result<WrittenBuffer> written_buffer(const Argument& argument, const Place& block) {
  TRY_ASSIGN(const size_t index, buffer_index(argument, block, true));
  return WrittenBuffer{index, block.block().writes[index].buffer};
}

Result<Place> allocation_site(const Place& block, const ir::Buffer& buffer) {
  for (std::optional<Place> site = block; site; site = scope_of(*site)) {
    const auto& allocated = site->block().alloc_buffers;
    if (std::find(allocated.begin(), allocated.end(), buffer) != allocated.end()) return *std::move(site);
    for (const ir::MatchBuffer& match : site->block().match_buffers)
      if (match.buffer == buffer)
        return fail(DiagnosticKind::NonAllocatedBuffer, fmt::format("{} is not allocated: {} makes it of a part of {}", buffer->name, quoted(*site), match.source.buffer->name),
                    fmt::format("change {} where it is allocated", match.source.buffer->name), {label(block, "writes it"), label(*site, "T.match_buffer")});
  }
  return fail(DiagnosticKind::NonAllocatedBuffer, fmt::format("{} is not allocated by a block: it is a parameter of {}", buffer->name, block.function()),
              "only a buffer of the program's own can be changed; cache_write gives an output such a buffer", {label(block, "writes it")});
}

ir::BufferMap changed_buffers(const Place& site, const ir::Buffer& buffer, const std::function<ir::Buffer(const ir::Buffer&)>& change) {
  ir::BufferMap map{{buffer.get(), change(buffer)}};
  ir::for_each_stmt(site.stmt(), [&](const ir::Stmt& s) {
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::MatchBuffer& match : realize->block.match_buffers)
        if (map.contains(match.source.buffer.get())) map[match.buffer.get()] = change(match.buffer);
    return true;
  });
  return map;
}

}  // namespace loopglass::schedule
