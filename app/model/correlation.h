// How far two measures of the same things go together.
#pragma once

#include <optional>
#include <span>

namespace loopglass::app {

inline constexpr size_t kFewestForCorrelation = 3;

// Pearson's coefficient: 1 where the points lie on a rising line, -1 on a falling one. Nothing for fewer than kFewestForCorrelation points, or where one of the
// two does not vary. `x` and `y` are of one size.
std::optional<double> pearson(std::span<const double> x, std::span<const double> y);
// Pearson's of the logarithms. Requires positive values.
std::optional<double> pearson_of_logs(std::span<const double> x, std::span<const double> y);
// Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs. 1 where more of one is always more of the other.
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);

}  // namespace loopglass::app
