#include "engine/arith/iter_form.h"

#include <algorithm>

#include "engine/arith/analysis.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::arith {
namespace {

using namespace ir;

using SumRef = std::shared_ptr<const IterSum>;

bool same_source(const IterMark& a, const IterMark& b) {
  if (a.source.index() != b.source.index()) return false;
  if (const Expr* e = std::get_if<Expr>(&a.source)) return structural_equal(*e, std::get<Expr>(b.source));
  const IterSum &x = *std::get<SumRef>(a.source), &y = *std::get<SumRef>(b.source);
  return structural_equal(x.base, y.base) &&
         std::equal(x.args.begin(), x.args.end(), y.args.begin(), y.args.end(), [](const IterSplit& p, const IterSplit& q) {
           return same_mark(*p.source, *q.source) && structural_equal(p.lower_factor, q.lower_factor) &&
                  structural_equal(p.extent, q.extent) && structural_equal(p.scale, q.scale);
         });
}

void add_to(IterSum& sum, IterSplit split, int sign) {
  for (IterSplit& arg : sum.args) {
    if (arg.source != split.source || !structural_equal(arg.lower_factor, split.lower_factor) ||
        !structural_equal(arg.extent, split.extent))
      continue;
    arg.scale = sign > 0 ? add(arg.scale, split.scale) : sub(arg.scale, split.scale);
    return;
  }
  if (sign < 0) split.scale = sub(make_int(0, split.scale->dtype), split.scale);
  sum.args.push_back(std::move(split));
}

}  // namespace

DataType type_of(const IterForm& form) {
  if (const Expr* e = std::get_if<Expr>(&form)) return (*e)->dtype;
  if (const IterSplit* split = std::get_if<IterSplit>(&form)) return split->scale->dtype;
  return std::get<IterSum>(form).base->dtype;
}

IterSum to_iter_sum(const IterForm& form) {
  if (const IterSum* sum = std::get_if<IterSum>(&form)) return *sum;
  if (const IterSplit* split = std::get_if<IterSplit>(&form)) return {{*split}, make_int(0, split->scale->dtype)};
  return {{}, std::get<Expr>(form)};
}

IterMarkRef make_mark(Expr source, Expr extent) {
  return std::make_shared<const IterMark>(IterMark{std::move(source), std::move(extent)});
}
IterMarkRef make_mark(IterSum source, Expr extent) {
  return std::make_shared<const IterMark>(IterMark{std::make_shared<const IterSum>(std::move(source)), std::move(extent)});
}

IterSplit make_split(IterMarkRef source, Expr scale) {
  const Expr extent = source->extent;
  return {std::move(source), make_int(1, extent->dtype), extent, std::move(scale)};
}
IterSplit make_split(IterMarkRef source) {
  const DataType type = source->extent->dtype;
  return make_split(std::move(source), make_int(1, type));
}

void add_to(IterSum& sum, const IterSum& other, int sign) {
  for (const IterSplit& arg : other.args) add_to(sum, arg, sign);
  sum.base = sign > 0 ? add(sum.base, other.base) : sub(sum.base, other.base);
}

void multiply(IterSum& sum, const Expr& factor) {
  for (IterSplit& arg : sum.args) arg.scale = mul(arg.scale, factor);
  sum.base = mul(sum.base, factor);
}

bool same_split(const IterSplit& a, const IterSplit& b, bool check_scale) {
  return a.source == b.source && structural_equal(a.lower_factor, b.lower_factor) &&
         (!check_scale || structural_equal(a.scale, b.scale)) && structural_equal(a.extent, b.extent);
}

bool same_sum(const IterSum& a, const IterSum& b) {
  return structural_equal(a.base, b.base) &&
         std::equal(a.args.begin(), a.args.end(), b.args.begin(), b.args.end(),
                    [](const IterSplit& x, const IterSplit& y) { return same_split(x, y); });
}

bool same_mark(const IterMark& a, const IterMark& b) {
  return &a == &b || (structural_equal(a.extent, b.extent) && same_source(a, b));
}

Expr IterFormWriter::write(const IterSum& sum) {
  Expr e = make_int(0);
  for (const IterSplit& arg : sum.args) e = add(e, write(arg));
  return add(e, sum.base);
}

Expr IterFormWriter::write(const IterMark& mark) {
  if (const Expr* e = std::get_if<Expr>(&mark.source)) return *e;
  return write(*std::get<SumRef>(mark.source));
}

Expr IterFormWriter::write(const IterSplit& split) {
  const Expr source = write(*split.source);
  const Expr& whole = split.source->extent;
  if (analysis_.can_prove(eq(split.extent, whole)) && is_one(split.lower_factor)) return mul(source, split.scale);
  if (analysis_.can_prove(eq(whole, mul(split.lower_factor, split.extent))) ||
      analysis_.can_prove(eq(whole, mul(split.extent, split.lower_factor)))) {
    // The high digit of one value is 0; an iterator that has but one value itself is kept.
    if (is_one(split.extent) && !is_one(whole)) return make_int(0, split.extent->dtype);
    return mul(floordiv(source, split.lower_factor), split.scale);
  }
  const Expr upper = analysis_.canonical_simplify(mul(split.extent, split.lower_factor));
  return mul(floordiv(floormod(source, upper), split.lower_factor), split.scale);
}

}  // namespace loopglass::arith
