// How the protocol spells the kernels that are kept.
#pragma once

#include <stdexcept>
#include <string>

#include "engine/measure/protocol.h"

namespace loopglass::measure {

inline const char* name_of(KernelRole role) { return role == KernelRole::Program ? "program" : "reference"; }

// Throws std::invalid_argument, as what reads JSON does.
inline KernelRole role_from(const std::string& name) {
  if (name == "program") return KernelRole::Program;
  if (name == "reference") return KernelRole::Reference;
  throw std::invalid_argument("unknown kernel");
}

}  // namespace loopglass::measure
