// Simplification by rewrite rules (rules.h), bottom up.
#pragma once

#include <optional>

#include "engine/arith/comparisons.h"
#include "engine/arith/rule.h"
#include "engine/arith/rules.h"
#include "engine/ir/expr.h"

namespace loopglass::arith {

class Analysis;

// int32 and int64 scalars: what the rules for indices are for.
inline bool is_index_type(ir::DataType t) { return t.is_int() && t.is_scalar() && (t.bits == 32 || t.bits == 64); }

class RewriteSimplifier : private Prover {
 public:
  explicit RewriteSimplifier(Analysis& analysis) : analysis_(analysis) {}
  virtual ~RewriteSimplifier() = default;

  // Two passes at most; the second only where the first changed something.
  ir::Expr operator()(const ir::Expr& e);
  // One pass.
  virtual ir::Expr visit(const ir::Expr& e) { return rewrite(e); }

 protected:
  // Simplifies the children by `visit`, then the node itself.
  ir::Expr rewrite(const ir::Expr& e);
  // How two values compare for all values of their variables.
  CompareResult compare(const ir::Expr& a, const ir::Expr& b);
  CompareResult compare(const ir::Expr& e, int64_t value);

  Analysis& analysis_;

 private:
  ir::Expr rewrite_binary(const ir::Expr& e);
  ir::Expr rewrite_arithmetic(const ir::Expr& e);
  ir::Expr rewrite_floordiv(const ir::Expr& e);
  ir::Expr split_off_multiple(const ir::Expr& e);
  ir::Expr rewrite_mod(const ir::Expr& e);
  ir::Expr rewrite_floormod(const ir::Expr& e);
  ir::Expr rewrite_unsigned(const ir::Expr& e);
  ir::Expr rewrite_extremum(const ir::Expr& e);
  ir::Expr rewrite_equal(const ir::Expr& e);
  ir::Expr rewrite_not_equal(const ir::Expr& e);
  ir::Expr rewrite_less(const ir::Expr& e);
  ir::Expr rewrite_less_equal(const ir::Expr& e);
  ir::Expr rewrite_logical(const ir::Expr& e);
  ir::Expr rewrite_not(const ir::Expr& e);
  ir::Expr rewrite_select(const ir::Expr& e);
  ir::Expr rewrite_call(const ir::Expr& e);
  ir::Expr rewrite_if_then_else(const ir::Expr& e);
  ir::Expr rewrite_let(const ir::Expr& e);
  ir::Expr rewrite_var(const ir::Expr& e);
  ir::Expr rewrite_others(const ir::Expr& e);

  // The rules of comparisons whose sides are simplified already.
  ir::Expr equal_rules(const ir::Expr& e);
  ir::Expr less_rules(const ir::Expr& e);
  ir::Expr not_rules(const ir::Expr& e);
  ir::Expr less_by_offset_or_factor(const ir::Expr& e);

  // The first of the sets' rules that applies; null for none.
  ir::Expr try_rules(RuleSet set, const ir::Expr& e);
  // Simplifies a result again, five deep at most.
  ir::Expr again(const ir::Expr& e);
  // true or false where the condition in force says so; else null.
  ir::Expr known_literal(const ir::Expr& e) const;

  bool proves_greater_equal(const ir::Expr& e, int64_t bound) override;
  bool proves_less(const ir::Expr& e, int64_t bound) override;
  bool proves_equal(const ir::Expr& e, int64_t value) override;

  int depth_ = 0;
};

// A comparison's opposite, pushed inwards through and, or and not.
ir::Expr negate_condition(const ir::Expr& condition);

}  // namespace loopglass::arith
