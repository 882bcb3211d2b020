#include "app/model/settings.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/model/files.h"

namespace loopglass::app {

using nlohmann::json;

namespace {
constexpr const char* kFile = "settings.json";
constexpr size_t kRecentFiles = 10;
constexpr double kSmallestScale = 0.5, kLargestScale = 4.0;

template <class T>
void take(const json& object, const char* key, T& value) {
  try {
    if (object.contains(key)) value = object.at(key).get<T>();
  } catch (const json::exception&) {
    // A value of another type: the default stays.
  }
}
}  // namespace

Settings load_settings(const std::filesystem::path& directory) {
  Settings settings;
  std::ifstream in(directory / kFile);
  const json object = json::parse(in, nullptr, false);
  if (!object.is_object()) return settings;
  take(object, "language", settings.language);
  take(object, "theme", settings.theme);
  take(object, "scale", settings.scale);
  take(object, "show_story", settings.show_story);
  take(object, "recent_files", settings.recent_files);
  take(object, "last_folder", settings.last_folder);
  take(object, "threads", settings.threads);
  take(object, "cold", settings.cold);
  settings.scale = std::clamp(settings.scale, kSmallestScale, kLargestScale);
  settings.threads = std::max(settings.threads, 1);
  return settings;
}

void save_settings(const Settings& settings, const std::filesystem::path& directory) {
  const json object{{"language", settings.language}, {"theme", settings.theme},
                    {"scale", settings.scale},       {"show_story", settings.show_story},
                    {"recent_files", settings.recent_files}, {"last_folder", settings.last_folder}, {"threads", settings.threads},
                    {"cold", settings.cold}};
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  (void)write_file(directory / kFile, object.dump(1) + "\n");   // settings that cannot be kept are no reason to stop
}

void remember_file(Settings& settings, const std::string& path) {
  std::erase(settings.recent_files, path);
  settings.recent_files.insert(settings.recent_files.begin(), path);
  if (settings.recent_files.size() > kRecentFiles) settings.recent_files.resize(kRecentFiles);
}

std::string language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value) return std::string_view(value).starts_with("zh") ? "zh" : "en";
  return "en";
}

}  // namespace loopglass::app
