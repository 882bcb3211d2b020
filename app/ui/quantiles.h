// The middle, the slow end and the slowest of what a played window has timed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace loopglass::ui {

// {"median", "p95", "max"}. `values` is not empty.
nlohmann::ordered_json quantiles_of(std::vector<double> values);
// One line of a table of them, under a line that print_quantile_head has written.
void print_quantile_head(const char* what);
void print_quantiles(const char* name, const nlohmann::ordered_json& quantiles);

}  // namespace loopglass::ui
