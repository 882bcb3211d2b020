// The syntax tree of the Python that TVMScript and schedule statements are written in. It says nothing about meaning.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "engine/support/source_span.h"

namespace loopglass::script {

enum class SyntaxKind : uint8_t {
  Name, Integer, Float, String, FormatString, True, False, None, Ellipsis,
  Tuple, List, Dict,      // Dict: key, value, key, value, ...
  Attribute,              // [value], text = the attribute's name
  Call,                   // [callee, arguments...]; arguments may be Keyword, Star
  Index,                  // [value, items...]; an item may be a Slice
  Slice,                  // [lower, upper, step], each may be null
  Unary, Binary, Compare, // text = the operator
  And, Or, Not,           // a chain of comparisons is an And of pairs
  Conditional,            // [value, condition, otherwise]
  Lambda,                 // [parameters (Name, Star, Keyword with its default)..., body]
  Keyword,                // [value], text = the name
  Star, DoubleStar,       // [value]
};

struct Syntax {
  SyntaxKind kind;
  SourceSpan span;
  std::string_view text;  // of a Name or number: its spelling; of a String: with prefix and quotes
  std::vector<const Syntax*> children;
  uint16_t height = 1;    // of the tree below; the parser limits it

  const Syntax* child(size_t i) const { return children[i]; }
  // The place of an Attribute's name alone.
  SourceSpan name_span() const { return {static_cast<uint32_t>(span.end - text.size()), span.end}; }
};

enum class StatementKind : uint8_t {
  Expression,     // value
  Assign,         // targets = value
  AnnotatedAssign,// targets[0]: annotation = value (value may be null)
  AugmentedAssign,// targets[0] text= value, text = the operator without "="
  For,            // for targets[0] in value: body (else: otherwise)
  While, If,      // value, body, otherwise (an elif is an If in otherwise)
  With,           // with items: body
  Assert,         // value, annotation = the message or null
  Return,         // value or null
  Pass, Break, Continue, Import,
  Function,       // text = name
  Class,          // text = name
  Other,          // Python that TVMScript has no use for: its tokens are skipped, its body too
};

struct ParameterSyntax {
  std::string_view name;
  SourceSpan span;
  const Syntax* annotation = nullptr;
  const Syntax* default_value = nullptr;
};

struct WithItem {
  const Syntax* context;
  const Syntax* name = nullptr;  // `as name`
};

struct StatementSyntax {
  StatementKind kind = StatementKind::Other;
  SourceSpan span;                      // with everything below it
  SourceSpan head;                      // the first line, up to its colon for a compound statement
  std::string_view text;
  std::vector<const Syntax*> targets;
  const Syntax* value = nullptr;
  const Syntax* annotation = nullptr;
  std::vector<WithItem> items;
  std::vector<ParameterSyntax> parameters;
  std::vector<const Syntax*> decorators;
  std::vector<StatementSyntax> body, otherwise;
  size_t first_token = 0, end_token = 0;  // of the token list
  bool is_unreadable = false;           // Other because of a mistake that has been reported
};

// Owns the nodes of one parse; they stay where they are while it lives.
class SyntaxArena {
 public:
  const Syntax* add(Syntax node) {
    for (const Syntax* child : node.children)
      if (child && child->height >= node.height) node.height = child->height + 1;
    return &nodes_.emplace_back(std::move(node));
  }

 private:
  std::deque<Syntax> nodes_;
};

// "T.axis.remap" for a Name or a chain of Attributes on one; empty for anything else.
std::string dotted_name(const Syntax& e);
// The last part of a dotted name: "ir_module" of tvm.script.ir_module.
std::string_view last_name(const Syntax& e);
// The value of a String with its escapes resolved.
std::string string_value(const Syntax& e);

}  // namespace loopglass::script
