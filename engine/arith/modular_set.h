// Residues: what an integer expression is modulo a constant.
#pragma once

#include <unordered_map>
#include <vector>

#include "engine/arith/analyzer.h"

namespace loopglass::arith {

class Analysis;

class ModularSetAnalysis {
 public:
  explicit ModularSetAnalysis(Analysis& parent) : parent_(parent) {}

  ModularSet operator()(const ir::Expr& e) { return visit(e); }

  void bind(const ir::VarNode* var, ModularSet set) { vars_[var] = set; }

  // var % coeff == base, in force until the size before is restored.
  void enter(const ir::Expr& condition);
  size_t facts() const { return replaced_.size(); }
  void restore(size_t facts);

 private:
  ModularSet visit(const ir::Expr& e);
  ModularSet visit_binary(const ir::Binary& op);
  ModularSet visit_call(const ir::Call& op);
  ModularSet divide(const ir::Expr& dividend, int64_t divisor, bool floors);
  ModularSet remainder(const ir::Expr& dividend, int64_t divisor, bool floors);
  void narrow(const ir::VarNode* var, ModularSet set);

  Analysis& parent_;
  std::unordered_map<const ir::VarNode*, ModularSet> vars_;
  std::vector<std::pair<const ir::VarNode*, ModularSet>> replaced_;  // what narrowed variables were before
};

}  // namespace loopglass::arith
