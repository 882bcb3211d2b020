#include "engine/locality/cache_history.h"

#include <algorithm>
#include <numeric>

#include "engine/interp/program.h"
#include "engine/locality/cache_pass.h"
#include "engine/locality/executed.h"
#include "engine/locality/executed_lines.h"
#include "engine/locality/first_touches.h"
#include "engine/locality/miss_counter.h"
#include "engine/locality/replay.h"
#include "engine/locality/timeline_pieces.h"
#include "engine/support/check.h"

namespace loopglass::locality {

namespace {

CacheOptions first_levels(CacheOptions options, size_t levels) {
  options.levels.resize(levels);
  return options;
}

std::vector<uint32_t> moved(const std::vector<uint32_t>& content, const CacheLevel& level, int64_t line, const LineShift& shift, const LineRange& lines) {
  const CacheState sets(level.bytes / (level.ways * line), level.ways, lines.first);
  std::vector<uint32_t> to(content.size(), CacheState::kNone);
  for (size_t at = 0; at < content.size(); ++at) {
    if (content[at] == CacheState::kNone) continue;
    const int64_t there = shift(content[at]);
    CHECK(there >= 0, "a line moves out of its buffer");
    to[sets.set_of(static_cast<uint32_t>(there)) * static_cast<size_t>(level.ways) + at % static_cast<size_t>(level.ways)] = static_cast<uint32_t>(there);
  }
  return to;
}

}  // namespace

struct CacheHistory::State {
  State(const CacheOptions& given, LineRange range, Timeline made, int64_t max_bytes)
      : options(given), lines(std::move(range)), timeline(std::move(made)), evicting(levels_that_evict(given.levels, given.line, lines)), checkpoints(max_bytes) {}

  const TimelineSource& source() { return timeline.pieces().source(); }

  Result<Checkpoints::Content> content_of(int64_t time) {
    CHECK(time >= 0 && time <= timeline.accesses());
    return source().nest ? content_at(time) : execute(time);
  }

  // ---- of nests
  Result<void> find_first_touches(const Interruption& stop);
  Result<Checkpoints::Content> content_at(int64_t time);
  Result<void> replay(int64_t from, int64_t to);
  Checkpoints::Content move(Checkpoints::Content content, const std::vector<int64_t>& lines_moved) const;
  Checkpoints::Content nothing() const;
  std::vector<int64_t> by_first_touch(const CacheLevel& level, int64_t time) const;
  // ---- of what has to be executed
  Result<Checkpoints::Content> execute(int64_t time);

  CacheOptions options;                       // without the pass's `stop`
  LineRange lines;
  Timeline timeline;
  size_t evicting;                            // levels
  Checkpoints checkpoints;
  std::vector<int64_t> first_touch;           // by line; needed where some level never evicts
  std::vector<uint32_t> lines_by_first;       // the earliest first
  Checkpoints::Checkpoint latest;             // what was asked for before
  // What replays.
  CacheOptions replayed;
  CacheResult uncounted;
  std::unique_ptr<MissCounter> counter;
  std::unique_ptr<FoldMaker> folds;
  const OrderedTree* tree = nullptr;          // that the folds are of
};

Result<void> CacheHistory::State::find_first_touches(const Interruption& stop) {
  FirstTouches touches(source().layout, lines, options.line);
  TRY(Walker(*source().nest, source().layout, touches, stop, options.max_runs).walk());
  first_touch = touches.take();
  for (uint32_t line = 0; line < first_touch.size(); ++line)
    if (first_touch[line] >= 0) lines_by_first.push_back(line);
  std::ranges::sort(lines_by_first, {}, [&](uint32_t line) { return first_touch[line]; });
  return {};
}

Checkpoints::Content CacheHistory::State::nothing() const {
  Checkpoints::Content content;
  for (size_t level = 0; level < evicting; ++level) content.emplace_back(static_cast<size_t>(options.levels[level].bytes / options.line), CacheState::kNone);
  return content;
}

Checkpoints::Content CacheHistory::State::move(Checkpoints::Content content, const std::vector<int64_t>& lines_moved) const {
  const Shift by{1, lines_moved};
  const LineShift shift(lines, by);
  for (size_t level = 0; level < content.size() && !lines_moved.empty(); ++level)
    content[level] = moved(content[level], options.levels[level], options.line, shift, lines);
  return content;
}

Result<Checkpoints::Content> CacheHistory::State::content_at(int64_t time) {
  const Checkpoints::Place place = checkpoints.place_of(time);
  Checkpoints::Checkpoint start{0, nothing()};
  if (const auto* kept = checkpoints.before(place.time)) start = *kept;
  if (latest.time <= place.time && latest.time > start.time) start = latest;
  if (const auto* part = checkpoints.left_out_before(place.time); part && part->end() > start.time) {
    std::vector<int64_t> lines_moved = part->lines;
    for (int64_t& by : lines_moved) by *= part->times;
    TRY_ASSIGN(Checkpoints::Content before, content_at(part->from));
    start = {part->end(), move(std::move(before), lines_moved)};
  }
  counter->set_content(start.content);
  TRY(replay(start.time, place.time));
  latest = {place.time, counter->content()};
  return move(latest.content, place.lines);
}

Result<void> CacheHistory::State::replay(int64_t from, int64_t to) {
  return timeline.pieces().for_each_tree(from, to, [&](OrderedTree& next, int64_t low, int64_t high) {
    if (tree != &next) folds->begin_tree(next), counter->begin_tree(next);
    tree = &next;
    Replay(next, *counter, LineNumber(options.line), *folds, options.stop).run(low, high);
  });
}

std::vector<int64_t> CacheHistory::State::by_first_touch(const CacheLevel& level, int64_t time) const {
  const int64_t sets = level.bytes / (level.ways * options.line);
  std::vector<int64_t> content(static_cast<size_t>(sets * level.ways), -1);
  std::vector<int64_t> used(static_cast<size_t>(sets));
  const auto end = std::ranges::lower_bound(lines_by_first, time, {}, [&](uint32_t line) { return first_touch[line]; });
  for (auto line = end; line != lines_by_first.begin();) {
    const int64_t number = *--line + lines.first, set = number % sets;
    content[static_cast<size_t>(set * level.ways + used[static_cast<size_t>(set)]++)] = number;
  }
  return content;
}

Result<Checkpoints::Content> CacheHistory::State::execute(int64_t time) {
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(source().function));
  TRY_ASSIGN(std::vector<interp::Tensor> arguments, arguments_of(source().function, counting_options(options)));
  CacheResult result = empty_result(options, source().layout, lines, program.references().size());
  MissCounter caches(options, lines, result);
  std::stop_source end;
  int64_t left = time;
  LineEvents events;
  events.touch = [&](int reference, int buffer, int64_t line) {
    if (left == 0) return end.request_stop(), void();
    --left;
    caches.touch(reference, buffer, line);
  };
  const auto ran = run_for_lines(program, source().layout, std::move(arguments), options.line, end.get_token(), events);
  if (!ran && left > 0) return std::unexpected(ran.error());
  return caches.content();
}

