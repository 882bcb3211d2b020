// What a heatmap shows of each element.
#pragma once

#include <string>

#include "app/ui/locale.h"
#include "engine/locality/access.h"

namespace loopglass::report {

struct Quantity {
  enum class Kind { Accesses, Reads, Writes, First, Last, Misses };
  Kind kind = Kind::Accesses;
  size_t level = 0;               // of Misses, from 0: index into BufferAccess::misses
  bool operator==(const Quantity&) const = default;
};

// Of a mode as `export --mode` names it: accesses, reads, writes, first, last, or a cache level whose misses `access` has ("L1"). Errors: BadArgument.
Result<Quantity> quantity_of(const std::string& mode, const locality::Access& access);

// Each element's value, row-major; -1 = never touched.
locality::ElementCounts values_of(const locality::BufferAccess& buffer, Quantity quantity);
// The largest of a buffer; -1 where it is never touched.
int64_t largest_value(const locality::BufferAccess& buffer, Quantity quantity);
// The largest of all buffers, at least 1: the end of the scale that they share.
int64_t largest_value(const locality::Access& access, Quantity quantity);
// All that is counted of a buffer; nothing where the values are no counts.
std::optional<int64_t> total_of(const locality::BufferAccess& buffer, Quantity quantity);

std::string name_of(Quantity quantity, const locality::Access& access, const ui::Locale& words);   // "L1 miss"
std::string unit_of(Quantity quantity, const ui::Locale& words);                                   // "reads per element"

}  // namespace loopglass::report
