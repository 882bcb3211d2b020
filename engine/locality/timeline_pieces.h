// A function's accesses cut into pieces of time that can each be entered anywhere: trees of loops, and iterations of loops that hold too
// much for a tree, which are cut in their turn when they are asked for.
#pragma once

#include <functional>
#include <optional>

#include "engine/locality/ordered_nest.h"
#include "engine/locality/seek.h"

namespace loopglass::locality {

// What all pieces share. Without a nest, the function has to be executed.
struct TimelineSource {
  ir::Function function;
  Options options;
  Layout layout;
  std::optional<Nest> nest;
  struct Access {
    const AccessItem* item = nullptr;     // null where it is never made
    std::vector<const LoopItem*> loops;   // around it, the outermost first
  };
  std::vector<Access> accesses;           // by reference
};

class TimelinePieces {
 public:
  static Result<std::unique_ptr<TimelinePieces>> make(const ir::Function& function, const Options& options);

  const TimelineSource& source() const { return *source_; }
  int64_t accesses() const { return accesses_; }
  void set_accesses(int64_t accesses) { accesses_ = accesses; }   // of an execution

  Result<Position> position(int64_t time);
  Result<std::optional<int64_t>> time_of(const LoopItem& loop, const std::vector<int64_t>& counters);
  // The trees of [from, to), in order, each with the stretch of it that lies there. `run` leaves the tree as it was. Needs a nest.
  Result<void> for_each_tree(int64_t from, int64_t to, const std::function<void(OrderedTree& tree, int64_t from, int64_t to)>& run);

 private:
  struct Piece {
    int64_t start = 0;                    // accesses before it, in these pieces
    std::unique_ptr<OrderedTree> tree;    // null: an iteration of a loop
    const LoopItem* loop = nullptr;
    int64_t iteration = 0;
  };
  class Builder;

  explicit TimelinePieces(std::shared_ptr<const TimelineSource> source) : source_(std::move(source)) {}
  Result<void> build(const LoopItem* within);
  int64_t end_of(size_t piece) const { return piece + 1 < pieces_.size() ? pieces_[piece + 1].start : accesses_; }
  size_t piece_at(int64_t time) const;
  Result<TimelinePieces*> inside(size_t piece);
  Position position_in(const Piece& piece, int64_t time) const;

  std::shared_ptr<const TimelineSource> source_;
  std::vector<int64_t> counters_;         // by loop, of those around all pieces
  std::vector<Piece> pieces_;
  int64_t accesses_ = 0;
  size_t opened_ = 0;                     // the piece that inside_ is of
  std::unique_ptr<TimelinePieces> inside_;
};

}  // namespace loopglass::locality
