// The lines that a function touches, told by running it.
#pragma once

#include <functional>


#include "engine/interp/program.h"
#include "engine/locality/layout.h"
#include "engine/support/interruption.h"

namespace loopglass::locality {

struct LineEvents {
  std::function<void(int reference, int buffer, int64_t line)> touch;
  // An iteration of an outermost parallel loop starts (the n-th, from 0); the loop ends. May be empty.
  std::function<void(const ir::For& loop, int64_t n)> parallel_iteration;
  std::function<void()> parallel_end;
};

// One event per scalar access; per distinct line, by ascending address, of a vector access. Gives the number of events.
// Errors: as count_executed.
Result<int64_t> run_for_lines(const interp::Program& program, const Layout& layout, std::vector<interp::Tensor> arguments, int64_t line,
                              Interruption stop, const LineEvents& events);

}  // namespace loopglass::locality
