#include "tests/locality/naive_cache.h"

#include <algorithm>
#include <list>

namespace loopglass::naive {

namespace {

using namespace ir;

// Row-major with a pitch, one after the other on pages: parameters, then allocations in program order.
class Addresses {
 public:
  Addresses(const Function& function, const Memory& memory) : line_(memory.line) {
    for (const Param& param : function->params) place(param.buffer, memory);
    find(function->body, memory);
  }

  std::vector<int64_t> lines(const Event& event) const {
    std::set<int64_t> lines;
    const Placed& placed = placed_.at(event.buffer.get());
    for (int64_t element : event.elements) lines.insert((placed.base + element / placed.row * placed.pitch + element % placed.row * placed.bytes) / line_);
    return {lines.begin(), lines.end()};
  }

 private:
  struct Placed {
    int64_t base, row, pitch, bytes;
  };

  void find(const Stmt& s, const Memory& memory) {
    if (const auto* alloc = as<AllocBuffer>(s)) place(alloc->buffer, memory), find(alloc->body, memory);
  }

  void place(const Buffer& buffer, const Memory& memory) {
    int64_t rows = 1;
    for (size_t d = 0; d + 1 < buffer->shape.size(); ++d) rows *= *as_int(buffer->shape[d]);
    const int64_t row = *as_int(buffer->shape.back()), bytes = buffer->dtype.bytes();
    const auto it = memory.row_pitch.find(buffer->name);
    const int64_t pitch = it == memory.row_pitch.end() ? row * bytes : it->second;
    placed_[buffer.get()] = {next_, row, pitch, bytes};
    next_ += rows * pitch;
    while (next_ % 4096 != 0) ++next_;
  }

  int64_t line_, next_ = 0x10000000;
  std::map<const BufferNode*, Placed> placed_;
};

// The lines of each set, the most recent first.
using Cache = std::map<int64_t, std::list<int64_t>>;

bool touch(Cache& cache, const Level& level, int64_t line) {
  std::list<int64_t>& set = cache[line % level.sets];
  const auto it = std::find(set.begin(), set.end(), line);
  const bool is_hit = it != set.end();
  if (is_hit) set.erase(it);
  set.push_front(line);
  if (static_cast<int64_t>(set.size()) > level.ways) set.pop_back();
  return is_hit;
}

}  // namespace

CacheCounts simulate(const Function& function, const Memory& memory, const std::map<const BufferNode*, std::vector<int64_t>>& data) {
  const Addresses addresses(function, memory);
  CacheCounts counts;
  counts.levels.resize(memory.levels.size());
  std::map<std::pair<size_t, int>, Cache> caches;   // by level and thread, 0 where shared
  for_each_access(function, memory.threads, data, [&](const Event& event) {
    for (int64_t line : addresses.lines(event)) {
      ++counts.accesses;
      for (size_t l = 0; l < memory.levels.size(); ++l) {
        if (touch(caches[{l, memory.levels[l].is_shared ? 0 : event.thread}], memory.levels[l], line)) break;
        ++counts.levels[l].by_buffer[event.buffer->name];
        ++counts.levels[l].by_reference[event.reference];
        ++counts.levels[l].by_line[line];
      }
    }
  });
  return counts;
}

void for_each_line(const Function& function, const Memory& memory, const std::map<const BufferNode*, std::vector<int64_t>>& data,
                   const std::function<void(const Event&, int64_t, int64_t)>& tell) {
  const Addresses addresses(function, memory);
  for_each_access(function, 1, data, [&](const Event& event) {
    int64_t n = 0;
    for (int64_t line : addresses.lines(event)) tell(event, n++, line);
  });
}

Contents contents(const Function& function, const Memory& memory, const std::set<int64_t>& times) {
  Contents all;
  std::vector<Cache> caches(memory.levels.size());
  int64_t time = 0;
  const auto note = [&] {
    if (!times.contains(time)) return;
    for (size_t l = 0; l < caches.size(); ++l) {
      auto& sets = all[time].emplace_back(static_cast<size_t>(memory.levels[l].sets));
      for (const auto& [set, lines] : caches[l]) sets[static_cast<size_t>(set)].assign(lines.begin(), lines.end());
    }
  };
  note();
  for_each_line(function, memory, {}, [&](const Event&, int64_t, int64_t line) {
    for (size_t l = 0; l < caches.size() && !touch(caches[l], memory.levels[l], line); ++l) {}
    ++time;
    note();
  });
  return all;
}

Reuse reuse(const Function& function, const Memory& memory, const std::map<const BufferNode*, std::vector<int64_t>>& data) {
  const Addresses addresses(function, memory);
  Reuse all;
  std::list<int64_t> stack;
  for_each_access(function, 1, data, [&](const Event& event) {
    for (int64_t line : addresses.lines(event)) {
      int64_t distance = 0;
      auto it = stack.begin();
      for (; it != stack.end() && *it != line; ++it) ++distance;
      int bucket = 0;
      std::vector<int64_t>& distances = all.by_line[line];
      if (it != stack.end()) {
        stack.erase(it);
        distances.push_back(distance);
        bucket = 1;
        for (int64_t edge = 1; edge <= distance; edge *= 2) ++bucket;
      }
      ++all.by_buffer[event.buffer->name][bucket];
      stack.push_front(line);
    }
  });
  return all;
}

int64_t near_median(std::vector<int64_t> distances) {
  std::sort(distances.begin(), distances.end());
  int64_t edge = 1;
  while (edge <= distances[(distances.size() - 1) / 2]) edge *= 2;
  return *std::lower_bound(distances.begin(), distances.end(), edge / 2);
}

}  // namespace loopglass::naive
