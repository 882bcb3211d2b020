// Code compiled once more for AVX2, for processors that have it.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define LOOPGLASS_AVX2
#endif

namespace loopglass::locality {

#ifdef LOOPGLASS_AVX2
inline bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}
// Requires has_avx2(). `act` has to be always_inline.
template <class Act, class... Arguments>
__attribute__((target("avx2"))) auto call_avx2(const Act& act, Arguments... arguments) {
  return act(arguments...);
}
#endif

// Gives what `act`, which has to be always_inline, gives.
template <class Act>
auto fastest(const Act& act) {
#ifdef LOOPGLASS_AVX2
  if (has_avx2()) return call_avx2(act);
#endif
  return act();
}

}  // namespace loopglass::locality
