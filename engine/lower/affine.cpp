#include "engine/lower/affine.h"

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::lower {

using namespace ir;

namespace {

bool is_same_atom(const Expr& a, const Expr& b) {
  if (a == b) return true;
  if (as<VarNode>(a) || as<VarNode>(b)) return false;
  return structural_equal(a, b);
}

void add_term(Affine& sum, const Expr& atom, int64_t coefficient) {
  const auto it = std::ranges::find_if(sum.terms, [&](const Term& term) { return is_same_atom(term.atom, atom); });
  if (it == sum.terms.end()) {
    if (coefficient != 0) sum.terms.push_back({atom, coefficient});
    return;
  }
  it->coefficient += coefficient;
  if (it->coefficient == 0) sum.terms.erase(it);
}

// Coefficients beyond this are left in their atoms: sums of them cannot overflow.
constexpr int64_t kLargest = int64_t{1} << 40;

bool is_large(const Affine& sum, int64_t factor) {
  if (std::abs(factor) > kLargest) return true;
  const auto exceeds = [&](int64_t value) { return std::abs(value) > kLargest || std::abs(value) * __int128{std::abs(factor)} > kLargest; };
  return exceeds(sum.constant) || std::ranges::any_of(sum.terms, [&](const Term& term) { return exceeds(term.coefficient); });
}

}  // namespace

int64_t coefficient_of(const Affine& sum, const Expr& atom) {
  const auto it = std::ranges::find_if(sum.terms, [&](const Term& term) { return is_same_atom(term.atom, atom); });
  return it == sum.terms.end() ? 0 : it->coefficient;
}

Affine plus(Affine a, const Affine& b, int64_t factor) {
  for (const Term& term : b.terms) add_term(a, term.atom, term.coefficient * factor);
  a.constant += b.constant * factor;
  return a;
}

Affine affine_of(const Expr& e) {
  const Affine whole{{{e, 1}}, 0};
  if (const auto value = as_int(e); value && std::abs(*value) <= kLargest) return {{}, *value};
  const Binary* node = as<Binary>(e);
  if (!node || !e->dtype.is_int() || !e->dtype.is_scalar()) return whole;
  if (e->kind == ExprKind::Add || e->kind == ExprKind::Sub) {
    const Affine a = affine_of(node->a), b = affine_of(node->b);
    return is_large(a, 1) || is_large(b, 1) ? whole : plus(a, b, e->kind == ExprKind::Add ? 1 : -1);
  }
  if (e->kind != ExprKind::Mul) return whole;
  const std::optional<int64_t> left = as_int(node->a), right = as_int(node->b);
  if (!left && !right) return whole;
  const int64_t factor = right ? *right : *left;
  const Affine sum = affine_of(right ? node->a : node->b);
  return is_large(sum, factor) ? whole : plus({}, sum, factor);
}

Expr to_expr(const Affine& sum, DataType type) {
  Expr e = make_int(0, type);
  for (const Term& term : sum.terms) {
    const Expr scaled = mul(cast(type, term.atom), make_int(std::abs(term.coefficient), type));
    e = term.coefficient < 0 ? sub(std::move(e), scaled) : add(std::move(e), scaled);
  }
  return add(std::move(e), make_int(sum.constant, type));
}

std::optional<int64_t> difference(const Affine& a, const Affine& b) {
  const Affine d = plus(a, b, -1);
  return d.terms.empty() ? std::optional(d.constant) : std::nullopt;
}

}  // namespace loopglass::lower
