#include "engine/locality/touch_group.h"

#include <unordered_map>

#include "engine/locality/key_hash.h"

namespace loopglass::locality {

namespace {

using Dim = TouchGroup::Dim;

// Whether the time of one is at no element later than that of the other.
bool is_earlier(const TouchGroup& a, int64_t a_start, const TouchGroup& b, int64_t b_start, int64_t Dim::*step) {
  int64_t least = b_start - a_start;   // difference
  for (int d = 0; d < a.dims.size(); ++d) least += std::min<int64_t>(0, (a.dims[d].count - 1) * (b.dims[d].*step - a.dims[d].*step));
  return least >= 0;
}

void take(TouchGroup& group, const TouchGroup& other, int64_t Dim::*step) {
  for (int d = 0; d < group.dims.size(); ++d) group.dims[d].*step = other.dims[d].*step;
}

}  // namespace

TouchGroup::TouchGroup(const Run& run)
    : at(run.at.constant), first(run.ordinal), last(run.ordinal + run.span), reads(run.is_write ? 0 : run.repeat), writes(run.is_write ? run.repeat : 0) {
  for (const Run::Dim& dim : run.dims) dims.push_back({dim.count, dim.stride, dim.ordinal, dim.ordinal});
  sort_dims();
}

void TouchGroup::add_dim(const Dim& dim) {
  dims.push_back(dim);
  sort_dims();
}

void TouchGroup::sort_dims() {
  std::sort(dims.begin(), dims.end(), [](const Dim& a, const Dim& b) {
    const auto key = [](const Dim& dim) { return std::tuple(std::abs(dim.stride), -dim.stride, -dim.count, dim.first); };
    return key(a) < key(b);
  });
}

std::vector<int64_t> TouchGroup::elements_key() const {
  std::vector<int64_t> key{at};
  for (const Dim& dim : dims) key.insert(key.end(), {dim.count, dim.stride});
  return key;
}

int64_t TouchGroup::size() const {
  int64_t size = 1;
  for (const Dim& dim : dims) size *= dim.count;
  return size;
}

bool TouchGroup::add(const TouchGroup& other) {
  const bool keeps_first = is_earlier(*this, first, other, other.first, &Dim::first), keeps_last = is_earlier(other, other.last, *this, last, &Dim::last);
  if (!keeps_first && !is_earlier(other, other.first, *this, first, &Dim::first)) return false;
  if (!keeps_last && !is_earlier(*this, last, other, other.last, &Dim::last)) return false;
  if (!keeps_first) first = other.first, take(*this, other, &Dim::first);
  if (!keeps_last) last = other.last, take(*this, other, &Dim::last);
  reads += other.reads;
  writes += other.writes;
  return true;
}

namespace {

// A group, and how far each of the next ones lies from the one before.
struct Stack {
  TouchGroup group;
  Dim step{1, 0, 0, 0};

  bool add(const TouchGroup& next) {
    const int64_t at = next.at - group.at, first = next.first - group.first, last = next.last - group.last;
    if (at == 0) return false;
    if (step.count == 1) step.stride = at, step.first = first, step.last = last;
    else if (at != step.count * step.stride || first != step.count * step.first || last != step.count * step.last) return false;
    return ++step.count, true;
  }
};

std::vector<int64_t> shape_key(const TouchGroup& group) {
  std::vector<int64_t> key{group.reads, group.writes};
  for (const Dim& dim : group.dims) key.insert(key.end(), {dim.count, dim.stride, dim.first, dim.last});
  return key;
}

}  // namespace

bool stack(std::vector<TouchGroup>& groups) {
  std::vector<Stack> stacks;
  std::unordered_map<std::vector<int64_t>, size_t, KeyHash> latest;   // by shape: into stacks
  for (const TouchGroup& group : groups) {
    const auto [it, is_new] = latest.try_emplace(shape_key(group), stacks.size());
    if (!is_new && group.dims.size() < kMaxDepth && stacks[it->second].add(group)) continue;
    it->second = stacks.size();
    stacks.push_back({group});
  }
  const bool is_smaller = stacks.size() < groups.size();
  groups.clear();
  for (Stack& one : stacks) {
    if (one.step.count > 1) one.group.add_dim(one.step);
    groups.push_back(one.group);
  }
  return is_smaller;
}

}  // namespace loopglass::locality
