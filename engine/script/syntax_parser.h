// Reads tokens into a syntax tree by recursive descent, statement by statement.
#pragma once

#include "engine/script/syntax.h"
#include "engine/script/token.h"

namespace loopglass::script {

// Expressions nested deeper than this are refused: every later pass walks them on the stack.
inline constexpr int kMaxExpressionHeight = 500;

class SyntaxParser {
 public:
  // `text`, `tokens` and `arena` outlive the parser and what it gives.
  SyntaxParser(std::string_view text, const std::vector<Token>& tokens, SyntaxArena& arena)
      : text_(text), tokens_(tokens), arena_(arena) {}

  bool at_end() const { return tokens_[at_].kind == TokenKind::End; }
  // The next statement with its decorators and body; a `;` line gives its statements one by one. A mistake is added to
  // `errors` and reading goes on at the next line; the statement is then of kind Other.
  StatementSyntax statement(std::vector<Diagnostic>& errors);
  // Skips an Indent or Dedent that belongs to no statement; false where there is none.
  bool skip_indentation();

  // One expression that ends where the tokens do.
  const Syntax* whole_expression(std::vector<Diagnostic>& errors);

 private:
  struct Failure {};  // thrown inside this class alone, caught by statement()

  const Token& token() const { return tokens_[at_]; }
  std::string_view spelling(const Token& t) const { return text_.substr(t.span.begin, t.span.end - t.span.begin); }
  std::string_view word() const { return spelling(token()); }
  bool is_operator(std::string_view op) const { return token().kind == TokenKind::Operator && word() == op; }
  bool is_word(std::string_view w) const { return token().kind == TokenKind::Name && word() == w; }
  bool accept(std::string_view op);
  bool accept_word(std::string_view w);
  void expect(std::string_view op, std::string_view where);
  [[noreturn]] void fail(SourceSpan span, std::string message, std::string help = {}, bool unsupported = false);
  [[noreturn]] void fail_here(std::string_view expected);
  uint32_t previous_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].span.end; }

  // syntax_expressions.cpp
  const Syntax* make(SyntaxKind kind, uint32_t begin, std::vector<const Syntax*> children, std::string_view text = {});
  const Syntax* expression();              // with a conditional or lambda
  const Syntax* expression_or_tuple();     // a, b, *c
  const Syntax* starred_or_expression();
  const Syntax* lambda();
  const Syntax* disjunction();
  const Syntax* conjunction();
  const Syntax* inversion();
  const Syntax* comparison();
  const Syntax* binary(int level);
  const Syntax* unary();
  const Syntax* power();
  const Syntax* primary();
  const Syntax* atom();
  const Syntax* strings();
  const Syntax* parenthesized();
  const Syntax* list();
  const Syntax* dict();
  std::vector<const Syntax*> call_arguments(const Syntax* callee);
  const Syntax* slice_or_expression();
  void refuse_comprehension();

  // syntax_statements.cpp
  StatementSyntax statement_or_failure();
  void simple_statement(StatementSyntax& s);
  void expression_statement(StatementSyntax& s);
  void with_statement(StatementSyntax& s);
  void function(StatementSyntax& s);
  void parameters(StatementSyntax& s);
  void class_statement(StatementSyntax& s);
  void if_statement(StatementSyntax& s);
  std::vector<StatementSyntax> suite(StatementSyntax& owner);
  void other(StatementSyntax& s);
  void skip_line();
  void skip_suite();
  void end_of_statement();

  std::string_view text_;
  const std::vector<Token>& tokens_;
  SyntaxArena& arena_;
  size_t at_ = 0;
  int depth_ = 0;
  int elif_depth_ = 0;
  std::vector<Diagnostic>* errors_ = nullptr;
};

}  // namespace loopglass::script
