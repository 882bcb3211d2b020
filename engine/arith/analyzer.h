// Integer reasoning over expressions: bounds, simplification, proof; what TVM's arith::Analyzer gives to schedules.
#pragma once

#include <memory>

#include "engine/ir/expr.h"
#include "engine/ir/stmt.h"

namespace loopglass::arith {

// Inclusive bounds; kNegInf / kPosInf where there is none.
struct ConstIntBound {
  static constexpr int64_t kPosInf = INT64_MAX;
  static constexpr int64_t kNegInf = -INT64_MAX;
  int64_t min = kNegInf;
  int64_t max = kPosInf;
};

// All values are coeff * k + base; coeff 0: the constant base; coeff 1: nothing is known.
struct ModularSet {
  int64_t coeff = 1;
  int64_t base = 0;
};

struct IntSet;   // int_set.h
class Analysis;  // analysis.h

// How hard a proof is tried. SymbolicBound also relaxes variables to the symbolic ends of their domains.
enum class ProofStrength { Default, SymbolicBound };

// What is known of variables, and what follows. Facts are added; a Scope forgets its own when it ends.
class Analyzer {
 public:
  Analyzer();
  ~Analyzer();
  Analyzer(Analyzer&&) noexcept;
  Analyzer& operator=(Analyzer&&) noexcept;

  // var lies in [range.min, range.min + range.extent).
  // A second bind of a variable replaces the first.
  void bind(const ir::Var& var, const ir::Range& range);
  // var stands for value.
  void bind(const ir::Var& var, const ir::Expr& value);
  // var lies within bounds.
  void bind(const ir::Var& var, ConstIntBound bounds);
  // value >= 0 wherever it is used, as the extents of symbolic shapes are.
  void mark_global_non_neg(const ir::Expr& value);
  // The condition holds until the returned scope ends.
  class Scope;
  [[nodiscard]] Scope assume(const ir::Expr& condition);

  ConstIntBound const_int_bound(const ir::Expr& e) const;
  ModularSet modular_set(const ir::Expr& e) const;
  // The interval that e lies in where every bound variable runs over its domain.
  IntSet int_set(const ir::Expr& e) const;
  // TVM's Analyzer.simplify: rewrite rules, canonical form, rewrite rules again; the result prints as TVM's does.
  ir::Expr simplify(const ir::Expr& e) const;
  // TVM's rewrite_simplify alone.
  ir::Expr rewrite_simplify(const ir::Expr& e) const;
  // TVM's canonical_simplify alone: sums of c * ((x // a) % b), ordered.
  ir::Expr canonical_simplify(const ir::Expr& e) const;
  // True only where the condition holds for all values of the variables in their bounds.
  bool can_prove(const ir::Expr& condition, ProofStrength strength = ProofStrength::Default) const;
  bool can_prove_equal(const ir::Expr& a, const ir::Expr& b) const;
  bool can_prove_less(const ir::Expr& e, int64_t upper) const;            // e < upper
  bool can_prove_greater_equal(const ir::Expr& e, int64_t lower) const;   // e >= lower

 private:
  friend Analysis& analysis_of(Analyzer& analyzer);
  struct State;
  State& state() const;
  mutable std::unique_ptr<State> state_;   // made when it is first needed: most questions of a schedule step are about constants
};

class Analyzer::Scope {
 public:
  Scope(Scope&&) noexcept;
  ~Scope();

 private:
  friend class Analyzer;
  Scope(State* state, size_t mark) : state_(state), mark_(mark) {}
  State* state_;
  size_t mark_;
};

}  // namespace loopglass::arith
