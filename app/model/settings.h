// What a person chose for the program itself, kept between runs: language, theme, scale, recent files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace loopglass::app {

struct Settings {
  std::string language;                 // "en", "zh"; empty: from LANG
  std::string theme = "dark";           // "dark", "light", "projector"
  double scale = 1.0;                   // of fonts and spacing, times the monitor's own
  bool show_story = true;               // the strip at the foot
  std::vector<std::string> recent_files;
  std::string last_folder;              // where a file was opened or written last; empty: nowhere yet
  int threads = 1;
  bool cold = false;                    // times with empty caches before each call

  bool operator==(const Settings&) const = default;
};

// A file that is missing or unreadable gives the defaults, as does each value that is.
Settings load_settings(const std::filesystem::path& directory);
void save_settings(const Settings& settings, const std::filesystem::path& directory);
// Puts a file first in the list, once, ten at the most.
void remember_file(Settings& settings, const std::string& path);
// "zh" where LC_ALL, LC_MESSAGES or LANG says so, else "en".
std::string language_of_environment();

}  // namespace loopglass::app
