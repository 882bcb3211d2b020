// Runs that touch the same elements, as one.
#pragma once

#include <algorithm>

#include "engine/locality/walker.h"

namespace loopglass::locality {

// Element at + sum of t_d * dims[d].stride is read and written so often each time that the t_d lead to it; then first at `first` + sum of t_d * dims[d].first, last
// at `last` + sum of t_d * dims[d].last.
struct TouchGroup {
  struct Dim {
    int64_t count, stride, first, last;
  };
  int64_t at = 0, first = 0, last = 0;
  int64_t reads = 0, writes = 0;
  InlineVector<Dim, kMaxDepth> dims;   // the smallest stride first, and of equal ones the longest

  explicit TouchGroup(const Run& run);
  // Equal for groups of the same elements, in the same order.
  std::vector<int64_t> elements_key() const;
  // Adds one of the same key; false where neither comes first, or last, at all elements.
  bool add(const TouchGroup& other);
  // Touches, not weighed by how often.
  int64_t size() const;
  void add_dim(const Dim& dim);

 private:
  void sort_dims();
};

// Groups of one shape that lie at even distances, in elements and in time, become one; gives whether some did.
bool stack(std::vector<TouchGroup>& groups);

// Calls f(element, first, last, dim) at the start of every row of the innermost dimension; the row's count and steps are dim's.
template <class F>
void for_each_row(const TouchGroup& group, const F& f) {
  if (group.dims.empty()) return f(group.at, group.first, group.last, TouchGroup::Dim{1, 1, 0, 0});
  InlineVector<int64_t, kMaxDepth> at;
  for (int d = 0; d < group.dims.size(); ++d) at.push_back(0);
  int64_t element = group.at, first = group.first, last = group.last;
  const auto step = [&](const TouchGroup::Dim& dim, int64_t times) {
    element += dim.stride * times;
    first += dim.first * times;
    last += dim.last * times;
  };
  while (true) {
    f(element, first, last, group.dims[0]);
    int d = 1;
    for (; d < group.dims.size(); ++d) {
      step(group.dims[d], 1);
      if (++at[d] < group.dims[d].count) break;
      step(group.dims[d], -group.dims[d].count);
      at[d] = 0;
    }
    if (d >= group.dims.size()) return;
  }
}

}  // namespace loopglass::locality
