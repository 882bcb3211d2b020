// What to say where a schedule names a primitive that there is none of.
#pragma once

#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// As find_primitive, by the name that Python uses. Error: UnknownPrimitive with the nearest name there is, or that TVM has it and we do not yet.
Result<const PrimitiveSpec*> require_primitive(std::string_view name);
// The same by the trace's JSON kind.
Result<const PrimitiveSpec*> require_primitive_by_json_kind(std::string_view kind);

}  // namespace loopglass::schedule
