// Which threads touch which elements.
#include <algorithm>
#include <deque>
#include <functional>

#include "engine/locality/ordered_nest.h"
#include "engine/locality/quantities.h"

namespace loopglass::locality {

namespace {

// Gives trees whose addresses are element numbers, and says in how many iterations the parallel loops are cut. Outside parallel loops, and in those
// inside others, the thread under way goes on, as in the cache model.
class ParallelNest : public OrderedNest {
 public:
  // `run` gets the tree, by leaf the extent of the outermost parallel loop around it (0: none), and the thread of an iteration that comes by itself.
  using Run = std::function<void(const OrderedTree&, const std::vector<int64_t>& extents, std::optional<int> thread)>;
  ParallelNest(const Layout& layout, const Nest& nest, ThreadOrder order, const Run& run)
      : OrderedNest(layout, 1, {}, [this, &run](OrderedTree& tree, int) { run(tree, of_leaves_, thread_); }), order_(order), counts_(nest.loops.size()) {}

  void extent(const LoopItem& loop, int64_t count) override { counts_[static_cast<size_t>(loop.id)] = count; }
  void open_segment(const LoopItem& loop, int64_t first, int64_t count) override {
    open_.push_back(!open_.empty() && open_.back() > 0 ? open_.back() : loop.is_parallel ? counts_[static_cast<size_t>(loop.id)] : 0);
    OrderedNest::open_segment(loop, first, count);
  }
  void access(const AccessItem& item, const Linear& address) override {
    of_leaves_.push_back(open_.empty() ? 0 : open_.back());
    OrderedNest::access(item, address);
  }
  void close_segment() override {
    open_.pop_back();
    OrderedNest::close_segment();
  }
  void abandon_segments() override {
    open_.clear();
    of_leaves_.clear();
    OrderedNest::abandon_segments();
  }
  int64_t iteration_at(const LoopItem& loop, int64_t n, int64_t count) override {
    if (!thread_ && loop.is_parallel) parallel_ = &loop, thread_ = static_cast<int>(n / order_.chunk(count));
    return n;
  }
  void end_iteration(const LoopItem& loop) override {
    if (parallel_ == &loop) parallel_ = nullptr, thread_.reset();
  }

 private:
  ThreadOrder order_;
  std::vector<int64_t> counts_;      // by loop
  std::vector<int64_t> open_, of_leaves_;
  const LoopItem* parallel_ = nullptr;
  std::optional<int> thread_;
};

// The elements that one access touches first, by one thread: element + sum of t_d * step_d at the time `time` + sum of t_d * time_d.
struct Touches {
  struct Dim {
    int64_t step, count, time;
    bool operator==(const Dim&) const = default;
  };
  int64_t element = 0;
  int thread = 0;
  std::vector<Dim> dims;             // steps are never 0
  bool operator==(const Touches&) const = default;
};

class ThreadMarks {
 public:
  ThreadMarks(const Layout& layout, const Nest& nest, ThreadOrder order) : nest_(nest), order_(order), latest_(layout.buffers.size()) {
    for (const PlacedBuffer& buffer : layout.buffers) {
      const auto elements = static_cast<size_t>(buffer.is_memory ? buffer.elements : 0);
      all_.push_back({buffer.buffer, std::vector<int>(elements, -1), std::vector<bool>(elements)});
      times_.emplace_back(elements);
    }
  }

  void tree(const OrderedTree& tree, const std::vector<int64_t>& extents, std::optional<int> thread) {
    for (size_t leaf = 0; leaf < tree.leaves.size(); ++leaf) access(tree, leaf, extents[leaf], thread);
    for (const OrderedNode& part : tree.root.body) time_ += part.accesses * part.count;
  }
  std::vector<ElementThreads> take() { return std::move(all_); }

 private:
  static constexpr size_t kLatest = 8;

