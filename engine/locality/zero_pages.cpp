#include "engine/locality/zero_pages.h"

#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace loopglass::locality {

namespace {

#ifdef __linux__
constexpr size_t kMany = size_t{1} << 20, kLargePage = size_t{1} << 21;   // bytes
bool is_mapped(size_t bytes) { return bytes >= kMany; }
#else
bool is_mapped(size_t) { return false; }
#endif

}  // namespace

void* allocate_zeros(size_t bytes) {
  void* at = nullptr;
#ifdef __linux__
  if (is_mapped(bytes)) {
    at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    if (bytes >= kLargePage) madvise(at, bytes, MADV_HUGEPAGE);
    return at;
  }
#endif
  at = std::calloc(bytes > 0 ? bytes : 1, 1);
  if (!at) throw std::bad_alloc();
  return at;
}

void free_zeros(void* at, size_t bytes) noexcept {
#ifdef __linux__
  if (is_mapped(bytes)) return void(munmap(at, bytes));
#endif
  std::free(at);
}

}  // namespace loopglass::locality
