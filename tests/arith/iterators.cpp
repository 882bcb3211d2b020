#include "tests/arith/iterators.h"

namespace loopglass::arith_test {

using namespace arith;

VarRanges ranges_of(const std::vector<CaseVar>& vars, bool relaxed_alone) {
  VarRanges ranges;
  for (const CaseVar& v : vars)
    if (!relaxed_alone || v.is_relaxed) ranges.emplace_back(v.var, ir::Range{ir::make_int(0), ir::make_int(*v.extent)});
  return ranges;
}

std::vector<ir::Expr> parse_list(const std::string& text, const VarTable& table) {
  std::vector<ir::Expr> exprs;
  for (const std::string& part : split_text(text, ';')) exprs.push_back(parse_expr(part, table));
  return exprs;
}

std::string list_text(const std::vector<ir::Expr>& exprs) {
  std::string text;
  for (const ir::Expr& e : exprs) text += (text.empty() ? "" : "; ") + to_text(e);
  return text;
}

IterMapLevel level_of(const std::string& name) {
  if (name == "bijective") return IterMapLevel::Bijective;
  return name == "surjective" ? IterMapLevel::Surjective : IterMapLevel::NoCheck;
}

void for_each_assignment(const std::vector<CaseVar>& vars, const std::function<void(const Assignment&)>& f) {
  int64_t count = 1;
  for (const CaseVar& v : vars) count *= *v.extent;
  if (count > 20000) return;
  for (int64_t i = 0; i < count; ++i) {
    Assignment values;
    int64_t rest = i;
    for (const CaseVar& v : vars) {
      values[v.var.get()] = rest % *v.extent;
      rest /= *v.extent;
    }
    f(values);
  }
}

}  // namespace loopglass::arith_test
