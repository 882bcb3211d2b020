// Empties the caches, so that a call finds them as after other work.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/measure/machine.h"

namespace loopglass::measure {

// The lines of `memory` are flushed from all levels (on x86; elsewhere all levels are overwritten); what else the kernel uses (its own buffers, the stack) leaves L1 and L2,
// because twice their size is written. The code stays warm.
class ColdCaches {
 public:
  ColdCaches(std::vector<std::span<const std::byte>> memory, const std::vector<Cache>& caches);
  void empty();

 private:
  std::vector<std::span<const std::byte>> memory_;
  std::vector<std::byte> other_;
};

}  // namespace loopglass::measure
