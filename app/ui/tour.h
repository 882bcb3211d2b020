// --tour: the first two minutes, played in the window by a hand, one picture a step.
#pragma once

#include <filesystem>
#include <string>

#include "engine/support/result.h"

namespace loopglass::ui {

// Plays the story on the course's program with fresh settings, writes DIR/00_start.png … and what was exported into DIR, and prints a table of the steps with their times.
// Errors: NoDisplay, FileError; TourStopped where a step did not come about (says which).
Result<void> run_tour(const std::filesystem::path& directory, const std::string& language);

}  // namespace loopglass::ui
