// What is told beside a time: how it was taken, and what disturbed it. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/model/view.h"
#include "app/ui/locale.h"

namespace loopglass::ui {

// Short sentences, most important first: cold caches, outliers, drift, stolen time, hardware counters. Empty where nothing is timed.
std::vector<std::string> time_notes(const app::Measurement& measured, int threads, const Locale& words);
// The outliers themselves, farthest first; empty where there are none.
std::string outlier_list(const measure::Outliers& outliers, const Locale& words);

}  // namespace loopglass::ui
