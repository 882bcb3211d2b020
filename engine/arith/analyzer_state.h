// The way from an Analyzer to the analyses behind it, for the parts of this folder that take an Analyzer from outside.
#pragma once

#include "engine/arith/analysis.h"

namespace loopglass::arith {

struct Analyzer::State {
  Analysis analysis;
  size_t scopes = 0;
};

Analysis& analysis_of(Analyzer& analyzer);

}  // namespace loopglass::arith
