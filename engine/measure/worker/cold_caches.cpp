#include "engine/measure/worker/cold_caches.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace loopglass::measure {
namespace {

constexpr int64_t kLine = 64;
constexpr int64_t kMost = int64_t{256} << 20;

// Bytes that have to be written for what was there before to be gone.
size_t enough(const std::vector<Cache>& caches) {
  int64_t bytes = int64_t{4} << 20;   // where the caches are not known
  for (const Cache& cache : caches) {
#if defined(__x86_64__)
    if (cache.name != "L1" && cache.name != "L2") continue;
#endif
    bytes = std::max(bytes, 2 * cache.bytes);
  }
  return static_cast<size_t>(std::min(bytes, kMost));
}

void flush([[maybe_unused]] std::span<const std::byte> memory) {
#if defined(__x86_64__)
  for (size_t at = 0; at < memory.size(); at += kLine) _mm_clflush(memory.data() + at);
#endif
}

}  // namespace

ColdCaches::ColdCaches(std::vector<std::span<const std::byte>> memory, const std::vector<Cache>& caches) : memory_(std::move(memory)), other_(enough(caches)) {}

void ColdCaches::empty() {
  for (size_t at = 0; at < other_.size(); at += kLine) other_[at] = static_cast<std::byte>(static_cast<int>(other_[at]) + 1);
  for (const auto& memory : memory_) flush(memory);
#if defined(__x86_64__)
  _mm_mfence();
#endif
}

}  // namespace loopglass::measure
