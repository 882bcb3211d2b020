// --seeks: the memory panel under edits and seeks of a large matmul, played in the window by a hand, each timed from its motion to the screen.
#pragma once

#include <filesystem>
#include <string>

#include "engine/support/result.h"

namespace loopglass::ui {

// Opens a matmul of float32, `extent` (a multiple of 64) in each direction, and plays ten edits (splits, reorders), half of them while accesses are shown and half while a moment is, and
// twenty seeks on the sliders of time and loops, half of them right after edits and half once the caches' history is there. Prints the quantiles and writes
// them with every edit and seek to `file`, as JSON. Errors: NoDisplay, FileError; TourStopped where an edit or a seek did not come about.
Result<void> run_seeks(const std::filesystem::path& file, int extent, const std::string& language);

}  // namespace loopglass::ui
