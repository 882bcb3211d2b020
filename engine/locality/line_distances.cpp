#include "engine/locality/line_distances.h"

#include <algorithm>
#include <array>
#include <map>

namespace loopglass::locality {

namespace {

// Sums and extremes over the last `times` places, a step apart, before each place.
struct Windows {
  explicit Windows(size_t places) : times(places), least(places, INT32_MAX), most(places, -1) {}
  std::vector<int64_t> times;
  std::vector<int32_t> least, most;

  void slide(size_t step, size_t count) {
    std::vector<int64_t> in = std::move(times);
    times.assign(in.size(), 0);
    for (size_t at = step; at < in.size(); ++at) times[at] = times[at - step] + in[at - step] - (at >= (count + 1) * step ? in[at - (count + 1) * step] : 0);
    // Windows of 1, 2, 4, ... places; two of them that overlap make one of `count`.
    size_t width = 1;
    for (; 2 * width <= count; width *= 2) join(0, width * step);
    join(step, (count - width + 1) * step);
  }

 private:
  // Each place gets the extremes of what is `near` and of what is `far` before it.
  void join(size_t near, size_t far) {
    for (size_t at = least.size(); at-- > 0;) {
      const int32_t l = at >= near ? least[at - near] : INT32_MAX, m = at >= near ? most[at - near] : -1;
      least[at] = at >= far ? std::min(l, least[at - far]) : l;
      most[at] = at >= far ? std::max(m, most[at - far]) : m;
    }
  }
};

}  // namespace

void LineDistances::add(const LineDistances& other) {
  for (const Entry& entry : other.entries_) add(entry.line, entry.touches);
}

void LineDistances::clear() {
  for (const Entry& entry : entries_) latest_[entry.line] = kNone;
  entries_.clear();
}

void LineDistances::add_moved(const LineDistances& block, const LineRange& lines, const Shift& shift, int64_t times) {
  std::map<std::pair<size_t, int>, Moving> groups;   // by buffer and bits
  for (const Entry& entry : block.entries_) {
    const size_t owner = lines.owner(entry.line);
    const int64_t step = shift.lines[owner], last = entry.line + times * step;
    if (step == 0) {
      add(entry.line, {entry.touches.times * times, entry.touches.least, entry.touches.most});
      continue;
    }
    Moving& group = groups.try_emplace({owner, entry.bits()}, Moving{INT64_MAX, 0, step, {}}).first->second;
    group.low = std::min({group.low, int64_t{entry.line}, last}), group.high = std::max({group.high, int64_t{entry.line}, last});
    group.entries.push_back(&entry);
  }
  for (const auto& [owner_and_bits, group] : groups) {
    if (static_cast<int64_t>(group.entries.size()) * times > 2 * (group.high - group.low + 1)) {   // they come to the same lines again and again
      add_windows(group, times);
      continue;
    }
    for (int64_t n = 1; n <= times; ++n)
      for (const Entry* entry : group.entries) add(static_cast<uint32_t>(entry->line + n * group.step), entry->touches);
  }
}

void LineDistances::add_windows(const Moving& moving, int64_t times) {
  const auto index = [&](int64_t line) { return static_cast<size_t>(moving.step > 0 ? line - moving.low : moving.high - line); };
  Windows windows(static_cast<size_t>(moving.high - moving.low + 1));
  for (const Entry* entry : moving.entries) {
    const size_t at = index(entry->line);
    windows.times[at] = entry->touches.times, windows.least[at] = entry->touches.least, windows.most[at] = entry->touches.most;
  }
  windows.slide(static_cast<size_t>(std::abs(moving.step)), static_cast<size_t>(times));
  for (int64_t line = moving.low; line <= moving.high; ++line)
    if (const size_t at = index(line); windows.times[at] > 0) add(static_cast<uint32_t>(line), {windows.times[at], windows.least[at], windows.most[at]});
}

LineReuse LineDistances::reuse(const StackDistance& stack) const {
  LineReuse all;
  for (auto* values : {&all.min, &all.median, &all.max}) values->resize(latest_.size());
  for (uint32_t line = 0; line < latest_.size(); ++line) {
    if (latest_[line] != kNone) write(line, all);
    else all.min[line] = all.median[line] = all.max[line] = stack.was_touched(line) ? kNotTouchedAgain : kNeverTouched;
  }
  return all;
}

void LineDistances::write(uint32_t line, LineReuse& to) const {
  std::array<const Touches*, 33> nearest;   // first
  size_t count = 0;
  int64_t left = 0;
  for (uint32_t at = latest_[line]; at != kNone; at = entries_[at].next) {
    const Touches& touches = entries_[at].touches;
    size_t place = count++;
    for (; place > 0 && nearest[place - 1]->least > touches.least; --place) nearest[place] = nearest[place - 1];
    nearest[place] = &touches;
    left += touches.times;
  }
  left = (left + 1) / 2;
  size_t median = 0;
  while (nearest[median]->times < left) left -= nearest[median++]->times;
  to.min[line] = nearest[0]->least;
  to.median[line] = nearest[median]->least;
  to.max[line] = nearest[count - 1]->most;
}

}  // namespace loopglass::locality
