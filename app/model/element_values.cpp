#include "app/model/element_values.h"

#include <algorithm>
#include <array>

#include "engine/locality/quantities.h"

namespace loopglass::app {
namespace {

using locality::LineReuse;

Result<ElementValues> reuse_values(const ir::Function& function, const locality::Access& access, ElementQuantity quantity, const locality::Options& options) {
  TRY_ASSIGN(const locality::ReuseResult reuse, locality::measure_reuse(function, options, {.by_line = true}));
  const std::vector<int64_t> LineReuse::* list = quantity == ElementQuantity::ReuseMin ? &LineReuse::min : quantity == ElementQuantity::ReuseMax ? &LineReuse::max : &LineReuse::median;
  ElementValues values{quantity, 0, {}};
  for (const locality::BufferAccess& buffer : access.buffers) values.by_buffer.push_back(locality::reuse_of_elements(reuse, reuse.by_line.*list, buffer));
  return values;
}

Result<ElementValues> thread_values(const ir::Function& function, int threads, const locality::Options& options) {
  TRY_ASSIGN(const std::vector<locality::ElementThreads> found, locality::threads_of_elements(function, threads, options));
  ElementValues values{ElementQuantity::Thread, threads, {}};
  for (const locality::ElementThreads& buffer : found) values.by_buffer.emplace_back(locality::DenseCounts(buffer.first.begin(), buffer.first.end()));
  return values;
}

ElementValues line_use_values(const locality::Access& access, int64_t line) {
  ElementValues values{ElementQuantity::LineUse, 0, {}};
  for (const locality::BufferAccess& buffer : access.buffers) values.by_buffer.push_back(locality::where_touched(buffer.first, locality::bytes_used_of_lines(buffer, line)));
  return values;
}

constexpr std::array kQuantities{ElementQuantity::ReuseMin, ElementQuantity::ReuseMedian, ElementQuantity::ReuseMax, ElementQuantity::LineUse, ElementQuantity::Thread};

}  // namespace

const char* to_string(ElementQuantity quantity) {
  switch (quantity) {
    case ElementQuantity::ReuseMin: return "reuse_min";
    case ElementQuantity::ReuseMedian: return "reuse_median";
    case ElementQuantity::ReuseMax: return "reuse_max";
    case ElementQuantity::LineUse: return "line_use";
    case ElementQuantity::Thread: return "thread";
  }
  return "";
}

std::optional<ElementQuantity> element_quantity_named(std::string_view name) {
  const auto found = std::ranges::find(kQuantities, name, to_string);
  return found == kQuantities.end() ? std::nullopt : std::optional(*found);
}

Result<ElementValues> element_values(const ir::Function& function, const locality::Access& access, ElementQuantity quantity, int threads, const locality::Options& options) {
  switch (quantity) {
    case ElementQuantity::LineUse: return line_use_values(access, options.line);
    case ElementQuantity::Thread: return thread_values(function, threads, options);
    case ElementQuantity::ReuseMin:
    case ElementQuantity::ReuseMedian:
    case ElementQuantity::ReuseMax: break;
  }
  return reuse_values(function, access, quantity, options);
}

}  // namespace loopglass::app
