#include "app/ui/figures_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ui/quantities.h"

namespace loopglass::ui {
namespace {

// The last name of a path: "k" of "i/j_0/k".
std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string stride_text(const locality::DominantStride& stride, const Locale& words) {
  if (stride.of == 0) return "-";
  return words.format("figures.stride", {{"bytes", std::to_string(stride.bytes)}, {"share", fmt::format("{:.0f}", 100.0 * static_cast<double>(stride.times) / static_cast<double>(stride.of))}});
}

// The columns of an estimate's levels, before line use and stride.
void add_estimate(FigureTable& table, const app::EstimatedMisses& estimate, const Locale& words) {
  constexpr ptrdiff_t kAfter = 2;   // columns
  const size_t first = table.head.size() - kAfter;
  for (const std::string& level : estimate.levels) table.head.insert(table.head.end() - kAfter, words.format("memory.mode.misses", {{"level", level}}));
  for (size_t b = 0; b < table.rows.size(); ++b) {
    std::vector<std::string>& notes = table.notes.emplace_back(table.head.size());
    for (size_t level = 0; level < estimate.levels.size(); ++level) {
      const locality::MissEstimate::Range& range = estimate.estimate.levels[level][b];
      table.rows[b].insert(table.rows[b].end() - kAfter, estimate_text(range, words));
      notes[first + level] = words.format("figures.estimate_help", {{"low", format_rounded(range.low)}, {"high", format_rounded(range.high)}, {"sampled", format_rounded(static_cast<double>(estimate.estimate.sampled))},
                                                                    {"accesses", format_rounded(static_cast<double>(estimate.estimate.accesses))}});
    }
  }
}

std::vector<std::string> row_of(const locality::BufferAccess& buffer, const locality::DominantStride& stride, const Locale& words) {
  std::vector<std::string> row{buffer.buffer->name, format_count(buffer.reads + buffer.writes), format_bytes(buffer.bytes_used)};
  for (const locality::BufferMisses& level : buffer.misses) row.push_back(format_count(level.count));
  const int64_t fetched = buffer.lines * locality::CacheOptions{}.line;
  row.push_back(fetched > 0 ? fmt::format("{:.0f} %", 100.0 * static_cast<double>(buffer.bytes_used) / static_cast<double>(fetched)) : "-");
  row.push_back(stride_text(stride, words));
  return row;
}

}  // namespace

FigureTable figure_table(const locality::Access& access, const app::MemoryFigures* figures, const Locale& words, const app::EstimatedMisses* estimate) {
  FigureTable table{{words("figures.buffer"), words("figures.accesses"), words("figures.bytes")}, {}, {}};
  if (!access.buffers.empty())
    for (const locality::BufferMisses& level : access.buffers.front().misses) table.head.push_back(words.format("memory.mode.misses", {{"level", level.level}}));
  table.head.push_back(words("figures.line_use"));
  table.head.push_back(words("figures.stride_head"));
  for (size_t b = 0; b < access.buffers.size(); ++b)
    table.rows.push_back(row_of(access.buffers[b], figures && b < figures->strides.size() ? figures->strides[b] : locality::DominantStride{}, words));
  if (estimate && !access.buffers.empty() && access.buffers.front().misses.empty()) add_estimate(table, *estimate, words);
  return table;
}

std::string estimate_text(const locality::MissEstimate::Range& range, const Locale& words) {
  const double half = std::max(range.value - range.low, range.high - range.value);
  if (2 * range.low < range.value || range.value <= 0) return words.format("figures.up_to", {{"count", format_rounded(range.high)}});
  return words.format("figures.about", {{"count", format_rounded(range.value)}, {"percent", fmt::format("{:.0f}", std::max(std::ceil(100 * half / range.value), 1.0))}});
}

FigureTable kind_table(const locality::Access& access, const app::MemoryFigures& figures, const Locale& words) {
  FigureTable table{{words.format("figures.kinds", {{"level", figures.sets.front().level}}), words("figures.compulsory"), words("figures.capacity"), words("figures.conflict")}, {}, {}};
  for (size_t b = 0; b < access.buffers.size(); ++b) {
    const locality::MissKinds& kinds = figures.kinds.front().at(b);
    table.rows.push_back({access.buffers[b].buffer->name, format_count(kinds.compulsory), format_count(kinds.capacity), format_count(kinds.conflict)});
  }
  return table;
}

std::string set_text(const SetColumn& column, int64_t ways, const Locale& words) {
  return words.format(column.first == column.last ? "figures.set" : "figures.sets_of",
                      {{"first", std::to_string(column.first)}, {"last", std::to_string(column.last)}, {"set", std::to_string(column.set)},
                       {"lines", format_count(column.lines)}, {"ways", std::to_string(ways)}, {"misses", format_count(column.misses)}});
}

std::string change_text(const locality::MissChange& change, const Locale& words) {
  const bool is_less = change.after < change.before;
  std::string text = words.format(is_less ? "figures.fewer" : "figures.more",
                                  {{"buffer", change.buffer}, {"level", change.level}, {"count", format_count(std::abs(change.after - change.before))},
                                   {"before", format_count(change.before)}, {"after", format_count(change.after)}});
  const auto& hold = is_less ? change.hold_after : change.hold_before;
  if (!change.is_due_to_loops || !hold) return text;
  const char* key = hold->stays_within.empty() ? nullptr : is_less ? "figures.now_stays" : "figures.stayed";
  return key ? text + words.format(key, {{"loop", last_name(hold->stays_within)}, {"level", change.level}, {"bytes", format_bytes(hold->bytes)}}) : text;
}

}  // namespace loopglass::ui
