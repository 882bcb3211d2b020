#include "engine/codegen/memory_plan.h"

#include <fmt/format.h>

#include "engine/ir/strides.h"
#include "engine/ir/visitor.h"

namespace loopglass::codegen {

using namespace ir;

namespace {

constexpr int64_t kLargestOnStack = 8192;        // bytes of one buffer
constexpr int64_t kStackBudget = 65536;          // bytes of all buffers of one function
constexpr int64_t kAddressable = int64_t{1} << 46;
constexpr int64_t kAlignment = 64;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// The allocations of a statement in program order; those inside parallel loops where asked for.
std::vector<Buffer> allocations(const Stmt& body, bool enters_parallel) {
  std::vector<Buffer> found;
  for_each_stmt(body, [&](const Stmt& s) {
    const For* loop = as<For>(s);
    if (loop && loop->for_kind == ForKind::Parallel && !enters_parallel) return false;
    if (const AllocBuffer* alloc = as<AllocBuffer>(s)) found.push_back(alloc->buffer);
    return true;
  });
  return found;
}

std::vector<Allocation> placed(const std::vector<Buffer>& buffers, Place beyond_stack) {
  std::vector<Allocation> out;
  int64_t stack = 0;
  for (const Buffer& buffer : buffers) {
    Allocation allocation{buffer, *bytes_of(*buffer)};
    const bool is_small = allocation.bytes <= kLargestOnStack && stack + allocation.bytes <= kStackBudget;
    allocation.place = is_small ? Place::Stack : beyond_stack;
    if (is_small) stack += aligned(allocation.bytes);
    out.push_back(std::move(allocation));
  }
  return out;
}

Result<void> check_size(const BufferNode& buffer) {
  for (const Expr& extent : buffer.shape)
    if (!as_int(extent))
      return fail(DiagnosticKind::UnsupportedOperation,
                  fmt::format("buffer {} has a shape that is not constant, so its size is not known before it runs", buffer.name));
  const std::optional<int64_t> bytes = bytes_of(buffer);
  if (bytes && *bytes <= kAddressable) return {};
  return fail(DiagnosticKind::KernelMemory, fmt::format("buffer {} is larger than a computer's memory can be", buffer.name),
              "make its shape smaller");
}

}  // namespace

std::optional<int64_t> bytes_of(const BufferNode& buffer) {
  int64_t bytes = buffer.dtype.bytes();
  const std::vector<Expr> strides = stated_strides(buffer);
  for (size_t d = 0; d < buffer.shape.size(); ++d) {
    const std::optional<int64_t> extent = as_int(buffer.shape[d]);
    if (!extent) return std::nullopt;
    // The outermost dimension of a padded buffer: its stride tells the size.
    if (d == 0 && !strides.empty()) {
      const std::optional<int64_t> stride = as_int(strides[0]);
      int64_t total = 0;
      if (!stride || __builtin_mul_overflow(*stride, *extent, &total) || __builtin_mul_overflow(total, bytes, &total)) return std::nullopt;
      return total;
    }
    if (__builtin_mul_overflow(bytes, *extent, &bytes)) return std::nullopt;
  }
  return bytes;
}

Result<MemoryPlan> plan_function(const Stmt& body) {
  for (const Buffer& buffer : allocations(body, true)) TRY(check_size(*buffer));
  MemoryPlan plan{placed(allocations(body, false), Place::Workspace)};
  for (Allocation& allocation : plan.function) {
    if (allocation.place != Place::Workspace) continue;
    allocation.offset = plan.workspace_bytes;
    plan.workspace_bytes += aligned(allocation.bytes);
    if (plan.workspace_bytes > kAddressable)
      return fail(DiagnosticKind::KernelMemory, "the function's buffers together are larger than a computer's memory can be");
  }
  return plan;
}

std::vector<Allocation> plan_chunk(const Stmt& body) { return placed(allocations(body, true), Place::Heap); }

}  // namespace loopglass::codegen
