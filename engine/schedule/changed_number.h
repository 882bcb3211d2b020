// What a step does to the results, shown by running the program before and after it on seeded inputs.
#pragma once

#include <optional>
#include <string>

#include "engine/ir/module.h"
#include "engine/support/diagnostic.h"

namespace loopglass::schedule {

// "C[0, 3] would be 1.25 instead of 0.5": the first element that differs after running both programs on the same seeded inputs. Nothing
// where none differs, or where a program cannot be run in a moment (symbolic shapes, too large).
std::optional<std::string> changed_number(const ir::Module& before, const ir::Module& after);

// Our last check of a step, which knows no rule: ChangedResults where a small program (at most some 100000 stores and iterations) gives
// another result after it, or the error of running it where it ran before. Nothing where the results are the same to rounding, what is to be
// run is larger, or it cannot be run.
std::optional<Diagnostic> changed_results(const ir::Module& before, const ir::Module& after, const char* primitive);

}  // namespace loopglass::schedule
