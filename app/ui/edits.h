// --edits: many edits, played in the window by a hand, each timed from its last motion to a verified time on the screen.
#pragma once

#include <filesystem>
#include <string>

#include "engine/support/result.h"

namespace loopglass::ui {

// Plays `count` edits that each make a program that was not there before (splits, reorders, decompositions of the course's program, 128 x 128 x 128),
// with fresh settings and caches; prints the quantiles and writes them with every edit to `file`, as JSON. Errors: NoDisplay, FileError; TourStopped where
// an edit did not come about.
Result<void> run_edits(const std::filesystem::path& file, int count, const std::string& language);

}  // namespace loopglass::ui
