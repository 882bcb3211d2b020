#include "engine/locality/walker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/support/check.h"

namespace loopglass::locality {

namespace {

struct TooManyRuns {};
struct Stopped {
  Diagnostic diagnostic;
};

// In the loop variables' own values.
std::string values_at(const std::vector<const LoopItem*>& path, const Box& box) {
  std::string text;
  for (const LoopItem* loop : path) {
    const auto first = resolve(*loop->first, box), step = resolve(*loop->step, box);
    text += fmt::format("{}{} = {}", text.empty() ? ", at " : ", ", loop->var->name, first->constant + step->constant * box.low[loop->id]);
  }
  return text;
}

}  // namespace

Walker::Walker(const Nest& nest, const Layout& layout, RunSink& sink, Interruption stop, size_t max_runs)
    : nest_(nest), layout_(layout), sink_(sink), stop_(std::move(stop)), max_runs_(max_runs) {
  box_.low.assign(nest.loops.size(), 0);
  box_.high.assign(nest.loops.size(), 0);
  lengths_.resize(nest.loops.size());
}

Result<int64_t> Walker::walk() try {
  return walk(nest_.items, 0, true);
} catch (Stopped& stopped) {
  return std::unexpected(std::move(stopped.diagnostic));
}

int64_t Walker::walk(const std::vector<Item>& items, int64_t start, bool may_emit) {
  int64_t count = 0;
  for (const Item& item : items) {
    if (const auto* one = std::get_if<AccessItem>(&item.value)) {
      access(*one, count);
      if (may_emit) emit(start);
      ++count;
    } else if (const auto* guard = std::get_if<GuardItem>(&item.value)) {
      if (!constant(*guard->condition)) continue;
      const size_t first = runs_.size();
      const int64_t inside = walk(guard->body, start + count, may_emit);
      for (size_t r = first; r < runs_.size(); ++r) runs_[r].ordinal += count;
      count += inside;
    } else {
      const LoopItem& loop = *std::get<std::unique_ptr<LoopItem>>(item.value);
      const size_t first = runs_.size();
      const int64_t inside = walk_loop(loop, start + count, may_emit);
      for (size_t r = first; r < runs_.size(); ++r) runs_[r].ordinal += count;
      count += inside;
    }
  }
  return count;
}

// `start` counts only where may_emit; otherwise the runs made have ordinals from the loop's first access.
int64_t Walker::walk_loop(const LoopItem& loop, int64_t start, bool may_emit) {
  const int64_t count = constant(*loop.count);
  sink_.extent(loop, count);
  path_.push_back(&loop);
  int64_t made = 0;
  if (may_emit && sink_.streams(loop)) made = walk_streaming(loop, count, 0, start);
  for (int64_t from = may_emit && sink_.streams(loop) ? count : 0; from < count;) {
    if (stop_.stop_requested()) throw Stopped{fail(DiagnosticKind::Cancelled, "counting was cancelled").error()};
    const int64_t to = segment_end(loop, from, count);
    const size_t first = runs_.size();
    int64_t per_iteration;
    try {
      box_.low[loop.id] = from;
      box_.high[loop.id] = to - 1;
      sink_.open_segment(loop, from, to - from);
      per_iteration = walk(loop.body, 0, false);
      sink_.close_segment();
    } catch (const TooManyRuns&) {
      if (!may_emit) throw;
      sink_.abandon_segments();
      path_.resize(static_cast<size_t>(loop.depth) + 1);
      runs_.resize(first);
      made += walk_streaming(loop, count, from, start + made);
      break;
    }
    sink_.iteration(loop, std::span(runs_).subspan(first), box_);
    close(loop, first, from, to - from, per_iteration, made);
    if (may_emit) emit(start);
    made += per_iteration * (to - from);
    from = to;
  }
  box_.low[loop.id] = box_.high[loop.id] = 0;
  path_.pop_back();
  return made;
}

int64_t Walker::walk_streaming(const LoopItem& loop, int64_t count, int64_t from, int64_t start) {
  int64_t made = 0;
  for (; from < count; ++from) {
    if (stop_.stop_requested()) throw Stopped{fail(DiagnosticKind::Cancelled, "counting was cancelled").error()};
    box_.low[loop.id] = box_.high[loop.id] = sink_.iteration_at(loop, from, count);
    sink_.begin_iteration(loop);
    made += walk(loop.body, start + made, true);
    sink_.end_iteration(loop);
  }
  return made;
}

void Walker::emit(int64_t start) {
  for (Run& run : runs_) {
    run.ordinal += start;
    CHECK(run.at.is_constant());
    sink_.run(run);
  }
  runs_.clear();
}

// The loop becomes a dimension of every run made in its segment. `ordinal`: of the segment's first access.
void Walker::close(const LoopItem& loop, size_t first_run, int64_t low, int64_t count, int64_t per_iteration, int64_t ordinal) {
  for (size_t r = first_run; r < runs_.size(); ++r) {
    Run& run = runs_[r];
    run.ordinal += ordinal;
    auto* part = std::ranges::find(run.at.parts, loop.id, &Linear::Part::loop);
    const int64_t stride = part == run.at.parts.end() ? 0 : part->coefficient;
    if (stride != 0) {
      run.at.constant += stride * low;
      run.at.parts.erase(part);
      run.dims.push_back({count, stride, per_iteration});
    } else {
      run.repeat *= count;
      run.span += (count - 1) * per_iteration;
    }
  }
}

void Walker::access(const AccessItem& item, int64_t ordinal) {
  if (!path_.empty() && runs_.size() >= max_runs_) throw TooManyRuns{};
  const PlacedBuffer& buffer = layout_.buffers[static_cast<size_t>(item.buffer)];
  Run run;
  Linear address;
  run.reference = item.reference;
  run.buffer = item.buffer;
  run.is_write = item.is_write;
  run.ordinal = ordinal;
  for (size_t d = 0; d < item.indices.size(); ++d) {
    const auto index = resolve(*item.indices[d], box_);
    CHECK(index.has_value(), "a segment leaves an index unresolved");
    const Interval range = range_of(*index, box_);
    if (range.low < 0 || range.high >= buffer.shape[d])
      throw Stopped{fail(DiagnosticKind::KernelOutOfBounds,
                         fmt::format("dimension {} of {}, whose shape is ({}{}), is accessed from {} to {}{}", d, buffer.buffer->name,
                                     fmt::join(buffer.shape, ", "), buffer.shape.size() == 1 ? "," : "", range.low, range.high,
                                     values_at(path_, box_)),
                         "guard the access with T.where or T.if_then_else, or make the buffer larger")
                        .error()};
    run.at = plus(run.at, *index, buffer.element_strides[d]);
    address = plus(address, *index, buffer.strides[d]);
  }
  sink_.access(item, address);
  runs_.push_back(run);
}

int64_t Walker::constant(const Term& term) {
  const auto value = resolve(term, box_);
  CHECK(value && value->is_constant(), "a segment leaves a guard or an extent undecided");
  return value->constant;
}

// All loops inside over all their iterations.
void Walker::open_inner(const LoopItem& loop) {
  for (const LoopItem* inner : loop.inner) {
    const auto count = resolve(*inner->count, box_);
    box_.low[inner->id] = 0;
    box_.high[inner->id] = count ? std::max<int64_t>(range_of(*count, box_).high, 1) - 1 : INT32_MAX;
  }
}

bool Walker::is_resolved(const LoopItem& loop, int64_t from, int64_t to) {
  box_.low[loop.id] = from;
  box_.high[loop.id] = to - 1;
  return std::ranges::all_of(loop.atoms, [&](const TermPtr& atom) { return resolve(*atom, box_).has_value(); });
}

// The end of the longest segment from `from` on which everything that depends on the loop is affine and decided; one iteration where
// even that leaves something to the loops inside.
int64_t Walker::segment_end(const LoopItem& loop, int64_t from, int64_t count) {
  if (loop.shapes_inner) return from + 1;
  if (loop.atoms.empty()) return count;
  box_.low[loop.id] = from;
  box_.high[loop.id] = count - 1;
  open_inner(loop);
  if (is_resolved(loop, from, count)) return count;
  Lengths& lengths = lengths_[static_cast<size_t>(loop.id)];
  int64_t good = 0, bad = count - from;
  for (int64_t guess : {lengths.before, lengths.last})
    if (guess > good && guess < bad) (is_resolved(loop, from, from + guess) ? good : bad) = guess;
  if (good == 0 && !is_resolved(loop, from, from + 1)) bad = 1;
  else good = std::max<int64_t>(good, 1);
  if (good > 0 && good + 1 < bad) (is_resolved(loop, from, from + good + 1) ? good : bad) = good + 1;
  for (int64_t next = good * 2; good > 0 && next < bad; next *= 2) {
    if (!is_resolved(loop, from, from + next)) {
      bad = next;
      break;
    }
    good = next;
  }
  while (bad - good > 1) {
    const int64_t middle = good + (bad - good) / 2;
    (is_resolved(loop, from, from + middle) ? good : bad) = middle;
  }
  lengths = {std::max<int64_t>(good, 1), lengths.last};
  for (const LoopItem* inner : loop.inner) box_.low[inner->id] = box_.high[inner->id] = 0;
  return from + lengths.last;
}

Result<int64_t> Walker::walk_iteration(const LoopItem& loop, const std::vector<int64_t>& counters) try {
  bool runs = true;
  const std::vector<Item>* body = find_body(nest_.items, loop, counters, runs);
  return body && runs ? walk(*body, 0, true) : 0;
} catch (Stopped& stopped) {
  return std::unexpected(std::move(stopped.diagnostic));
}

// The loop's body, with the loops on the way fixed at their counters; `runs` is false where a guard on the way, or a loop's end, is met.
const std::vector<Item>* Walker::find_body(const std::vector<Item>& items, const LoopItem& loop, const std::vector<int64_t>& counters, bool& runs) {
  for (const Item& item : items) {
    if (const auto* guard = std::get_if<GuardItem>(&item.value)) {
      const auto holds = resolve(*guard->condition, box_);
      bool inside = runs && holds && holds->constant;
      if (const auto* body = find_body(guard->body, loop, counters, inside)) return runs = inside, body;
    } else if (const auto* nested = std::get_if<std::unique_ptr<LoopItem>>(&item.value)) {
      const LoopItem& here = **nested;
      const int64_t at = counters[static_cast<size_t>(here.id)];
      const auto count = resolve(*here.count, box_);
      box_.low[here.id] = box_.high[here.id] = at;
      bool inside = runs && count && at >= 0 && at < count->constant;
      path_.push_back(&here);
      if (&here == &loop) return runs = inside, &here.body;
      if (const auto* body = find_body(here.body, loop, counters, inside)) return runs = inside, body;
      path_.pop_back();
      box_.low[here.id] = box_.high[here.id] = 0;
    }
  }
  return nullptr;
}

}  // namespace loopglass::locality
