#include "engine/arith/analyzer.h"

#include "engine/arith/analyzer_state.h"
#include "engine/support/integer.h"
#include "engine/arith/product.h"
#include "engine/ir/op.h"
#include "engine/support/check.h"

namespace loopglass::arith {

using namespace ir;

Analysis& analysis_of(Analyzer& analyzer) { return analyzer.state().analysis; }

Analyzer::Analyzer() = default;
Analyzer::~Analyzer() = default;
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;

Analyzer::State& Analyzer::state() const {
  if (!state_) state_ = std::make_unique<State>();
  return *state_;
}

void Analyzer::bind(const Var& var, const Range& range) { state().analysis.bind(var, range); }
void Analyzer::bind(const Var& var, const Expr& value) { state().analysis.bind(var, value); }
void Analyzer::bind(const Var& var, ConstIntBound bounds) { state().analysis.bind(var, bounds); }

// value = var * scale + offset with a positive scale bounds the variable from below by -offset, as TVM has it.
void Analyzer::mark_global_non_neg(const Expr& value) {
  Expr symbol = value;
  int64_t offset = 0;
  while (symbol->kind == ExprKind::Add && as<IntImm>(get<Binary>(symbol).b)) {
    offset = wrapping_add(offset, *as_int(get<Binary>(symbol).b));
    symbol = get<Binary>(symbol).a;
  }
  Expr var;
  int64_t scale = 1;
  bool is_scaled_var = true;
  for_each_factor(symbol, [&](const Expr& factor) {
    if (const IntImm* imm = as<IntImm>(factor)) scale = wrapping_mul(scale, imm->value);
    else if (!var && factor->kind == ExprKind::Var) var = factor;
    else is_scaled_var = false;
  });
  if (is_scaled_var && var && scale > 0 && is_index_type(var->dtype))
    state().analysis.bind(as_var(var), ConstIntBound{-offset, ConstIntBound::kPosInf});
}

Analyzer::Scope Analyzer::assume(const Expr& condition) {
  state().analysis.enter(condition);
  return Scope(state_.get(), ++state_->scopes);
}

Analyzer::Scope::Scope(Scope&& other) noexcept : state_(std::exchange(other.state_, nullptr)), mark_(other.mark_) {}

Analyzer::Scope::~Scope() {
  if (!state_) return;
  CHECK(state_->scopes == mark_, "scopes of an analyzer end in the reverse order of their begin");
  --state_->scopes;
  state_->analysis.leave();
}

ConstIntBound Analyzer::const_int_bound(const Expr& e) const { return state().analysis.const_int_bound(e); }
ModularSet Analyzer::modular_set(const Expr& e) const { return state().analysis.modular_set(e); }
IntSet Analyzer::int_set(const Expr& e) const { return state().analysis.int_set(e); }

// Of constants everything is known without the analyses.
Expr Analyzer::simplify(const Expr& e) const { return as<IntImm>(e) ? e : state().analysis.simplify(e); }
Expr Analyzer::rewrite_simplify(const Expr& e) const { return as<IntImm>(e) ? e : state().analysis.rewrite_simplify(e); }
Expr Analyzer::canonical_simplify(const Expr& e) const { return as<IntImm>(e) ? e : state().analysis.canonical_simplify(e); }
bool Analyzer::can_prove(const Expr& condition, ProofStrength strength) const {
  const IntImm* constant = as<IntImm>(condition);
  return constant ? constant->value != 0 : state().analysis.can_prove(condition, strength);
}
bool Analyzer::can_prove_equal(const Expr& a, const Expr& b) const {
  const auto answer = plainly_equal(a, b);
  return answer ? *answer : state().analysis.can_prove_equal(a, b);
}
bool Analyzer::can_prove_less(const Expr& e, int64_t upper) const {
  const IntImm* constant = as<IntImm>(e);
  return constant ? constant->value < upper : state().analysis.can_prove_less(e, upper);
}
bool Analyzer::can_prove_greater_equal(const Expr& e, int64_t lower) const {
  const IntImm* constant = as<IntImm>(e);
  return constant ? constant->value >= lower : state().analysis.can_prove_greater_equal(e, lower);
}

}  // namespace loopglass::arith
