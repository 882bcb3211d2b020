// The work on each file, kept when another is opened and when the program ends: it comes back when the file is opened again.
#pragma once

#include <filesystem>
#include <optional>

#include "app/model/history.h"

namespace loopglass::app {

// One file per file that was worked on, in `work/` below the program's state directory.
class Shelf {
 public:
  struct Work {
    History history;
    std::string file_text;   // what the file held when it was opened
  };

  explicit Shelf(const std::filesystem::path& state_directory) : directory_(state_directory / "work") {}

  // Error: FileError.
  Result<void> keep(const std::filesystem::path& file, const Work& work) const;
  // Nothing where none is kept, or it cannot be read.
  std::optional<Work> find(const std::filesystem::path& file) const;
  void drop(const std::filesystem::path& file) const;
  // The file whose work was kept last, among those that are still there.
  std::optional<std::filesystem::path> last_file() const;

 private:
  std::filesystem::path place_of(const std::filesystem::path& file) const;
  std::filesystem::path directory_;
};

}  // namespace loopglass::app
