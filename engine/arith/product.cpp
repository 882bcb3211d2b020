#include "engine/arith/product.h"

#include "engine/support/integer.h"
#include "engine/ir/op.h"

namespace loopglass::arith {

using namespace ir;

void for_each_factor(const Expr& e, const std::function<void(const Expr&)>& f) {
  if (e->kind != ExprKind::Mul) return f(e);
  for_each_factor(get<Binary>(e).a, f);
  for_each_factor(get<Binary>(e).b, f);
}

Expr multiply_factors(const Expr& a, const Expr& b) {
  int64_t constant = 1;
  Expr product = make_int(1, a->dtype);
  const auto collect = [&](const Expr& factor) {
    if (const IntImm* imm = as<IntImm>(factor)) constant = wrapping_mul(constant, imm->value);
    else product = mul(product, factor);
  };
  for_each_factor(a, collect);
  for_each_factor(b, collect);
  return constant == 1 ? product : mul(product, make_int(constant, product->dtype));
}

}  // namespace loopglass::arith
