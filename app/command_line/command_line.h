// The program's arguments, parsed: a subcommand that is carried out at once, or the window with what it should open.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace loopglass::app {

// What the window is asked to do.
struct WindowOptions {
  std::optional<std::filesystem::path> file;
  std::optional<std::filesystem::path> tour;   // --tour DIR
  std::optional<std::filesystem::path> edits;  // --edits FILE
  std::optional<std::filesystem::path> seeks;  // --seeks FILE
  int seek_extent = 1024;                      // --seek-extent
  int edit_count = 200;                        // --edit-count
  std::string language;                        // --language, empty: as set
};

// Carries out a subcommand and gives its exit code in `exit_code`, or gives what the window should do.
std::optional<WindowOptions> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace loopglass::app
