// What is wrong with what a user gave us, where, and what to do: the error value of every Result.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/support/source_span.h"

namespace loopglass {

// Every kind of diagnostic, one enumerator per line of diagnostic_kinds.def. A kind names the broken rule, as TVM's
// error classes do; the text of a diagnostic is written where it is raised.
enum class DiagnosticKind {
#define LOOPGLASS_DIAGNOSTIC(name) name,
#include "engine/support/diagnostic_kinds.def"
#undef LOOPGLASS_DIAGNOSTIC
};

// "SyntaxError" for DiagnosticKind::SyntaxError.
const char* to_string(DiagnosticKind kind);

// A place a diagnostic points at. `node` is a node path as text (ir/node_path.h), empty where there is none;
// `span` is a range of the text that was parsed.
struct Label {
  std::string node;
  std::optional<SourceSpan> span;
  std::string text;
};

// Two loop iterations that collide on one element: what makes a step illegal.
struct Witness {
  std::string buffer;                                          // "Y"
  std::vector<int64_t> index;                                  // {0, 0}
  std::vector<std::pair<std::string, int64_t>> first, second;  // loop variable, value
};

struct Diagnostic {
  DiagnosticKind kind;
  std::string message;           // what is wrong, in the program's own names and numbers; one sentence
  std::string help;              // what to do; may be empty
  std::vector<Label> labels;     // the narrowest nodes or spans, the first is the main one
  std::optional<Witness> witness;
  // Values for the translated text: the UI looks up `diagnostic.<Kind>` and substitutes {name}.
  std::vector<std::pair<std::string, std::string>> values;
  // Of a step that TVM accepts although the results change: schedule::Options::trust applies it all the same.
  bool unsound = false;
};

// `FILE:line:col: error: message`, the line, a caret, and the help: what the command line prints.
std::string render(const Diagnostic& diagnostic, std::string_view file, std::string_view text);

}  // namespace loopglass
