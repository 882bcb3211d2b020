// The index maps among a step's arguments: what is written as a lambda becomes a map for the block at hand.
#pragma once

#include "engine/schedule/index_map.h"
#include "engine/schedule/tree.h"
#include "engine/script/index_function.h"

namespace loopglass::schedule {

// The type of indices that TVM takes lambdas to be about: of the block's first axis, else of what it accesses, else int64.
ir::DataType index_type_of(const ir::Block& block);

// Reads a lambda argument as a map, in place; a map stays. Free variables become the function's own (extents, scalar parameters) of their name.
// `count`: of indices, where a lambda leaves that open; `names`: of a bare formula's indices.
// Errors: those of script::read_index_function, with spans in the file where the lambda stands in one.
Result<void> read_index_map(Argument& argument, const Context& context, const Place& block, std::optional<size_t> count, std::vector<std::string> names = {});

// The function as it is written, with the items that it gives.
Result<script::IndexFunction> read_function(const Value::Lambda& lambda, const Context& context, const Place& block, std::optional<size_t> count,
                                            std::vector<std::string> names);

const IndexMap& index_map_argument(const Argument& argument);
// Null for None.
IndexMapRef optional_index_map(const Argument& argument);

// Error: IndexMapRank where the map takes another number of indices. `of`: "B has 2 dimensions".
Result<void> check_rank(const IndexMap& map, size_t wanted, const std::string& of, const Place& block);

}  // namespace loopglass::schedule
