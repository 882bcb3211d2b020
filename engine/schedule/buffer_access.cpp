#include "engine/schedule/buffer_access.h"

#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/cache_stage.h"

namespace loopglass::schedule {
namespace {

Result<BufferAccess> by_name(const std::string& name, const Place& block) {
  std::optional<BufferAccess> found;
  const ir::BufferNode* buffer = nullptr;
  bool several = false;
  std::string names;
  for (const bool is_write : {false, true}) {
    const auto& regions = is_write ? block.block().writes : block.block().reads;
    for (size_t i = 0; i < regions.size(); ++i) {
      names += (names.empty() ? "" : ", ") + regions[i].buffer->name;
      if (regions[i].buffer->name != name) continue;
      several |= buffer && buffer != regions[i].buffer.get();
      buffer = regions[i].buffer.get();
      found = BufferAccess{is_write, i};
    }
  }
  if (found && !several) return *found;
  return fail(DiagnosticKind::BadArgument,
              fmt::format("{} accesses {} \"{}\"", quoted(block), several ? "several buffers" : "no buffer", name),
              fmt::format("it accesses {}; (\"read\", 0) or (\"write\", 0) names one by its place", names.empty() ? "none" : names), {label(block, "")});
}

}  // namespace

Result<BufferAccess> find_access(bool is_write, int64_t index, const Place& block) {
  TRY_ASSIGN(const size_t checked, buffer_index(Argument{Value{index}}, block, is_write));
  return BufferAccess{is_write, checked};
}

Result<BufferAccess> find_access(const Argument& argument, const Place& block) {
  const Value& value = value_argument(argument);
  if (const std::string* name = value.as<std::string>()) return by_name(*name, block);
  const ValueList& pair = *value.as<ValueList>();
  return find_access(*pair[0].as<std::string>() == "write", *pair[1].as<int64_t>(), block);
}

const ir::Buffer& accessed_buffer(const BufferAccess& access, const Place& block) {
  return (access.is_write ? block.block().writes : block.block().reads)[access.index].buffer;
}

Value to_value(const BufferAccess& access) {
  return Value{ValueList{Value{std::string(access.is_write ? "write" : "read")}, Value{static_cast<int64_t>(access.index)}}};
}

}  // namespace loopglass::schedule
