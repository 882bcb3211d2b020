#include "engine/locality/seek.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "engine/interp/program.h"
#include "engine/locality/counters.h"
#include "engine/locality/executed.h"
#include "engine/locality/reference_touches.h"
#include "engine/locality/timeline_pieces.h"
#include "engine/support/check.h"

namespace loopglass::locality {

namespace {

// Follows an execution until somebody is satisfied, which stops it.
class Cursor : public interp::Observer {
 public:
  // Called at each access event with the time of its first access and the number of accesses that it makes; true ends the execution.
  using Tell = std::function<bool(const Cursor&, const interp::AccessEvent&, int64_t accesses)>;

  Cursor(const interp::Program& program, const TimelineSource& source, Tell tell)
      : program_(program), layout_(source.layout), line_(source.options.line), map_(program, source.layout), tell_(std::move(tell)) {}

  Result<void> run(const TimelineSource& source) {
    TRY_ASSIGN(std::vector<interp::Tensor> arguments, arguments_of(source.function, source.options));
    const std::stop_callback forward(source.options.stop.token(), [this] { end_.request_stop(); });
    const Result<void> ran = program_.run(arguments, {.stop = end_.get_token()}, this);
    if (!ran && !is_found_) return ran;
    return {};
  }

  void access(const interp::AccessEvent& event) override {
    const int buffer = map_.buffer(event.storage);
    if (is_found_ || buffer < 0 || !layout_.buffers[static_cast<size_t>(buffer)].is_memory) return;
    std::set<int64_t> lines;
    for (int64_t byte : event.bytes) lines.insert(placed(event).address(map_.element(event.storage, byte)) / line_);
    const auto accesses = static_cast<int64_t>(lines.size());
    is_found_ = tell_(*this, event, accesses);
    if (is_found_) end_.request_stop();
    else time_ += accesses;
  }
  void iteration(int loop, int64_t value) override {
    const auto& var = program_.loops()[static_cast<size_t>(loop)]->loop_var;
    if (loops_.empty() || loops_.back().var != var) loops_.push_back({var, value, -1});
    loops_.back().value = value;
    ++loops_.back().iteration;
  }
  void loop_end(int loop) override {
    if (!is_found_ && !loops_.empty() && loops_.back().var == program_.loops()[static_cast<size_t>(loop)]->loop_var) loops_.pop_back();
  }

  // How many lanes of the event touch an element of a buffer, and how many of its accesses come before the one that does.
  std::pair<int64_t, int64_t> lanes_at(const interp::AccessEvent& event, int buffer, int64_t element) const {
    if (map_.buffer(event.storage) != buffer) return {0, 0};
    int64_t lanes = 0;
    std::set<int64_t> lines_before;
    const int64_t line = placed(event).address(element) / line_;
    for (int64_t byte : event.bytes) {
      const int64_t other = map_.element(event.storage, byte), other_line = placed(event).address(other) / line_;
      lanes += other == element;
      if (other_line < line) lines_before.insert(other_line);
    }
    return {lanes, static_cast<int64_t>(lines_before.size())};
  }

  int64_t time() const { return time_; }
  const std::vector<LoopValue>& loops() const { return loops_; }
  // Of the n-th access that the event makes: the first element on the n-th line.
  Position position(const interp::AccessEvent& event, int64_t n) const {
    std::map<int64_t, int64_t> first_on_line;
    for (int64_t byte : event.bytes) {
      const int64_t element = map_.element(event.storage, byte);
      const auto [it, is_new] = first_on_line.emplace(placed(event).address(element) / line_, element);
      it->second = std::min(it->second, element);
    }
    const int64_t element = std::next(first_on_line.begin(), n)->second;
    return {time_ + n, loops_, event.reference, map_.buffer(event.storage), element, placed(event).address(element)};
  }

 private:
  const PlacedBuffer& placed(const interp::AccessEvent& event) const { return layout_.buffers[static_cast<size_t>(map_.buffer(event.storage))]; }

