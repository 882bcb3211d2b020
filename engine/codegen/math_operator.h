// The builtin operators that have code: by name, with how each is computed.
#pragma once

#include <cstdint>
#include <string_view>

namespace loopglass::codegen {

enum class MathForm : uint8_t {
  Intrinsic,   // an LLVM intrinsic of the same type (`symbol` names it), vectors included
  Library,     // the C library's function (`symbol` is its double form), lane by lane
  Special,     // put together in math_calls.cpp
};

struct MathOperator {
  std::string_view name;     // as in TVMScript, without "T."
  int arity;
  MathForm form;
  std::string_view symbol;
};

// Null where there is none of that name.
const MathOperator* find_math_operator(std::string_view name);

}  // namespace loopglass::codegen
