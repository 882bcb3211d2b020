#include "engine/support/check.h"

#include <cstdio>
#include <cstdlib>

namespace loopglass {

void check_failed(const char* file, int line, const char* condition, std::string_view message) {
  std::fprintf(stderr, "loopglass: internal error at %s:%d: %s %.*s\n", file, line, condition,
               static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace loopglass
