#include "engine/locality/executed_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/interp/interpreter.h"
#include "engine/locality/executed.h"

namespace loopglass::locality {

namespace {

class LineObserver : public interp::Observer {
 public:
  LineObserver(const interp::Program& program, const Layout& layout, int64_t line, const LineEvents& events)
      : map_(program, layout), layout_(layout), program_(program), line_(line), events_(events) {}

  void access(const interp::AccessEvent& event) override {
    const int buffer = map_.buffer(event.storage);
    if (buffer < 0 || !layout_.buffers[static_cast<size_t>(buffer)].is_memory) return;
    lines_.clear();
    for (int64_t byte : event.bytes)
      lines_.push_back(layout_.buffers[static_cast<size_t>(buffer)].address(map_.element(event.storage, byte)) / line_);
    std::ranges::sort(lines_);
    const auto repeated = std::ranges::unique(lines_);
    lines_.erase(repeated.begin(), repeated.end());
    for (int64_t line : lines_) events_.touch(event.reference, buffer, line);
    accesses_ += static_cast<int64_t>(lines_.size());
  }

  void iteration(int loop, int64_t) override {
    const ir::For& node = *program_.loops()[static_cast<size_t>(loop)];
    if (node.for_kind != ir::ForKind::Parallel || !events_.parallel_iteration) return;
    if (parallel_ < 0) parallel_ = loop, iterations_ = 0;
    if (parallel_ == loop) events_.parallel_iteration(node, iterations_++);
  }
  void loop_end(int loop) override {
    if (parallel_ != loop) return;
    parallel_ = -1;
    events_.parallel_end();
  }

  int64_t accesses() const { return accesses_; }

 private:
  ElementMap map_;
  const Layout& layout_;
  const interp::Program& program_;
  int64_t line_;
  const LineEvents& events_;
  std::vector<int64_t> lines_;   // of one access
  int64_t accesses_ = 0;
  int parallel_ = -1;            // the outermost parallel loop under way
  int64_t iterations_ = 0;
};

}  // namespace

Result<int64_t> run_for_lines(const interp::Program& program, const Layout& layout, std::vector<interp::Tensor> arguments, int64_t line,
                              Interruption stop, const LineEvents& events) {
  TRY(require_whole_views(program, layout));
  LineObserver observer(program, layout, line, events);
  TRY(program.run(arguments, {.stop = std::move(stop)}, &observer));
  return observer.accesses();
}

}  // namespace loopglass::locality
