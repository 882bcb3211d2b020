#include "app/model/history.h"

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
  next.versions_.push_back(std::make_shared<const Version>(std::move(version)));
  next.last_child_.push_back(-1);
  return next;
}

History History::at_cursor(int id) const {
  CHECK(id >= 0 && id < static_cast<int>(versions_.size()));
  History next = *this;
  next.cursor_ = id;
  for (int child = id; versions_[child]->parent >= 0; child = versions_[child]->parent)
    next.last_child_[versions_[child]->parent] = child;
  return next;
}

History History::undone() const {
  CHECK(can_undo());
  return at_cursor(current()->parent);
}

History History::redone() const {
  CHECK(can_redo());
  return at_cursor(redo_child());
}

int History::redo_child() const { return last_child_[cursor_]; }

}  // namespace loopglass::app
