#include "engine/emit/functions.h"

#include <fmt/format.h>

namespace loopglass::emit {

Result<std::vector<ir::NamedFunction>> chosen_functions(const ir::Module& module, std::string_view name) {
  if (name.empty()) return module->functions;
  std::string known;
  for (const ir::NamedFunction& f : module->functions) {
    if (f.name == name) return std::vector{f};
    known += (known.empty() ? "" : ", ") + f.name;
  }
  return fail(DiagnosticKind::BadArgument, fmt::format("the module has no function {}", name), "it has " + known);
}

}  // namespace loopglass::emit
