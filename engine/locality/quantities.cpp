#include "engine/locality/quantities.h"

#include <algorithm>

#include "engine/locality/cache_pass.h"
#include "engine/locality/element_lines.h"
#include "engine/locality/layout.h"

namespace loopglass::locality {

std::vector<int64_t> capacities_of(const std::vector<CacheLevel>& levels, int64_t line) {
  std::vector<int64_t> capacities;
  for (const CacheLevel& level : levels) capacities.push_back(level.bytes / line);
  return capacities;
}

std::vector<std::vector<MissKinds>> kinds_of_misses(const ReuseResult& reuse, const CacheResult& caches) {
  std::vector<std::vector<MissKinds>> kinds(caches.levels.size());
  for (size_t level = 0; level < kinds.size(); ++level)
    for (size_t b = 0; b < reuse.buffers.size(); ++b) {
      const int64_t compulsory = reuse.buffers[b].cold, capacity = reuse.buffers[b].at_least[level];
      kinds[level].push_back({compulsory, capacity, caches.levels[level].by_buffer[b] - compulsory - capacity});
    }
  return kinds;
}

Result<std::vector<std::vector<MissKinds>>> classify_misses(const ir::Function& function, const CacheOptions& options, const CacheResult& caches) {
  TRY_ASSIGN(const ReuseResult reuse, measure_reuse(function, counting_options(options), {.edges = capacities_of(options.levels, options.line)}));
  return kinds_of_misses(reuse, caches);
}

std::vector<SetPressure> set_pressure(const CacheResult& caches, const CacheLevel& level, size_t level_index) {
  std::vector<SetPressure> sets(static_cast<size_t>(level.bytes / (level.ways * caches.line)));
  const std::vector<int64_t>& nearest = caches.levels.front().by_line;   // every line that is touched misses there once
  for (size_t line = 0; line < nearest.size(); ++line) {
    SetPressure& set = sets[(line + static_cast<size_t>(caches.first_line)) % sets.size()];
    set.lines += nearest[line] > 0;
    set.misses += caches.levels[level_index].by_line[line];
  }
  return sets;
}

ElementCounts bytes_used_of_lines(const BufferAccess& buffer, int64_t line) {
  int64_t low = INT64_MAX, high = INT64_MIN;
  for_each_stretch(buffer, line, [&](int64_t, int64_t, int64_t number) { low = std::min(low, number), high = std::max(high, number); });
  std::vector<int64_t> used(low > high ? 0 : static_cast<size_t>(high - low + 1));
  std::vector<int64_t> times;
  for_each_stretch(buffer, line, [&](int64_t first, int64_t count, int64_t number) {
    times.resize(static_cast<size_t>(count));
    buffer.last.read(first, 1, times);
    used[static_cast<size_t>(number - low)] += std::ranges::count_if(times, [](int64_t time) { return time >= 0; }) * buffer.buffer->dtype.bytes();
  });
  return of_elements(used, low, line, buffer);
}

std::vector<DominantStride> strides_of_buffers(const Access& access, const std::vector<DominantStride>& references) {
  std::vector<DominantStride> strides;
  for (const BufferAccess& buffer : access.buffers) {
    std::map<int64_t, int64_t> times;
    DominantStride& all = strides.emplace_back();
    for (size_t r = 0; r < references.size(); ++r) {
      if (access.references[r].buffer != buffer.buffer) continue;
      times[references[r].bytes] += references[r].times;
      all.of += references[r].of;
    }
    for (const auto& [bytes, n] : times)
      if (n > all.times) all.bytes = bytes, all.times = n;
  }
  return strides;
}

}  // namespace loopglass::locality
