#include "tests/schedule/schedule_case.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "engine/script/printer.h"

namespace loopglass::tests {

namespace {
constexpr std::string_view kMarker = "# expect:\n";
}

std::vector<std::filesystem::path> case_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".tir") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

ScheduleCase read_case(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  const size_t marker = all.find(kMarker);
  if (marker == std::string::npos) return {file, all, {}};
  return {file, all.substr(0, marker), all.substr(marker + kMarker.size())};
}

void write_expectation(const ScheduleCase& c, const std::string& expectation) {
  std::ofstream(c.file, std::ios::binary) << c.source << kMarker << expectation;
}

bool updating_cases() {
  const char* value = std::getenv("LOOPGLASS_UPDATE_CASES");
  return value && std::string_view(value) == "1";
}

std::string to_text(const Diagnostic& diagnostic) {
  std::string text = fmt::format("{}: {}\n", to_string(diagnostic.kind), diagnostic.message);
  if (!diagnostic.help.empty()) text += fmt::format("help: {}\n", diagnostic.help);
  for (const Label& label : diagnostic.labels)
    if (!label.node.empty()) text += fmt::format("at {}{}{}\n", label.node, label.text.empty() ? "" : ": ", label.text);
  if (diagnostic.witness) {
    const auto iteration = [](const auto& values) {
      std::string list;
      for (const auto& [name, value] : values) list += fmt::format("{}{} = {}", list.empty() ? "" : ", ", name, value);
      return list;
    };
    std::string index;
    for (int64_t i : diagnostic.witness->index) index += fmt::format("{}{}", index.empty() ? "" : ", ", i);
    text += fmt::format("witness {}[{}]: {} and {}\n", diagnostic.witness->buffer, index, iteration(diagnostic.witness->first),
                        iteration(diagnostic.witness->second));
  }
  return text;
}

std::string to_text(const ir::Module& module) {
  script::PrintOptions options;
  options.header = false;
  std::string text = script::print(module, options).text;
  while (!text.empty() && text.front() == '\n') text.erase(0, 1);
  if (text.empty() || text.back() != '\n') text += '\n';
  return text;
}

}  // namespace loopglass::tests
