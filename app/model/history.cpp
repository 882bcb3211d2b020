#include "app/model/history.h"

#include <algorithm>

#include "engine/support/check.h"

namespace loopglass::app {

const VersionPtr& History::root_of(int id) const {
  while (versions_[id]->parent >= 0) id = versions_[id]->parent;
  return versions_[id];
}

std::vector<int> History::children(int id) const {
  std::vector<int> found;
  for (const VersionPtr& version : versions_)
    if (version->parent == id) found.push_back(version->id);
  return found;
}

bool History::is_on_path(int id, int end) const {
  while (end >= 0 && end != id) end = versions_[end]->parent;
  return end == id;
}

int History::depth() const {
  int steps = 0;
  for (int id = cursor_; versions_[id]->parent >= 0; id = versions_[id]->parent) ++steps;
  return steps;
}

int History::tip(int id) const {
  while (last_child_[id] >= 0) id = last_child_[id];
  return id;
}

History History::with_version(Version version, int parent) const {
  History next = *this;
  version.id = static_cast<int>(versions_.size());
  version.parent = parent;
  if (parent >= 0) next.last_child_[parent] = version.id;
  if (const int from = parent >= 0 ? parent : version.edited_from; from >= 0) next.next_[from] = version.id;
  next.versions_.push_back(std::make_shared<const Version>(std::move(version)));
  next.last_child_.push_back(-1);
  next.next_.push_back(-1);
  return next;
}

History History::at_cursor(int id) const {
  CHECK(id >= 0 && id < static_cast<int>(versions_.size()));
  History next = *this;
  next.cursor_ = id;
  for (int child = id; came_from(child) >= 0; child = came_from(child)) {
    next.next_[came_from(child)] = child;
    if (versions_[child]->parent >= 0) next.last_child_[versions_[child]->parent] = child;
  }
  return next;
}

History History::first(int count) const {
  CHECK(count > 0 && count <= static_cast<int>(versions_.size()));
  History kept = *this;
  kept.versions_.resize(count);
  kept.last_child_.resize(count);
  kept.next_.resize(count);
  for (int id = 0; id < count; ++id) {
    if (kept.last_child_[id] >= count) kept.last_child_[id] = -1;
    if (kept.next_[id] >= count) kept.next_[id] = kept.last_child_[id];
  }
  kept.cursor_ = std::min(cursor_, count - 1);
  return kept;
}

History History::undone() const {
  CHECK(can_undo());
  return at_cursor(came_from(cursor_));
}

History History::redone() const {
  CHECK(can_redo());
  return at_cursor(next_[cursor_]);
}

}  // namespace loopglass::app
