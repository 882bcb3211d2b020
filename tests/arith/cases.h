// The recorded cases: lines of fields between bars, and the variables that they are about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/arith/expr_text.h"

namespace loopglass::arith_test {

struct CaseLine {
  std::string place;                 // "simplify_index.txt:12"
  std::vector<std::string> fields;   // without the spaces around them
};

// The lines of every file of tests/cases/arith whose name begins with `prefix`, remarks (#) left out.
std::vector<CaseLine> read_cases(const std::string& prefix);

struct CaseVar {
  ir::Var var;
  std::optional<int64_t> extent;  // in [0, extent); nothing: unbounded
  bool is_relaxed = false;
};
// "i:16 @j:4 n", after "int64" of that type: in the order written; those with @ are relaxed.
std::vector<CaseVar> parse_vars(const std::string& text);
VarTable table_of(const std::vector<CaseVar>& vars);
std::vector<std::string> split_text(const std::string& text, char separator);  // without the spaces around the parts

}  // namespace loopglass::arith_test
