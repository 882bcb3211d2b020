#include "app/report/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loopglass::report {
namespace {

using Kind = Quantity::Kind;

struct Counted {
  const char* mode;
  Kind kind;
};
constexpr std::array<Counted, 5> kCounted{{{"accesses", Kind::Accesses}, {"reads", Kind::Reads}, {"writes", Kind::Writes}, {"first", Kind::First}, {"last", Kind::Last}}};

// Not of misses.
const char* mode_of(const Quantity& quantity) {
  if (quantity.kind == Kind::Computed) return app::to_string(quantity.values->quantity);
  return std::ranges::find(kCounted, quantity.kind, &Counted::kind)->mode;
}

Result<Quantity> computed_quantity(app::ElementQuantity wanted, const app::View& view) {
  if (!view.values || view.values->quantity != wanted || view.values->by_buffer.size() != view.access->buffers.size()) {
    if (view.values_error) return std::unexpected(*view.values_error);
    return fail(DiagnosticKind::BadArgument, fmt::format("{} of this version has not been computed yet", app::to_string(wanted)), "wait for its pictures, then export again");
  }
  Quantity::Values values{wanted, {}};
  for (size_t i = 0; i < view.values->by_buffer.size(); ++i) {
    const locality::ElementCounts& of_buffer = view.values->by_buffer[i];
    values.by_buffer[view.access->buffers[i].buffer.get()] = locality::where_touched(of_buffer, of_buffer);
  }
  return Quantity{Kind::Computed, 0, std::make_shared<const Quantity::Values>(std::move(values))};
}

}  // namespace

Result<Quantity> quantity_of(const std::string& mode, const app::View& view) {
  if (const auto computed = app::element_quantity_named(mode)) return computed_quantity(*computed, view);
  std::string known;
  for (const Counted& counted : kCounted) {
    if (mode == counted.mode) return Quantity{counted.kind};
    known += std::string(counted.mode) + ", ";
  }
  if (!view.access->buffers.empty()) {
    const auto& levels = view.access->buffers.front().misses;
    for (size_t level = 0; level < levels.size(); ++level) {
      if (mode == levels[level].level) return Quantity{Kind::Misses, level};
      known += levels[level].level + ", ";
    }
  }
  return fail(DiagnosticKind::BadArgument, fmt::format("there is no mode {} here", mode), "choose one of " + known + "reuse_min, reuse_median, reuse_max, line_use, thread");
}

locality::ElementCounts values_of(const locality::BufferAccess& buffer, const Quantity& quantity) {
  switch (quantity.kind) {
    case Kind::Accesses: return locality::touches_of(buffer.read_counts, buffer.write_counts);
    case Kind::Reads: return locality::where_touched(buffer.first, buffer.read_counts);
    case Kind::Writes: return locality::where_touched(buffer.first, buffer.write_counts);
    case Kind::First: return buffer.first;
    case Kind::Last: return buffer.last;
    case Kind::Misses: return locality::where_touched(buffer.first, buffer.misses.at(quantity.level).of_elements);
    case Kind::Computed: return quantity.values->by_buffer.at(buffer.buffer.get());
  }
  return {};
}

int64_t largest_value(const locality::BufferAccess& buffer, const Quantity& quantity) { return values_of(buffer, quantity).largest(-1); }

int64_t largest_value(const locality::Access& access, const Quantity& quantity) {
  int64_t largest = 1;
  for (const locality::BufferAccess& buffer : access.buffers) largest = std::max(largest, largest_value(buffer, quantity));
  return largest;
}

std::optional<int64_t> total_of(const locality::BufferAccess& buffer, const Quantity& quantity) {
  switch (quantity.kind) {
    case Kind::Accesses: return buffer.reads + buffer.writes;
    case Kind::Reads: return buffer.reads;
    case Kind::Writes: return buffer.writes;
    case Kind::Misses: return buffer.misses.at(quantity.level).count;
    case Kind::First:
    case Kind::Last:
    case Kind::Computed: return std::nullopt;
  }
  return std::nullopt;
}

std::string name_of(const Quantity& quantity, const locality::Access& access, const ui::Locale& words) {
  if (quantity.kind == Kind::Misses) return words.format("memory.mode.misses", {{"level", access.buffers.front().misses.at(quantity.level).level}});
  return words(fmt::format("memory.mode.{}", mode_of(quantity)));
}

std::string unit_of(const Quantity& quantity, const ui::Locale& words) {
  return words(fmt::format("memory.unit.{}", quantity.kind == Kind::Misses ? "misses" : mode_of(quantity)));
}

}  // namespace loopglass::report
