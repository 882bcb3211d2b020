#include "engine/schedule/made_block.h"

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/schedule/bounds_at.h"
#include "engine/schedule/soundness.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

// A copy has the indices of the block that it copies for, without the condition that may guard them there.
std::optional<Diagnostic> outside_shape(const Place& copy, const char* primitive) {
  BoundsAt bounds(copy);
  std::vector<const ir::BufferRegion*> regions;
  for (const ir::BufferRegion& region : copy.block().reads) regions.push_back(&region);
  for (const ir::BufferRegion& region : copy.block().writes) regions.push_back(&region);
  for (const ir::BufferRegion* touched : regions)
    for (size_t d = 0; d < touched->region.size(); ++d) {
      const auto size = ir::as_int(touched->buffer->shape[d]);
      const arith::ConstIntBound index = bounds(touched->region[d].min);
      if (!size || !ir::is_one(touched->region[d].extent) || index.min == arith::ConstIntBound::kNegInf || index.max == arith::ConstIntBound::kPosInf ||
          (index.min >= 0 && index.max < *size))
        continue;
      return unsound_step(DiagnosticKind::UncoveredRead,
                          fmt::format("{} would make {} touch {} with index {} of dimension {} in [{}, {}], where there are {} elements", primitive, quoted(copy),
                                      touched->buffer->name, script::print_expr(touched->region[d].min), d, index.min, index.max, *size));
    }
  return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> outside_domain(const ir::Module& after, const BlockRef& made, const char* primitive) {
  const Place place = at(after, made);
  const ir::BlockRealize& realize = place.realize();
  if (!ir::is_one(realize.predicate)) return std::nullopt;
  BoundsAt bounds(place);
  for (size_t i = 0; i < realize.iter_values.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    const auto begin = ir::as_int(axis.min), extent = ir::as_int(axis.extent);
    const arith::ConstIntBound bound = bounds(realize.iter_values[i]);
    if (!begin || !extent || bound.min == arith::ConstIntBound::kNegInf || bound.max == arith::ConstIntBound::kPosInf)
      continue;
    if (bound.min >= *begin && bound.max < *begin + *extent) continue;
    return unsound_step(
        DiagnosticKind::UncoveredRead,
        fmt::format("{} would make {} run with {} in [{}, {}], outside its domain [{}, {}]: it would touch elements "
                    "that are not there",
                    primitive, quoted(place), axis.var->name, bound.min, bound.max, *begin, *begin + *extent - 1));
  }
  return outside_shape(place, primitive);
}

}  // namespace loopglass::schedule
