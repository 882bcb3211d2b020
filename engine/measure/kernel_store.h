// Compiled kernels on disk, as opaque bytes that only a worker reads and writes: the client opens the files, because the worker may open none.
//
// One file per key. A new one is written by the worker under another name, and gets its own once the worker says that it is whole; so a reader
// never sees half of one. The least recently used go where all together take more than is allowed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

class KernelStore {
 public:
  static constexpr int64_t kMostBytes = int64_t{64} << 20;

  // `directory` is made when there is something to keep.
  explicit KernelStore(std::filesystem::path directory, int64_t most_bytes = kMostBytes) : directory_(std::move(directory)), most_bytes_(most_bytes) {}

  // A file that is being written. It goes away with this unless keep() was called.
  class Draft {
   public:
    Draft(std::filesystem::path place, std::filesystem::path wanted, FileDescriptor file)
        : place_(std::move(place)), wanted_(std::move(wanted)), file_(std::move(file)) {}
    Draft(Draft&& other) noexcept : place_(std::exchange(other.place_, {})), wanted_(std::move(other.wanted_)), file_(std::move(other.file_)) {}
    Draft& operator=(Draft&& other) noexcept {
      std::swap(place_, other.place_);
      std::swap(wanted_, other.wanted_);
      std::swap(file_, other.file_);
      return *this;
    }
    ~Draft();
    FileDescriptor take_file() { return std::move(file_); }

   private:
    friend class KernelStore;
    std::filesystem::path place_, wanted_;   // an empty `place_`: it is nobody's any more
    FileDescriptor file_;
  };

  // `key`: letters, digits and '-'. Open for reading; nothing where there is none.
  FileDescriptor find(const std::string& key) const;
  // Nothing where no file can be made.
  std::optional<Draft> begin(const std::string& key) const;
  void keep(Draft draft) const;
  void forget(const std::string& key) const;

 private:
  void make_room() const;

  std::filesystem::path directory_;
  int64_t most_bytes_;
};

}  // namespace loopglass::measure