CacheHistory::CacheHistory(std::unique_ptr<State> state) : state_(std::move(state)) {}
CacheHistory::CacheHistory(CacheHistory&&) noexcept = default;
CacheHistory& CacheHistory::operator=(CacheHistory&&) noexcept = default;
CacheHistory::~CacheHistory() = default;

Result<CacheHistory::Pass> CacheHistory::simulate(const ir::Function& function, const CacheOptions& options, int64_t max_bytes) {
  if (options.threads != 1) return fail(DiagnosticKind::BadArgument, "the history of the caches is that of program order", "use one thread");
  TRY(check_levels(options));
  CacheOptions kept = options;
  kept.stop = {};
  TRY_ASSIGN(Timeline timeline, Timeline::make(function, counting_options(kept)));
  TRY_ASSIGN(LineRange lines, lines_of(timeline.pieces().source().layout, options.line, options.max_bytes));
  auto state = std::make_unique<State>(kept, std::move(lines), std::move(timeline), max_bytes);
  const TimelineSource& source = state->source();
  if (!source.nest) {
    state->evicting = options.levels.size();
    TRY_ASSIGN(CacheResult result, simulate_caches(function, options));
    return Pass{std::move(result), CacheHistory(std::move(state))};
  }
  TRY_ASSIGN(CacheResult result, simulate_nest(*source.nest, source.layout, state->lines, options, &state->checkpoints));
  state->replayed = first_levels(kept, state->evicting);
  state->uncounted = empty_result(state->replayed, source.layout, state->lines, source.nest->references.size());
  state->counter = std::make_unique<MissCounter>(state->replayed, state->lines, state->uncounted);
  state->folds = std::make_unique<FoldMaker>(state->lines, source.layout.buffers.size(), options.line);
  if (state->evicting < options.levels.size()) TRY(state->find_first_touches(options.stop));
  return Pass{std::move(result), CacheHistory(std::move(state))};
}

int64_t CacheHistory::accesses() const { return state_->timeline.accesses(); }
const std::vector<CacheLevel>& CacheHistory::levels() const { return state_->options.levels; }
size_t CacheHistory::ordered_levels() const { return state_->evicting; }
int64_t CacheHistory::checkpoint_bytes() const { return state_->checkpoints.bytes(); }

Result<std::vector<LevelContent>> CacheHistory::content(int64_t time) {
  TRY_ASSIGN(const Checkpoints::Content content, state_->content_of(time));
  std::vector<LevelContent> levels;
  for (size_t l = 0; l < state_->options.levels.size(); ++l) {
    const CacheLevel& level = state_->options.levels[l];
    LevelContent& made = levels.emplace_back();
    made.level = level.name;
    made.ways = level.ways;
    made.sets = level.bytes / (level.ways * state_->options.line);
    if (l < content.size())
      for (uint32_t line : content[l]) made.lines.push_back(line == CacheState::kNone ? -1 : line + state_->lines.first);
    else
      made.lines = state_->by_first_touch(level, time);
  }
  return levels;
}

Result<NearestLevels> CacheHistory::nearest(int64_t time) {
  TRY_ASSIGN(const Checkpoints::Content content, state_->content_of(time));
  NearestLevels nearest{state_->lines.first, std::vector<uint8_t>(static_cast<size_t>(state_->lines.count)), std::vector<int64_t>(state_->options.levels.size())};
  for (size_t l = nearest.held.size(); l-- > 0;) {   // the nearest last: it counts
    const auto level = static_cast<uint8_t>(l + 1);
    if (l < content.size()) {
      for (uint32_t line : content[l])
        if (line != CacheState::kNone) nearest.level[line] = level, ++nearest.held[l];
    } else {
      const std::vector<int64_t>& first = state_->first_touch;
      for (size_t line = 0; line < first.size(); ++line) {
        const bool is_held = first[line] >= 0 && first[line] < time;
        nearest.level[line] = is_held ? level : nearest.level[line];
        nearest.held[l] += is_held;
      }
    }
  }
  return nearest;
}

}  // namespace loopglass::locality
