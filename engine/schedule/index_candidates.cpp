#include "engine/schedule/index_candidates.h"

#include <algorithm>

#include "engine/arith/analyzer.h"
#include "engine/arith/effect.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

using ir::Expr;

size_t size_of(const Expr& e) {
  size_t size = 0;
  ir::for_each_expr(e, [&](const Expr&) { ++size; });
  return size;
}

bool is_leaf(const Expr& e) {
  return ir::as<ir::IntImm>(e) || ir::as<ir::FloatImm>(e) || ir::as<ir::StringImm>(e) || ir::as<ir::VarNode>(e);
}

bool is_eligible(const Expr& e) {
  return !is_leaf(e) && e->kind != ir::ExprKind::Ramp && e->kind != ir::ExprKind::Broadcast && arith::effect(e) == arith::Effect::Pure;
}

// The eligible expressions below (or at) an expression that are part of no larger one.
class Outermost : public ir::Visitor {
 public:
  explicit Outermost(std::vector<Expr>& found) : found_(found) {}
  using Visitor::visit;
  void visit(const Expr& e) override {
    if (!e || is_leaf(e)) return;
    if (is_eligible(e))
      found_.push_back(e);
    else
      Visitor::visit(e);
  }
  void below(const Expr& e) { Visitor::visit(e); }

 private:
  std::vector<Expr>& found_;
};

// An expression, its simplest form and how often it occurs.
struct Counted {
  Expr e, simplest;
  size_t count;
};
using Table = std::vector<Counted>;

Expr simplest(const Expr& e) { return arith::Analyzer().simplify(e); }

Table::iterator find(Table& table, const Expr& simple) {
  return std::find_if(table.begin(), table.end(), [&](const Counted& c) { return ir::structural_equal(c.simplest, simple); });
}

Table count_outermost(const ir::BufferStore& store) {
  std::vector<Expr> all;
  Outermost search(all);
  search.visit(store.value);
  for (const Expr& index : store.indices) search.visit(index);
  Table table;
  for (const Expr& e : all) {
    const Expr simple = simplest(e);
    const auto known = find(table, simple);
    if (known == table.end())
      table.push_back({e, simple, 1});
    else
      ++known->count;
  }
  return table;
}

// What is too rare to be cached may have parts that are not.
void add_parts_of_rare(Table& table, size_t threshold) {
  for (size_t i = 0; i < table.size(); ++i) {
    const size_t count = table[i].count;
    if (count >= threshold) continue;
    std::vector<Expr> parts;
    Outermost(parts).below(table[i].e);
    for (const Expr& part : parts) {
      const Expr simple = simplest(part);
      if (const auto known = find(table, simple); known != table.end()) {
        known->count += count;
        continue;
      }
      const size_t size = size_of(part);
      const auto position = std::lower_bound(table.begin(), table.end(), size, [](const Counted& c, size_t s) { return size_of(c.e) >= s; });
      table.insert(position, {part, simple, count});
    }
  }
}

class PostOrder : public ir::Visitor {
 public:
  explicit PostOrder(std::vector<Expr>& order) : order_(order) {}
  using Visitor::visit;
  void visit(const Expr& e) override {
    if (!e) return;
    Visitor::visit(e);
    order_.push_back(e);
  }

 private:
  std::vector<Expr>& order_;
};

}  // namespace

bool equivalent(const Expr& a, const Expr& b) { return ir::structural_equal(simplest(a), simplest(b)); }

void add_candidates(const ir::BufferStore& store, size_t threshold, std::vector<Expr>& found) {
  Table table = count_outermost(store);
  add_parts_of_rare(table, threshold);
  std::vector<Expr> order;
  PostOrder(order).visit(store.value);
  for (const Expr& e : order) {
    const auto known = find(table, simplest(e));
    if (known != table.end() && known->count >= threshold && std::find(found.begin(), found.end(), known->e) == found.end()) found.push_back(known->e);
  }
  std::stable_sort(found.begin(), found.end(), [](const Expr& a, const Expr& b) { return size_of(a) > size_of(b); });
}

}  // namespace loopglass::schedule
