#include "engine/measure/kernel_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace loopglass::measure {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSuffix = ".kernel";
constexpr const char* kDraftSuffix = ".draft";
constexpr auto kLongestDraft = std::chrono::hours(1);   // older ones were left behind by a program that was killed

fs::path place_of(const fs::path& directory, const std::string& key) { return directory / (key + kSuffix); }

struct Kept {
  fs::path path;
  fs::file_time_type used;
  int64_t bytes;
};

std::vector<Kept> kept_in(const fs::path& directory) {
  std::vector<Kept> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    std::error_code gone;
    const Kept file{entry.path(), entry.last_write_time(gone), static_cast<int64_t>(entry.file_size(gone))};
    if (gone) continue;
    if (file.path.extension() == kSuffix) files.push_back(file);
    if (file.path.extension() == kDraftSuffix && fs::file_time_type::clock::now() - file.used > kLongestDraft) fs::remove(file.path, gone);
  }
  std::ranges::sort(files, {}, &Kept::used);
  return files;
}

}  // namespace

KernelStore::Draft::~Draft() {
  std::error_code error;
  if (!place_.empty()) fs::remove(place_, error);
}

FileDescriptor KernelStore::find(const std::string& key) const {
  FileDescriptor file(::open(place_of(directory_, key).c_str(), O_RDONLY | O_CLOEXEC));
  if (file) ::futimens(file.get(), nullptr);   // used now
  return file;
}

std::optional<KernelStore::Draft> KernelStore::begin(const std::string& key) const {
  std::error_code error;
  fs::create_directories(directory_, error);
  fs::path place = directory_ / fmt::format("{}.{}{}", key, ::getpid(), kDraftSuffix);
  FileDescriptor file(::open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return std::nullopt;
  return std::optional<Draft>(std::in_place, std::move(place), place_of(directory_, key), std::move(file));
}

void KernelStore::keep(Draft draft) const {
  std::error_code error;
  fs::rename(draft.place_, draft.wanted_, error);
  if (!error) draft.place_.clear();
  make_room();
}

void KernelStore::forget(const std::string& key) const {
  std::error_code error;
  fs::remove(place_of(directory_, key), error);
}

void KernelStore::make_room() const {
  const std::vector<Kept> files = kept_in(directory_);
  int64_t total = 0;
  for (const Kept& file : files) total += file.bytes;
  for (const Kept& file : files) {
    if (total <= most_bytes_) return;
    std::error_code error;
    if (fs::remove(file.path, error)) total -= file.bytes;
  }
}

}  // namespace loopglass::measure
