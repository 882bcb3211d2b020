#include <fmt/format.h>

#include <algorithm>

#include "engine/script/syntax_parser.h"

namespace loopglass::script {
namespace {

// An elif is nested as deep in the tree as it stands in the chain.
constexpr int kMaxElifChain = 200;

constexpr std::string_view kAugmented[] = {"+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", "@="};

}  // namespace

bool SyntaxParser::accept(std::string_view op) {
  if (!is_operator(op)) return false;
  ++at_;
  return true;
}

bool SyntaxParser::accept_word(std::string_view w) {
  if (!is_word(w)) return false;
  ++at_;
  return true;
}

void SyntaxParser::expect(std::string_view op, std::string_view where) {
  if (!accept(op)) fail_here(fmt::format("'{}' {}", op, where));
}

void SyntaxParser::fail(SourceSpan span, std::string message, std::string help, bool unsupported) {
  errors_->push_back({unsupported ? DiagnosticKind::UnsupportedSyntax : DiagnosticKind::SyntaxError, std::move(message), std::move(help), {{"", span, ""}}, {}, {}});
  throw Failure{};
}

void SyntaxParser::fail_here(std::string_view expected) {
  const Token& t = token();
  switch (t.kind) {
    case TokenKind::Newline:
    case TokenKind::End:
      fail({t.span.begin, t.span.begin}, fmt::format("the line ends where {} is expected", expected));
    case TokenKind::Indent:
      fail(t.span, "this line is indented more than the one before it", "align it with the statements around it");
    case TokenKind::Dedent:
      fail(t.span, fmt::format("the block ends where {} is expected", expected));
    default:
      fail(t.span, fmt::format("'{}' stands where {} is expected", word(), expected));
  }
}

StatementSyntax SyntaxParser::statement(std::vector<Diagnostic>& errors) {
  errors_ = &errors;
  return statement_or_failure();
}

StatementSyntax SyntaxParser::statement_or_failure() {
  const size_t first = at_;
  StatementSyntax s;
  try {
    while (is_operator("@")) {
      ++at_;
      s.decorators.push_back(expression());
      end_of_statement();
    }
    s.head.begin = token().span.begin;
    simple_statement(s);
  } catch (const Failure&) {
    s.kind = StatementKind::Other;
    s.is_unreadable = true;
    if (token().kind == TokenKind::Indent) skip_suite();
    else skip_line();
    if (token().kind == TokenKind::Indent) skip_suite();
  }
  s.first_token = first;
  s.end_token = std::max(at_, first + 1);
  at_ = s.end_token;
  // The last token that has text: not the line's end, nor the dedents.
  size_t last = at_;
  while (last > first + 1 && tokens_[last - 1].kind >= TokenKind::Newline) --last;
  s.span = {tokens_[first].span.begin, tokens_[last - 1].span.end};
  if (s.head.end == 0) s.head = {s.head.begin == 0 ? s.span.begin : s.head.begin, s.span.end};
  return s;
}

bool SyntaxParser::skip_indentation() {
  if (token().kind != TokenKind::Indent && token().kind != TokenKind::Dedent) return false;
  ++at_;
  return true;
}

void SyntaxParser::simple_statement(StatementSyntax& s) {
  const std::string_view w = token().kind == TokenKind::Name ? word() : std::string_view{};
  if (w == "def") return function(s);
  if (w == "class") return class_statement(s);
  if (!s.decorators.empty()) fail_here("'def' or 'class' after a decorator");
  if (w == "if") return if_statement(s);
  if (w == "with") return with_statement(s);
  if (w == "for" || w == "while") {
    s.kind = w == "for" ? StatementKind::For : StatementKind::While;
    ++at_;
    if (w == "for") {
      // The targets end at `in`, which would otherwise read as a comparison.
      const uint32_t begin = token().span.begin;
      std::vector<const Syntax*> targets;
      bool is_tuple = false;
      while (!is_word("in")) {
        const uint32_t start = token().span.begin;
        const bool is_star = accept("*");
        const Syntax* target = primary();
        targets.push_back(is_star ? make(SyntaxKind::Star, start, {target}) : target);
        if (is_operator(",")) is_tuple = true;
        if (!accept(",") && !is_word("in")) fail_here("'in'");
      }
      if (targets.empty()) fail_here("a loop variable");
      s.targets = {is_tuple ? make(SyntaxKind::Tuple, begin, std::move(targets)) : targets[0]};
      accept_word("in");
    }
    s.value = expression_or_tuple();
    s.body = suite(s);
    if (accept_word("else")) s.otherwise = suite(s);
    return;
  }
  if (w == "return") {
    s.kind = StatementKind::Return;
    ++at_;
    if (token().kind != TokenKind::Newline && token().kind != TokenKind::End) s.value = expression_or_tuple();
    return end_of_statement();
  }
  if (w == "assert") {
    s.kind = StatementKind::Assert;
    ++at_;
    s.value = expression();
    if (accept(",")) s.annotation = expression_or_tuple();
    return end_of_statement();
  }
  if (w == "pass" || w == "break" || w == "continue") {
    s.kind = w == "pass" ? StatementKind::Pass : w == "break" ? StatementKind::Break : StatementKind::Continue;
    ++at_;
    return end_of_statement();
  }
  if (w == "import" || w == "from") {
    s.kind = StatementKind::Import;
    return skip_line();
  }
  constexpr std::string_view kOthers[] = {"async", "del", "global", "nonlocal", "raise", "try", "yield"};
  if (std::find(std::begin(kOthers), std::end(kOthers), w) != std::end(kOthers)) return other(s);
  expression_statement(s);
}

void SyntaxParser::expression_statement(StatementSyntax& s) {
  const Syntax* first = expression_or_tuple();
  if (accept(":")) {
    s.kind = StatementKind::AnnotatedAssign;
    s.targets = {first};
    s.annotation = expression();
    if (accept("=")) s.value = expression_or_tuple();
    return end_of_statement();
  }
  for (std::string_view op : kAugmented) {
    if (!is_operator(op)) continue;
    s.kind = StatementKind::AugmentedAssign;
    s.text = word();
    s.text.remove_suffix(1);
    ++at_;
    s.targets = {first};
    s.value = expression_or_tuple();
    return end_of_statement();
  }
  s.kind = StatementKind::Expression;
  s.value = first;
  while (accept("=")) {
    s.kind = StatementKind::Assign;
    s.targets.push_back(s.value);
    s.value = expression_or_tuple();
  }
  end_of_statement();
}

void SyntaxParser::with_statement(StatementSyntax& s) {
  s.kind = StatementKind::With;
  ++at_;
  do {
    WithItem item{expression()};
    if (accept_word("as")) item.name = primary();
    s.items.push_back(item);
  } while (accept(","));
  s.body = suite(s);
}

void SyntaxParser::if_statement(StatementSyntax& s) {
  s.kind = StatementKind::If;
  ++at_;
  s.value = expression();
  s.body = suite(s);
  if (is_word("elif")) {
    if (++elif_depth_ > kMaxElifChain) fail(token().span, fmt::format("more than {} 'elif' in one chain", kMaxElifChain));
    StatementSyntax nested;
    nested.first_token = at_;
    nested.head.begin = token().span.begin;
    if_statement(nested);
    nested.end_token = at_;
    nested.span = {nested.head.begin, nested.body.empty() ? nested.head.end : nested.body.back().span.end};
    s.otherwise.push_back(std::move(nested));
    --elif_depth_;
  } else if (accept_word("else")) {
    StatementSyntax branch;  // its head is not the if's
    s.otherwise = suite(branch);
  }
}

void SyntaxParser::function(StatementSyntax& s) {
  s.kind = StatementKind::Function;
  ++at_;
  if (token().kind != TokenKind::Name) fail_here("the function's name");
  s.text = word();
  ++at_;
  if (is_operator("[")) fail(token().span, "type parameters are not supported", {}, true);
  expect("(", "after the function's name");
  parameters(s);
  if (accept("->")) s.annotation = expression();
  s.body = suite(s);
}

void SyntaxParser::parameters(StatementSyntax& s) {
  while (!is_operator(")")) {
    if (accept("*") || accept("**") || accept("/")) {
      if (accept(",")) continue;
      if (is_operator(")")) break;
    }
    if (token().kind != TokenKind::Name) fail_here("a parameter's name");
    ParameterSyntax p{word(), token().span};
    ++at_;
    if (accept(":")) p.annotation = expression();
    if (accept("=")) p.default_value = expression();
    s.parameters.push_back(p);
    if (!accept(",") && !is_operator(")")) fail_here("',' or ')'");
  }
  expect(")", "after the parameters");
}

void SyntaxParser::class_statement(StatementSyntax& s) {
  s.kind = StatementKind::Class;
  ++at_;
  if (token().kind != TokenKind::Name) fail_here("the class's name");
  s.text = word();
  ++at_;
  if (is_operator("(")) call_arguments(nullptr);
  s.body = suite(s);
}

std::vector<StatementSyntax> SyntaxParser::suite(StatementSyntax& owner) {
  expect(":", "at the end of the line");
  if (owner.head.end == 0) owner.head.end = previous_end();
  std::vector<StatementSyntax> body;
  if (token().kind != TokenKind::Newline) {  // on the same line
    do {
      body.push_back(statement_or_failure());
    } while (tokens_[at_ - 1].kind == TokenKind::Operator && token().kind != TokenKind::Newline && !at_end());
    return body;
  }
  const SourceSpan line_end = token().span;
  ++at_;
  if (token().kind != TokenKind::Indent)
    fail({line_end.begin, line_end.begin}, "an indented block is expected after ':'", "indent the lines that belong to it");
  ++at_;
  while (token().kind != TokenKind::Dedent && !at_end()) {
    if (token().kind == TokenKind::Indent) {
      errors_->push_back({DiagnosticKind::SyntaxError, "this line is indented more than the one before it", "align it with the statements around it",
                          {{"", SourceSpan{token().span.begin, token().span.end}, ""}}, {}, {}});
      skip_suite();
      continue;
    }
    body.push_back(statement_or_failure());
  }
  if (!at_end()) ++at_;
  return body;
}

void SyntaxParser::other(StatementSyntax& s) {
  s.kind = StatementKind::Other;
  skip_line();
  if (token().kind == TokenKind::Indent) skip_suite();
}

void SyntaxParser::skip_line() {
  while (token().kind != TokenKind::Newline && !at_end() && token().kind != TokenKind::Dedent) ++at_;
  if (token().kind == TokenKind::Newline) ++at_;
}

void SyntaxParser::skip_suite() {
  int depth = 0;
  do {
    if (token().kind == TokenKind::Indent) ++depth;
    if (token().kind == TokenKind::Dedent) --depth;
    ++at_;
  } while (depth > 0 && !at_end());
}

// A `;` ends a statement like a line does.
void SyntaxParser::end_of_statement() {
  if (accept(";")) {
    if (token().kind == TokenKind::Newline) ++at_;
    return;
  }
  if (token().kind == TokenKind::Newline) {
    ++at_;
    return;
  }
  if (token().kind == TokenKind::Dedent || at_end()) return;
  const Token& t = token();
  fail(t.span, fmt::format("'{}' does not belong here", word()), "one statement stands on one line");
}

}  // namespace loopglass::script
