#include "app/model/beside.h"

#include <algorithm>

#include "engine/script/lexer.h"
#include "engine/script/parser.h"
#include "engine/script/syntax_parser.h"

namespace loopglass::app {

Beside read_beside(std::string_view text) {
  const script::ParsedFile parsed = script::parse_file(text);
  uint32_t end_of_programs = 0;
  for (const script::ParsedModule& module : parsed.modules) end_of_programs = std::max(end_of_programs, module.span.end);

  Beside beside;
  const script::TokenList tokens = script::tokenize(text);
  script::SyntaxArena arena;
  script::SyntaxParser parser(text, tokens.tokens, arena);
  while (!parser.at_end()) {
    if (parser.skip_indentation()) continue;
    std::vector<Diagnostic> errors;
    const script::StatementSyntax statement = parser.statement(errors);
    for (Diagnostic& error : errors)   // Python that the parser does not know may be right
      if (error.kind == DiagnosticKind::SyntaxError) beside.errors.push_back(std::move(error));
    const bool is_behind = statement.span.begin >= end_of_programs && statement.kind != script::StatementKind::Import;
    if (is_behind && !beside.left_out && parsed.schedules.empty()) beside.left_out = statement.span;
  }
  return beside;
}

}  // namespace loopglass::app
