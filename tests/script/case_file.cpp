#include "tests/script/case_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace loopglass::script {

namespace {
constexpr std::string_view kMarker = "# ---- expected ----\n";
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<CaseFile> read_cases(const std::string& folder) {
  std::vector<CaseFile> cases;
  for (const auto& entry : std::filesystem::directory_iterator(LOOPGLASS_SOURCE_DIR "/tests/cases/script/" + folder)) {
    CaseFile c{entry.path().string(), entry.path().stem().string(), read_file(entry.path().string()), ""};
    if (const size_t marker = c.input.find(kMarker); marker != std::string::npos) {
      c.expected = c.input.substr(marker + kMarker.size());
      c.input.resize(marker);
    }
    cases.push_back(std::move(c));
  }
  std::sort(cases.begin(), cases.end(), [](const CaseFile& a, const CaseFile& b) { return a.name < b.name; });
  return cases;
}

bool update_case(const CaseFile& c, const std::string& actual) {
  const char* update = std::getenv("LOOPGLASS_UPDATE_CASES");
  if (!update || std::string_view(update) != "1") return false;
  std::ofstream(c.path, std::ios::binary) << c.input << kMarker << actual;
  return true;
}

}  // namespace loopglass::script
