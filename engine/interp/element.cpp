#include "engine/interp/element.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace loopglass::interp {

namespace {
std::string shape_text(const View& view) { return fmt::format("({}{})", fmt::join(view.shape, ", "), view.shape.size() == 1 ? "," : ""); }

std::string loop_values(const Frame& frame, const Place& place) {
  std::string text;
  for (const auto& [name, slot] : place.loops) text += fmt::format("{}{} = {}", text.empty() ? ", at " : ", ", name, frame.slots[slot].i);
  return text;
}
}  // namespace

void ElementCode::locate_lanes(Frame& frame, int first_lane, std::span<int64_t> bytes) const {
  const size_t last = indices.size() - 1;
  const int64_t prefix = evaluate_prefix(frame, last);
  const View& v = frame.views[view];
  // A vector longer than the rows goes on in the next ones, as TVM's flat index does: what is behind it is looked at alone.
  const int64_t extent = v.high[last] - v.low[last];
  const bool runs_on = last > 0 && static_cast<int64_t>(bytes.size()) > extent && v.strides[last - 1] == extent * v.strides[last];
  for (size_t lane = 0; lane < bytes.size(); ++lane) {
    const int64_t index = frame.slots[first_lane + lane].i;
    if (!runs_on && (index < v.low[last] || index >= v.high[last])) out_of_bounds(frame, last, index);
    bytes[lane] = locate_at(frame, prefix + index * v.strides[last]);
  }
}

void ElementCode::out_of_bounds(Frame& frame, size_t dimension, int64_t index) const {
  const View& v = frame.views[view];
  stop(frame, *place, DiagnosticKind::KernelOutOfBounds,
       fmt::format("index {} of dimension {} is outside {}, whose shape is {}{}", index, dimension, buffer->name, shape_text(v),
                   loop_values(frame, *place)),
       "guard the access with T.where or T.if_then_else, or make the buffer larger");
}

void ElementCode::outside_storage(Frame& frame, int64_t flat) const {
  stop(frame, *place, DiagnosticKind::KernelOutOfBounds,
       fmt::format("element {} of {} lies outside the memory that it is a view of, {} bytes{}", flat, buffer->name,
                   storage(frame).bytes.size(), loop_values(frame, *place)),
       "make the view's shape, strides and elem_offset fit the buffer behind it");
}

void Frame::check_limits(const Place& place) const {
  if (limits.stop.stop_requested()) stop(*this, place, DiagnosticKind::Cancelled, "the run was cancelled");
  if (steps > limits.max_steps)
    stop(*this, place, DiagnosticKind::KernelLimit,
         fmt::format("the kernel has not ended after {} steps (stores and loop iterations){}", limits.max_steps, loop_values(*this, place)),
         "a while loop may never end, or the kernel is too large to interpret");
}

void stop(const Frame&, const Place& place, DiagnosticKind kind, std::string message, std::string help) {
  throw Stopped{fail(kind, std::move(message), std::move(help), {Label{place.path, {}, {}}}).error()};
}

}  // namespace loopglass::interp
