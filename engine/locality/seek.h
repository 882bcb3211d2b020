// Times of a function: which loop values, statement and element stand at a time, and at which time an iteration starts.
//
// A time t is the moment before access number t, counted from 0 in program order on one thread: 0 is the start, Timeline::accesses() the end.
#pragma once

#include <memory>
#include <optional>

#include "engine/locality/access.h"

namespace loopglass::locality {

struct LoopValue {
  ir::Var var;
  int64_t value = 0;            // of the loop variable
  int64_t iteration = 0;        // from 0
};

// Access number `time`.
struct Position {
  int64_t time = 0;
  std::vector<LoopValue> loops; // around the access, the outermost first
  int reference = 0;            // into Access::references
  int buffer = 0;               // into Access::buffers
  int64_t element = 0;          // row-major
  int64_t address = 0;          // bytes, the contract's
};

// What one reference does to an element.
struct ElementTouch {
  int reference = 0;            // into Access::references
  int64_t count = 0;            // of touches: of a vector's, one for each lane
  Position first, last;
};

class TimelinePieces;

// Keeps what it needs of the function. Not to be used by two threads at once.
class Timeline {
 public:
  // Uses Options' row_pitch, line, arguments, max_runs and stop. Errors: what count_accesses gives.
  static Result<Timeline> make(const ir::Function& function, const Options& options = {});
  Timeline(Timeline&&) noexcept;
  Timeline& operator=(Timeline&&) noexcept;
  ~Timeline();

  int64_t accesses() const;
  // Whether positions take time in the depth of the nest alone. Otherwise (indices that depend on data, vectors) the function is executed up to
  // the time that is asked for.
  bool is_immediate() const;

  // Requires 0 <= time < accesses(). Errors: where the function has to be executed, those of executing it.
  Result<Position> position(int64_t time);
  // The time of the first access made while a loop and those around it are at these values; loops that are not named are at their first.
  // Nothing where there is no such iteration, or it makes no access. Errors: as position().
  Result<std::optional<int64_t>> time_of(const ir::VarNode* loop, const std::map<const ir::VarNode*, int64_t>& values);

  // The references that touch an element (row-major) of a buffer (into Access::buffers), the one that comes first before the others. Takes as long as counting all accesses
  // does, or executing the function. Errors: Cancelled, as position().
  Result<std::vector<ElementTouch>> touches(int buffer, int64_t element);

  // For what replays stretches of time (cache_history.cpp).
  TimelinePieces& pieces() { return *pieces_; }

 private:
  explicit Timeline(std::unique_ptr<TimelinePieces> pieces);
  std::unique_ptr<TimelinePieces> pieces_;
};

}  // namespace loopglass::locality
