#include "engine/locality/miss_counter.h"

#include <algorithm>
#include <numeric>
#include <ranges>

#include "engine/locality/replay.h"

namespace loopglass::locality {

namespace {

bool has_room_for_all(int64_t sets, int64_t ways, const LineRange& lines) { return (lines.count + sets - 1) / sets <= ways; }
bool has_room_for_all(const CacheState& cache, const LineRange& lines) { return has_room_for_all(cache.sets(), cache.ways(), lines); }

}  // namespace

size_t levels_that_evict(const std::vector<CacheLevel>& levels, int64_t line, const LineRange& lines) {
  const auto holds_all = [&](const CacheLevel& level) { return has_room_for_all(level.bytes / (level.ways * line), level.ways, lines); };
  const auto first = std::ranges::find_if(levels, holds_all);
  return std::all_of(first, levels.end(), holds_all) ? static_cast<size_t>(first - levels.begin()) : levels.size();
}

MissCounter::MissCounter(const CacheOptions& options, LineRange lines, CacheResult& result, Checkpoints* checkpoints)
    : result_(result), lines_(lines), checkpoints_(checkpoints), levels_(options.levels.size()),
      evicting_(levels_that_evict(options.levels, options.line, lines)), totals_(options.levels.size()), trace_(lines.first) {
  threads_.resize(static_cast<size_t>(options.threads));
  bool is_shared = false;
  for (const CacheLevel& level : options.levels) {
    is_shared = is_shared || level.is_shared;
    for (auto& caches : threads_) {
      if (&caches == &threads_[0] || !is_shared)
        owned_.push_back(std::make_unique<CacheState>(level.bytes / (level.ways * options.line), level.ways, lines.first));
      caches.push_back(owned_.back().get());
    }
  }
  set_thread(0);
  while (compared_ < levels_ && !has_room_for_all(*caches_[compared_], lines)) ++compared_;
  has_periods_ = lines.is_separate && compared_ > 0;
  for (size_t level = 0; level < compared_; ++level) work_ += 4 * int64_t{caches_[level]->sets()} * caches_[level]->ways();
  for (LevelMisses& misses : result_.levels) line_counts_.emplace_back(misses.by_line);
  for (size_t level = compared_; level < levels_; ++level) has_periods_ = has_periods_ && has_room_for_all(*caches_[level], lines);
}

void MissCounter::forget() {
  followed_ = {};
  for (CacheState* cache : threads_[0]) cache->set_content(std::vector<uint32_t>(cache->content().size(), CacheState::kNone));
}

int64_t MissCounter::lines_held(size_t level) const {
  const std::vector<uint32_t>& content = threads_[0][level]->content();
  return static_cast<int64_t>(content.size()) - std::ranges::count(content, CacheState::kNone);
}

Checkpoints::Content MissCounter::content() const {
  Checkpoints::Content content;
  for (size_t level = 0; level < evicting_; ++level) content.push_back(threads_[0][level]->content());
  return content;
}

void MissCounter::set_content(const Checkpoints::Content& content) {
  followed_ = {};
  for (size_t level = 0; level < content.size(); ++level) threads_[0][level]->set_content(content[level]);
}

MissCounter::Mark MissCounter::begin_repetition(int64_t accesses) {
  Mark mark{log_.size(), totals_before_.size(), nullptr, trace_.open(), accesses};
  totals_before_.insert(totals_before_.end(), totals_.begin(), totals_.end());
  if (!needs_log(accesses)) {
    finish();
    mark.before = std::make_unique<std::vector<LevelMisses>>(result_.levels);
  } else {
    ++logging_;
  }
  return mark;
}

void MissCounter::count_run(const MissRun& run, uint32_t from_level, int64_t times) {
  const auto first = static_cast<uint32_t>(run.first - lines_.first);
  for (uint32_t level = from_level; level < run.levels; ++level) {
    Miss miss{level, first, run.reference, run.buffer, times};
    if (run.count >= kLeastRun && run.count <= INT32_MAX && std::abs(run.step) <= INT32_MAX) {
      miss.step = static_cast<int32_t>(run.step), miss.count = static_cast<int32_t>(run.count);
      count(miss);
      continue;
    }
    for (int64_t n = 0; n < run.count; ++n, miss.line += static_cast<uint32_t>(run.step)) count(miss);
  }
}

bool MissCounter::Miss::join(const Miss& next) {
  const int64_t apart = int64_t{next.line} - line, ahead = count == 1 ? apart : step;
  if (times != next.times || apart != ahead * count || (next.count > 1 && next.step != ahead)) return false;
  if (std::abs(ahead) > INT32_MAX || count > INT32_MAX - next.count) return false;
  step = static_cast<int32_t>(ahead), count += next.count;
  return true;
}

MissCounter::Streams MissCounter::streams(const Mark& mark) {
  Streams streams{mark.logged, log_.size(), {}};
  if (!mark.before) return streams;
  finish();
  for (size_t level = 0; level + 1 < levels_; ++level) {
    streams.by_line.push_back(result_.levels[level].by_line);
    for (size_t line = 0; line < streams.by_line[level].size(); ++line) streams.by_line[level][line] -= (*mark.before)[level].by_line[line];
  }
  return streams;
}

// What is missed by line tells all: within a repetition only a line's first touch depends on what was before, and the order is the program's.
int64_t MissCounter::alike(const Streams& then, const Mark& mark) {
  const Streams now = streams(mark);
  if (mark.before) {
    size_t level = 0;
    while (level < now.by_line.size() && now.by_line[level] == then.by_line[level]) ++level;
    return static_cast<int64_t>(level);
  }
  if (levels_ < 2) return 0;
  const auto of_level = [&](const Streams& stream, uint32_t level) {
    return std::span(log_).subspan(stream.from, stream.to - stream.from) | std::views::filter([level](const Miss& miss) { return miss.level == level; });
  };
  uint32_t level = 0;
  while (level + 1 < levels_ && std::ranges::equal(of_level(then, level), of_level(now, level))) ++level;
  return level;
}

bool MissCounter::is_settled(const Mark& mark, int64_t repetitions) const {
  if (repetitions < 2) return false;
  if (repetitions > static_cast<int64_t>(levels_)) return true;
  // The levels before this one repeat themselves; where it sees nothing, the ones behind it see nothing either.
  const auto level = static_cast<size_t>(repetitions - 2);
  // What the level before it lets through is the same from this repetition on: the next one misses nothing either.
  return !has_missed(mark, level) || (level + 1 < levels_ && !has_missed(mark, level + 1));
}

void MissCounter::end_repetition(const Mark& mark, int64_t times) {
  result_.repetitions_left_out += times;
  trace_.close(mark.traced, mark.accesses);
  totals_before_.resize(mark.totals);
  if (mark.before) {
    if (times > 0) repeat_difference(*mark.before, times);
    return;
  }
  for (size_t i = mark.logged; i < log_.size() && times > 0; ++i) {
    add(log_[i], log_[i].times * times);
    log_[i].times *= times + 1;
  }
  if (--logging_ == 0) log_.clear();
}

void MissCounter::repeat_difference(const std::vector<LevelMisses>& before, int64_t times) {
  finish();
  const auto repeat = [times](std::vector<int64_t>& now, const std::vector<int64_t>& then) {
    for (size_t i = 0; i < now.size(); ++i) now[i] += (now[i] - then[i]) * times;
  };
  for (size_t level = 0; level < levels_; ++level) {
    LevelMisses& misses = result_.levels[level];
    repeat(misses.by_buffer, before[level].by_buffer);
    repeat(misses.by_reference, before[level].by_reference);
    repeat(misses.by_line, before[level].by_line);
    totals_[level] = std::accumulate(misses.by_buffer.begin(), misses.by_buffer.end(), int64_t{0});
  }
}

}  // namespace loopglass::locality
