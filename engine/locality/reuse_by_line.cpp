#include "engine/locality/reuse_by_line.h"

namespace loopglass::locality {

namespace {

constexpr size_t kMostUses = size_t{1} << 16;

}  // namespace

void ReuseByLine::apply(const Fold& fold, const std::vector<int64_t>& bases, int64_t times) {
  for (const Fold::OfBuffer& part : fold.by_line) uses_[{&part, bases[static_cast<size_t>(part.buffer)] - lines_.first}] += times;
  if (uses_.size() > kMostUses) settle();
}

void ReuseByLine::begin_block() {
  settle();
  if (++depth_ > counts_.size()) counts_.push_back(std::make_unique<LineDistances>(lines_.count));
}

void ReuseByLine::end_block(const Shift& shift, int64_t times) {
  settle();
  LineDistances& block = *counts_[--depth_];
  LineDistances& all = *counts_[depth_ - 1];
  all.add(block);
  if (times > 0) all.add_moved(block, lines_, shift, times);
  block.clear();
}

void ReuseByLine::settle() {
  for (const auto& [use, times] : uses_)
    for (const Fold::OfLine& of : use.part->inner)
      counts_[depth_ - 1]->add(static_cast<uint32_t>(use.base + of.line), {of.touches.times * times, of.touches.least, of.touches.most});
  uses_.clear();
}

void ReuseByLine::move_to(Fold& fold) {
  settle();
  std::vector<std::vector<Fold::OfLine>> parts(lines_.starts.size());
  for (const LineDistances::Entry& entry : counts_[0]->entries()) parts[lines_.owner(entry.line)].push_back({lines_.first + entry.line, entry.touches});
  for (size_t buffer = 0; buffer < parts.size(); ++buffer)
    if (!parts[buffer].empty()) fold.by_line.push_back({static_cast<int>(buffer), std::move(parts[buffer])});
  counts_[0]->clear();
}

LineReuse ReuseByLine::reuse(const StackDistance& stack) {
  settle();
  return counts_[0]->reuse(stack);
}

}  // namespace loopglass::locality
