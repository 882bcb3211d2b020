#include "engine/locality/distinct.h"

#include <algorithm>

namespace loopglass::locality {

int64_t StridedSet::last() const {
  int64_t end = base;
  for (const Dim& dim : dims) end += dim.stride * (dim.count - 1);
  return end;
}

StridedSet canonical(StridedSet set) {
  InlineVector<StridedSet::Dim, kMaxDepth> dims;
  for (StridedSet::Dim dim : set.dims) {
    if (dim.count == 1) continue;
    if (dim.stride < 0) {
      set.base += dim.stride * (dim.count - 1);
      dim.stride = -dim.stride;
    }
    dims.push_back(dim);
  }
  std::sort(dims.begin(), dims.end());
  // {a * x + m * a * y} with x < n, y < k and m <= n has no gaps: it is the progression of (k - 1) * m + n terms.
  set.dims = {};
  for (const StridedSet::Dim& dim : dims) {
    StridedSet::Dim* below = set.dims.empty() ? nullptr : set.dims.end() - 1;
    if (below && dim.stride % below->stride == 0 && dim.stride / below->stride <= below->count)
      below->count += dim.stride / below->stride * (dim.count - 1);
    else set.dims.push_back(dim);
  }
  return set;
}

namespace {

// Every dimension steps over all that the smaller ones reach: no two points coincide.
bool is_injective(const StridedSet& set) {
  int64_t reach = 0;
  for (const StridedSet::Dim& dim : set.dims) {
    if (dim.stride <= reach) return false;
    reach += dim.stride * (dim.count - 1);
  }
  return true;
}

int64_t points(const StridedSet& set) {
  int64_t n = 1;
  for (const StridedSet::Dim& dim : set.dims) n *= dim.count;
  return n;
}

void mark(ElementBits& bits, const StridedSet& set, int dim, int64_t at) {
  if (dim < 0) return bits.set(at);
  const auto [stride, count] = set.dims[dim];
  if (stride == 1) return bits.set_range(at, count);
  for (int64_t t = 0; t < count; ++t) mark(bits, set, dim - 1, at + t * stride);
}

}  // namespace

void mark(ElementBits& bits, const StridedSet& set, int64_t origin) { mark(bits, set, set.dims.size() - 1, set.base - origin); }

int64_t DistinctCounter::count(std::vector<StridedSet> sets) {
  std::ranges::sort(sets, [](const StridedSet& a, const StridedSet& b) {
    return a.base != b.base ? a.base < b.base
                            : std::lexicographical_compare(a.dims.begin(), a.dims.end(), b.dims.begin(), b.dims.end());
  });
  const auto same = [](const StridedSet& a, const StridedSet& b) { return a.base == b.base && a.dims == b.dims; };
  sets.erase(std::ranges::unique(sets, same).begin(), sets.end());
  if (sets.empty()) return 0;
  if (sets.size() == 1 && is_injective(sets[0])) return points(sets[0]);
  std::vector<int64_t> key;
  for (const StridedSet& set : sets) {
    key.push_back(set.base - sets[0].base);
    key.push_back(set.dims.size());
    for (const auto& [stride, count] : set.dims) key.insert(key.end(), {stride, count});
  }
  const auto [it, is_new] = known_.try_emplace(std::move(key), 0);
  if (is_new) it->second = count_bits(sets);
  return it->second;
}

int64_t DistinctCounter::count_bits(const std::vector<StridedSet>& sets) {
  const int64_t origin = sets[0].base;   // the lowest: they are sorted
  int64_t last = origin;
  for (const StridedSet& set : sets) last = std::max(last, set.last());
  bits_.reset(last - origin + 1);
  for (const StridedSet& set : sets) mark(bits_, set, origin);
  return bits_.count();
}

size_t DistinctCounter::Hash::operator()(const std::vector<int64_t>& key) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (int64_t value : key) hash = (hash ^ static_cast<uint64_t>(value)) * 0x9e3779b97f4a7c15, hash ^= hash >> 29;
  return hash;
}

}  // namespace loopglass::locality
