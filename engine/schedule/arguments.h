// Taking a step's arguments apart. The kinds have been checked against the primitive's ParamSpecs (schedule.cpp), so a wrong kind here is
// our own mistake.
#pragma once

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

const LoopRef& loop_argument(const Argument& a);
const BlockRef& block_argument(const Argument& a);
// A loop or block (annotate, get_child_blocks).
const NodeRef& node_argument(const Argument& a);
std::vector<LoopRef> loops_argument(const Argument& a);
// Empty for None.
std::vector<BlockRef> blocks_argument(const Argument& a);
int64_t int_argument(const Argument& a);
std::vector<int64_t> ints_argument(const Argument& a);
bool bool_argument(const Argument& a);
const std::string& string_argument(const Argument& a);
bool is_none(const Argument& a);
// Factors: nothing for None.
std::vector<std::optional<int64_t>> factors_argument(const Argument& a);
const Value& value_argument(const Argument& a);

// Results.
Argument result(const LoopRef& loop);
Argument result(const BlockRef& block);
Argument result(bool answer);
Argument result_list(const std::vector<LoopRef>& loops);
Argument result_list(const std::vector<BlockRef>& blocks);

}  // namespace loopglass::schedule
