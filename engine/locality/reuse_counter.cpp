#include "engine/locality/reuse_counter.h"

#include <algorithm>

namespace loopglass::locality {

namespace {

constexpr int kBits = 33;   // of a distance; there are 2^31 lines at most

}  // namespace

ReuseCounter::ReuseCounter(LineRange lines, size_t buffers, const std::optional<ReuseOptions>& wanted)
    : lines_(lines), stack_(lines.count), has_distances_(wanted.has_value()), edges_(wanted.value_or(ReuseOptions{}).edges) {
  from_ = {-1, 0};
  for (int bits = 1; bits <= kBits; ++bits) from_.push_back(int64_t{1} << (bits - 1));
  for (int64_t edge : edges_)
    if (edge > 0) from_.push_back(edge);
  std::ranges::sort(from_);
  from_.erase(std::unique(from_.begin(), from_.end()), from_.end());
  of_width_.push_back(1);
  for (int bits = 1; bits <= kBits; ++bits) of_width_.push_back(static_cast<size_t>(std::ranges::find(from_, int64_t{1} << (bits - 1)) - from_.begin()));
  counts_.resize(buffers * from_.size());
  work_ = lines_.count + static_cast<int64_t>(counts_.size());
  if (wanted && wanted->by_line) by_line_ = std::make_unique<ReuseByLine>(lines_);
}

bool ReuseCounter::apply(const Fold& fold, const std::vector<int64_t>& bases) {
  ++nests_folded_;
  const int32_t places = stack_.reserve(static_cast<int32_t>(fold.first.size()));
  for (size_t i = 0; i < fold.first.size(); ++i) {
    const Fold::Touch& t = fold.first[i];
    const int64_t line = bases[static_cast<size_t>(t.buffer)] + t.line;
    const auto number = static_cast<uint32_t>(line - lines_.first);
    const int32_t place = places + fold.places[i];
    if (has_distances_) {
      count(t.reference, t.buffer, line, stack_.touch_to(number, place));
    } else {
      if (!stack_.was_touched(number)) fold_->first.push_back({t.reference, t.buffer, line});
      stack_.touch_silently_to(number, place);
    }
  }
  for (const auto& [at, times] : fold.inner) counts_[at] += times * weight_;
  if (by_line_) by_line_->apply(fold, bases, weight_);
  return true;
}

std::unique_ptr<Fold> ReuseCounter::take_fold() {
  stack_.move_together();
  fold_->last.resize(fold_->first.size());
  for (const Fold::Touch& t : fold_->first) {
    fold_->places.push_back(stack_.place(static_cast<uint32_t>(t.line - lines_.first)));
    fold_->last[static_cast<size_t>(fold_->places.back())] = t;
  }
  for (size_t at = 0; at < counts_.size(); ++at) {
    if (at % from_.size() != 0 && counts_[at] != 0) fold_->inner.push_back({static_cast<uint32_t>(at), counts_[at]});
    counts_[at] = 0;
  }
  if (by_line_) by_line_->move_to(*fold_);
  stack_.clear();
  return std::move(fold_);
}

void ReuseCounter::write_to(ReuseResult& result) {
  for (size_t first = 0; first < counts_.size(); first += from_.size()) {
    ReuseHistogram& histogram = result.buffers.emplace_back();
    histogram.cold = counts_[first];
    histogram.log2.resize(kBits + 1);
    histogram.at_least.resize(edges_.size());
    for (size_t bucket = 1; bucket < from_.size(); ++bucket) {
      histogram.log2[static_cast<size_t>(64 - std::countl_zero(static_cast<uint64_t>(from_[bucket])))] += counts_[first + bucket];
      for (size_t e = 0; e < edges_.size(); ++e)
        if (from_[bucket] >= edges_[e]) histogram.at_least[e] += counts_[first + bucket];
    }
    while (!histogram.log2.empty() && histogram.log2.back() == 0) histogram.log2.pop_back();
  }
  if (by_line_) result.by_line = by_line_->reuse(stack_);
  result.first_line = lines_.first;
  result.repetitions_left_out = repetitions_left_out_;
  result.blocks_left_out = blocks_left_out_;
  result.nests_folded = nests_folded_;
}

}  // namespace loopglass::locality
