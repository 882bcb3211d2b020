// Cases as text: an input, a marker line, what is expected of it.
#pragma once

#include <string>
#include <vector>

namespace loopglass::script {

struct CaseFile {
  std::string path, name, input, expected;
};

std::string read_file(const std::string& path);
// The cases of tests/cases/script/FOLDER, by name.
std::vector<CaseFile> read_cases(const std::string& folder);
// With LOOPGLASS_UPDATE_CASES=1 writes `actual` into the case and gives true.
bool update_case(const CaseFile& c, const std::string& actual);

}  // namespace loopglass::script
