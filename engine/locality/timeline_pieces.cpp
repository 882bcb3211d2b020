#include "engine/locality/timeline_pieces.h"

#include <algorithm>

#include "engine/locality/counters.h"
#include "engine/support/check.h"

namespace loopglass::locality {

namespace {

constexpr size_t kMostTrees = 256;   // of single iterations, kept; further ones are made when they are asked for

// An access of a tree, and the counters of the loops around it, which go into `counters`.
const OrderedTree::Leaf& descend(const OrderedTree& tree, int64_t time, std::vector<int64_t>& counters) {
  const OrderedNode* node = &tree.root;
  while (!node->body.empty()) {
    auto part = node->body.begin();
    while (time >= part->accesses * part->count) time -= part->accesses * part->count, ++part;
    node = &*part;
    if (node->body.empty()) break;
    counters[static_cast<size_t>(node->loop)] = node->first + time / node->accesses;
    time %= node->accesses;
  }
  return tree.leaves[node->first_leaf];
}

// The loops on the way to a loop, and itself.
bool is_on_way(const LoopItem& loop, const LoopItem& target) { return &loop == &target || std::ranges::find(loop.inner, &target) != loop.inner.end(); }

// Where the loop's iteration starts in one iteration of `node`.
std::optional<int64_t> find_start(const OrderedNode& node, const Nest& nest, const LoopItem& target, const std::vector<int64_t>& counters) {
  int64_t start = 0;
  for (const OrderedNode& part : node.body) {
    const LoopItem* loop = part.loop < 0 ? nullptr : nest.loops[static_cast<size_t>(part.loop)];
    if (loop && is_on_way(*loop, target)) {
      const int64_t iteration = counters[static_cast<size_t>(loop->id)] - part.first;
      if (iteration >= 0 && iteration < part.count) {
        const auto inside = loop == &target ? 0 : find_start(part, nest, target, counters);
        if (inside) return start + iteration * part.accesses + *inside;
      }
    }
    start += part.accesses * part.count;
  }
  return {};
}

void list_accesses(const std::vector<Item>& items, std::vector<const LoopItem*>& around, std::vector<TimelineSource::Access>& by_reference) {
  for (const Item& item : items) {
    if (const auto* access = std::get_if<AccessItem>(&item.value)) {
      by_reference[static_cast<size_t>(access->reference)] = {access, around};
    } else if (const auto* guard = std::get_if<GuardItem>(&item.value)) {
      list_accesses(guard->body, around, by_reference);
    } else {
      const LoopItem& loop = *std::get<std::unique_ptr<LoopItem>>(item.value);
      around.push_back(&loop);
      list_accesses(loop.body, around, by_reference);
      around.pop_back();
    }
  }
}

}  // namespace

// Takes the trees that a walk gives away; of the outermost loop that is met iteration by iteration, the iterations alone.
class TimelinePieces::Builder : public OrderedNest {
 public:
  explicit Builder(TimelinePieces& pieces)
      : OrderedNest(pieces.source_->layout, pieces.source_->options.line, {}, [this](OrderedTree& tree, int) { take(tree); }), pieces_(pieces) {}

  int64_t iteration_at(const LoopItem& loop, int64_t n, int64_t count) override {
    if (depth_ == 0) add_iteration(loop, n);
    return OrderedNest::iteration_at(loop, n, count);
  }
  void begin_iteration(const LoopItem&) override { ++depth_; }
  void end_iteration(const LoopItem& loop) override {
    --depth_;
    OrderedNest::end_iteration(loop);
  }

 private:
  void add_iteration(const LoopItem& loop, int64_t n) {
    Piece& piece = pieces_.pieces_.emplace_back();
    piece.start = pieces_.accesses_;
    piece.loop = &loop;
    piece.iteration = n;
  }
  void take(OrderedTree& tree) {
    const OrderedNode& first = tree.root.body.front();
    if (depth_ == 0) {
      if (first.count == 1 && first.loop >= 0 && pieces_.pieces_.size() >= kMostTrees) {
        add_iteration(*pieces_.source_->nest->loops[static_cast<size_t>(first.loop)], first.first);
      } else {
        Piece& piece = pieces_.pieces_.emplace_back();
        piece.start = pieces_.accesses_;
        piece.tree = std::make_unique<OrderedTree>(std::move(tree));
        return count(*piece.tree);
      }
    }
    count(tree);
  }
  void count(const OrderedTree& tree) {
    for (const OrderedNode& part : tree.root.body) pieces_.accesses_ += part.accesses * part.count;
  }

