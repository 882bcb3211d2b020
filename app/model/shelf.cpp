#include "app/model/shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "app/model/files.h"
#include "app/model/project.h"

namespace loopglass::app {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string identity(const fs::path& file) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(file, error);
  return (error ? fs::absolute(file, error) : whole).string();
}

// FNV-1a: the name has to be the same in every build.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::optional<json> read_entry(const fs::path& place) {
  const Result<std::string> text = read_text_file(place);
  if (!text) return std::nullopt;
  json entry = json::parse(*text, nullptr, false);
  if (!entry.is_object() || !entry.contains("file") || !entry["file"].is_string()) return std::nullopt;
  return entry;
}

}  // namespace

fs::path Shelf::place_of(const fs::path& file) const { return directory_ / fmt::format("{:016x}.work", hash_of(identity(file))); }

Result<void> Shelf::keep(const fs::path& file, const Work& work) const {
  std::error_code error;
  fs::create_directories(directory_, error);
  const json entry{{"file", identity(file)}, {"file_text", work.file_text}, {"project", project_to_json(work.history)}};
  return write_file(place_of(file), entry.dump() + "\n");
}

std::optional<Shelf::Work> Shelf::find(const fs::path& file) const {
  const std::optional<json> entry = read_entry(place_of(file));
  if (!entry || entry->at("file") != identity(file) || !entry->contains("project") || !entry->contains("file_text") || !entry->at("file_text").is_string())
    return std::nullopt;
  Result<History> history = project_from_json(entry->at("project"));
  if (!history || history->empty()) return std::nullopt;
  return Work{std::move(*history), entry->at("file_text")};
}

void Shelf::drop(const fs::path& file) const {
  std::error_code ignored;
  fs::remove(place_of(file), ignored);
}

std::optional<fs::path> Shelf::last_file() const {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> places;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_, error))
    if (entry.path().extension() == ".work") places.emplace_back(entry.last_write_time(error), entry.path());
  std::ranges::sort(places, std::greater());
  for (const auto& [time, place] : places)
    if (const std::optional<json> entry = read_entry(place); entry && fs::exists(entry->at("file").get<std::string>(), error)) return fs::path(entry->at("file").get<std::string>());
  return std::nullopt;
}

}  // namespace loopglass::app
