// Result<T>: a value, or the Diagnostic that says why there is none.
#pragma once

#include <expected>

#include "engine/support/diagnostic.h"

namespace loopglass {

template <class T>
using Result = std::expected<T, Diagnostic>;

using Error = std::unexpected<Diagnostic>;

// Makes an error to be returned from a function that gives a Result. `values`: what its translated texts name.
inline Error fail(DiagnosticKind kind, std::string message, std::string help = {}, std::vector<Label> labels = {},
                  std::vector<std::pair<std::string, std::string>> values = {}) {
  return Error(Diagnostic{kind, std::move(message), std::move(help), std::move(labels), {}, std::move(values)});
}

}  // namespace loopglass

// Evaluates an expression that gives a Result; returns its error from the enclosing function, or names its value.
#define LOOPGLASS_CONCAT_(a, b) a##b
#define LOOPGLASS_CONCAT(a, b) LOOPGLASS_CONCAT_(a, b)
#define TRY_ASSIGN_(temporary, declaration, expression)             \
  auto temporary = (expression);                                    \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = std::move(*temporary)
#define TRY_ASSIGN(declaration, expression) TRY_ASSIGN_(LOOPGLASS_CONCAT(result_, __COUNTER__), declaration, expression)
#define TRY(expression) \
  do {                  \
    if (auto result_ = (expression); !result_) return std::unexpected(std::move(result_).error()); \
  } while (false)
