// Which statement each instruction of an object file belongs to, from its line table (the statement's number is its line).
#pragma once

#include <llvm/Support/MemoryBufferRef.h>

#include <cstdint>
#include <vector>

namespace loopglass::codegen {

struct CodeMap {
  struct Row {
    uint64_t offset = 0;   // in the section of code; the row holds up to the next one
    uint32_t line = 0;     // 0: none
  };
  uint64_t entry = 0, size = 0;   // of kEntryPoint in the section, and of the section: bytes
  std::vector<Row> rows;          // by offset
  uint32_t line_at(uint64_t offset) const;
};

// Requires: an object file that this process has made, with kEntryPoint.
CodeMap read_code_map(llvm::MemoryBufferRef object);

}  // namespace loopglass::codegen
