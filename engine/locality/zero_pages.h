// Memory that is 0 without being written.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace loopglass::locality {

// Zeros; of many bytes they cost nothing until they are written, and then come on large pages where the system has them: on small ones, the first touch of each
// page takes longer than what is written to it.
void* allocate_zeros(size_t bytes);
void free_zeros(void* at, size_t bytes) noexcept;

// What it makes is 0 without being written: vectors of it must not grow again after they have shrunk.
template <class T>
struct ZeroAllocator {
  using value_type = T;
  ZeroAllocator() = default;
  template <class U>
  ZeroAllocator(const ZeroAllocator<U>&) {}
  T* allocate(size_t n) { return static_cast<T*>(allocate_zeros(n * sizeof(T))); }
  void deallocate(T* at, size_t n) noexcept { free_zeros(at, n * sizeof(T)); }
  template <class U>
  void construct(U*) noexcept {}
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(static_cast<Args&&>(args)...);
  }
  bool operator==(const ZeroAllocator&) const = default;
};

}  // namespace loopglass::locality
