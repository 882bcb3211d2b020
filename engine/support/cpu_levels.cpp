#include "engine/support/cpu_levels.h"

namespace loopglass {

std::vector<std::string> cpu_levels() {
  std::vector<std::string> levels;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v2")) levels.emplace_back("x86-64-v2");
  if (__builtin_cpu_supports("x86-64-v3")) levels.emplace_back("x86-64-v3");
  if (__builtin_cpu_supports("x86-64-v4")) levels.emplace_back("x86-64-v4");
#endif
  return levels;
}

}  // namespace loopglass
