#include "engine/arith/mark_splits.h"

#include <algorithm>

namespace loopglass::arith {
namespace {

void collect(const IterSum& sum, std::vector<MarkSplits>& marks) {
  for (const IterSplit& split : sum.args) {
    const auto known = std::find_if(marks.begin(), marks.end(), [&](const MarkSplits& m) { return m.mark == split.source; });
    if (known != marks.end()) {
      known->splits.push_back(&split);
      continue;
    }
    marks.push_back({split.source, {&split}});
    if (const auto* source = std::get_if<std::shared_ptr<const IterSum>>(&split.source->source)) collect(**source, marks);
  }
}

}  // namespace

std::vector<MarkSplits> collect_mark_splits(const std::vector<IterSum>& sums) {
  std::vector<MarkSplits> marks;
  for (const IterSum& sum : sums) collect(sum, marks);
  return marks;
}

}  // namespace loopglass::arith
