#include "engine/arith/iter_map_rewriter.h"

#include <algorithm>
#include <utility>

#include "engine/arith/rewrite_simplify.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

std::optional<int64_t> constant_of(const IterForm& form) {
  const Expr* e = std::get_if<Expr>(&form);
  return e ? as_int(*e) : std::nullopt;
}

// What TVM's constant folding leaves of an operation with a constant side; nothing where it stays.
std::optional<IterForm> fold_constants(ExprKind kind, const IterForm& a, const IterForm& b) {
  const std::optional<int64_t> x = constant_of(a), y = constant_of(b);
  const bool divides = kind == ExprKind::FloorDiv || kind == ExprKind::FloorMod;
  if (divides && y == 0) return std::nullopt;
  if (x && y) return fold_binary(kind, std::get<Expr>(a), std::get<Expr>(b));
  const bool is_sum = kind == ExprKind::Add || kind == ExprKind::Sub;
  if (is_sum && y == 0) return a;
  if (kind == ExprKind::Add && x == 0) return b;
  if (kind == ExprKind::Mul && (x == 1 || y == 0)) return b;
  if (kind == ExprKind::Mul && (x == 0 || y == 1)) return a;
  if (divides && x == 0) return a;
  if (kind == ExprKind::FloorDiv && y == 1) return a;
  if (kind == ExprKind::FloorMod && y == 1) return make_int(0, type_of(a));
  return std::nullopt;
}

}  // namespace

IterMapRewriter::IterMapRewriter(Analysis& analysis, const VarRanges& input_iters, IterMapLevel level, bool simplify_trivial_iterators,
                                 std::vector<std::string>& errors)
    : analysis_(analysis), level_(level), errors_(errors) {
  for (const auto& [var, range] : input_iters) {
    if (simplify_trivial_iterators && is_one(range.extent)) {
      vars_[var.get()] = IterSum{{}, range.min};
      continue;
    }
    const bool from_zero = is_zero(range.min);
    const IterMarkRef mark = make_mark(from_zero ? Expr(var) : sub(var, range.min), range.extent);
    input_marks_.push_back(mark);
    if (from_zero) vars_[var.get()] = make_split(mark);
    else vars_[var.get()] = IterSum{{make_split(mark)}, range.min};
  }
}

IterSum IterMapRewriter::rewrite(const Expr& e, bool collect_padding) {
  collect_padding_ = collect_padding;
  IterSum sum = to_iter_sum(mutate(e));
  collect_padding_ = false;
  if (sum.args.empty()) return sum;
  if (auto fused = fuse(sum, true)) return *fused;
  errors_.push_back("the iterators of an index do not fuse into one");
  return sum;
}

IterForm IterMapRewriter::unresolved(const Expr& e, const char* why) {
  errors_.push_back(why);
  return e;
}

IterForm IterMapRewriter::mutate(const Expr& e) {
  if (e->kind == ExprKind::Var) {
    const auto iter = vars_.find(&get<VarNode>(e));
    return iter != vars_.end() ? iter->second : IterForm(e);
  }
  if (is_index_type(e->dtype)) {
    switch (e->kind) {
      case ExprKind::Add: case ExprKind::Sub: return mutate_sum(e);
      case ExprKind::Mul: return mutate_product(e);
      case ExprKind::FloorDiv: case ExprKind::FloorMod: return mutate_division(e);
      default: break;
    }
  }
  if (uses_var(e, [&](const VarNode* v) { return vars_.contains(v); }))
    return unresolved(e, "an iterator stands under an operator other than +, -, *, // and %");
  return e;
}

IterForm IterMapRewriter::mutate_sum(const Expr& e) {
  const Binary& op = get<Binary>(e);
  const IterForm a = mutate(op.a), b = mutate(op.b);
  if (auto folded = fold_constants(e->kind, a, b)) return *folded;
  if (is_plain(a) && is_plain(b)) return make_binary(e->kind, std::get<Expr>(a), std::get<Expr>(b));
  IterSum sum = to_iter_sum(a);
  add_to(sum, to_iter_sum(b), e->kind == ExprKind::Add ? 1 : -1);
  return sum;
}

IterForm IterMapRewriter::mutate_product(const Expr& e) {
  IterForm a = mutate(get<Binary>(e).a), b = mutate(get<Binary>(e).b);
  if (auto folded = fold_constants(e->kind, a, b)) return *folded;
  if (is_plain(a) && is_plain(b)) return make_binary(e->kind, std::get<Expr>(a), std::get<Expr>(b));
  if (!is_plain(a) && !is_plain(b)) return unresolved(e, "two iterators are multiplied");
  if (is_plain(a)) std::swap(a, b);
  const Expr& factor = std::get<Expr>(b);
  if (IterSplit* split = std::get_if<IterSplit>(&a)) split->scale = mul(split->scale, factor);
  else multiply(std::get<IterSum>(a), factor);
  return a;
}

