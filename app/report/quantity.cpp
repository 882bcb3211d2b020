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

const char* mode_of(Kind kind) { return std::ranges::find(kCounted, kind, &Counted::kind)->mode; }

}  // namespace

Result<Quantity> quantity_of(const std::string& mode, const locality::Access& access) {
  std::string known;
  for (const Counted& counted : kCounted) {
    if (mode == counted.mode) return Quantity{counted.kind};
    known += (known.empty() ? "" : ", ") + std::string(counted.mode);
  }
  if (!access.buffers.empty()) {
    const auto& levels = access.buffers.front().misses;
    for (size_t level = 0; level < levels.size(); ++level) {
      if (mode == levels[level].level) return Quantity{Kind::Misses, level};
      known += ", " + levels[level].level;
    }
  }
  return fail(DiagnosticKind::BadArgument, fmt::format("there is no mode {} here", mode), "choose one of " + known);
}

locality::ElementCounts values_of(const locality::BufferAccess& buffer, Quantity quantity) {
  switch (quantity.kind) {
    case Kind::Accesses: return locality::touches_of(buffer.read_counts, buffer.write_counts);
    case Kind::Reads: return locality::where_touched(buffer.first, buffer.read_counts);
    case Kind::Writes: return locality::where_touched(buffer.first, buffer.write_counts);
    case Kind::First: return buffer.first;
    case Kind::Last: return buffer.last;
    case Kind::Misses: return locality::where_touched(buffer.first, buffer.misses.at(quantity.level).of_elements);
  }
  return {};
}

int64_t largest_value(const locality::BufferAccess& buffer, Quantity quantity) { return values_of(buffer, quantity).largest(-1); }

int64_t largest_value(const locality::Access& access, Quantity quantity) {
  int64_t largest = 1;
  for (const locality::BufferAccess& buffer : access.buffers) largest = std::max(largest, largest_value(buffer, quantity));
  return largest;
}

std::optional<int64_t> total_of(const locality::BufferAccess& buffer, Quantity quantity) {
  switch (quantity.kind) {
    case Kind::Accesses: return buffer.reads + buffer.writes;
    case Kind::Reads: return buffer.reads;
    case Kind::Writes: return buffer.writes;
    case Kind::Misses: return buffer.misses.at(quantity.level).count;
    case Kind::First:
    case Kind::Last: return std::nullopt;
  }
  return std::nullopt;
}

std::string name_of(Quantity quantity, const locality::Access& access, const ui::Locale& words) {
  if (quantity.kind == Kind::Misses) return words.format("memory.mode.misses", {{"level", access.buffers.front().misses.at(quantity.level).level}});
  return words(fmt::format("memory.mode.{}", mode_of(quantity.kind)));
}

std::string unit_of(Quantity quantity, const ui::Locale& words) {
  return words(fmt::format("memory.unit.{}", quantity.kind == Kind::Misses ? "misses" : mode_of(quantity.kind)));
}

}  // namespace loopglass::report
