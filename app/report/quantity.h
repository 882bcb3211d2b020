// What a heatmap shows of each element.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/model/pictures.h"
#include "app/model/view.h"
#include "app/ui/locale.h"

namespace loopglass::report {

struct Quantity {
  enum class Kind { Accesses, Reads, Writes, First, Last, Misses, Computed, Moment };
  struct Values {
    app::ElementQuantity quantity = app::ElementQuantity::LineUse;   // of Computed
    std::map<const ir::BufferNode*, locality::ElementCounts> by_buffer;
    std::shared_ptr<const app::Instant> moment;                      // of Moment
  };
  // The version that differences are to.
  struct Before {
    app::VersionPtr version;
    std::shared_ptr<const locality::Access> access;
  };
  Kind kind = Kind::Accesses;
  size_t level = 0;               // of Misses, from 0: index into BufferAccess::misses
  std::shared_ptr<const Values> values;   // of Computed and Moment
  std::shared_ptr<const Before> before;   // of differences, else null
  bool operator==(const Quantity&) const = default;
};

// Of a mode as `export --mode` names it: accesses, reads, writes, first, last, a cache level whose misses View::access has ("L1"), or what View::values holds ("reuse_median");
// or of View::instant. Requires View::access. Errors: BadArgument, also where the values, or those of View::compared, are not there.
Result<Quantity> quantity_of(const app::PictureChoice& choice, const app::View& view);

// What stands for "never touched" among the values.
int64_t never_of(const Quantity& quantity);
// Each element's value, row-major; of a moment how near it is, from 0 (memory alone) to the number of levels.
locality::ElementCounts values_of(const locality::BufferAccess& buffer, const Quantity& quantity);
// The largest of a buffer, of differences the largest by amount; -1 where it is never touched.
int64_t largest_value(const locality::BufferAccess& buffer, const Quantity& quantity);
// The largest of all buffers, at least 1: the end of the scale that they share.
int64_t largest_value(const locality::Access& access, const Quantity& quantity);
// All that is counted of a buffer, or how much more that is; nothing where the values are no counts.
std::optional<int64_t> total_of(const locality::BufferAccess& buffer, const Quantity& quantity);

// What the values of a moment stand for, the highest first: a cache level and how much it holds, at last memory alone. Empty of other quantities.
std::vector<std::string> value_names(const Quantity& quantity, const ui::Locale& words);

std::string name_of(const Quantity& quantity, const locality::Access& access, const ui::Locale& words);   // "L1 miss"
std::string unit_of(const Quantity& quantity, const ui::Locale& words);                                   // "reads per element"

}  // namespace loopglass::report
