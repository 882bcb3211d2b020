// Padding of iterators: so that i in [0, 18) divides by 4, it is taken as part of an iterator in [0, 20).
#include <algorithm>
#include <numeric>

#include "engine/arith/iter_map_rewriter.h"
#include "engine/ir/op.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// e = symbol * constant.
struct ScaledSymbol {
  Expr symbol;
  int64_t constant;
};
ScaledSymbol split_constant(const Expr& e) {
  if (const IntImm* imm = as<IntImm>(e)) return {make_int(1), imm->value};
  if (e->kind == ExprKind::Mul) {
    const Binary& product = get<Binary>(e);
    if (const IntImm* imm = as<IntImm>(product.b)) return {product.a, imm->value};
    if (const IntImm* imm = as<IntImm>(product.a)) return {product.b, imm->value};
  }
  return {e, 1};
}

// e without the remainders that do not matter modulo the divisor: y % (k * divisor) is y.
Expr without_remainders(const Expr& e, const Expr& divisor, Analysis& analysis) {
  if (!Binary::is(e->kind)) return e;
  const Binary& op = get<Binary>(e);
  const auto reduced = [&](const Expr& part) { return without_remainders(part, divisor, analysis); };
  switch (e->kind) {
    case ExprKind::Add: case ExprKind::Sub: case ExprKind::Mul: return fold_binary(e->kind, reduced(op.a), reduced(op.b));
    case ExprKind::FloorMod: return is_zero(analysis.simplify(floormod(op.b, divisor))) ? reduced(op.a) : e;
    default: return e;
  }
}

}  // namespace

// Whether the divisor divides e, where that shows only once remainders are taken away: x * 4 - x % 3 and 3.
bool IterMapRewriter::divides_modulo(const Expr& e, const Expr& divisor) {
  return is_zero(e) || divides(e, divisor) || is_zero(simplify(floormod(without_remainders(e, divisor, analysis_), divisor)));
}

IterMapRewriter::Padding& IterMapRewriter::padding_of(const IterMarkRef& mark) {
  auto known = std::find_if(paddings_.begin(), paddings_.end(), [&](const Padding& p) { return same_mark(*p.mark, *mark); });
  if (known != paddings_.end()) return *known;
  return paddings_.emplace_back(Padding{mark, make_int(1), make_int(0), nullptr});
}

const IterMark* IterMapRewriter::origin_of(const IterMark& mark) const {
  for (const auto& [padded, origin] : padded_origins_)
    if (same_mark(*padded, mark)) return origin.get();
  return nullptr;
}

// A common multiple, the least of those that can be told.
Expr IterMapRewriter::common_multiple(const Expr& a, const Expr& b) {
  const ScaledSymbol x = split_constant(a), y = split_constant(b);
  const Expr constant = make_int(std::lcm(x.constant, y.constant));
  if (analysis_.can_prove_equal(x.symbol, y.symbol)) return mul(x.symbol, constant);
  if (analysis_.can_prove_equal(floormod(x.symbol, y.symbol), make_int(0))) return mul(x.symbol, constant);
  if (analysis_.can_prove_equal(floormod(y.symbol, x.symbol), make_int(0))) return mul(y.symbol, constant);
  return mul(mul(x.symbol, y.symbol), constant);
}

std::optional<IterMapRewriter::PaddedSplit> IterMapRewriter::pad_to_divisor(IterSplit split, const Expr& base, const Expr& divisor) {
  const DataType type = split.extent->dtype;
  const Expr left_pad = simplify(floormod(base, divisor));
  if (collect_padding_) {
    const Expr right_edge = add(left_pad, split.extent);
    const Expr right_pad = divides(right_edge, divisor) ? make_int(0, type) : simplify(floormod(neg(right_edge), divisor));
    return note_padding(std::move(split), divisor, left_pad, right_pad);
  }
  const auto padding = std::find_if(paddings_.begin(), paddings_.end(), [&](const Padding& p) { return same_mark(*p.mark, *split.source); });
  const bool is_padded = padding != paddings_.end() && !(is_zero(padding->left) && divides(split.source->extent, padding->factor));
  if (is_padded) return apply_padding(*padding, std::move(split), left_pad, divisor);
  return divides_modulo(base, divisor) ? std::optional(PaddedSplit{split, left_pad}) : std::nullopt;
}

// The second pass. With p = mark + left, mark // lower + base = p // lower + (base - left / lower), of which the divisor must divide the
// second summand: left / lower must be `left_pad`, what the base alone needs, or differ from it by a multiple of the divisor. (TVM does not
// ask for this, and gives other values where an iterator is divided with several offsets.)
std::optional<IterMapRewriter::PaddedSplit> IterMapRewriter::apply_padding(Padding& padding, IterSplit split, const Expr& left_pad,
                                                                           const Expr& divisor) {
  Expr shift = floordiv(padding.left, split.lower_factor);
  const bool is_own = analysis_.can_prove_equal(shift, left_pad);
  const bool fits = divides(padding.left, split.lower_factor) && (is_own || divides_modulo(simplify(sub(shift, left_pad)), divisor)) &&
                    divides(padding.factor, split.lower_factor) && divides(padding.factor, divisor);
  if (!fits) return std::nullopt;
  if (padding.padded && is_own) shift = left_pad;
  if (!padding.padded) make_padded_mark(padding, split.source);
  split.source = padding.padded;
  split.extent = floordiv(padding.padded->extent, split.lower_factor);
  return PaddedSplit{split, shift};
}

// The first pass: collects what all divisions of an iterator need.
IterMapRewriter::PaddedSplit IterMapRewriter::note_padding(IterSplit split, const Expr& divisor, const Expr& left_pad,
                                                           const Expr& right_pad) {
  Padding& padding = padding_of(split.source);
  padding.factor = common_multiple(padding.factor, mul(divisor, split.lower_factor));
  if (is_zero(left_pad) && is_zero(right_pad)) return {split, make_int(0, left_pad->dtype)};
  requires_padding_ = true;
  padding.left = ir::max(padding.left, mul(left_pad, split.lower_factor));
  split.extent = simplify(add(add(left_pad, split.extent), right_pad));
  return {split, left_pad};
}

// At the first split of an iterator to be padded.
void IterMapRewriter::make_padded_mark(Padding& padding, const IterMarkRef& mark) {
  const Expr right_edge = add(mark->extent, padding.left);
  const DataType type = right_edge->dtype;
  const Expr right_pad = divides(right_edge, padding.factor) ? make_int(0, type) : floormod(neg(right_edge), padding.factor);
  const IterSum source{{make_split(mark)}, padding.left};
  padding.padded = make_mark(source, simplify(add(right_edge, right_pad)));
  padded_origins_.emplace_back(padding.padded, mark);

  const Expr zero = make_int(0, type), position = IterFormWriter(analysis_).write(source);
  const Expr block = floordiv(position, padding.factor), within = floormod(position, padding.factor);
  const Expr on_left = logical_and(ne(padding.left, zero), logical_and(eq(block, zero), lt(within, padding.left)));
  const Expr on_right = logical_and(ne(right_pad, zero), logical_and(eq(block, floordiv(right_edge, padding.factor)),
                                                                     ge(within, floormod(right_edge, padding.factor))));
  padding_predicate_ = logical_or(padding_predicate_, logical_or(on_left, on_right));
}

}  // namespace loopglass::arith
