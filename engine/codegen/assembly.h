// Assembly text for reading: directives taken out, line directives turned into links.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loopglass::codegen {

struct Assembly {
  std::string text;                                       // instructions (with LLVM's comment where one spills) and labels that are jumped to
  std::vector<std::pair<uint32_t, uint32_t>> origins;     // (line of `text` from 1, source line from 1) where there is one, ascending
};

// `raw`: what LLVM's assembly printer gives, in which `.loc FILE LINE` says which source line the instructions below belong to (0: none).
Assembly readable_assembly(std::string_view raw);

}  // namespace loopglass::codegen
