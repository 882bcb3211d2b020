// A statement in its place: with all that stands above it, up to the function's body.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ir/node_path.h"
#include "engine/ir/stmt.h"

namespace loopglass::schedule {

// Places share what stands above them, so one is cheap to copy, and so is the place of anything around it.
class Place {
  struct Link {
    ir::Stmt stmt;
    std::shared_ptr<const Link> above;
    uint32_t step = 0;   // from the one above: ir::NodePath's numbering
    uint32_t depth = 0;
  };
  struct Root : Link {   // the function's body
    std::string function;
  };

 public:
  Place() = default;   // nowhere: to be assigned to
  Place(std::string function, ir::Stmt body);   // the function's body

  const ir::Stmt& stmt() const { return link_->stmt; }
  bool is_loop() const { return ir::as<ir::For>(stmt()) != nullptr; }
  bool is_block() const { return ir::as<ir::BlockRealize>(stmt()) != nullptr; }
  // Requires: the statement is a loop / a block.
  const ir::For& loop() const { return ir::get<ir::For>(stmt()); }
  const ir::BlockRealize& realize() const { return ir::get<ir::BlockRealize>(stmt()); }
  const ir::Block& block() const { return realize().block; }

  // How many statements stand above: 0 for the function's body.
  size_t depth() const { return link_->depth; }
  const std::string& function() const { return static_cast<const Root*>(at(0))->function; }
  ir::NodePath path() const;
  bool is_at(const Place& other) const;   // the same path
  // The n-th step of the path, from 0: which child of the statement at depth n leads here. Requires: n < depth().
  uint32_t step(size_t n) const { return at(n + 1)->step; }

  // The place n steps down from the function's body on the way here. Requires: n <= depth().
  Place ancestor(size_t n) const { return Place(shared_at(n)); }
  // A child, by its number.
  Place below(uint32_t step, ir::Stmt child) const;
  // Another statement in this place.
  Place with(ir::Stmt stmt) const;

  // From the function's body down to the statement itself.
  std::vector<ir::Stmt> chain() const;
  // The same upwards, without a copy; it lives as long as the place.
  struct Upwards {
    struct Iterator {
      using value_type = ir::Stmt;
      using difference_type = std::ptrdiff_t;
      const Link* link = nullptr;
      const ir::Stmt& operator*() const { return link->stmt; }
      Iterator& operator++() { return link = link->above.get(), *this; }
      Iterator operator++(int) { return std::exchange(*this, {link->above.get()}); }
      bool operator==(const Iterator&) const = default;
    };
    const Link* first;
    Iterator begin() const { return {first}; }
    Iterator end() const { return {nullptr}; }
  };
  Upwards upwards() const { return {link_.get()}; }
  Upwards above() const { return {link_->above.get()}; }   // without the statement itself

 private:
  explicit Place(std::shared_ptr<const Link> link) : link_(std::move(link)) {}
  const Link* at(size_t depth) const { return shared_at(depth).get(); }
  const std::shared_ptr<const Link>& shared_at(size_t depth) const;

  std::shared_ptr<const Link> link_;
};

}  // namespace loopglass::schedule
