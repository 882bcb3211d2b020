#include "app/ui/quantities.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace loopglass::ui {
namespace {

std::string three_digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

}  // namespace

std::string format_count(int64_t n) {
  std::string digits = std::to_string(n);
  for (ptrdiff_t i = static_cast<ptrdiff_t>(digits.size()) - 3; i > (n < 0 ? 1 : 0); i -= 3) digits.insert(static_cast<size_t>(i), "\u2009");
  return digits;
}

std::string format_difference(int64_t n) { return (n > 0 ? "+" : n < 0 ? "−" : "") + format_count(std::abs(n)); }

std::string format_rounded(double n) {
  if (n < 999.5) return fmt::format("{:.0f}", n);
  const char* unit = "";
  for (const char* next : {"k", "M", "G", "T"}) {
    if (n < 999.5) break;
    n /= 1000;
    unit = next;
  }
  return three_digits(n) + "\u2009" + unit;
}

std::string format_bytes(int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"KB", "MB", "GB", "TB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return value == std::floor(value) ? fmt::format("{:.0f} {}", value, unit) : fmt::format("{:.1f} {}", value, unit);
}

std::string format_time(double ms) {
  if (ms >= 1000) return three_digits(ms / 1000) + " s";
  if (ms >= 0.1) return three_digits(ms) + " ms";
  if (ms >= 1e-4) return three_digits(ms * 1e3) + " µs";
  return three_digits(ms * 1e6) + " ns";
}

std::string format_ratio(double ratio) { return fmt::format("{:.{}f}×", ratio, ratio >= 9.95 ? 0 : ratio >= 1.995 ? 1 : 2); }

std::string format_spread(const measure::TimeEstimate& time) {
  const double half = time.median > 0 ? (time.ci95_high - time.ci95_low) / 2 / time.median * 100 : 0;
  return fmt::format("± {:.1f} %", half);
}

}  // namespace loopglass::ui
