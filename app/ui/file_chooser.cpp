#include "app/ui/file_chooser.h"

#include <imgui.h>
#include <misc/cpp/imgui_stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <tuple>

#include "app/ui/widgets.h"

namespace loopglass::ui {

namespace fs = std::filesystem;

std::vector<FolderEntry> list_folder(const fs::path& folder) {
  std::vector<FolderEntry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (!name.starts_with(".")) entries.push_back({name, it->is_directory(ignored)});
  }
  std::ranges::sort(entries, {}, [](const FolderEntry& entry) { return std::tuple(!entry.is_folder, entry.name); });
  return entries;
}

bool is_program_file(const std::string& name) { return name.ends_with(".py") || name.ends_with(".json") || name.ends_with(".loopglass"); }

const char* why_not_writable(const fs::path& path) {
  std::error_code error;
  const fs::path folder = path.parent_path();
  if (!fs::is_directory(folder, error)) return "chooser.no_folder";
  if (fs::is_directory(path, error)) return "chooser.is_folder";
  return access(folder.c_str(), W_OK) == 0 ? nullptr : "chooser.not_writable";
}

void FileChooser::open(Purpose purpose, const char* title_key, fs::path folder, std::string name, Done done) {
  purpose_ = purpose;
  title_key_ = title_key;
  name_ = std::move(name);
  done_ = std::move(done);
  open_ = start_ = true;
  close_ = all_files_ = false;
  type_again();
  enter(std::move(folder));
}

void FileChooser::type_again() {
  overwrite_asked_ = false;
  problem_ = nullptr;
}

void FileChooser::enter(fs::path folder) {
  std::error_code error;
  const fs::path absolute = fs::absolute(folder, error).lexically_normal();
  folder_ = error ? std::move(folder) : absolute;
  folder_text_ = folder_.string();
  entries_.clear();
  listing_ = std::async(std::launch::async, list_folder, folder_);
}

void FileChooser::accept(const PanelContext&) {
  if (name_.empty()) return;
  const fs::path path = folder_ / name_;
  std::error_code error;
  problem_ = purpose_ == Purpose::Save ? why_not_writable(path) : fs::is_regular_file(path, error) ? nullptr : "chooser.no_file";
  if (problem_) return;
  if (purpose_ == Purpose::Save && fs::exists(path, error) && !overwrite_asked_) {
    overwrite_asked_ = true;
    return;
  }
  close_ = true;
  done_(path);
}

void FileChooser::draw_entries(const PanelContext& context, float height) {
  const Palette& c = context.colour();
  ImGui::PushStyleColor(ImGuiCol_ChildBg, c.panel);
  ImGui::BeginChild("##entries", {0, height}, ImGuiChildFlags_Borders | ImGuiChildFlags_AlwaysUseWindowPadding);
  std::optional<fs::path> next;
  if (folder_.has_parent_path() && folder_ != folder_.root_path() && ImGui::Selectable("..", false)) next = folder_.parent_path();
  for (const auto& entry : entries_) {
    if (purpose_ == Purpose::Open && !all_files_ && !entry.is_folder && !is_program_file(entry.name)) continue;
    ImGui::PushStyleColor(ImGuiCol_Text, entry.is_folder ? c.accent : c.text);
    const std::string label = entry.is_folder ? entry.name + "/" : entry.name;
    if (ImGui::Selectable(label.c_str(), entry.name == name_, ImGuiSelectableFlags_AllowDoubleClick)) {
      if (entry.is_folder) {
        next = folder_ / entry.name;
      } else {
        name_ = entry.name;
        type_again();
        if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) accept(context);
      }
    }
    ImGui::PopStyleColor();
  }
  ImGui::EndChild();
  ImGui::PopStyleColor();
  if (next) enter(*next);
}

void FileChooser::draw(const PanelContext& context) {
  if (!open_) return;
  const std::string title = std::string(context.words(title_key_)) + "###chooser";
  if (start_) ImGui::OpenPopup(title.c_str());
  start_ = false;
  if (listing_.valid() && listing_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) entries_ = listing_.get();
  ImGui::SetNextWindowSize({context.px(620), context.px(460)}, ImGuiCond_Appearing);
  ImGui::SetNextWindowPos(ImGui::GetMainViewport()->GetCenter(), ImGuiCond_Appearing, {0.5f, 0.5f});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.px(14), context.px(12)});
  if (ImGui::BeginPopupModal(title.c_str(), nullptr, ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoCollapse)) {
    const bool is_typing = ImGui::IsAnyItemActive();
    ImGui::SetNextItemWidth(-1);
    if (ImGui::InputText("##folder", &folder_text_, ImGuiInputTextFlags_EnterReturnsTrue)) enter(folder_text_);
    const float lines = problem_ ? 3.0f : 2.0f;
    draw_entries(context, ImGui::GetContentRegionAvail().y - lines * ImGui::GetFrameHeightWithSpacing() - context.px(4));
    ImGui::SetNextItemWidth(-1);
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    if (ImGui::InputTextWithHint("##name", context.words("chooser.name"), &name_, ImGuiInputTextFlags_EnterReturnsTrue)) accept(context);
    if (ImGui::IsItemEdited()) type_again();
    if (!is_typing && (ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false))) accept(context);   // of what was clicked
    if (problem_) {
      ImGui::PushStyleColor(ImGuiCol_Text, context.colour().bad);
      ImGui::TextUnformatted(context.words.format(problem_, {{"path", (folder_ / name_).string()}, {"folder", (folder_ / name_).parent_path().string()}}).c_str());
      ImGui::PopStyleColor();
    }
    const char* action = context.words(overwrite_asked_ ? "chooser.overwrite" : purpose_ == Purpose::Open ? "chooser.open" : "chooser.save");
    ImGui::PushStyleColor(ImGuiCol_Button, overwrite_asked_ ? context.colour().bad_fill : context.colour().accent_fill);
    if (ImGui::Button(action, {context.px(130), 0})) accept(context);
    mark(context, "accept file");
    ImGui::PopStyleColor();
    ImGui::SameLine();
    if (ImGui::Button(context.words("common.cancel"), {context.px(100), 0}) || ImGui::IsKeyPressed(ImGuiKey_Escape, false)) close_ = true;
    if (purpose_ == Purpose::Open) {
      ImGui::SameLine();
      ImGui::Checkbox(context.words("chooser.all_files"), &all_files_);
    }
    if (close_) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  } else {
    close_ = true;
  }
  ImGui::PopStyleVar();
  if (close_) {
    open_ = false;
    context.state.focus_tree = true;
  }
}

}  // namespace loopglass::ui
