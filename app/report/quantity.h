// What a heatmap shows of each element.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/model/view.h"
#include "app/ui/locale.h"

namespace loopglass::report {

struct Quantity {
  enum class Kind { Accesses, Reads, Writes, First, Last, Misses, Computed };
  struct Values {
    app::ElementQuantity quantity = app::ElementQuantity::LineUse;
    std::map<const ir::BufferNode*, locality::ElementCounts> by_buffer;
  };
  Kind kind = Kind::Accesses;
  size_t level = 0;               // of Misses, from 0: index into BufferAccess::misses
  std::shared_ptr<const Values> values;   // of Computed
  bool operator==(const Quantity&) const = default;
};

// Of a mode as `export --mode` names it: accesses, reads, writes, first, last, a cache level whose misses View::access has ("L1"), or what View::values holds ("reuse_median").
// Requires View::access. Errors: BadArgument, also where the values are not there.
Result<Quantity> quantity_of(const std::string& mode, const app::View& view);

// Each element's value, row-major; -1 = never touched.
locality::ElementCounts values_of(const locality::BufferAccess& buffer, const Quantity& quantity);
// The largest of a buffer; -1 where it is never touched.
int64_t largest_value(const locality::BufferAccess& buffer, const Quantity& quantity);
// The largest of all buffers, at least 1: the end of the scale that they share.
int64_t largest_value(const locality::Access& access, const Quantity& quantity);
// All that is counted of a buffer; nothing where the values are no counts.
std::optional<int64_t> total_of(const locality::BufferAccess& buffer, const Quantity& quantity);

std::string name_of(const Quantity& quantity, const locality::Access& access, const ui::Locale& words);   // "L1 miss"
std::string unit_of(const Quantity& quantity, const ui::Locale& words);                                   // "reads per element"

}  // namespace loopglass::report
