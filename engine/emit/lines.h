// Text made line by line, each linked to the node that it came from.
#pragma once

#include "engine/emit/emit.h"

namespace loopglass::emit {

class Lines {
 public:
  explicit Lines(int indent_width) : indent_width_(indent_width) {}

  void add(std::string_view text) {
    out_.text.append(text.empty() ? 0 : static_cast<size_t>(depth_ * indent_width_), ' ');
    out_.text += text;
    out_.text += '\n';
    ++line_;
  }
  void add(std::string_view text, const ir::NodePath& path) {
    out_.lines.emplace_back(line_ + 1, path);
    add(text);
  }
  void indent() { ++depth_; }
  void dedent() { --depth_; }
  int depth() const { return depth_; }
  LinkedText take() { return std::move(out_); }
  // Appends lines made apart from these.
  void append(const LinkedText& other) {
    for (const auto& [line, path] : other.lines) out_.lines.emplace_back(line_ + line, path);
    out_.text += other.text;
    for (char c : other.text) line_ += c == '\n';
  }

 private:
  LinkedText out_;
  uint32_t line_ = 0;
  int depth_ = 0, indent_width_;
};

}  // namespace loopglass::emit
