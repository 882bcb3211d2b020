#include <fmt/format.h>

#include <array>

#include "engine/script/syntax_parser.h"

namespace loopglass::script {
namespace {

// Counts one level of recursion while it lives.
class Level {
 public:
  explicit Level(int& depth) : depth_(depth) { ++depth_; }
  ~Level() { --depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  int& depth_;
};

constexpr std::array<std::string_view, 32> kKeywords = {
    "and",  "as",     "assert", "async", "await", "break", "class", "continue", "def",    "del",    "elif",
    "else", "except", "finally", "for",  "from",  "global", "if",   "import",   "in",     "is",     "lambda",
    "nonlocal", "not", "or",    "pass",  "raise", "return", "try",  "while",    "with",   "yield"};

bool is_keyword(std::string_view word) {
  for (std::string_view k : kKeywords)
    if (k == word) return true;
  return false;
}

// Binary operators from the loosest to the tightest; all of them group to the left.
constexpr std::array<std::array<std::string_view, 5>, 6> kBinaryLevels = {{
    {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"},
}};

}  // namespace

const Syntax* SyntaxParser::make(SyntaxKind kind, uint32_t begin, std::vector<const Syntax*> children, std::string_view text) {
  const Syntax* node = arena_.add({kind, {begin, previous_end()}, text, std::move(children)});
  if (node->height > kMaxExpressionHeight)
    fail(node->span, fmt::format("this expression is nested more than {} levels deep", kMaxExpressionHeight),
         "give its parts names of their own");
  return node;
}

const Syntax* SyntaxParser::expression() {
  const Level level(depth_);
  if (depth_ > 200) fail(token().span, "brackets and conditions are nested more than 200 levels deep");
  if (is_word("lambda")) return lambda();
  const uint32_t begin = token().span.begin;
  const Syntax* value = disjunction();
  if (is_operator(":=")) fail(token().span, "':=' has no meaning in TVMScript", "write the assignment on a line of its own", true);
  if (!accept_word("if")) return value;
  const Syntax* condition = disjunction();
  if (!accept_word("else")) fail_here("'else'");
  const Syntax* otherwise = expression();
  return make(SyntaxKind::Conditional, begin, {value, condition, otherwise});
}

const Syntax* SyntaxParser::starred_or_expression() {
  const uint32_t begin = token().span.begin;
  if (!accept("*")) return expression();
  const Syntax* value = expression();
  return make(SyntaxKind::Star, begin, {value});
}

const Syntax* SyntaxParser::expression_or_tuple() {
  const uint32_t begin = token().span.begin;
  const Syntax* first = starred_or_expression();
  if (!is_operator(",")) return first;
  std::vector<const Syntax*> items{first};
  while (accept(",")) {
    if (token().kind == TokenKind::Newline || token().kind == TokenKind::End || is_operator("=") || is_operator(")") ||
        is_operator(":") || is_operator("]") || is_word("in"))
      break;
    items.push_back(starred_or_expression());
  }
  return make(SyntaxKind::Tuple, begin, std::move(items));
}

const Syntax* SyntaxParser::lambda() {
  const uint32_t begin = token().span.begin;
  ++at_;
  std::vector<const Syntax*> children;
  while (!is_operator(":")) {
    const uint32_t start = token().span.begin;
    const bool is_star = accept("*");
    if (token().kind != TokenKind::Name) fail_here("a parameter's name");
    const std::string_view name = word();
    ++at_;
    const Syntax* parameter = accept("=") ? make(SyntaxKind::Keyword, start, {expression()}, name) : make(SyntaxKind::Name, start, {}, name);
    children.push_back(is_star ? make(SyntaxKind::Star, start, {parameter}) : parameter);
    if (!accept(",") && !is_operator(":")) fail_here("',' or ':'");
  }
  expect(":", "after the parameters of a lambda");
  children.push_back(expression());
  return make(SyntaxKind::Lambda, begin, std::move(children), text_.substr(begin, previous_end() - begin));
}

const Syntax* SyntaxParser::disjunction() {
  const uint32_t begin = token().span.begin;
  const Syntax* left = conjunction();
  while (accept_word("or")) left = make(SyntaxKind::Or, begin, {left, conjunction()});
  return left;
}

const Syntax* SyntaxParser::conjunction() {
  const uint32_t begin = token().span.begin;
  const Syntax* left = inversion();
  while (accept_word("and")) left = make(SyntaxKind::And, begin, {left, inversion()});
  return left;
}

const Syntax* SyntaxParser::inversion() {
  const uint32_t begin = token().span.begin;
  if (!accept_word("not")) return comparison();
  const Level level(depth_);
  if (depth_ > 200) fail(token().span, "'not' is nested more than 200 levels deep");
  const Syntax* value = inversion();
  return make(SyntaxKind::Not, begin, {value});
}

const Syntax* SyntaxParser::comparison() {
  const auto comparison_operator = [&]() -> std::string_view {
    for (std::string_view op : {"<", ">", "<=", ">=", "==", "!="})
      if (is_operator(op)) return op;
    for (std::string_view op : {"in", "is"})
      if (is_word(op)) return op;
    if (is_word("not") && spelling(tokens_[at_ + 1]) == "in") return "not in";
    return {};
  };
  const uint32_t begin = token().span.begin;
  const Syntax* left = binary(0);
  const Syntax* chain = nullptr;
  for (std::string_view op = comparison_operator(); !op.empty(); op = comparison_operator()) {
    at_ += op == "not in" ? 2 : 1;
    if (op == "is") accept_word("not");
    const Syntax* right = binary(0);
    const Syntax* pair = make(SyntaxKind::Compare, chain ? left->span.begin : begin, {left, right}, op);
    chain = chain ? make(SyntaxKind::And, begin, {chain, pair}) : pair;
    left = right;
  }
  return chain ? chain : left;
}

const Syntax* SyntaxParser::binary(int level) {
  if (level == static_cast<int>(kBinaryLevels.size())) return unary();
  const uint32_t begin = token().span.begin;
  const Syntax* left = binary(level + 1);
  for (;;) {
    std::string_view op;
    if (token().kind == TokenKind::Operator)
      for (std::string_view candidate : kBinaryLevels[level])
        if (!candidate.empty() && word() == candidate) op = candidate;
    if (op.empty()) return left;
    ++at_;
    const Syntax* right = binary(level + 1);
    left = make(SyntaxKind::Binary, begin, {left, right}, op);
  }
}

const Syntax* SyntaxParser::unary() {
  const uint32_t begin = token().span.begin;
  for (std::string_view op : {"-", "+", "~"}) {
    if (!accept(op)) continue;
    const Level level(depth_);
    if (depth_ > 200) fail(token().span, "signs are nested more than 200 levels deep");
    const Syntax* value = unary();
    return make(SyntaxKind::Unary, begin, {value}, op);
  }
  return power();
}

const Syntax* SyntaxParser::power() {
  const uint32_t begin = token().span.begin;
  if (is_word("await")) fail(token().span, "'await' has no meaning in TVMScript", {}, true);
  const Syntax* base = primary();
  if (!accept("**")) return base;
  const Level level(depth_);
  if (depth_ > 200) fail(token().span, "'**' is nested more than 200 levels deep");
  const Syntax* exponent = unary();
  return make(SyntaxKind::Binary, begin, {base, exponent}, "**");
}

const Syntax* SyntaxParser::primary() {
  const uint32_t begin = token().span.begin;
  const Syntax* value = atom();
  for (;;) {
    if (accept(".")) {
      if (token().kind != TokenKind::Name) fail_here("a name after '.'");
      const std::string_view name = word();
      ++at_;
      value = make(SyntaxKind::Attribute, begin, {value}, name);
    } else if (is_operator("(")) {
      value = make(SyntaxKind::Call, begin, call_arguments(value));
    } else if (accept("[")) {
      std::vector<const Syntax*> children{value};
      while (!is_operator("]")) {
        children.push_back(slice_or_expression());
        if (!accept(",") && !is_operator("]")) fail_here("',' or ']'");
      }
      if (children.size() == 1) fail(token().span, "an index is missing", "write A[()] for the only element of a scalar buffer");
      expect("]", "after an index");
      value = make(SyntaxKind::Index, begin, std::move(children));
    } else {
      return value;
    }
  }
}

const Syntax* SyntaxParser::slice_or_expression() {
  const uint32_t begin = token().span.begin;
  const auto part = [&]() -> const Syntax* {
    return is_operator(":") || is_operator("]") || is_operator(",") ? nullptr : starred_or_expression();
  };
  const Syntax* lower = part();
  if (lower && !is_operator(":")) return lower;
  expect(":", "in a slice");
  const Syntax* upper = part();
  const Syntax* step = accept(":") ? part() : nullptr;
  return make(SyntaxKind::Slice, begin, {lower, upper, step});
}

std::vector<const Syntax*> SyntaxParser::call_arguments(const Syntax* callee) {
  expect("(", "before the arguments");
  std::vector<const Syntax*> children{callee};
  while (!is_operator(")")) {
    const uint32_t begin = token().span.begin;
    if (token().kind == TokenKind::Name && spelling(tokens_[at_ + 1]) == "=" && tokens_[at_ + 1].kind == TokenKind::Operator) {
      const std::string_view name = word();
      at_ += 2;
      const Syntax* value = expression();
      children.push_back(make(SyntaxKind::Keyword, begin, {value}, name));
    } else if (accept("**")) {
      const Syntax* value = expression();
      children.push_back(make(SyntaxKind::DoubleStar, begin, {value}));
    } else {
      children.push_back(starred_or_expression());
      refuse_comprehension();
    }
    if (!accept(",") && !is_operator(")")) fail_here("',' or ')'");
  }
  expect(")", "after the arguments");
  return children;
}

void SyntaxParser::refuse_comprehension() {
  if (is_word("for") || is_word("async"))
    fail(token().span, "comprehensions are not part of TVMScript", "write the elements out", true);
}

const Syntax* SyntaxParser::atom() {
  const Token& t = token();
  const uint32_t begin = t.span.begin;
  switch (t.kind) {
    case TokenKind::Integer:
      ++at_;
      return make(SyntaxKind::Integer, begin, {}, spelling(t));
    case TokenKind::Float:
      ++at_;
      return make(SyntaxKind::Float, begin, {}, spelling(t));
    case TokenKind::String:
      return strings();
    case TokenKind::Name: {
      const std::string_view name = word();
      if (is_keyword(name)) fail_here("an expression");
      ++at_;
      const SyntaxKind kind = name == "True" ? SyntaxKind::True : name == "False" ? SyntaxKind::False : name == "None" ? SyntaxKind::None : SyntaxKind::Name;
      return make(kind, begin, {}, name);
    }
    case TokenKind::Operator:
      if (is_operator("(")) return parenthesized();
      if (is_operator("[")) return list();
      if (is_operator("{")) return dict();
      if (accept("...")) return make(SyntaxKind::Ellipsis, begin, {}, "...");
      [[fallthrough]];
    default:
      fail_here("an expression");
  }
}

// Adjacent strings are one. They are joined in the tree as one node only where there is just one token: a concatenation
// keeps its parts as children.
const Syntax* SyntaxParser::strings() {
  const uint32_t begin = token().span.begin;
  std::vector<const Syntax*> parts;
  while (token().kind == TokenKind::String) {
    const std::string_view spelled = word();
    const bool is_format = spelled.substr(0, spelled.find_first_of("'\"")).find_first_of("fF") != std::string_view::npos;
    ++at_;
    parts.push_back(make(is_format ? SyntaxKind::FormatString : SyntaxKind::String, tokens_[at_ - 1].span.begin, {}, spelled));
  }
  const Syntax* joined = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) joined = make(SyntaxKind::Binary, begin, {joined, parts[i]}, "+");
  return joined;
}

const Syntax* SyntaxParser::parenthesized() {
  const uint32_t begin = token().span.begin;
  ++at_;
  if (accept(")")) return make(SyntaxKind::Tuple, begin, {});
  if (is_word("yield")) fail(token().span, "'yield' has no meaning in TVMScript", {}, true);
  std::vector<const Syntax*> items{starred_or_expression()};
  refuse_comprehension();
  const bool is_tuple = is_operator(",");
  while (accept(",")) {
    if (is_operator(")")) break;
    items.push_back(starred_or_expression());
  }
  expect(")", "to close '('");
  return is_tuple ? make(SyntaxKind::Tuple, begin, std::move(items)) : items[0];
}

const Syntax* SyntaxParser::list() {
  const uint32_t begin = token().span.begin;
  ++at_;
  std::vector<const Syntax*> items;
  while (!is_operator("]")) {
    items.push_back(starred_or_expression());
    refuse_comprehension();
    if (!accept(",") && !is_operator("]")) fail_here("',' or ']'");
  }
  expect("]", "to close '['");
  return make(SyntaxKind::List, begin, std::move(items));
}

const Syntax* SyntaxParser::dict() {
  const uint32_t begin = token().span.begin;
  ++at_;
  std::vector<const Syntax*> items;
  while (!is_operator("}")) {
    if (is_operator("**")) fail(token().span, "'**' in a dictionary is not supported", "write its entries out", true);
    items.push_back(expression());
    if (!is_operator(":")) fail(token().span, "sets are not part of TVMScript: a dictionary's entry is `key: value`", {}, true);
    expect(":", "after a dictionary's key");
    items.push_back(expression());
    refuse_comprehension();
    if (!accept(",") && !is_operator("}")) fail_here("',' or '}'");
  }
  expect("}", "to close '{'");
  return make(SyntaxKind::Dict, begin, std::move(items));
}

const Syntax* SyntaxParser::whole_expression(std::vector<Diagnostic>& errors) {
  errors_ = &errors;
  try {
    const Syntax* e = expression_or_tuple();
    if (token().kind != TokenKind::End && token().kind != TokenKind::Newline) fail_here("the end of the expression");
    return e;
  } catch (const Failure&) {
    return nullptr;
  }
}

}  // namespace loopglass::script
