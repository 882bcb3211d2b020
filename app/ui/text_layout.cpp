#include "app/ui/text_layout.h"

#include <algorithm>


namespace loopglass::ui {
namespace {

int indent_of(std::string_view line) {
  const size_t first = line.find_first_not_of(' ');
  return first == line.npos ? -1 : static_cast<int>(first);
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

// Assembly's operands stand in one column, whatever the length of the instruction before them.
constexpr size_t kOperandColumn = 16;
std::string with_operands_in_column(std::string line) {
  const size_t tab = line.find('\t');
  if (tab == line.npos) return line;
  line.replace(tab, 1, tab < kOperandColumn ? kOperandColumn - tab : 1, ' ');
  std::ranges::replace(line, '\t', ' ');
  return line;
}

// A line without its indentation: what only moves to another depth is not a change.
std::string_view unindented(std::string_view line) { return line.substr(std::min(line.find_first_not_of(' '), line.size())); }

bool same(const std::string& a, const std::string& b) { return unindented(a) == unindented(b); }

// The same as align_lines, on the part between the common beginning and end: longest common subsequence by dynamic programming.
void align_middle(const std::vector<std::string>& before, const std::vector<std::string>& after, size_t begin, size_t before_end,
                  size_t after_end, std::vector<std::pair<int, int>>& pairs) {
  const size_t n = before_end - begin, m = after_end - begin;
  std::vector<std::vector<int>> length(n + 1, std::vector<int>(m + 1, 0));
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;)
      length[i][j] = same(before[begin + i], after[begin + j]) ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && same(before[begin + i], after[begin + j])) {
      pairs.emplace_back(begin + i++, begin + j++);
    } else if (i < n && (j == m || length[i + 1][j] >= length[i][j + 1])) {
      pairs.emplace_back(begin + i++, -1);
    } else {
      pairs.emplace_back(-1, begin + j++);
    }
  }
}

TextLine make_line(const LinkedLines& text, size_t index, TextKind kind) {
  TextLine line;
  line.text = text.lines[index];
  line.tokens = tokens_of(line.text, kind);
  line.indent = std::max(indent_of(line.text), 0);
  line.nodes = text.nodes[index];
  return line;
}

// A line that names a node and is followed by deeper ones can be folded.
void apply_folds(std::vector<TextLine>& lines, const std::set<ir::NodePath>& folded) {
  std::vector<TextLine> kept;
  int hidden_below = -1;  // indent of the folded line that hides what is deeper
  for (size_t i = 0; i < lines.size(); ++i) {
    TextLine& line = lines[i];
    const bool empty = line.text.find_first_not_of(' ') == std::string::npos;
    if (hidden_below >= 0 && (empty || line.indent > hidden_below)) continue;
    hidden_below = -1;
    line.foldable = !line.nodes.empty() && i + 1 < lines.size() && lines[i + 1].indent > line.indent;
    line.folded = line.foldable && folded.contains(line.nodes.front().path);
    if (line.folded) hidden_below = line.indent;
    kept.push_back(std::move(line));
  }
  lines = std::move(kept);
}

}  // namespace

LinkedLines linked_lines(const script::Printed& printed) {
  LinkedLines linked{split_lines(printed.text), {}};
  linked.nodes.resize(linked.lines.size());
  std::vector<uint32_t> starts;
  uint32_t offset = 0;
  for (const auto& line : linked.lines) {
    starts.push_back(offset);
    offset += static_cast<uint32_t>(line.size()) + 1;
  }
  for (const auto& node : printed.nodes) {
    const auto after = std::upper_bound(starts.begin(), starts.end(), node.head.begin);
    if (after == starts.begin()) continue;
    const size_t line = static_cast<size_t>(after - starts.begin()) - 1;
    const auto length = static_cast<uint32_t>(linked.lines[line].size());
    linked.nodes[line].push_back({node.path, node.head.begin - starts[line], std::min(node.head.end - starts[line], length)});
  }
  return linked;
}

LinkedLines linked_lines(std::string_view text, const std::vector<std::pair<uint32_t, ir::NodePath>>& links) {
  LinkedLines linked{split_lines(text), {}};
  for (auto& line : linked.lines) line = with_operands_in_column(std::move(line));
  linked.nodes.resize(linked.lines.size());
  for (const auto& [number, path] : links) {
    if (number < 1 || number > linked.lines.size()) continue;
    const std::string& line = linked.lines[number - 1];
    linked.nodes[number - 1].push_back({path, static_cast<uint32_t>(std::max(indent_of(line), 0)), static_cast<uint32_t>(line.size())});
  }
  return linked;
}

std::vector<std::pair<int, int>> align_lines(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  size_t begin = 0;
  while (begin < before.size() && begin < after.size() && same(before[begin], after[begin])) ++begin;
  size_t tail = 0;
  while (tail < before.size() - begin && tail < after.size() - begin && same(before[before.size() - 1 - tail], after[after.size() - 1 - tail]))
    ++tail;
  std::vector<std::pair<int, int>> pairs;
  for (size_t i = 0; i < begin; ++i) pairs.emplace_back(i, i);
  align_middle(before, after, begin, before.size() - tail, after.size() - tail, pairs);
  for (size_t i = tail; i > 0; --i) pairs.emplace_back(before.size() - i, after.size() - i);
  return pairs;
}

std::vector<TextLine> layout_text(const LinkedLines& text, TextKind kind, const LinkedLines* before, const std::set<ir::NodePath>& folded) {
  std::vector<std::pair<int, int>> pairs;
  if (before) {
    pairs = align_lines(before->lines, text.lines);
  } else {
    for (int i = 0; i < static_cast<int>(text.lines.size()); ++i) pairs.emplace_back(i, i);
  }
  std::vector<TextLine> lines;
  for (const auto& [then, now] : pairs) {
    TextLine line = now >= 0 ? make_line(text, static_cast<size_t>(now), kind) : make_line(*before, static_cast<size_t>(then), kind);
    line.number = now + 1;
    line.mark = now < 0 ? LineMark::Removed : then < 0 ? LineMark::Added : LineMark::None;
    if (now < 0) line.nodes.clear();  // a removed line's node is not in this program
    lines.push_back(std::move(line));
  }
  apply_folds(lines, folded);
  return lines;
}

}  // namespace loopglass::ui
