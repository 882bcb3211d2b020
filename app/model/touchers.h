// Who touches an element: every reference that does, and where the loops are the first and the last time.
#pragma once

#include "engine/locality/seek.h"

namespace loopglass::app {

struct BufferElement {
  std::string buffer;
  std::vector<int64_t> index;
  bool operator==(const BufferElement&) const = default;
};

struct Toucher {
  struct Loop {
    std::string name;
    int64_t first = 0, last = 0;              // its value at the first and at the last touch
  };
  std::string block, reference;               // "A[vi, vk]"; block "" outside any
  bool is_write = false;
  int64_t count = 0;
  std::vector<Loop> loops;                    // around the reference, the outermost first
};

struct Touchers {
  BufferElement element;
  std::vector<Toucher> touchers;              // the one that comes first before the others
};

// Of an element of the function whose accesses are `access`: nothing where that has no such buffer, or the buffer no such element. Errors: those of
// locality::Timeline::make and touches.
Result<std::optional<Touchers>> touchers_of(const ir::Function& function, const locality::Access& access, const BufferElement& element, const locality::Options& options);

}  // namespace loopglass::app
