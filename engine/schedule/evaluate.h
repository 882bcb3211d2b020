// Evaluating the Python of a schedule script: literals, names, tuples, integer arithmetic, indexing, slicing, len(). No step is applied
// here; calls on the schedule are handed back to replay.
#pragma once

#include <functional>

#include "engine/schedule/value.h"
#include "engine/script/schedule_script.h"
#include "engine/support/result.h"

namespace loopglass::schedule {

using Names = std::map<std::string, Value>;
// Carries out a call that is none of len, list and tuple.
using CallHandler = std::function<Result<Value>(const script::PyCall& call, const SourceSpan& span)>;

// Errors with the expression's span: UndefinedName, BadArgument (types, index out of range, overflow, division by zero), UnsupportedSyntax.
Result<Value> evaluate(const script::PyExpr& e, const Names& names, const CallHandler& call);
// Evaluates items, with *items spread.
Result<ValueList> evaluate_items(const std::vector<script::PyExprPtr>& items, const Names& names, const CallHandler& call);
// Binds a target (a name, or a tuple with at most one starred name) to a value.
Result<void> assign(const script::PyExpr& target, const Value& value, Names& names);

}  // namespace loopglass::schedule
