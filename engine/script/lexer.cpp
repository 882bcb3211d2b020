#include "engine/script/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loopglass::script {
namespace {

// Python allows 100 levels too; deeper nesting would also cost every later pass its stack.
constexpr size_t kMaxIndentation = 100;
constexpr size_t kMaxBrackets = 200;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Longest first, so that the first that fits is the right one.
constexpr std::array<std::string_view, 48> kOperators = {
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=",
    "*=",  "/=",  "%=",  "&=",  "|=",  "^=", "@=", ":=", "+",  "-",  "*",  "/",  "%",  "@",  "&",  "|",
    "^",   "~",   "<",   ">",   "(",   ")",  "[",  "]",  "{",  "}",  ",",  ":",  ".",  ";",  "=",  "!"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

// Keywords that begin a statement and never stand at the start of a line inside brackets: where one does, the bracket
// was never closed.
bool begins_statement(std::string_view word) {
  static constexpr std::array<std::string_view, 10> kWords = {"assert", "class", "def",    "del",   "global",
                                                              "import", "raise", "return", "while", "with"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

class Lexer {
 public:
  Lexer(std::string_view text, uint32_t begin, uint32_t end) : text_(text.substr(0, end)), at_(begin) {}

  TokenList run_file() {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
    result_.tokens.reserve(text_.size() / 4 + 8);
    start_line();
    while (at_ < text_.size()) next();
    close_open_brackets();
    finish();
    return std::move(result_);
  }

  TokenList run_part() {
    while (at_ < text_.size()) next();
    close_open_brackets();
    add(TokenKind::End, at_);
    return std::move(result_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void add(TokenKind kind, uint32_t begin) { result_.tokens.push_back({kind, {begin, at_}}); }

  void error(SourceSpan span, std::string message, std::string help = {}) {
    result_.errors.push_back({DiagnosticKind::SyntaxError, std::move(message), std::move(help), {{"", span, ""}}, {}, {}});
  }

  void next() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\f') {
      ++at_;
    } else if (c == '#') {
      skip_comment();
    } else if (c == '\n' || c == '\r') {
      end_line();
    } else if (c == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
      ++at_;
      skip_line_end();
    } else if (const size_t prefix = string_prefix()) {
      string(prefix - 1);
    } else if (is_name_start(c)) {
      name();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      number();
    } else {
      operator_or_error();
    }
  }

  void skip_comment() {
    while (at_ < text_.size() && peek() != '\n' && peek() != '\r') ++at_;
  }

  void skip_line_end() {
    if (peek() == '\r' && peek(1) == '\n') ++at_;
    ++at_;
  }

  void end_line() {
    const uint32_t begin = at_;
    skip_line_end();
    if (!brackets_.empty()) {
      recover_from_unclosed_bracket(begin);
      return;
    }
    result_.tokens.push_back({TokenKind::Newline, {begin, begin}});
    start_line();
  }

  // A statement keyword at the start of a line inside brackets ends the logical line before it.
  void recover_from_unclosed_bracket(uint32_t line_end) {
    uint32_t word = at_;
    while (word < text_.size() && (text_[word] == ' ' || text_[word] == '\t')) ++word;
    uint32_t end = word;
    while (end < text_.size() && is_name_part(text_[end])) ++end;
    if (!begins_statement(text_.substr(word, end - word))) return;
    close_open_brackets();
    result_.tokens.push_back({TokenKind::Newline, {line_end, line_end}});
    start_line();
  }

  // Only the outermost is reported: those inside it are rarely mistakes of their own.
  void close_open_brackets() {
    if (!brackets_.empty()) {
      const uint32_t open = brackets_.front();
      error({open, open + 1}, fmt::format("'{}' was never closed", text_[open]));
    }
    brackets_.clear();
  }

  struct Indentation {
    int column;      // a tab goes to the next multiple of 8
    int tab_as_one;  // the same with tabs of width 1: two lines whose order differs between the two mix tabs and spaces
  };

  // Skips blank lines and comments, then compares the indentation of the first real line with the levels so far.
  void start_line() {
    while (at_ < text_.size()) {
      const uint32_t line = at_;
      const Indentation indentation = measure_indentation();
      const char c = peek();
      if (c == '#') skip_comment();
      if (peek() == '\n' || peek() == '\r') {
        skip_line_end();
        continue;
      }
      if (at_ >= text_.size() || (c == '\\' && (peek(1) == '\n' || peek(1) == '\r'))) return;
      change_level(indentation, line);
      return;
    }
  }

  Indentation measure_indentation() {
    Indentation result{0, 0};
    for (;; ++at_) {
      if (peek() == ' ') {
        ++result.column;
        ++result.tab_as_one;
      } else if (peek() == '\t') {
        result.column = (result.column / 8 + 1) * 8;
        ++result.tab_as_one;
      } else if (peek() == '\f') {
        result = {0, 0};
      } else {
        return result;
      }
    }
  }

  void change_level(Indentation now, uint32_t line) {
    const SourceSpan span{line, std::max(at_, line + 1)};
    const auto mixes = [&](const Indentation& level) {
      return (now.column < level.column) != (now.tab_as_one < level.tab_as_one) ||
             (now.column == level.column) != (now.tab_as_one == level.tab_as_one);
    };
    if (mixes(levels_.back()))
      error(span, "tabs and spaces are mixed in a way that leaves the indentation unclear", "indent with spaces alone");
    if (now.column > levels_.back().column) {
      if (levels_.size() > kMaxIndentation) {
        if (levels_.size() == kMaxIndentation + 1) error(span, fmt::format("more than {} levels of indentation", kMaxIndentation));
        if (levels_.size() > kMaxIndentation) return;
      }
      levels_.push_back(now);
      add(TokenKind::Indent, at_);
      return;
    }
    // Between two levels it is taken as the deeper one: a slip of a column should not end the block.
    while (levels_.size() > 1 && now.column <= levels_[levels_.size() - 2].column && now.column < levels_.back().column) {
      levels_.pop_back();
      add(TokenKind::Dedent, at_);
    }
    if (now.column != levels_.back().column)
      error(span, "this indentation matches no outer level", "align the line with the statement that it belongs to");
  }

  // 1 + the length of the prefix ("r", "Rb", ...) where a string starts here, else 0.
  size_t string_prefix() const {
    size_t n = 0;
    while (n < 3 && std::string_view("rRbBuUfF").find(peek(n)) != std::string_view::npos && peek(n) != '\0') ++n;
    return peek(n) == '"' || peek(n) == '\'' ? n + 1 : 0;
  }

  void string(size_t prefix) {
    const uint32_t begin = at_;
    at_ += prefix;
    const char quote = peek();
    const bool is_triple = peek(1) == quote && peek(2) == quote;
    at_ += is_triple ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '\\') {
        at_ = std::min<uint32_t>(at_ + 2, text_.size());
      } else if (is_triple && c == quote && peek(1) == quote && peek(2) == quote) {
        at_ += 3;
        return add(TokenKind::String, begin);
      } else if (!is_triple && c == quote) {
        ++at_;
        return add(TokenKind::String, begin);
      } else if (!is_triple && (c == '\n' || c == '\r')) {
        break;
      } else {
        ++at_;
      }
    }
    brackets_.clear();  // the line is over: that its brackets are open too is no news
    error({begin, begin + 1}, "this string is never closed", fmt::format("end it with {}", std::string(is_triple ? 3 : 1, quote)));
    add(TokenKind::String, begin);
  }

  void name() {
    const uint32_t begin = at_;
    while (is_name_part(peek())) ++at_;
    add(TokenKind::Name, begin);
  }

  void number() {
    const uint32_t begin = at_;
    bool is_float = false;
    if (peek() == '0' && std::string_view("xXoObB").find(peek(1)) != std::string_view::npos && peek(1) != '\0') {
      at_ += 2;
      while (is_name_part(peek()) && static_cast<unsigned char>(peek()) < 0x80) ++at_;
      return add(TokenKind::Integer, begin);
    }
    const auto digits = [&] {
      while (is_digit(peek()) || (peek() == '_' && is_digit(peek(1)))) ++at_;
    };
    digits();
    if (peek() == '.') {
      is_float = true;
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (is_digit(peek(sign))) {
        is_float = true;
        at_ += sign;
        digits();
      }
    }
    if (peek() == 'j' || peek() == 'J') {
      is_float = true;
      ++at_;
    }
    add(is_float ? TokenKind::Float : TokenKind::Integer, begin);
  }

  void operator_or_error() {
    const std::string_view rest = text_.substr(at_);
    const auto* op = std::find_if(kOperators.begin(), kOperators.end(), [&](std::string_view o) { return rest.starts_with(o); });
    if (op == kOperators.end()) {
      const unsigned char c = static_cast<unsigned char>(peek());
      error({at_, at_ + 1}, c == 0 ? "the text holds a NUL byte" : c < 0x20 || c == 0x7F ? fmt::format("the text holds the control character 0x{:02x}", c)
                                                                                          : fmt::format("'{}' is no part of Python", peek()));
      ++at_;
      return;
    }
    const uint32_t begin = at_;
    at_ += op->size();
    add(TokenKind::Operator, begin);
    match_brackets(text_[begin], begin);
  }

  void match_brackets(char c, uint32_t at) {
    if (c == '(' || c == '[' || c == '{') {
      if (brackets_.size() == kMaxBrackets) error({at, at + 1}, fmt::format("more than {} brackets inside each other", kMaxBrackets));
      brackets_.push_back(at);
    } else if (c == ')' || c == ']' || c == '}') {
      const char open = c == ')' ? '(' : c == ']' ? '[' : '{';
      if (brackets_.empty()) {
        error({at, at + 1}, fmt::format("'{}' closes nothing", c));
        return;
      }
      if (const uint32_t opened = brackets_.back(); text_[opened] != open)
        error({at, at + 1}, fmt::format("'{}' does not close '{}'", c, text_[opened]));
      brackets_.pop_back();
    }
  }

  void finish() {
    if (!result_.tokens.empty() && result_.tokens.back().kind != TokenKind::Newline) add(TokenKind::Newline, at_);
    for (; levels_.size() > 1; levels_.pop_back()) add(TokenKind::Dedent, at_);
    add(TokenKind::End, at_);
  }

  std::string_view text_;
  uint32_t at_;
  TokenList result_;
  std::vector<uint32_t> brackets_;            // offsets of the open ones
  std::vector<Indentation> levels_{{0, 0}};
};

}  // namespace

TokenList tokenize(std::string_view text) { return Lexer(text, 0, text.size()).run_file(); }

TokenList tokenize(std::string_view text, SourceSpan part) { return Lexer(text, part.begin, part.end).run_part(); }

}  // namespace loopglass::script
