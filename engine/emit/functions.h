// Which functions of a module an export writes.
#pragma once

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::emit {

// All of them for an empty name. Error: BadArgument for a name that the module does not have.
Result<std::vector<ir::NamedFunction>> chosen_functions(const ir::Module& module, std::string_view name);

}  // namespace loopglass::emit
