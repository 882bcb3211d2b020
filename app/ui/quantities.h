// Numbers as the window writes them: with units, in figures of one width, thousands apart by a thin gap.
#pragma once

#include <cstdint>
#include <string>

#include "engine/measure/statistics.h"

namespace loopglass::ui {

std::string format_count(int64_t n);              // "4 194 304"
std::string format_difference(int64_t n);         // "+4 194 304", "−12", "0"
std::string format_rounded(double n);             // "1.20 M": three digits; thousands k, millions M, 10^9 G
std::string format_bytes(int64_t bytes);          // "512 B", "64 KB", "1.5 MB" (1 KB = 1024 B)
std::string format_time(double ms);               // "0.243 ms", "12.1 µs", "1.32 s": three digits
std::string format_ratio(double ratio);           // "4.7×"
// Half the interval's width over the median: "± 0.8 %".
std::string format_spread(const measure::TimeEstimate& time);

}  // namespace loopglass::ui
