// What the caches held at chosen times of a pass, so that any time can be replayed from one that is not far before it.
#pragma once

#include <functional>
#include <vector>

#include "engine/locality/shift.h"

namespace loopglass::locality {

class Checkpoints {
 public:
  using Content = std::vector<std::vector<uint32_t>>;   // by level, as CacheState::content

  // Keeps as many as fit; when they do not, every second is dropped.
  explicit Checkpoints(int64_t max_bytes) : max_bytes_(max_bytes) {}

  // Offered now and then, after about as much work each time. `content` is asked only where it is kept.
  void offer(int64_t time, const std::function<Content()>& content);
  // The pass left out [time, time + times * length): the caches do there what they did in the `length` accesses before, moved by `shift` each time.
  void left_out(int64_t time, int64_t length, int64_t times, const Shift& shift);

  // An earlier time whose content, moved by `lines` of each buffer, is the content of `time`.
  struct Place {
    int64_t time;
    std::vector<int64_t> lines;   // empty: not moved
  };
  Place place_of(int64_t time) const;
  struct LeftOut {
    int64_t from, length, times;
    std::vector<int64_t> lines;   // that a block moves, by buffer
    int64_t end() const { return from + times * length; }
  };
  // The last stretch left out that ended at or before the time; null where there is none.
  const LeftOut* left_out_before(int64_t time) const;

  struct Checkpoint {
    int64_t time = 0;
    Content content;
  };
  // The last at or before the time; null where there is none.
  const Checkpoint* before(int64_t time) const;
  size_t size() const { return kept_.size(); }
  int64_t bytes() const { return bytes_each_ * static_cast<int64_t>(kept_.size()); }

 private:
  int64_t max_bytes_, bytes_each_ = 0;
  int64_t offered_ = 0, every_ = 1;
  std::vector<Checkpoint> kept_;    // by time
  std::vector<LeftOut> left_out_;   // by time; they do not overlap
};

}  // namespace loopglass::locality
