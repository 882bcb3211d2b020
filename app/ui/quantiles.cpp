#include "app/ui/quantiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace loopglass::ui {

nlohmann::ordered_json quantiles_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) { return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))]; };
  return {{"median", at(0.5)}, {"p95", at(0.95)}, {"max", values.back()}};
}

void print_quantile_head(const char* what) { fmt::print("{:<44} {:>10} {:>10} {:>10}\n", what, "median", "p95", "longest"); }

void print_quantiles(const char* name, const nlohmann::ordered_json& quantiles) {
  fmt::print("{:<44} {:>10.1f} {:>10.1f} {:>10.1f}\n", name, quantiles["median"].get<double>(), quantiles["p95"].get<double>(), quantiles["max"].get<double>());
}

}  // namespace loopglass::ui
