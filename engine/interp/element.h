// A checked place in a buffer: what every load and store goes through.
#pragma once

#include "engine/interp/frame.h"

namespace loopglass::interp {

struct ElementCode {
  int view = 0;
  int reference = 0;
  ir::DataType dtype;                  // of one element, or of one lane of it
  int lanes = 1;                       // of one element: several in a buffer of vectors
  ir::Buffer buffer;
  std::vector<IntPtr> indices;         // scalar ones; the last is null where it is a vector
  std::shared_ptr<const Place> place;

  // The offset in bytes inside the storage; `last` replaces the last index where it is given. Stops with KernelOutOfBounds.
  int64_t locate(Frame& frame) const { return locate_at(frame, evaluate_prefix(frame, indices.size())); }
  // The same for each lane of one element that is a vector.
  void locate_vector(Frame& frame, std::span<int64_t> bytes) const {
    const int64_t at = locate(frame);
    for (size_t lane = 0; lane < bytes.size(); ++lane) bytes[lane] = at + static_cast<int64_t>(lane) * dtype.bytes();
  }
  // The same for each lane: the last index comes from the slots [first_lane, ...).
  void locate_lanes(Frame& frame, int first_lane, std::span<int64_t> bytes) const;

  Storage& storage(Frame& frame) const { return frame.storages[frame.views[view].storage]; }
  void report(Frame& frame, std::span<const int64_t> bytes) const {
    if (frame.observer) frame.observer->access({reference, frame.views[view].storage, bytes});
  }

 private:
  int64_t evaluate_prefix(Frame& frame, size_t count) const {
    const View& v = frame.views[view];
    int64_t flat = v.offset;
    for (size_t d = 0; d < count; ++d) {
      const int64_t index = (*indices[d])(frame);
      if (index < v.low[d] || index >= v.high[d]) out_of_bounds(frame, d, index);
      flat += index * v.strides[d];
    }
    return flat;
  }
  int64_t locate_at(Frame& frame, int64_t flat) const {
    const int64_t size = int64_t{lanes} * dtype.bytes(), bytes = flat * size;
    if (bytes < 0 || bytes + size > static_cast<int64_t>(storage(frame).bytes.size())) outside_storage(frame, flat);
    return bytes;
  }
  [[noreturn]] void out_of_bounds(Frame& frame, size_t dimension, int64_t index) const;
  [[noreturn]] void outside_storage(Frame& frame, int64_t flat) const;
};

}  // namespace loopglass::interp
