// Index maps as Python's lambdas, both ways.
#pragma once

#include "engine/schedule/index_map.h"
#include "engine/script/index_function.h"

namespace loopglass::schedule {

// Errors: those of reading (script::read_index_function); UnsupportedSyntax for what no trace can hold; BadArgument for pairs.
Result<IndexMapRef> to_index_map(const script::IndexFunction& function);
// "lambda i, j: (i // 4, j, i % 4,)", as TVM writes it; with an inverse "tvm.tirx.IndexMap.from_func(...)".
std::string to_python(const IndexMap& map);
// "lambda vi, vj: [(vi - 1, vi + 2), (vj, vj + 1)]": the final indices two by two, as beginnings and ends.
std::string ranges_to_python(const IndexMap& map);
// "i // 4, j, i % 4"
std::string to_formula(const IndexMap& map);

}  // namespace loopglass::schedule
