// The program with its window: from the settings on disk to the last frame.
#pragma once

#include <filesystem>
#include <string>

#include "engine/support/result.h"

namespace loopglass::ui {

// Opens the window, shows `file` (empty: what a killed window left, else the course's program), and returns when it is closed. `language`: "en", "zh", empty as
// set. Errors: NoDisplay, FileError.
Result<void> run_window(const std::filesystem::path& file, const std::string& language = {});

}  // namespace loopglass::ui
