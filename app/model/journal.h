// What brings a killed program back to where it was: every version and every move of the cursor, one line of JSON each, appended before it is shown.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "app/model/history.h"
#include "app/model/job_slot.h"
#include "engine/support/file_descriptor.h"

namespace loopglass::app {

// One locked file per window in a directory. A line is written at once; the disk is synchronised at most once a second, beside: it takes some milliseconds.
class Journal {
 public:
  // `quiet`: what the disk is not synchronised in; must outlive the journal. Error: FileError.
  static Result<Journal> create(const std::filesystem::path& directory, const Quiet* quiet = nullptr);
  Journal(Journal&&) noexcept = default;
  Journal& operator=(Journal&&) noexcept = default;

  void start(const History& history);                          // forgets what was before
  void add_versions(const History& history, int first_new);    // the versions from that id on, and the cursor
  void move_cursor(int version);
  void keep_first(int count);                                  // the versions behind it are gone
  void close();                                                // an orderly end: the file goes

 private:
  Journal(FileDescriptor file, std::filesystem::path path, const Quiet* quiet)
      : file_(std::move(file)), path_(std::move(path)), synchroniser_(std::make_unique<JobSlot>(JobSlot::Priority::Later, quiet)) {}
  void append(const std::string& line);
  void synchronise();
  FileDescriptor file_;
  std::filesystem::path path_;
  int64_t last_sync_ms_ = 0;
  std::unique_ptr<JobSlot> synchroniser_;   // last: it uses the file
};

// What a window that was killed left behind: the newest journal in the directory that no living window holds, and takes it away. Nothing where there
// is none, or where it holds no program.
std::optional<History> recover_journal(const std::filesystem::path& directory);

}  // namespace loopglass::app
