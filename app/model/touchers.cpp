#include "app/model/touchers.h"

#include <algorithm>
#include <functional>

namespace loopglass::app {
namespace {

Toucher toucher_of(const locality::Reference& reference, const locality::ElementTouch& touch) {
  Toucher toucher{reference.block, reference.text, reference.is_write, touch.count, {}};
  for (size_t i = 0; i < touch.first.loops.size(); ++i)
    toucher.loops.push_back({touch.first.loops[i].var->name, touch.first.loops[i].value, touch.last.loops.at(i).value});
  return toucher;
}

}  // namespace

Result<std::optional<Touchers>> touchers_of(const ir::Function& function, const locality::Access& access, const BufferElement& element, const locality::Options& options) {
  const auto buffer = std::ranges::find(access.buffers, element.buffer, [](const locality::BufferAccess& one) { return one.buffer->name; });
  if (buffer == access.buffers.end() || element.index.size() != buffer->shape.size()) return std::optional<Touchers>{};
  int64_t flat = 0;
  for (size_t d = 0; d < element.index.size(); ++d) {
    if (element.index[d] < 0 || element.index[d] >= buffer->shape[d]) return std::optional<Touchers>{};
    flat = flat * buffer->shape[d] + element.index[d];
  }
  TRY_ASSIGN(locality::Timeline timeline, locality::Timeline::make(function, options));
  TRY_ASSIGN(const std::vector<locality::ElementTouch> touches, timeline.touches(static_cast<int>(buffer - access.buffers.begin()), flat));
  Touchers found{element, {}};
  for (const locality::ElementTouch& touch : touches) found.touchers.push_back(toucher_of(access.references.at(static_cast<size_t>(touch.reference)), touch));
  return std::optional(std::move(found));
}

}  // namespace loopglass::app
