#include "engine/schedule/place.h"

namespace loopglass::schedule {

Place::Place(std::string function, ir::Stmt body) : link_(std::make_shared<const Root>(Root{{std::move(body), nullptr}, std::move(function)})) {}

const std::shared_ptr<const Place::Link>& Place::shared_at(size_t depth) const {
  const std::shared_ptr<const Link>* link = &link_;
  while ((*link)->depth > depth) link = &(*link)->above;
  return *link;
}

ir::NodePath Place::path() const {
  ir::NodePath path{function(), std::vector<uint32_t>(depth())};
  for (const Link* link = link_.get(); link->above; link = link->above.get()) path.steps[link->depth - 1] = link->step;
  return path;
}

bool Place::is_at(const Place& other) const {
  if (depth() != other.depth()) return false;
  const Link *a = link_.get(), *b = other.link_.get();
  for (; a != b && a->above; a = a->above.get(), b = b->above.get())
    if (a->step != b->step) return false;
  return a == b || function() == other.function();
}

Place Place::below(uint32_t step, ir::Stmt child) const {
  return Place(std::make_shared<const Link>(Link{std::move(child), link_, step, link_->depth + 1}));
}

Place Place::with(ir::Stmt stmt) const {
  if (!link_->above) return Place(function(), std::move(stmt));
  return Place(std::make_shared<const Link>(Link{std::move(stmt), link_->above, link_->step, link_->depth}));
}

std::vector<ir::Stmt> Place::chain() const {
  std::vector<ir::Stmt> chain(depth() + 1);
  for (const Link* link = link_.get(); link; link = link->above.get()) chain[link->depth] = link->stmt;
  return chain;
}

}  // namespace loopglass::schedule
