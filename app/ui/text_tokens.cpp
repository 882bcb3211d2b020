// Colouring of one line of code, by a lexer that knows the words of each kind of text.
#include <algorithm>
#include <array>
#include <cctype>

#include "app/ui/text_layout.h"

namespace loopglass::ui {
namespace {

constexpr std::array<std::string_view, 18> kPythonWords{"and", "as", "assert", "class", "def", "elif", "else", "False", "for",
                                                        "from", "if", "import", "in", "not", "or", "return", "True", "with"};
constexpr std::array<std::string_view, 12> kCWords{"break", "const", "continue", "else", "for", "if",
                                                   "include", "pragma", "restrict", "return", "static", "while"};
constexpr std::array<std::string_view, 14> kCTypes{"void",   "int",     "float",   "double",  "char",     "bool",     "size_t",
                                                   "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t"};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_word_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_word(char c) { return is_word_start(c) || std::isdigit(static_cast<unsigned char>(c)); }

class Lexer {
 public:
  Lexer(std::string_view line, TextKind kind) : line_(line), kind_(kind) {}

  std::vector<Token> run() {
    while (at_ < line_.size()) {
      const char c = line_[at_];
      if (starts_comment()) take(TokenClass::Comment, line_.size());
      else if (c == '"' || c == '\'') take(TokenClass::String, end_of_string(c));
      else if (std::isdigit(static_cast<unsigned char>(c))) take(TokenClass::Number, end_of_number());
      else if (c == '@' && kind_ == TextKind::Python) take(TokenClass::Function, line_.size());
      else if (is_word_start(c) || (c == '.' && kind_ == TextKind::Assembly) || c == '%') take_word();
      else take(TokenClass::Plain, at_ + 1);
    }
    return std::move(tokens_);
  }

 private:
  bool starts_comment() const {
    const std::string_view rest = line_.substr(at_);
    if (kind_ == TextKind::C) return rest.starts_with("//") || rest.starts_with("/*");
    return rest.starts_with("#") && !(kind_ == TextKind::Assembly && rest.size() > 1 && std::isdigit(static_cast<unsigned char>(rest[1])));
  }

  size_t end_of_string(char quote) const {
    size_t end = at_ + 1;
    while (end < line_.size() && line_[end] != quote) end += line_[end] == '\\' ? 2 : 1;
    return std::min(end + 1, line_.size());
  }

  size_t end_of_number() const {
    size_t end = at_;
    while (end < line_.size() && (is_word(line_[end]) || line_[end] == '.')) ++end;
    return end;
  }

  void take_word() {
    size_t end = at_ + 1;
    while (end < line_.size() && is_word(line_[end])) ++end;
    const std::string_view word = line_.substr(at_, end - at_);
    take(kind_ == TextKind::Assembly ? assembly_class(end) : class_of(word, end), end);
  }

  TokenClass class_of(std::string_view word, size_t end) const {
    if (kind_ == TextKind::Python && is_one_of(kPythonWords, word)) return TokenClass::Keyword;
    if (kind_ == TextKind::C && is_one_of(kCWords, word)) return TokenClass::Keyword;
    if (kind_ == TextKind::C && is_one_of(kCTypes, word)) return TokenClass::Type;
    const bool defined = at_ >= 4 && line_.substr(0, at_).ends_with("def ");
    const bool is_class = at_ >= 6 && line_.substr(0, at_).ends_with("class ");
    if (defined || is_class || (kind_ == TextKind::C && end < line_.size() && line_[end] == '(')) return TokenClass::Function;
    return TokenClass::Plain;
  }

  // The first word of a line is its label, directive or mnemonic; registers stand after % (AT&T) or are short words (Intel).
  TokenClass assembly_class(size_t end) const {
    const bool first = line_.find_first_not_of(" \t") == at_;
    if (first && end < line_.size() && line_[end] == ':') return TokenClass::Function;
    if (first) return line_[at_] == '.' ? TokenClass::Comment : TokenClass::Keyword;
    const std::string_view word = line_.substr(at_, end - at_);
    const bool vector = word.size() >= 4 && word.substr(1).starts_with("mm");
    return vector || word.starts_with("%") ? TokenClass::Type : TokenClass::Plain;
  }

  void take(TokenClass kind, size_t end) {
    if (!tokens_.empty() && tokens_.back().kind == kind) tokens_.back().end = static_cast<uint32_t>(end);
    else tokens_.push_back({static_cast<uint32_t>(at_), static_cast<uint32_t>(end), kind});
    at_ = end;
  }

  std::string_view line_;
  TextKind kind_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view line, TextKind kind) { return Lexer(line, kind).run(); }

}  // namespace loopglass::ui
