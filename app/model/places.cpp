#include "app/model/places.h"

#include <cstdlib>

namespace loopglass::app {

namespace fs = std::filesystem;

namespace {

fs::path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? fs::path(value) : fs::path();
}

fs::path xdg(const char* variable, const char* below_home, const char* below_loopglass_home) {
  if (const fs::path home = from_environment("LOOPGLASS_HOME"); !home.empty()) return home / below_loopglass_home;
  if (const fs::path directory = from_environment(variable); !directory.empty()) return directory / "loopglass";
  const fs::path home = from_environment("HOME");
  return (home.empty() ? fs::temp_directory_path() : home / below_home) / "loopglass";
}

// A folder that is installed beside the program, or stands in the sources that it was built from.
fs::path beside_program(const char* name) {
  const fs::path beside = program_directory() / name;
  return fs::exists(beside) ? beside : fs::path(LOOPGLASS_SOURCE_DIR) / name;
}

}  // namespace

fs::path state_directory() { return xdg("XDG_STATE_HOME", ".local/state", "state"); }
fs::path config_directory() { return xdg("XDG_CONFIG_HOME", ".config", "config"); }
fs::path cache_directory() { return xdg("XDG_CACHE_HOME", ".cache", "cache"); }
fs::path kernel_directory() { return cache_directory() / "kernels"; }

fs::path home_directory() {
  const char* home = std::getenv("HOME");
  std::error_code error;
  return home && *home && fs::is_directory(home, error) ? fs::path(home) : fs::current_path(error);
}

fs::path program_directory() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::current_path() : self.parent_path();
}

fs::path assets_directory() {
  const fs::path chosen = from_environment("LOOPGLASS_ASSETS");
  return chosen.empty() ? beside_program("assets") : chosen;
}

fs::path shaders_directory() {
  const fs::path chosen = from_environment("LOOPGLASS_ASSETS");
  return chosen.empty() ? beside_program("shaders") : chosen.parent_path() / "shaders";
}

fs::path worker_program() { return program_directory() / "loopglass-worker"; }

}  // namespace loopglass::app
