// Index maps as TVM serialises its nodes: a graph of nodes that name one another by number, in JSON.
#pragma once

#include <string>
#include <string_view>

#include "engine/schedule/index_map.h"
#include "engine/support/result.h"

namespace loopglass::schedule {

// `{"root_index":9,"nodes":[...],"metadata":{"tvm_version":...}}`, byte for byte what TVM writes; indented by two spaces, or in one line.
std::string to_json_graph(const IndexMap& map, bool indented);

// Whether a string in a trace is such a graph.
bool is_json_graph(std::string_view text);

// Errors: BadArgument for what is no graph of an index map; UnsupportedSyntax for nodes that have no place in one.
Result<IndexMapRef> from_json_graph(const std::string& text);

}  // namespace loopglass::schedule
