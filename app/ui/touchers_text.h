// Who touches an element, in words. Pure.
#pragma once

#include <string>

#include "app/model/touchers.h"
#include "app/ui/locale.h"

namespace loopglass::ui {

// A line for each reference, of many the first few: "C reads A[vi, vk] 128 times: i = 3, j = 0 … 127, k = 17", the loops' values at the first and the last touch.
std::string touchers_text(const app::Touchers& touchers, const Locale& words);

}  // namespace loopglass::ui