  const interp::Program& program_;
  const Layout& layout_;
  int64_t line_;
  ElementMap map_;
  Tell tell_;
  std::vector<LoopValue> loops_;   // under way
  int64_t time_ = 0;
  bool is_found_ = false;
  std::stop_source end_;
};

// Executes until `tell` is satisfied; gives the time it came to.
Result<int64_t> execute(const TimelineSource& source, Cursor::Tell tell) {
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(source.function));
  TRY(require_whole_views(program, source.layout));
  Cursor cursor(program, source, std::move(tell));
  TRY(cursor.run(source));
  return cursor.time();
}

// Whether the loop and those around it are at the wanted values, or, where they are not named, at their first.
bool is_at(const std::vector<LoopValue>& loops, const ir::VarNode* loop, const std::map<const ir::VarNode*, int64_t>& values) {
  for (const LoopValue& one : loops) {
    const auto it = values.find(one.var.get());
    if (it == values.end() ? one.iteration != 0 : one.value != it->second) return false;
    if (one.var.get() == loop) return true;
  }
  return false;
}

// By reference.
using TouchesFound = std::map<int, ElementTouch>;

std::vector<ElementTouch> by_time(TouchesFound found) {
  std::vector<ElementTouch> touches;
  for (auto& [reference, touch] : found) touches.push_back(std::move(touch));
  std::ranges::sort(touches, {}, [](const ElementTouch& touch) { return touch.first.time; });
  return touches;
}

}  // namespace

Timeline::Timeline(std::unique_ptr<TimelinePieces> pieces) : pieces_(std::move(pieces)) {}
Timeline::Timeline(Timeline&&) noexcept = default;
Timeline& Timeline::operator=(Timeline&&) noexcept = default;
Timeline::~Timeline() = default;

Result<Timeline> Timeline::make(const ir::Function& function, const Options& options) {
  TRY_ASSIGN(std::unique_ptr<TimelinePieces> pieces, TimelinePieces::make(function, options));
  if (!pieces->source().nest) {
    TRY_ASSIGN(const int64_t accesses, execute(pieces->source(), [](const Cursor&, const interp::AccessEvent&, int64_t) { return false; }));
    pieces->set_accesses(accesses);
  }
  return Timeline(std::move(pieces));
}

int64_t Timeline::accesses() const { return pieces_->accesses(); }
bool Timeline::is_immediate() const { return pieces_->source().nest.has_value(); }

Result<Position> Timeline::position(int64_t time) {
  CHECK(time >= 0 && time < accesses());
  if (is_immediate()) return pieces_->position(time);
  Position found;
  TRY(execute(pieces_->source(), [&](const Cursor& at, const interp::AccessEvent& event, int64_t accesses) {
    if (at.time() + accesses <= time) return false;
    found = at.position(event, time - at.time());
    return true;
  }));
  return found;
}

Result<std::optional<int64_t>> Timeline::time_of(const ir::VarNode* loop, const std::map<const ir::VarNode*, int64_t>& values) {
  if (is_immediate()) {
    const Nest& nest = *pieces_->source().nest;
    for (const LoopItem* item : nest.loops)
      if (item->var.get() == loop) return pieces_->time_of(*item, counters_at(nest, values));
    return std::optional<int64_t>{};
  }
  bool is_found = false;
  TRY_ASSIGN(const int64_t time, execute(pieces_->source(), [&](const Cursor& at, const interp::AccessEvent&, int64_t) { return is_found = is_at(at.loops(), loop, values); }));
  return is_found ? std::optional(time) : std::nullopt;
}

Result<std::vector<ElementTouch>> Timeline::touches(int buffer, int64_t element) {
  const TimelineSource& source = pieces_->source();
  TouchesFound found;
  if (source.nest) {
    TRY_ASSIGN(const auto times, touches_by_reference(*source.nest, source.layout, buffer, element, source.options));
    for (const auto& [reference, times_of] : times) {
      TRY_ASSIGN(const Position first, pieces_->position(times_of.first));
      TRY_ASSIGN(const Position last, pieces_->position(times_of.last));
      found[reference] = {reference, times_of.times, first, last};
    }
    return by_time(std::move(found));
  }
  TRY(execute(source, [&](const Cursor& at, const interp::AccessEvent& event, int64_t) {
    const auto [lanes, before] = at.lanes_at(event, buffer, element);
    if (lanes == 0) return false;
    Position position = at.position(event, before);
    position.element = element;
    position.address = source.layout.buffers[static_cast<size_t>(buffer)].address(element);
    ElementTouch& touch = found.try_emplace(event.reference, ElementTouch{event.reference, 0, position, position}).first->second;
    touch.count += lanes;
    touch.last = std::move(position);
    return false;
  }));
  return by_time(std::move(found));
}

}  // namespace loopglass::locality
