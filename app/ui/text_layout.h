// The text panel's lines: what stands in each, how it is coloured, which node it shows, and what a step changed. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/emit/emit.h"
#include "engine/script/printer.h"

namespace loopglass::ui {

enum class TextKind { Python, C, Assembly };
enum class TokenClass : uint8_t { Plain, Keyword, Function, Number, String, Type, Comment };

struct Token {
  uint32_t begin = 0, end = 0;   // bytes of the line
  TokenClass kind = TokenClass::Plain;
};
// Covers the line without gaps.
std::vector<Token> tokens_of(std::string_view line, TextKind kind);

enum class LineMark : uint8_t { None, Added, Removed };

// The place of a node in a line.
struct LineNode {
  ir::NodePath path;
  uint32_t begin = 0, end = 0;   // bytes of the line that name it
};

struct TextLine {
  std::string text;
  std::vector<Token> tokens;
  int number = 0;                // from 1; 0 for a line that was removed
  int indent = 0;                // spaces
  LineMark mark = LineMark::None;
  std::vector<LineNode> nodes;   // that the line names; a grid has several
  bool foldable = false, folded = false;
};

// What a text shows of a program: the text, and its lines' nodes.
struct LinkedLines {
  std::vector<std::string> lines;
  std::vector<std::vector<LineNode>> nodes;   // one entry per line
};
LinkedLines linked_lines(const script::Printed& printed);
// Of assembly: its operands put into one column.
LinkedLines linked_lines(std::string_view text, const std::vector<std::pair<uint32_t, ir::NodePath>>& links);

// The lines on the screen. `before`: the text that marks are told against, or null: no marks. Lines below a folded line are left out.
std::vector<TextLine> layout_text(const LinkedLines& text, TextKind kind, const LinkedLines* before, const std::set<ir::NodePath>& folded);

// How two texts differ, by lines: pairs of indices, -1 on the one side where a line is only on the other; a shortest edit script.
// Indentation does not count: a line that only moves to another depth is the same line.
std::vector<std::pair<int, int>> align_lines(const std::vector<std::string>& before, const std::vector<std::string>& after);

}  // namespace loopglass::ui
