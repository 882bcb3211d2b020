// The constant interval that an integer expression lies in.
#pragma once

#include <unordered_map>
#include <vector>

#include "engine/arith/analyzer.h"

namespace loopglass::arith {

class Analysis;

// Every value of the type.
ConstIntBound type_bound(ir::DataType type);

class ConstIntBoundAnalysis {
 public:
  explicit ConstIntBoundAnalysis(Analysis& parent) : parent_(parent) {}

  ConstIntBound operator()(const ir::Expr& e);

  void bind(const ir::VarNode* var, ConstIntBound bound) { vars_[var] = bound; }
  void bind(const ir::VarNode* var, const ir::Range& range);

  // Facts of a condition, in force until the size before is restored.
  void enter(const ir::Expr& condition);
  size_t facts() const { return facts_.size(); }
  void restore(size_t facts) { facts_.resize(facts); }

 private:
  struct Fact {
    ir::Expr expr;
    ConstIntBound bound;
  };

  ConstIntBound visit(const ir::Expr& e);
  ConstIntBound visit_binary(const ir::Binary& op);
  ConstIntBound visit_mod(const ir::Binary& op, bool floors);
  ConstIntBound visit_call(const ir::Call& op);

  Analysis& parent_;
  std::unordered_map<const ir::VarNode*, ConstIntBound> vars_;
  std::vector<Fact> facts_;
};

}  // namespace loopglass::arith
