// Which threads touch which elements.
#include <algorithm>

#include "engine/locality/ordered_nest.h"
#include "engine/locality/quantities.h"

namespace loopglass::locality {

namespace {

// Outside parallel loops, and in those inside others, the thread under way goes on, as in the cache model.
class ThreadMarks : public RunSink {
 public:
  ThreadMarks(const Layout& layout, size_t references, int threads) : order_{threads}, latest_(references) {
    for (const PlacedBuffer& buffer : layout.buffers) {
      const auto elements = static_cast<size_t>(buffer.is_memory ? buffer.elements : 0);
      all_.push_back({buffer.buffer, std::vector<int>(elements, -1), std::vector<bool>(elements)});
      times_.emplace_back(elements, INT64_MAX);
    }
  }

  bool streams(const LoopItem& loop) const override { return !parallel_ && (loop.is_parallel || std::ranges::any_of(loop.inner, &LoopItem::is_parallel)); }
  int64_t iteration_at(const LoopItem& loop, int64_t n, int64_t count) override {
    if (!parallel_ && loop.is_parallel) parallel_ = &loop, thread_ = static_cast<int>(n / order_.chunk(count));
    return n;
  }
  void end_iteration(const LoopItem& loop) override {
    if (parallel_ == &loop) parallel_ = nullptr, thread_ = 0;
  }
  void run(const Run& run) override {
    // Most references do in the next iteration what they did in this one.
    Latest& latest = latest_[static_cast<size_t>(run.reference)];
    if (latest.thread == thread_ && latest.element == run.at.constant && latest.dims == run.dims) return;
    latest = {thread_, run.at.constant, run.dims};
    mark(run, 0, run.at.constant, run.ordinal);
  }
  std::vector<ElementThreads> take() { return std::move(all_); }

 private:
  struct Latest {
    int thread = -1;
    int64_t element = 0;
    InlineVector<Run::Dim, kMaxDepth> dims;
  };
  void mark(const Run& run, int dim, int64_t element, int64_t time) {
    if (dim < run.dims.size()) {
      const Run::Dim& d = run.dims[dim];
      for (int64_t t = 0; t < d.count; ++t) mark(run, dim + 1, element + t * d.stride, time + t * d.ordinal);
      return;
    }
    const auto b = static_cast<size_t>(run.buffer), e = static_cast<size_t>(element);
    int& first = all_[b].first[e];
    if (first >= 0 && first != thread_) all_[b].several[e] = true;
    if (time < times_[b][e]) times_[b][e] = time, first = thread_;
  }

  ThreadOrder order_;
  std::vector<Latest> latest_;                  // by reference
  std::vector<ElementThreads> all_;
  std::vector<std::vector<int64_t>> times_;     // of the first accesses
  const LoopItem* parallel_ = nullptr;
  int thread_ = 0;
};

}  // namespace

Result<std::vector<ElementThreads>> threads_of_elements(const ir::Function& function, int threads, const Options& options) {
  TRY_ASSIGN(const Layout layout, lay_out(function, options));
  const std::optional<Nest> nest = build_nest(function, layout);
  if (!nest) return fail(DiagnosticKind::UnsupportedOperation, "which thread touches which element depends on data");
  ThreadMarks marks(layout, nest->references.size(), threads);
  TRY(Walker(*nest, layout, marks, options.stop, options.max_runs).walk());
  return marks.take();
}

}  // namespace loopglass::locality
