#include "engine/codegen/assembly.h"

#include <charconv>
#include <unordered_set>

namespace loopglass::codegen {

namespace {

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string_view without_comment(std::string_view line) {
  const size_t hash = line.find('#');
  return trimmed(hash == std::string_view::npos ? line : line.substr(0, hash));
}

// LLVM's word for what does not fit the registers: "64-byte Spill", "8-byte Folded Reload"; empty where the comment is another.
std::string_view spill_comment(std::string_view line) {
  const size_t hash = line.find('#');
  const std::string_view comment = hash == std::string_view::npos ? std::string_view() : trimmed(line.substr(hash + 1));
  return comment.ends_with("Spill") || comment.ends_with("Reload") ? comment : std::string_view();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_label(std::string_view line) { return line.ends_with(':'); }
bool is_directive(std::string_view line) { return line.starts_with('.') && !is_label(line); }
bool is_instruction(std::string_view line) { return !line.empty() && !is_directive(line) && !is_label(line); }

// The second number of ".loc FILE LINE ...".
uint32_t line_of_loc(std::string_view directive) {
  std::string_view rest = trimmed(directive.substr(4));
  rest = trimmed(rest.substr(std::min(rest.find(' '), rest.size())));
  uint32_t line = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), line);
  return line;
}

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; }

// The labels that instructions speak of: ".LBB0_1", constants' ".LCPI0_0".
std::unordered_set<std::string_view> labels_in_use(const std::vector<std::string_view>& lines) {
  std::unordered_set<std::string_view> used;
  for (std::string_view line : lines) {
    line = without_comment(line);
    if (!is_instruction(line)) continue;
    for (size_t at = line.find(".L"); at != std::string_view::npos; at = line.find(".L", at + 1)) {
      size_t end = at;
      while (end < line.size() && is_name_char(line[end])) ++end;
      used.insert(line.substr(at, end - at));
    }
  }
  return used;
}

// Sections of data hold constants; of debug information nothing a person reads.
bool starts_section(std::string_view line) { return line.starts_with(".section") || line.starts_with(".text") || line.starts_with(".data"); }
bool is_code_section(std::string_view line) { return line.find(".text") != std::string_view::npos; }

}  // namespace

Assembly readable_assembly(std::string_view raw) {
  const std::vector<std::string_view> lines = lines_of(raw);
  const std::unordered_set<std::string_view> used = labels_in_use(lines);
  Assembly out;
  uint32_t number = 0, source_line = 0;
  bool in_code = true;
  for (const std::string_view original : lines) {
    const std::string_view line = without_comment(original);
    if (starts_section(line)) in_code = is_code_section(line);
    if (line.starts_with(".loc")) source_line = line_of_loc(line);
    if (!in_code || line.empty() || is_directive(line)) continue;
    if (is_label(line)) {
      const std::string_view name = line.substr(0, line.size() - 1);
      if (name.starts_with('.') && !used.contains(name)) continue;
      if (!name.starts_with('.')) source_line = 0;
    }
    out.text += is_label(line) ? std::string(line) : "  " + std::string(line);
    if (const std::string_view spill = spill_comment(original); !spill.empty()) out.text += "  # " + std::string(spill);
    out.text += '\n';
    ++number;
    if (!is_label(line) && source_line != 0) out.origins.emplace_back(number, source_line);
  }
  return out;
}

}  // namespace loopglass::codegen
