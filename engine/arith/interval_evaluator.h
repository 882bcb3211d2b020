// Interval arithmetic with symbolic ends: the set that an expression takes while its variables run over sets.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/arith/int_set.h"

namespace loopglass::arith {

class Analysis;

using DomainConstraints = std::vector<std::pair<const ir::VarNode*, IntSet>>;

IntSet unite(const IntSet& a, const IntSet& b);
IntSet intersect(const IntSet& a, const IntSet& b, Analysis& analysis);

class IntervalEvaluator {
 public:
  // Variables without a domain stand for themselves; `constraints` (may be null) narrow those with one.
  IntervalEvaluator(Analysis& analysis, const IntSetMap& domains, const DomainConstraints* constraints = nullptr)
      : analysis_(analysis), domains_(domains), constraints_(constraints) {}

  IntSet evaluate(const ir::Expr& e);
  // Relaxes the ends of a set, which may name variables with domains.
  IntSet evaluate(const IntSet& set);

 private:
  IntSet evaluate_var(const ir::Expr& e);
  IntSet evaluate_binary(const ir::Expr& e);
  IntSet evaluate_ramp(const ir::Ramp& ramp);
  IntSet combine(const ir::Binary& op, IntSet a, IntSet b);
  IntSet multiply(IntSet a, IntSet b);
  IntSet divide(ir::ExprKind kind, const IntSet& a, const IntSet& b);
  IntSet scale(ir::ExprKind kind, const IntSet& a, const ir::Expr& factor);
  IntSet remainder(const ir::Binary& op, const IntSet& a, const IntSet& b);

  Analysis& analysis_;
  const IntSetMap& domains_;
  const DomainConstraints* constraints_;
  size_t depth_ = 0;
  std::unordered_map<const ir::VarNode*, IntSet> relaxed_;
  std::unordered_set<const ir::VarNode*> in_progress_;
};

}  // namespace loopglass::arith
