// Small programs and short ways to schedule them, for the tests of the schedule's own mechanics.
#pragma once

#include <string>

#include "engine/schedule/replay.h"

namespace loopglass::tests {

// Y = A @ B (12x10, 8 steps), C = max(Y, 0), in function "main".
ir::Module matmul_relu();
// The statements of `def f(sch): ...` as the parser gives them. CHECKs that they are read without errors.
script::ScheduleScript script_of(const std::string& statements);
schedule::Replayed replay(const std::string& statements, int upto = -1);
schedule::Replayed replay_json(const std::string& trace, int upto = -1);

}  // namespace loopglass::tests
