#include "app/model/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/model/project.h"

namespace loopglass::app {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kEnding = ".journal";

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Follows one line of a journal; false where it is torn or does not apply.
bool follow(const std::string& text, std::optional<History>& history) {
  const json line = json::parse(text, nullptr, false);
  if (!line.is_object()) return false;
  if (line.contains("project")) {
    Result<History> start = project_from_json(line["project"]);
    if (!start) return false;
    history = std::move(*start);
  } else if (!history) {
    return false;
  } else if (line.contains("version")) {
    Result<History> next = with_version_from_json(*history, line["version"]);
    if (!next) return false;
    history = std::move(*next);
  } else if (line.contains("cursor") && line["cursor"].is_number_integer()) {
    const int cursor = line["cursor"];
    if (cursor < 0 || cursor >= static_cast<int>(history->versions().size())) return false;
    history = history->at_cursor(cursor);
  } else if (line.contains("keep_first") && line["keep_first"].is_number_integer()) {
    const int count = line["keep_first"];
    if (count < 1 || count > static_cast<int>(history->versions().size())) return false;
    history = history->first(count);
  }
  return true;
}

// As much of a journal as is whole: a kill can tear the last line.
std::optional<History> read_journal(const fs::path& path) {
  std::ifstream in(path);
  std::optional<History> history;
  for (std::string line; std::getline(in, line);)
    if (!follow(line, history)) break;
  if (history && history->empty()) return std::nullopt;
  return history;
}

}  // namespace

Result<Journal> Journal::create(const fs::path& directory, const Quiet* quiet) {
  std::error_code error;
  fs::create_directories(directory, error);
  const fs::path path = directory / fmt::format("{}-{}{}", getpid(), now_ms(), kEnding);
  FileDescriptor file(open(path.c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600));
  if (!file || flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(DiagnosticKind::FileError, fmt::format("the journal {} cannot be written: {}", path.string(), std::strerror(errno)));
  return Journal(std::move(file), path, quiet);
}

void Journal::start(const History& history) {
  if (ftruncate(file_.get(), 0) != 0) return;
  append(json{{"project", project_to_json(history)}}.dump());
}

void Journal::add_versions(const History& history, int first_new) {
  for (int id = first_new; id < static_cast<int>(history.versions().size()); ++id)
    append(json{{"version", version_to_json(history, *history.at(id))}}.dump());
  move_cursor(history.current()->id);
}

void Journal::move_cursor(int version) { append(json{{"cursor", version}}.dump()); }

void Journal::keep_first(int count) { append(json{{"keep_first", count}}.dump()); }

void Journal::append(const std::string& line) {
  const std::string text = line + "\n";
  for (size_t done = 0; done < text.size();) {
    const ssize_t n = write(file_.get(), text.data() + done, text.size() - done);
    if (n <= 0) return;
    done += n;
  }
  synchronise();
}

void Journal::synchronise() {
  if (now_ms() - last_sync_ms_ < 1000) return;
  synchroniser_->submit([file = file_.get()](const Interruption&) { fdatasync(file); });
  last_sync_ms_ = now_ms();
}

void Journal::close() {
  if (!file_) return;
  std::error_code error;
  fs::remove(path_, error);
  synchroniser_.reset();
  file_.close();
}

std::optional<History> recover_journal(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::directory_entry> journals;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
    if (entry.path().extension() == kEnding) journals.push_back(entry);
  std::ranges::sort(journals, std::greater(), [](const fs::directory_entry& e) {
    std::error_code ignored;
    return e.last_write_time(ignored);
  });
  for (const fs::directory_entry& entry : journals) {
    const FileDescriptor file(open(entry.path().c_str(), O_RDWR | O_CLOEXEC));
    if (!file) continue;
    std::optional<History> history;
    if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) {   // its window is gone
      history = read_journal(entry.path());
      fs::remove(entry.path(), error);
    }
    if (history) return history;
  }
  return std::nullopt;
}

}  // namespace loopglass::app
