// A request as it travels: programs printed, input files opened.
#pragma once

#include <vector>

#include "engine/measure/protocol.h"
#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

struct Outbound {
  WireRequest request;
  std::vector<FileDescriptor> files;   // of request.inputs
};

// Errors: BadArgument (no such function), FileError (an input that cannot be read).
Result<Outbound> to_wire(uint64_t id, const Request& request);

}  // namespace loopglass::measure
