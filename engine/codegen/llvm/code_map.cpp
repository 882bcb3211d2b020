#include "engine/codegen/llvm/code_map.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ObjectFile.h>

#include <algorithm>

#include "engine/codegen/native.h"

namespace loopglass::codegen {

uint32_t CodeMap::line_at(uint64_t offset) const {
  const auto after = std::ranges::upper_bound(rows, offset, {}, &Row::offset);
  return after == rows.begin() ? 0 : std::prev(after)->line;
}

CodeMap read_code_map(llvm::MemoryBufferRef object) {
  CodeMap map;
  const auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(object));
  for (const llvm::object::SymbolRef& symbol : file->symbols()) {
    if (llvm::cantFail(symbol.getName()) != kEntryPoint) continue;
    map.entry = llvm::cantFail(symbol.getAddress());
    map.size = llvm::cantFail(symbol.getSection())->getSize();
  }
  const std::unique_ptr<llvm::DWARFContext> debug = llvm::DWARFContext::create(*file);
  for (const auto& unit : debug->compile_units()) {
    const auto* table = debug->getLineTableForUnit(unit.get());
    if (!table) continue;
    for (const auto& row : table->Rows) map.rows.push_back({row.Address.Address, row.EndSequence ? 0 : row.Line});
  }
  std::ranges::stable_sort(map.rows, {}, &CodeMap::Row::offset);
  return map;
}

}  // namespace loopglass::codegen
