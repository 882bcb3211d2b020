// The window's own file dialog: a folder's files to open, or a name to save under. Folders are read in the background.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "app/ui/panel.h"

namespace loopglass::ui {

struct FolderEntry {
  std::string name;
  bool is_folder = false;
};
// Whether the window can open such a file: Python, or a project.
bool is_program_file(const std::string& name);
// Why nothing can be written under that name, as a key of the locale; null where it can.
const char* why_not_writable(const std::filesystem::path& path);
// Folders first, then files, each by name; hidden ones left out; a folder that cannot be read is empty.
std::vector<FolderEntry> list_folder(const std::filesystem::path& folder);

class FileChooser {
 public:
  enum class Purpose { Open, Save };
  using Done = std::function<void(const std::filesystem::path&)>;

  // `title_key`: a key of the locale. `name`: what is proposed to save under.
  void open(Purpose purpose, const char* title_key, std::filesystem::path folder, std::string name, Done done);
  void draw(const PanelContext& context);
  bool is_open() const { return open_; }
  bool is_waiting() const { return listing_.valid(); }

 private:
  void type_again();
  void enter(std::filesystem::path folder);
  void draw_entries(const PanelContext& context, float height);
  void accept(const PanelContext& context);

  Purpose purpose_ = Purpose::Open;
  const char* title_key_ = "";
  std::filesystem::path folder_;
  std::string name_, folder_text_;
  Done done_;
  std::vector<FolderEntry> entries_;
  std::future<std::vector<FolderEntry>> listing_;
  const char* problem_ = nullptr;      // key of what is wrong with the name, said in the dialog
  bool all_files_ = false;
  bool open_ = false, start_ = false, close_ = false, overwrite_asked_ = false;
};

}  // namespace loopglass::ui
