#include "engine/locality/executed.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/interp/interpreter.h"
#include "engine/ir/strides.h"
#include "engine/support/check.h"

namespace loopglass::locality {

ElementMap::ElementMap(const interp::Program& program, const Layout& layout) : layout_(layout) {
  for (const ir::Buffer& buffer : program.storages()) buffers_.push_back(layout.index_of(buffer));
}

// The storage is laid out by the buffer's own strides, the per-element data row-major.
int64_t ElementMap::element(int storage, int64_t byte) const {
  const PlacedBuffer& placed = layout_.buffers[static_cast<size_t>(buffer(storage))];
  int64_t rest = byte / placed.buffer->dtype.bytes();
  const std::vector<ir::Expr> stated = ir::stated_strides(*placed.buffer);
  if (stated.empty()) return rest;
  int64_t element = 0;
  for (size_t d = 0; d < placed.shape.size(); ++d) {
    const int64_t stride = ir::as_int(stated[d]).value_or(placed.element_strides[d]);
    const int64_t index = stride ? std::min(rest / stride, placed.shape[d] - 1) : 0;
    element += index * placed.element_strides[d];
    rest -= index * stride;
  }
  return element;
}

namespace {

class Counter : public interp::Observer {
 public:
  Counter(const interp::Program& program, const Layout& layout, int64_t line, Access& access, Tally& tally)
      : map_(program, layout), layout_(layout), references_(program.references()), line_(line), access_(access), tally_(tally) {}

  void access(const interp::AccessEvent& event) override {
    const int buffer = map_.buffer(event.storage);
    if (buffer < 0 || !layout_.buffers[static_cast<size_t>(buffer)].is_memory) return;
    const bool is_write = references_[static_cast<size_t>(event.reference)].is_write;
    if (event.bytes.size() == 1) {
      tally_.element(event.reference, buffer, is_write, map_.element(event.storage, event.bytes[0]), ordinal_++);
      return;
    }
    // A vector: one event for each distinct line, by ascending address; its lanes share the ordinal.
    lanes_.clear();
    for (int64_t byte : event.bytes) {
      const int64_t element = map_.element(event.storage, byte);
      lanes_.emplace_back(layout_.buffers[static_cast<size_t>(buffer)].address(element) / line_, element);
    }
    std::ranges::sort(lanes_);
    for (size_t i = 0; i < lanes_.size(); ++i) {
      ordinal_ += i > 0 && lanes_[i].first != lanes_[i - 1].first;
      tally_.element(event.reference, buffer, is_write, lanes_[i].second, ordinal_);
    }
    ++ordinal_;
  }

  void iteration(int loop, int64_t) override {
    if (!open_.empty() && open_.back().loop == loop) {
      tally_.end_executed(loop);
      ++open_.back().count;
    } else {
      open_.push_back({loop, 1});
    }
    tally_.begin_executed(loop);
  }
  void loop_end(int loop) override {
    if (open_.empty() || open_.back().loop != loop) return;   // it had no iteration
    tally_.end_executed(loop);
    int64_t& extent = access_.loops[static_cast<size_t>(loop)].extent;
    extent = std::max(extent, open_.back().count);
    open_.pop_back();
  }

  int64_t accesses() const { return ordinal_; }

 private:
  struct Open {
    int loop;
    int64_t count;
  };
  ElementMap map_;
  const Layout& layout_;
  const std::vector<interp::Reference>& references_;
  int64_t line_;
  Access& access_;
  Tally& tally_;
  int64_t ordinal_ = 0;
  std::vector<std::pair<int64_t, int64_t>> lanes_;   // line, element
  std::vector<Open> open_;
};

}  // namespace

Result<void> require_whole_views(const interp::Program& program, const Layout& layout) {
  for (const interp::Reference& reference : program.references())
    if (const int b = layout.index_of(reference.buffer); b >= 0 && layout.buffers[static_cast<size_t>(b)].buffer->dtype.bytes() != reference.buffer->dtype.bytes())
      return fail(DiagnosticKind::UnsupportedOperation,
                  fmt::format("{} views {} with elements of another size", reference.buffer->name, layout.buffers[static_cast<size_t>(b)].buffer->name));
  return {};
}

Result<std::vector<interp::Tensor>> arguments_of(const ir::Function& function, const Options& options) {
  if (options.arguments) return *options.arguments;
  return interp::make_arguments(function, 0);
}

Result<int64_t> count_executed(const interp::Program& program, const Layout& layout, std::vector<interp::Tensor> arguments,
                               const Options& options, Access& access, Tally& tally) {
  TRY(require_whole_views(program, layout));
  tally.hold_all();
  Counter counter(program, layout, options.line, access, tally);
  TRY(program.run(arguments, {.stop = options.stop}, &counter));
  return counter.accesses();
}

}  // namespace loopglass::locality
