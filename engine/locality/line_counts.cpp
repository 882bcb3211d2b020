#include "engine/locality/line_counts.h"

#include <algorithm>
#include <cstdlib>

namespace loopglass::locality {

namespace {

constexpr size_t kMostSteps = 8;   // told apart at once

}  // namespace

void LineCounts::add(int64_t line, int64_t step, int64_t n, int64_t times) {
  if (step == 0) return void(counts_[static_cast<size_t>(line)] += times * n);
  const int64_t size = std::abs(step), low = step > 0 ? line + step : line + n * step, end = low + n * size;
  auto of_step = std::ranges::find(pending_, size, &Differences::step);
  if (of_step == pending_.end()) {
    if (pending_.size() == kMostSteps) settle();
    pending_.push_back({size, std::vector<int64_t>(counts_.size())});
    of_step = std::prev(pending_.end());
  }
  of_step->at[static_cast<size_t>(low)] += times;
  if (end < static_cast<int64_t>(counts_.size())) of_step->at[static_cast<size_t>(end)] -= times;
}

void LineCounts::settle() {
  for (auto& [step, at] : pending_) {
    const auto distance = static_cast<size_t>(step);
    for (size_t line = distance; line < at.size(); ++line) at[line] += at[line - distance];
    for (size_t line = 0; line < at.size(); ++line) counts_[line] += at[line];
  }
  pending_.clear();
}

}  // namespace loopglass::locality
