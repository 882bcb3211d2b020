#include "engine/measure/worker/arguments.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace loopglass::measure {
namespace {

uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

}  // namespace

Result<Arguments> Arguments::make(std::span<const interp::Tensor> values) {
  Arguments arguments;
  uint64_t wanted = kFirstAddress;
  for (const interp::Tensor& value : values) {
    const size_t bytes = round_up(std::max<size_t>(value.bytes.size(), 1), kPage);
    void* const hint = reinterpret_cast<void*>(wanted);
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
    void* address = ::mmap(hint, bytes, PROT_READ | PROT_WRITE, kFlags | MAP_FIXED_NOREPLACE, -1, 0);
    if (address == MAP_FAILED && errno == EEXIST) address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, kFlags, -1, 0);
    if (address == MAP_FAILED)
      return fail(DiagnosticKind::KernelMemory, fmt::format("there is no memory for a parameter of {} bytes", value.bytes.size()), "use smaller buffers");
    arguments.mappings_.push_back({address, bytes});
    arguments.pointers_.push_back(address);
    arguments.types_.push_back({value.dtype, value.shape, {}});
    wanted += bytes;
  }
  arguments.set(values);
  return arguments;
}

Arguments::Arguments(Arguments&& other) noexcept
    : mappings_(std::exchange(other.mappings_, {})), pointers_(std::exchange(other.pointers_, {})), types_(std::exchange(other.types_, {})) {}

Arguments& Arguments::operator=(Arguments&& other) noexcept {
  std::swap(mappings_, other.mappings_);
  std::swap(pointers_, other.pointers_);
  std::swap(types_, other.types_);
  return *this;
}

Arguments::~Arguments() {
  for (const Mapping& mapping : mappings_) ::munmap(mapping.address, mapping.bytes);
}

void Arguments::set(std::span<const interp::Tensor> values) const {
  for (size_t i = 0; i < values.size(); ++i) std::memcpy(pointers_[i], values[i].bytes.data(), values[i].bytes.size());
}

interp::Tensor Arguments::get(size_t parameter) const {
  interp::Tensor tensor = interp::make_tensor(types_[parameter].dtype, types_[parameter].shape);
  std::memcpy(tensor.bytes.data(), pointers_[parameter], tensor.bytes.size());
  return tensor;
}

std::vector<std::span<const std::byte>> Arguments::memory() const {
  std::vector<std::span<const std::byte>> memory;
  for (const Mapping& mapping : mappings_) memory.emplace_back(static_cast<const std::byte*>(mapping.address), mapping.bytes);
  return memory;
}

bool Arguments::at_contract_addresses() const {
  uint64_t expected = kFirstAddress;
  for (const Mapping& mapping : mappings_) {
    if (reinterpret_cast<uint64_t>(mapping.address) != expected) return false;
    expected += mapping.bytes;
  }
  return true;
}

}  // namespace loopglass::measure
