#include "app/ui/picture_set.h"

#include <algorithm>
#include <utility>

namespace loopglass::ui {
namespace {

gl::PlaneSource stopping(gl::PlaneSource source, const Interruption& stop) {
  if (source.constant) return source;
  return {source.width, source.height, [fill = std::move(source.fill), stop](int row, int column, std::span<float> to) {
            if (!stop.stop_requested()) fill(row, column, to);
          }};
}

// The largest value of a buffer, at least 1. Where its picture shows all of it, and the value is exact as a float, it is known from there.
int64_t scale_end_of(const locality::BufferAccess& buffer, HeatMode mode, const locality::ElementCounts* computed, const gl::Pyramid& picture, gl::Pooling pooling) {
  constexpr float kExact = 1 << 24;
  const float top = buffer.shape.size() <= 2 && pooling == gl::Pooling::Largest ? std::ranges::max(picture.part({}, 1, 1).plane.values) : kExact;
  return top < kExact ? std::max<int64_t>(static_cast<int64_t>(top), 1) : largest_value(buffer, mode, computed);
}

}  // namespace

bool PictureKey::is_like(const PictureKey& other) const {
  return mode == other.mode && (compared == nullptr) == (other.compared == nullptr) && planes == other.planes && pooling == other.pooling && is_logarithmic == other.is_logarithmic;
}

PictureSet make_pictures(PictureKey key, const Interruption& stop) {
  PictureSet set{std::move(key), {}, {}, 1};
  const auto& [access, values, compared, mode, planes, pooling, is_logarithmic] = set.key;
  const auto computed = [&values](size_t b) { return values ? &values->by_buffer.at(b) : nullptr; };
  const int64_t difference = compared ? largest_difference(*access, *compared, mode) : 1;
  for (size_t b = 0; b < access->buffers.size() && !stop.stop_requested(); ++b) {
    const locality::BufferAccess& buffer = access->buffers[b];
    const auto choice = planes.find(buffer.buffer->name);
    const PlaneChoice plane = resolved(choice == planes.end() ? PlaneChoice{} : choice->second, buffer.shape);
    const locality::BufferAccess* before = compared ? locality::counterpart(buffer, *compared) : nullptr;
    gl::PlaneSource source = before ? plane_differences(buffer, *before, mode, plane, difference, is_logarithmic) : plane_values(buffer, mode, plane, computed(b));
    set.pictures.push_back(std::make_shared<const gl::Pyramid>(stopping(std::move(source), stop), pooling));
    set.scale_ends.push_back(compared ? difference : scale_end_of(buffer, mode, computed(b), *set.pictures.back(), pooling));
    set.scale_end = std::max(set.scale_end, set.scale_ends.back());
  }
  return set;
}

std::shared_ptr<const PictureSet> PictureMaker::get(const PictureKey& key, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (asked_ != key) {
    asked_ = key;
    job_.submit([this, key](const Interruption& stop) {
      auto set = std::make_shared<const PictureSet>(make_pictures(key, stop));
      if (stop.stop_requested()) return;
      {
        const std::lock_guard lock(mutex_);
        set_ = std::move(set);
      }
      changed_.notify_all();
      made_();
    });
  }
  changed_.wait_for(lock, patience, [&] { return set_ && set_->key == key; });
  return set_ && set_->key == key ? set_ : nullptr;
}

}  // namespace loopglass::ui
