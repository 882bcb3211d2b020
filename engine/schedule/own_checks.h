// Our own checks of a step together, as every step goes through them after the primitive's rules.
#pragma once

#include <span>

#include "engine/schedule/changed_part.h"
#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// Refuses the step where its result is no program any more (IllFormed) or, without trust, where it changes what the program computes; under trust
// that is one of the rewrite's warnings. What is unsound tells the first number that changes, where the programs can be run in a moment.
// `changed`: where the rewrite's program differs from the context's.
Result<void> check_result(const Context& context, const PrimitiveSpec& primitive, std::span<const Argument> args, std::span<const ChangedPart> changed, Rewrite& rewrite);

// The same number for a step that a primitive refuses as unsound by itself.
Diagnostic with_changed_number(const Context& context, const PrimitiveSpec& primitive, std::span<const Argument> args, Diagnostic refusal);

}  // namespace loopglass::schedule
