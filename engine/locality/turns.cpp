#include "engine/locality/turns.h"

#include <algorithm>

namespace loopglass::locality {

Turns::Turns(const CacheOptions& options, MissCounter& counter)
    : counter_(counter), order_{options.threads}, levels_(options.levels.size()),
      first_shared_(static_cast<size_t>(std::ranges::find(options.levels, true, &CacheLevel::is_shared) - options.levels.begin())),
      most_waiting_(static_cast<size_t>(options.max_bytes) / sizeof(Waiting)) {}

void Turns::touch(int reference, int buffer, int64_t line) {
  if (!is_parallel_) return counter_.touch(reference, buffer, line);
  if (!counter_.touch_from(0, first_shared_, reference, buffer, line) || first_shared_ == levels_) return;
  is_full_ = is_full_ || waiting_.size() == most_waiting_;
  if (!is_full_) waiting_.push_back({reference, buffer, line});
}

void Turns::iteration(int64_t n, int64_t count) {
  is_parallel_ = true;
  starts_.push_back(waiting_.size());
  counter_.set_thread(static_cast<int>(n / order_.chunk(count)));
}

void Turns::end() {
  const auto count = static_cast<int64_t>(starts_.size());
  starts_.push_back(waiting_.size());
  for (int64_t n = 0; n < count; ++n) {
    const auto iteration = static_cast<size_t>(order_.iteration_at(n, count));
    for (size_t i = starts_[iteration]; i < starts_[iteration + 1]; ++i)
      counter_.touch_from(first_shared_, levels_, waiting_[i].reference, waiting_[i].buffer, waiting_[i].line);
  }
  waiting_.clear();
  starts_.clear();
  is_parallel_ = false;
  counter_.set_thread(0);
}

}  // namespace loopglass::locality
