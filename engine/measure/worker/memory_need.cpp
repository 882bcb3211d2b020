#include "engine/measure/worker/memory_need.h"

#include <fmt/format.h>

#include "engine/ir/visitor.h"

namespace loopglass::measure {
namespace {

// A parameter exists as its first value, in the arguments, as the reference's result, in the interpreter, and with magnitudes of 8 bytes.
constexpr double kCopiesOfParameter = 6;

std::string readable(double bytes) {
  constexpr const char* kUnits[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
  int unit = 0;
  for (; bytes >= 1000 && unit < 6; ++unit) bytes /= 1000;
  return fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

// As a double: it cannot overflow.
double bytes_of(const ir::BufferNode& buffer) {
  double bytes = buffer.dtype.bytes() * buffer.dtype.lanes;
  for (const ir::Expr& extent : buffer.shape) bytes *= static_cast<double>(ir::as_int(extent).value_or(1));
  return bytes;
}

}  // namespace

Result<void> check_memory(const ir::PrimFunc& lowered, int64_t limit) {
  double sum = 0, largest = 0;
  const ir::BufferNode* largest_buffer = nullptr;
  const auto add = [&](const ir::Buffer& buffer, double copies) {
    const double bytes = bytes_of(*buffer);
    sum += bytes * copies;
    if (bytes > largest) largest = bytes, largest_buffer = buffer.get();
  };
  for (const ir::Param& param : lowered.params)
    if (param.buffer) add(param.buffer, kCopiesOfParameter);
  ir::for_each_stmt(lowered.body, [&](const ir::Stmt& s) {
    if (const auto* alloc = ir::as<ir::AllocBuffer>(s)) add(alloc->buffer, 1);
    return true;
  });
  if (sum <= static_cast<double>(limit)) return {};
  return fail(DiagnosticKind::KernelMemory,
              fmt::format("{} needs {}; with its checks the kernel needs {}, and {} are allowed here", largest_buffer->name, readable(largest),
                          readable(sum), readable(static_cast<double>(limit))),
              "use smaller buffers");
}

}  // namespace loopglass::measure
