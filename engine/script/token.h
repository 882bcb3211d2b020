// The words of a Python text: what the lexer gives and the syntax parser reads.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/support/diagnostic.h"

namespace loopglass::script {

enum class TokenKind : uint8_t {
  Name,      // identifiers and keywords alike
  Integer,
  Float,
  String,    // with its prefix and quotes
  Operator,  // the longest match: "**", "//=", "->", "(", ...
  Newline,   // the end of a logical line; none inside brackets
  Indent,    // the first token of a deeper line stands after it
  Dedent,
  End,
};

struct Token {
  TokenKind kind;
  SourceSpan span;
};

// Ends in one End token; Indent and Dedent are balanced.
struct TokenList {
  std::vector<Token> tokens;
  std::vector<Diagnostic> errors;  // unclosed brackets and strings, unknown characters, indentation that fits no level
};

}  // namespace loopglass::script
