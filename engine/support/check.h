// CHECK: our own mistakes end the program with the place and the reason; a user's mistake is a Result, never a CHECK.
#pragma once

#include <string_view>

namespace loopglass {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, std::string_view message);
}  // namespace loopglass

#define CHECK(condition, ...)                                                                         \
  do {                                                                                                \
    if (!(condition)) ::loopglass::check_failed(__FILE__, __LINE__, #condition, std::string_view{__VA_ARGS__}); \
  } while (false)
