// What stands behind an Analyzer: the analyses, which ask one another.
#pragma once

#include <optional>
#include <vector>

#include "engine/arith/analyzer.h"
#include "engine/arith/canonical_simplify.h"
#include "engine/arith/comparisons.h"
#include "engine/arith/const_int_bound.h"
#include "engine/arith/interval_evaluator.h"
#include "engine/arith/modular_set.h"
#include "engine/arith/rewrite_simplify.h"

namespace loopglass::arith {

// The answer where it takes no analysis: constants, and one and the same expression.
std::optional<bool> plainly_equal(const ir::Expr& a, const ir::Expr& b);

class Analysis {
 public:
  Analysis();
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  void bind(const ir::Var& var, const ir::Range& range);
  void bind(const ir::Var& var, const ir::Expr& value);
  void bind(const ir::Var& var, ConstIntBound bound) { bounds_.bind(var.get(), bound); }

  // Adds the condition's facts; `leave` takes those of the last `enter` back.
  void enter(const ir::Expr& condition);
  void leave();

  ConstIntBound const_int_bound(const ir::Expr& e) { return bounds_(e); }
  ModularSet modular_set(const ir::Expr& e) { return residues_(e); }
  IntSet int_set(const ir::Expr& e);
  CompareResult compare_directly(const ir::Expr& a, const ir::Expr& b) const { return comparisons_.compare(a, b); }

  ir::Expr rewrite_simplify(const ir::Expr& e) { return rewrite_(e); }
  ir::Expr canonical_simplify(const ir::Expr& e) { return canonical_(e); }
  ir::Expr simplify(const ir::Expr& e, int steps = 2);
  bool can_prove(const ir::Expr& condition, ProofStrength strength = ProofStrength::Default);
  bool can_prove_equal(const ir::Expr& a, const ir::Expr& b);
  bool can_prove_less(const ir::Expr& e, int64_t upper);
  bool can_prove_greater_equal(const ir::Expr& e, int64_t lower);

  // What a variable stands for; null where it stands for itself.
  const ir::Expr* value_of(const ir::VarNode* var) const;
  // Conditions in force, simplified, each with the negation of its negation.
  const std::vector<ir::Expr>& literal_constraints() const { return literals_; }

 private:
  struct Mark {
    size_t bounds, residues, literals, sets, comparisons;
  };
  void add_literals(const ir::Expr& condition);
  bool is_refuted(const ir::Expr& condition);
  bool proves_by_symbolic_bound(const ir::Expr& condition);

  ConstIntBoundAnalysis bounds_;
  ModularSetAnalysis residues_;
  RewriteSimplifier rewrite_;
  CanonicalSimplifier canonical_;
  Comparisons comparisons_;
  std::unordered_map<const ir::VarNode*, ir::Expr> values_;
  std::vector<ir::Expr> literals_;
  IntSetMap domains_;
  std::vector<std::pair<const ir::VarNode*, IntSet>> domain_constraints_;
  std::vector<Mark> marks_;
};

// A condition in force while this lives.
class ConstraintScope {
 public:
  ConstraintScope(Analysis& analysis, const ir::Expr& condition) : analysis_(analysis) { analysis_.enter(condition); }
  ~ConstraintScope() { analysis_.leave(); }
  ConstraintScope(const ConstraintScope&) = delete;
  ConstraintScope& operator=(const ConstraintScope&) = delete;

 private:
  Analysis& analysis_;
};

}  // namespace loopglass::arith
