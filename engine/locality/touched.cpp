// What one iteration of a loop touches.
#include <algorithm>

#include "engine/interp/interpreter.h"
#include "engine/locality/access.h"
#include "engine/locality/counters.h"
#include "engine/locality/executed.h"
#include "engine/locality/walker.h"

namespace loopglass::locality {

namespace {

class Marks : public RunSink {
 public:
  explicit Marks(const Layout& layout) : layout_(layout), marks_(layout.buffers.size()) {}

  void mark(int buffer, int64_t element) {
    std::vector<bool>& marks = marks_[static_cast<size_t>(buffer)];
    if (marks.empty()) marks.resize(static_cast<size_t>(layout_.buffers[static_cast<size_t>(buffer)].elements));
    marks[static_cast<size_t>(element)] = true;
  }
  void run(const Run& run) override { mark_from(run, 0, run.at.constant); }
  void iteration(const LoopItem&, std::span<const Run>, const Box&) override {}
  void begin_iteration(const LoopItem&) override {}
  void end_iteration(const LoopItem&) override {}
  void extent(const LoopItem&, int64_t) override {}

  std::vector<Touched> touched() const {
    std::vector<Touched> all;
    for (size_t b = 0; b < marks_.size(); ++b) {
      if (marks_[b].empty()) continue;
      Touched& one = all.emplace_back();
      one.buffer = layout_.buffers[b].buffer;
      for (size_t e = 0; e < marks_[b].size(); ++e)
        if (marks_[b][e]) one.elements.push_back(static_cast<int64_t>(e));
    }
    return all;
  }

 private:
  void mark_from(const Run& run, int dim, int64_t element) {
    if (dim == run.dims.size()) return mark(run.buffer, element);
    for (int64_t t = 0; t < run.dims[dim].count; ++t) mark_from(run, dim + 1, element + t * run.dims[dim].stride);
  }

  const Layout& layout_;
  std::vector<std::vector<bool>> marks_;
};

// Marks what is touched while the loop is at the wanted values.
class Watcher : public interp::Observer {
 public:
  Watcher(const interp::Program& program, const Layout& layout, const ir::VarNode* var, const std::map<const ir::VarNode*, int64_t>& wanted, Marks& marks)
      : program_(program), map_(program, layout), layout_(layout), var_(var), wanted_(wanted), marks_(marks) {}

  void iteration(int loop, int64_t value) override {
    const ir::For& node = *program_.loops()[static_cast<size_t>(loop)];
    if (open_.empty() || open_.back().loop != loop) open_.push_back({loop, value, true, node.loop_var.get() == var_});
    const auto it = wanted_.find(node.loop_var.get());
    open_.back().matches = value == (it != wanted_.end() ? it->second : open_.back().first);
    update();
  }
  void loop_end(int loop) override {
    if (!open_.empty() && open_.back().loop == loop) open_.pop_back();
    update();
  }
  void access(const interp::AccessEvent& event) override {
    const int buffer = map_.buffer(event.storage);
    if (!watching_ || buffer < 0 || !layout_.buffers[static_cast<size_t>(buffer)].is_memory) return;
    for (int64_t byte : event.bytes) marks_.mark(buffer, map_.element(event.storage, byte));
  }

 private:
  struct Open {
    int loop;
    int64_t first;
    bool matches, is_target;
  };
  // The loop and all around it are where they are wanted; those inside run freely.
  void update() {
    watching_ = false;
    for (const Open& open : open_) {
      if (!open.matches) return;
      if (open.is_target) {
        watching_ = true;
        return;
      }
    }
  }

  const interp::Program& program_;
  ElementMap map_;
  const Layout& layout_;
  const ir::VarNode* var_;
  const std::map<const ir::VarNode*, int64_t>& wanted_;
  Marks& marks_;
  std::vector<Open> open_;
  bool watching_ = false;
};

}  // namespace

Result<std::vector<Touched>> touched_by_iteration(const ir::Function& function, const ir::VarNode* loop_var,
                                                  const std::map<const ir::VarNode*, int64_t>& iteration) {
  TRY_ASSIGN(const Layout layout, lay_out(function, {}));
  Marks marks(layout);
  if (const std::optional<Nest> nest = build_nest(function, layout)) {
    const auto loop = std::ranges::find(nest->loops, loop_var, [](const LoopItem* l) { return l->var.get(); });
    if (loop == nest->loops.end()) return std::vector<Touched>{};
    TRY(Walker(*nest, layout, marks, {}).walk_iteration(**loop, counters_at(*nest, iteration)));
    return marks.touched();
  }
  TRY_ASSIGN(const interp::Program program, interp::Program::compile(function));
  TRY_ASSIGN(std::vector<interp::Tensor> arguments, interp::make_arguments(function, 0));
  Watcher watcher(program, layout, loop_var, iteration, marks);
  TRY(program.run(arguments, {}, &watcher));
  return marks.touched();
}

}  // namespace loopglass::locality
