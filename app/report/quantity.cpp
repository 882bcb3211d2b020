#include "app/report/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "app/report/element_sources.h"
#include "app/ui/history_layout.h"
#include "app/ui/quantities.h"

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
  if (quantity.kind == Kind::Moment) return "now";
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
  return Quantity{Kind::Computed, 0, std::make_shared<const Quantity::Values>(std::move(values)), {}};
}

Result<Quantity> moment_quantity(const app::View& view) {
  if (view.instant_error) return std::unexpected(*view.instant_error);
  if (!view.instant || view.instant->levels.empty() || view.instant->lines.size() != view.access->buffers.size())
    return fail(DiagnosticKind::BadArgument, "the caches at this moment are not known yet", "wait for their pictures, then export again");
  Quantity::Values values{.moment = view.instant};
  for (size_t i = 0; i < view.access->buffers.size(); ++i) values.by_buffer[view.access->buffers[i].buffer.get()] = nearness(*view.access, i, view.instant);
  return Quantity{Kind::Moment, 0, std::make_shared<const Quantity::Values>(std::move(values)), {}};
}

Quantity without_before(const Quantity& quantity) { return {quantity.kind, quantity.level, quantity.values, {}}; }

Result<Quantity> plain_quantity(const std::string& mode, const app::View& view) {
  if (const auto computed = app::element_quantity_named(mode)) return computed_quantity(*computed, view);
  std::string known;
  for (const Counted& counted : kCounted) {
    if (mode == counted.mode) return Quantity{counted.kind, 0, {}, {}};
    known += std::string(counted.mode) + ", ";
  }
  if (!view.access->buffers.empty()) {
    const auto& levels = view.access->buffers.front().misses;
    for (size_t level = 0; level < levels.size(); ++level) {
      if (mode == levels[level].level) return Quantity{Kind::Misses, level, {}, {}};
      known += levels[level].level + ", ";
    }
  }
  return fail(DiagnosticKind::BadArgument, fmt::format("there is no mode {} here", mode), "choose one of " + known + "reuse_min, reuse_median, reuse_max, line_use, thread");
}

}  // namespace

Result<Quantity> quantity_of(const app::PictureChoice& choice, const app::View& view) {
  if (choice.is_moment) return moment_quantity(view);
  TRY_ASSIGN(Quantity quantity, plain_quantity(choice.mode, view));
  if (!choice.is_difference) return quantity;
  const std::shared_ptr<const locality::Access>& before = view.compared;
  const bool is_there = before && (quantity.kind != Kind::Misses || (!before->buffers.empty() && quantity.level < before->buffers.front().misses.size()));
  if (!is_there || quantity.kind == Kind::Computed)
    return fail(DiagnosticKind::BadArgument, fmt::format("the differences of {} are not known yet", choice.mode), "wait for their pictures, then export again");
  quantity.before = std::make_shared<const Quantity::Before>(view.history->at(view.compared_with), before);
  return quantity;
}

int64_t never_of(const Quantity& quantity) { return quantity.before ? kInNeither : -1; }

locality::ElementCounts values_of(const locality::BufferAccess& buffer, const Quantity& quantity) {
  if (quantity.before) {
    const Quantity plain = without_before(quantity);
    const locality::BufferAccess* before = locality::counterpart(buffer, *quantity.before->access);
    return differences(values_of(buffer, plain), before ? values_of(*before, plain) : locality::ElementCounts());
  }
  switch (quantity.kind) {
    case Kind::Accesses: return locality::touches_of(buffer.read_counts, buffer.write_counts);
    case Kind::Reads: return locality::where_touched(buffer.first, buffer.read_counts);
    case Kind::Writes: return locality::where_touched(buffer.first, buffer.write_counts);
    case Kind::First: return buffer.first;
    case Kind::Last: return buffer.last;
    case Kind::Misses: return locality::where_touched(buffer.first, buffer.misses.at(quantity.level).of_elements);
    case Kind::Computed:
    case Kind::Moment: return quantity.values->by_buffer.at(buffer.buffer.get());
  }
  return {};
}

int64_t largest_value(const locality::BufferAccess& buffer, const Quantity& quantity) {
  if (quantity.kind == Kind::Moment) return static_cast<int64_t>(quantity.values->moment->levels.size());
  if (!quantity.before) return values_of(buffer, quantity).largest(-1);
  int64_t largest = -1;
  locality::for_each_block(values_of(buffer, quantity), [&](int64_t, std::span<const int64_t> values) {
    for (const int64_t value : values)
      if (value != kInNeither) largest = std::max(largest, std::abs(value));
  });
  return largest;
}

int64_t largest_value(const locality::Access& access, const Quantity& quantity) {
  int64_t largest = 1;
  for (const locality::BufferAccess& buffer : access.buffers) largest = std::max(largest, largest_value(buffer, quantity));
  return largest;
}

std::optional<int64_t> total_of(const locality::BufferAccess& buffer, const Quantity& quantity) {
  if (quantity.before) {
    const Quantity plain = without_before(quantity);
    const locality::BufferAccess* other = locality::counterpart(buffer, *quantity.before->access);
    const auto now = total_of(buffer, plain), before = other ? total_of(*other, plain) : std::optional<int64_t>(0);
    return now ? std::optional(*now - before.value_or(0)) : std::nullopt;
  }
  switch (quantity.kind) {
    case Kind::Accesses: return buffer.reads + buffer.writes;
    case Kind::Reads: return buffer.reads;
    case Kind::Writes: return buffer.writes;
    case Kind::Misses: return buffer.misses.at(quantity.level).count;
    case Kind::First:
    case Kind::Last:
    case Kind::Computed:
    case Kind::Moment: return std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::string> value_names(const Quantity& quantity, const ui::Locale& words) {
  if (quantity.kind != Kind::Moment) return {};
  std::vector<std::string> names;
  for (const app::Instant::Level& level : quantity.values->moment->levels)
    names.push_back(words.format("memory.in_level", {{"level", level.name}, {"count", ui::format_count(level.held)}}));
  names.emplace_back(words("memory.in_memory"));
  return names;
}

std::string name_of(const Quantity& quantity, const locality::Access& access, const ui::Locale& words) {
  if (quantity.before)
    return words.format("memory.difference", {{"what", name_of(without_before(quantity), access, words)}, {"version", ui::version_name(*quantity.before->version, words)}});
  if (quantity.kind == Kind::Misses) return words.format("memory.mode.misses", {{"level", access.buffers.front().misses.at(quantity.level).level}});
  return words(fmt::format("memory.mode.{}", mode_of(quantity)));
}

std::string unit_of(const Quantity& quantity, const ui::Locale& words) {
  if (quantity.kind == Kind::Moment) {
    const app::Instant& moment = *quantity.values->moment;
    return std::string(words("memory.unit.now")) + " · " + words.format("report.moment", {{"time", ui::format_count(moment.time)}, {"count", ui::format_count(moment.accesses)}});
  }
  return words(fmt::format("memory.unit.{}", quantity.kind == Kind::Misses ? "misses" : mode_of(quantity)));
}

}  // namespace loopglass::report
