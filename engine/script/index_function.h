// Functions of indices in Python, as layouts are given to schedules: `lambda i, j: (i // 4, j, i % 4)`. They are read, not executed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/ir/expr.h"
#include "engine/support/result.h"

namespace loopglass::script {

// One item of what a function gives: an expression, or a pair (begin, end) and the like.
struct IndexItem {
  std::vector<ir::Expr> parts;
  bool is_tuple = false;
};

struct IndexFunction {
  std::vector<ir::Var> params;
  std::vector<IndexItem> items;
  std::shared_ptr<const IndexFunction> inverse;   // of IndexMap.from_func(..., inverse_index_map=)
};

// What the text alone does not say.
struct IndexFunctionContext {
  ir::DataType index_type = ir::kInt32;      // of the parameters
  std::optional<size_t> count;               // of the parameters, where `*rest` leaves it open or a bare formula names none
  std::vector<std::string> names;            // the parameters of a bare formula; empty: i, j, k, ...
  std::map<std::string, std::variant<bool, int64_t, double, ir::Expr>, std::less<>> known;   // names from around the function
};

// Reads a lambda, `IndexMap.from_func(lambda ..., ...)`, or a bare formula `i // 4, j, i % 4`. Expressions are built as TVM's operators
// build them; T, tvm, tir and tirx are known.
// Errors: SyntaxError, UndefinedName, TypeMismatch, UnsupportedSyntax, with spans in the text.
Result<IndexFunction> read_index_function(std::string_view text, const IndexFunctionContext& context);

}  // namespace loopglass::script
