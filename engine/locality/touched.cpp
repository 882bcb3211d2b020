// What one iteration of a loop touches.
#include <algorithm>
#include <optional>

#include "engine/interp/interpreter.h"
#include "engine/locality/access.h"
#include "engine/locality/counters.h"
#include "engine/locality/distinct.h"
#include "engine/locality/executed.h"
#include "engine/locality/walker.h"

namespace loopglass::locality {

namespace {

class Marks : public RunSink {
 public:
  explicit Marks(const Layout& layout) : layout_(layout), marks_(layout.buffers.size()) {}

  void mark(int buffer, int64_t element) { marks_of(buffer).set(element); }
  void run(const Run& run) override {
    StridedSet set{run.at.constant, {}};
    for (const Run::Dim& dim : run.dims) set.dims.push_back({dim.stride, dim.count});
    locality::mark(marks_of(run.buffer), canonical(set), 0);
  }

  std::vector<Touched> touched() {
    std::vector<Touched> all;
    for (size_t b = 0; b < marks_.size(); ++b)
      if (marks_[b]) all.push_back({layout_.buffers[b].buffer, *std::move(marks_[b])});
    return all;
  }

 private:
  ElementBits& marks_of(int buffer) {
    std::optional<ElementBits>& marks = marks_[static_cast<size_t>(buffer)];
    if (!marks) marks.emplace(layout_.buffers[static_cast<size_t>(buffer)].elements);
    return *marks;
  }

  const Layout& layout_;
  std::vector<std::optional<ElementBits>> marks_;   // of those that are touched
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
