#include "app/model/instant.h"

#include <algorithm>

#include "app/model/cache_levels.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"

namespace loopglass::app {
namespace {

// Of the lines on which a buffer's elements lie.
Instant::Lines lines_of(const locality::BufferAccess& buffer, const locality::NearestLevels& nearest) {
  int64_t last = buffer.base;   // the first byte of the last element
  for (size_t d = 0; d < buffer.shape.size(); ++d) last += std::max<int64_t>(buffer.shape[d] - 1, 0) * buffer.strides[d];
  const int64_t first = buffer.base / kLine;
  const auto at = [&](int64_t line) { return nearest.level.begin() + std::clamp<int64_t>(line - nearest.first, 0, static_cast<int64_t>(nearest.level.size())); };
  return {first, std::vector<uint8_t>(at(first), at(last / kLine + 1))};
}

}  // namespace

Moments::Moments(ir::Function function, std::shared_ptr<const locality::Access> access, locality::Timeline timeline)
    : function_(std::move(function)), access_(std::move(access)), timeline_(std::move(timeline)) {
  ir::for_each_stmt(function_->body, [this](const ir::Stmt& s) {
    if (const ir::For* loop = ir::as<ir::For>(s))
      loops_[loop->loop_var.get()] = {loop->loop_var.get(), loop->loop_var->name, ir::as_int(loop->min).value_or(0), ir::as_int(loop->extent).value_or(0), 0};
    return true;
  });
}

Result<Moments> Moments::make(const ir::Function& function, std::shared_ptr<const locality::Access> access, const locality::Options& options) {
  TRY_ASSIGN(locality::Timeline timeline, locality::Timeline::make(function, options));
  return Moments(function, std::move(access), std::move(timeline));
}

Result<Instant> Moments::at(int64_t time) {
  Instant instant;
  instant.accesses = accesses();
  instant.time = std::clamp<int64_t>(time, 0, instant.accesses);
  if (instant.time < instant.accesses) {
    TRY_ASSIGN(instant.next, timeline_.position(instant.time));
    const locality::Reference& reference = access_->references.at(static_cast<size_t>(instant.next->reference));
    instant.statement = reference.text;
    instant.block = reference.block;
    instant.is_write = reference.is_write;
    for (const locality::LoopValue& at : instant.next->loops) {
      Instant::Loop loop = loops_[at.var.get()];
      loop.value = at.value;
      instant.loops.push_back(std::move(loop));
    }
  }
  if (history_) TRY(add_caches(instant));
  return instant;
}

Result<void> Moments::add_caches(Instant& instant) {
  TRY_ASSIGN(const locality::NearestLevels nearest, history_->nearest(instant.time));
  for (const locality::BufferAccess& buffer : access_->buffers) instant.lines.push_back(lines_of(buffer, nearest));
  for (size_t level = 0; level < nearest.held.size(); ++level) instant.levels.push_back({history_->levels()[level].name, nearest.held[level]});
  return {};
}

}  // namespace loopglass::app
