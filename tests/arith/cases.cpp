#include "tests/arith/cases.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace loopglass::arith_test {
std::vector<std::string> split_text(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    const size_t begin = part.find_first_not_of(' '), end = part.find_last_not_of(' ');
    parts.push_back(begin == std::string::npos ? "" : part.substr(begin, end - begin + 1));
  }
  return parts;
}

std::vector<CaseLine> read_cases(const std::string& prefix) {
  const char* other = std::getenv("LOOPGLASS_ARITH_CASES");  // freshly recorded ones, by hand
  const std::filesystem::path folder = other ? other : LOOPGLASS_SOURCE_DIR "/tests/cases/arith";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename().string().starts_with(prefix)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<CaseLine> cases;
  for (const auto& file : files) {
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (!line.empty() && line[0] != '#') cases.push_back({file.filename().string() + ":" + std::to_string(number), split_text(line, '|')});
    }
  }
  return cases;
}

std::vector<CaseVar> parse_vars(const std::string& text) {
  std::vector<CaseVar> vars;
  std::istringstream in(text);
  ir::DataType type = ir::kInt32;
  for (std::string word; in >> word;) {
    if (word == "int64") {
      type = ir::kInt64;
      continue;
    }
    const bool is_relaxed = word[0] == '@';
    if (is_relaxed) word.erase(0, 1);
    const size_t colon = word.find(':');
    const ir::Var var = ir::make_var(word.substr(0, colon), type);
    vars.push_back({var, colon == std::string::npos ? std::nullopt : std::optional<int64_t>(std::stoll(word.substr(colon + 1))), is_relaxed});
  }
  return vars;
}

VarTable table_of(const std::vector<CaseVar>& vars) {
  VarTable table;
  for (const CaseVar& v : vars) table[v.var->name] = v.var;
  return table;
}

}  // namespace loopglass::arith_test
