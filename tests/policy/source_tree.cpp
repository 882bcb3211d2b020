#include "tests/policy/source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace loopglass::policy {

namespace fs = std::filesystem;

fs::path source_root() { return LOOPGLASS_SOURCE_DIR; }

std::vector<std::string> files_below(const std::string& folder, const std::vector<std::string>& endings) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source_root() / folder))
    if (entry.is_regular_file() && std::ranges::find(endings, entry.path().extension().string()) != endings.end())
      files.push_back(fs::relative(entry.path(), source_root()).generic_string());
  std::ranges::sort(files);
  return files;
}

std::string text_of(const std::string& file) {
  std::ifstream in(source_root() / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace loopglass::policy
