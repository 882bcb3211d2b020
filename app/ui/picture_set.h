// The memory panel's pictures of a version, as values: made beside the window's thread, since a buffer may have 10^8 elements.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "app/model/element_values.h"
#include "app/model/job_slot.h"
#include "app/ui/memory_layout.h"

namespace loopglass::ui {

// What is pictured, and how.
struct PictureKey {
  std::shared_ptr<const locality::Access> access;     // not null
  std::shared_ptr<const app::ElementValues> values;   // of the modes that are computed when they are asked for, else null
  std::shared_ptr<const locality::Access> compared;   // the version that the differences are to; null: none
  HeatMode mode = HeatMode::Accesses;                 // not Now, nor Figures
  std::map<std::string, PlaneChoice> planes;
  gl::Pooling pooling = gl::Pooling::Largest;
  bool is_logarithmic = false;                        // of differences
  bool operator==(const PictureKey&) const = default;
  // Whether the other is the same of another version.
  bool is_like(const PictureKey& other) const;
};

struct PictureSet {
  PictureKey key;
  std::vector<std::shared_ptr<const gl::Pyramid>> pictures;   // by buffer
  std::vector<int64_t> scale_ends;                            // by buffer, at least 1; of differences the same for all
  int64_t scale_end = 1;                                      // the largest of them
};

// Stops early where it is asked to: what it gives is of no use then.
PictureSet make_pictures(PictureKey key, const Interruption& stop = {});

class PictureMaker {
 public:
  // `made`: called from another thread when pictures are there that were not waited for.
  explicit PictureMaker(std::function<void()> made) : made_(std::move(made)) {}

  // The pictures of a key; null: they are being made, and `patience` has passed.
  std::shared_ptr<const PictureSet> get(const PictureKey& key, std::chrono::milliseconds patience);

 private:
  std::function<void()> made_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<PictureKey> asked_;            // the last
  std::shared_ptr<const PictureSet> set_;      // of asked_, or of one before
  app::JobSlot job_{app::JobSlot::Priority::Soon};   // last: ends before the rest goes
};

}  // namespace loopglass::ui