  TimelinePieces& pieces_;
  int depth_ = 0;   // of loops met iteration by iteration
};

Result<std::unique_ptr<TimelinePieces>> TimelinePieces::make(const ir::Function& function, const Options& options) {
  auto source = std::make_shared<TimelineSource>();
  source->function = function;
  source->options = options;
  TRY_ASSIGN(source->layout, lay_out(function, options));
  source->nest = build_nest(function, source->layout);
  std::unique_ptr<TimelinePieces> pieces(new TimelinePieces(source));
  if (!source->nest) return pieces;
  source->accesses.resize(source->nest->references.size());
  std::vector<const LoopItem*> around;
  list_accesses(source->nest->items, around, source->accesses);
  pieces->counters_.assign(source->nest->loops.size(), 0);
  TRY(pieces->build(nullptr));
  return pieces;
}

// The pieces of the function, or of one iteration of a loop.
Result<void> TimelinePieces::build(const LoopItem* within) {
  Builder builder(*this);
  Walker walker(*source_->nest, source_->layout, builder, source_->options.stop, source_->options.max_runs);
  TRY_ASSIGN(const int64_t accesses, within ? walker.walk_iteration(*within, counters_) : walker.walk());
  CHECK(accesses == accesses_);
  return {};
}

size_t TimelinePieces::piece_at(int64_t time) const {
  const auto after = std::ranges::upper_bound(pieces_, time, {}, &Piece::start);
  return static_cast<size_t>(after - pieces_.begin()) - 1;
}

Result<TimelinePieces*> TimelinePieces::inside(size_t at) {
  if (inside_ && opened_ == at) return inside_.get();
  const Piece& piece = pieces_[at];
  std::unique_ptr<TimelinePieces> made(new TimelinePieces(source_));
  made->counters_ = counters_;
  made->counters_[static_cast<size_t>(piece.loop->id)] = piece.iteration;
  TRY(made->build(piece.loop));
  inside_ = std::move(made);
  opened_ = at;
  return inside_.get();
}

Result<Position> TimelinePieces::position(int64_t time) {
  CHECK(time >= 0 && time < accesses_);
  const size_t at = piece_at(time);
  const Piece& piece = pieces_[at];
  if (piece.tree) return position_in(piece, time);
  TRY_ASSIGN(TimelinePieces* const parts, inside(at));
  TRY_ASSIGN(Position found, parts->position(time - piece.start));
  found.time = time;
  return found;
}

Position TimelinePieces::position_in(const Piece& piece, int64_t time) const {
  std::vector<int64_t> counters = counters_;
  const OrderedTree::Leaf& leaf = descend(*piece.tree, time - piece.start, counters);
  Position found{.time = time, .reference = leaf.reference, .buffer = leaf.buffer};
  const auto& [item, loops] = source_->accesses[static_cast<size_t>(leaf.reference)];
  const PlacedBuffer& buffer = source_->layout.buffers[static_cast<size_t>(leaf.buffer)];
  for (size_t d = 0; d < item->indices.size(); ++d) found.element += value_at(*item->indices[d], counters) * buffer.element_strides[d];
  found.address = buffer.address(found.element);
  for (const LoopItem* loop : loops) found.loops.push_back({loop->var, value_at(*loop, counters), counters[static_cast<size_t>(loop->id)]});
  return found;
}

Result<std::optional<int64_t>> TimelinePieces::time_of(const LoopItem& loop, const std::vector<int64_t>& counters) {
  for (size_t at = 0; at < pieces_.size(); ++at) {
    const Piece& piece = pieces_[at];
    std::optional<int64_t> found;
    if (piece.tree) {
      found = find_start(piece.tree->root, *source_->nest, loop, counters);
    } else if (is_on_way(*piece.loop, loop) && counters[static_cast<size_t>(piece.loop->id)] == piece.iteration && end_of(at) > piece.start) {
      if (piece.loop == &loop) return piece.start;
      TRY_ASSIGN(TimelinePieces* const parts, inside(at));
      TRY_ASSIGN(found, parts->time_of(loop, counters));
    }
    if (found) return piece.start + *found;
  }
  return std::optional<int64_t>{};
}

Result<void> TimelinePieces::for_each_tree(int64_t from, int64_t to, const std::function<void(OrderedTree&, int64_t, int64_t)>& run) {
  for (size_t at = from < to ? piece_at(from) : pieces_.size(); at < pieces_.size() && pieces_[at].start < to; ++at) {
    const Piece& piece = pieces_[at];
    const int64_t low = std::max<int64_t>(from - piece.start, 0), high = std::min(to, end_of(at)) - piece.start;
    if (low >= high) continue;
    if (piece.tree) {
      run(*piece.tree, low, high);
    } else {
      TRY_ASSIGN(TimelinePieces* const parts, inside(at));
      TRY(parts->for_each_tree(low, high, run));
    }
  }
  return {};
}

}  // namespace loopglass::locality