  void access(const OrderedTree& tree, size_t leaf, int64_t extent, std::optional<int> thread) {
    Touches touches{tree.leaves[leaf].address, thread.value_or(0), {}};
    const auto buffer = static_cast<size_t>(tree.leaves[leaf].buffer);
    int64_t time = time_;
    const OrderedNode* parallel = nullptr;
    for (const OrderedNode* part = tree.root.body.data();; part = part->body.data()) {
      for (; part->last_leaf <= leaf; ++part) time += part->accesses * part->count;
      if (part->body.empty()) break;
      const int64_t step = part->steps[leaf - part->first_leaf];
      if (!parallel && !thread && nest_.loops[static_cast<size_t>(part->loop)]->is_parallel) parallel = part;
      else if (step != 0 && part->count > 1) touches.dims.push_back({step, part->count, part->accesses});
    }
    if (!parallel) return mark(buffer, std::move(touches), time);
    // One chunk after the other; where the loop does not move the access, only the first thread and another one count.
    const int64_t step = parallel->steps[leaf - parallel->first_leaf], chunk = order_.chunk(extent), end = parallel->first + parallel->count;
    for (int64_t from = parallel->first, to; from < end; from = step == 0 ? std::max(to, (end - 1) / chunk * chunk) : to) {
      to = std::min(end, (from / chunk + 1) * chunk);
      Touches part = touches;
      part.thread = static_cast<int>(from / chunk);
      part.element += (from - parallel->first) * step;
      if (step != 0 && to - from > 1) part.dims.push_back({step, to - from, parallel->accesses});
      mark(buffer, std::move(part), time + (from - parallel->first) * parallel->accesses);
    }
  }

  // Most accesses touch what one just before has touched.
  void mark(size_t buffer, Touches touches, int64_t time) {
    std::ranges::sort(touches.dims, std::greater(), [](const Touches::Dim& dim) { return std::abs(dim.step); });
    std::deque<Touches>& latest = latest_[buffer];
    if (std::ranges::find(latest, touches) != latest.end()) return;
    mark(buffer, touches, 0, touches.element, time);
    if (latest.size() == kLatest) latest.pop_front();
    latest.push_back(std::move(touches));
  }

  void mark(size_t buffer, const Touches& touches, size_t dim, int64_t element, int64_t time) {
    if (dim == touches.dims.size()) return mark(buffer, touches.thread, static_cast<size_t>(element), time);
    const auto& [step, count, later] = touches.dims[dim];
    for (int64_t t = 0; t < count; ++t) mark(buffer, touches, dim + 1, element + t * step, time + t * later);
  }

  void mark(size_t buffer, int thread, size_t element, int64_t time) {
    int& first = all_[buffer].first[element];
    if (first >= 0 && first != thread) all_[buffer].several[element] = true;
    if (first >= 0 && time >= times_[buffer][element]) return;
    first = thread;
    times_[buffer][element] = time;
  }

  const Nest& nest_;
  ThreadOrder order_;
  int64_t time_ = 0;                            // of the tree's first access
  std::vector<std::deque<Touches>> latest_;     // by buffer
  std::vector<ElementThreads> all_;
  std::vector<std::vector<int64_t>> times_;     // of the first accesses, as far as there are some
};

}  // namespace

Result<std::vector<ElementThreads>> threads_of_elements(const ir::Function& function, int threads, const Options& options) {
  TRY_ASSIGN(Layout layout, lay_out(function, options));
  TRY(require_room(layout, sizeof(int) + sizeof(int64_t) + 1, options));   // first, their times, several
  const std::optional<Nest> nest = build_nest(function, layout);
  if (!nest) return fail(DiagnosticKind::UnsupportedOperation, "which thread touches which element depends on data");
  for (PlacedBuffer& buffer : layout.buffers) buffer.base = 0, buffer.strides = buffer.element_strides;
  ThreadMarks marks(layout, *nest, {threads});
  const ParallelNest::Run run = [&](const OrderedTree& tree, const std::vector<int64_t>& extents, std::optional<int> thread) { marks.tree(tree, extents, thread); };
  ParallelNest trees(layout, *nest, {threads}, run);
  TRY(Walker(*nest, layout, trees, options.stop, options.max_runs).walk());
  return marks.take();
}

}  // namespace loopglass::locality
