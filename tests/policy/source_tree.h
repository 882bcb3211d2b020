// The project's own files, for tests that read them as text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace loopglass::policy {

std::filesystem::path source_root();
// Files below a folder of the project with one of the endings, sorted, as paths from the root.
std::vector<std::string> files_below(const std::string& folder, const std::vector<std::string>& endings);
std::string text_of(const std::string& file);

}  // namespace loopglass::policy