IterForm IterMapRewriter::mutate_division(const Expr& e) {
  const IterForm a = mutate(get<Binary>(e).a), b = mutate(get<Binary>(e).b);
  if (auto folded = fold_constants(e->kind, a, b)) return *folded;
  if (is_plain(a) && is_plain(b)) return make_binary(e->kind, std::get<Expr>(a), std::get<Expr>(b));
  if (!is_plain(b)) return unresolved(e, "a divisor is an iterator");
  const std::optional<IterSum> dividend = fused_dividend(a);
  if (!dividend) return e;
  CHECK(dividend->args.size() == 1);
  const Expr& divisor = std::get<Expr>(b);
  auto divided = e->kind == ExprKind::FloorDiv ? floordiv_split(dividend->args[0], dividend->base, divisor)
                                               : floormod_split(dividend->args[0], dividend->base, divisor);
  return divided ? *divided : IterForm(e);
}

std::optional<IterSum> IterMapRewriter::fused_dividend(const IterForm& dividend) {
  IterSum sum = to_iter_sum(dividend);
  if (sum.args.empty()) return std::nullopt;
  if (sum.args.size() == 1) return sum;
  std::optional<IterSum> fused = fuse(std::move(sum), true);
  if (!fused) errors_.push_back("a dividend does not fuse into one iterator");
  return fused;
}

// (split + base) // divisor
std::optional<IterForm> IterMapRewriter::floordiv_split(IterSplit split, Expr base, Expr divisor) {
  if (is_one(divisor)) return is_zero(base) ? IterForm(split) : IterForm(IterSum{{split}, base});
  if (!is_one(split.scale)) {
    if (divides(split.scale, divisor) && (is_zero(base) || divides(base, divisor))) {
      split.scale = floordiv(split.scale, divisor);
      return is_zero(base) ? IterForm(split) : IterForm(IterSum{{split}, floordiv(base, divisor)});
    }
    if (!divides(divisor, split.scale) || !(is_zero(base) || divides(base, split.scale))) {
      errors_.push_back("an iterator's scale and the divisor do not divide each other");
      return std::nullopt;
    }
    if (!is_zero(base)) base = floordiv(base, split.scale);
    divisor = floordiv(divisor, split.scale);
    split.scale = make_int(1, divisor->dtype);
  }
  const std::optional<PaddedSplit> padded = pad_to_divisor(split, base, divisor);
  if (!padded) return std::nullopt;
  const IterSplit& p = padded->split;
  IterSplit quotient;
  if (divides(p.extent, divisor)) {
    // ((iter // lower) % (c1 * c2)) // c1 = (iter // (lower * c1)) % c2
    quotient = {p.source, mul(p.lower_factor, divisor), simplify(floordiv(p.extent, divisor)), p.scale};
  } else if (is_one(p.lower_factor) && analysis_.can_prove_equal(p.extent, p.source->extent)) {
    quotient = {p.source, divisor, simplify(ceildiv(p.extent, divisor)), p.scale};
  } else {
    const IterMarkRef mark = make_mark(IterSum{{p}, make_int(0, p.extent->dtype)}, p.extent);
    quotient = {mark, divisor, simplify(ceildiv(p.extent, divisor)), make_int(1, divisor->dtype)};
  }
  const Expr new_base = analysis_.simplify(floordiv(sub(base, padded->left_pad), divisor), 6);
  return is_zero(new_base) ? IterForm(quotient) : IterForm(IterSum{{quotient}, new_base});
}

// (split + base) % divisor
std::optional<IterForm> IterMapRewriter::floormod_split(IterSplit split, Expr base, Expr divisor) {
  const Expr zero = make_int(0, split.scale->dtype);
  if (is_one(divisor)) return zero;
  if (!is_one(split.scale)) {
    if (divides(split.scale, divisor) && divides(base, divisor)) return zero;
    if (!divides(divisor, split.scale) || !(is_zero(base) || divides(base, split.scale))) {
      errors_.push_back("an iterator's scale and the divisor of a remainder do not divide each other");
      return std::nullopt;
    }
    divisor = floordiv(divisor, split.scale);
    if (!is_zero(base)) base = floordiv(base, split.scale);
  }
  const std::optional<PaddedSplit> padded = pad_to_divisor(split, base, divisor);
  if (!padded) return std::nullopt;
  const IterSplit& p = padded->split;
  // (mark // lower) % extent % divisor = (mark // lower) % divisor, where the divisor divides the extent or the digit is the top one.
  if (!divides(p.extent, divisor) && !analysis_.can_prove_equal(mul(p.lower_factor, p.extent), p.source->extent)) return std::nullopt;
  return IterSplit{p.source, p.lower_factor, divisor, p.scale};
}

bool IterMapRewriter::divides(const Expr& dividend, const Expr& divisor) {
  const std::optional<int64_t> a = as_int(dividend), b = as_int(divisor);
  if (b == 0) return false;
  if (a && b) return *a % *b == 0;
  return analysis_.can_prove_equal(dividend, divisor) ||
         analysis_.can_prove(eq(floormod(dividend, divisor), make_int(0, dividend->dtype)));
}

}  // namespace loopglass::arith
