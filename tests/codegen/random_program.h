// Random scheduled programs as TVMScript: chains of stages with halos, tiles that do not divide, fused loops, reductions whole or decomposed,
// stages nested into each other's loops, loops of every kind.
#pragma once

#include <cstdint>
#include <string>

namespace loopglass::codegen {

// The same text for the same seed.
std::string random_program(uint64_t seed);

}  // namespace loopglass::codegen
