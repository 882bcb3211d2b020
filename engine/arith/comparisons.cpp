#include "engine/arith/comparisons.h"

#include "engine/arith/effect.h"
#include "engine/support/integer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// expr + offset; a null expr is zero.
struct Offset {
  Expr expr;
  int64_t offset = 0;
};

Offset split_offset(const Expr& e) {
  if (const IntImm* constant = as<IntImm>(e)) return {nullptr, constant->value};
  if (e->kind == ExprKind::Add || e->kind == ExprKind::Sub) {
    const Binary& sum = get<Binary>(e);
    if (const IntImm* constant = as<IntImm>(sum.b))
      return {sum.a, e->kind == ExprKind::Add ? constant->value : wrapping_sub(0, constant->value)};
  }
  return {e, 0};
}

bool same(const Expr& a, const Expr& b) { return a && b ? structural_equal(a, b) : !a && !b; }

CompareResult result_of(ExprKind kind) {
  switch (kind) {
    case ExprKind::LT: return CompareResult::LT;
    case ExprKind::LE: return CompareResult::LE;
    case ExprKind::GT: return CompareResult::GT;
    case ExprKind::GE: return CompareResult::GE;
    case ExprKind::EQ: return CompareResult::EQ;
    default: return CompareResult::NE;
  }
}

CompareResult swapped(CompareResult r) {
  if (r == CompareResult::LE) return CompareResult::GE;
  return r == CompareResult::GE ? CompareResult::LE : r;
}

// What `a RESULT b + known` says of a and b + asked.
CompareResult implied(CompareResult result, int64_t known, int64_t asked) {
  switch (result) {
    case CompareResult::EQ: return asked == known ? CompareResult::EQ : CompareResult::NE;
    case CompareResult::LE: return known < asked ? CompareResult::LT : known == asked ? CompareResult::LE : CompareResult::Unknown;
    case CompareResult::GE: return known > asked ? CompareResult::GT : known == asked ? CompareResult::GE : CompareResult::Unknown;
    case CompareResult::NE: return known == asked ? CompareResult::NE : CompareResult::Unknown;
    default: return CompareResult::Unknown;
  }
}

}  // namespace

void Comparisons::add(const Expr& condition, std::vector<Known>& knowns) {
  if (condition->kind == ExprKind::And) {
    add(get<Binary>(condition).a, knowns);
    add(get<Binary>(condition).b, knowns);
    return;
  }
  if (!is_comparison(condition->kind) || effect(condition) != Effect::Pure) return;
  const Binary& comparison = get<Binary>(condition);
  if (as<IntImm>(comparison.a) && as<IntImm>(comparison.b)) return;
  const Offset a = split_offset(comparison.a), b = split_offset(comparison.b);
  int64_t offset = wrapping_sub(b.offset, a.offset);
  CompareResult result = result_of(condition->kind);
  if (result == CompareResult::LT) {
    result = CompareResult::LE;
    offset = wrapping_sub(offset, 1);
  } else if (result == CompareResult::GT) {
    result = CompareResult::GE;
    offset = wrapping_add(offset, 1);
  }
  knowns.push_back({a.expr, b.expr, offset, result});
}

void Comparisons::bind(const Var& var, const Range& range) {
  std::erase_if(bound_, [&](const Known& known) { return known.a == var; });
  if (is_one(range.extent)) {
    add(eq(var, range.min), bound_);
  } else {
    add(ge(var, range.min), bound_);
    add(lt(var, ir::add(range.min, range.extent)), bound_);
  }
}

CompareResult Comparisons::compare(const Expr& a, const Expr& b) const {
  if (!a->dtype.is_int() || !b->dtype.is_int()) return CompareResult::Unknown;
  const Offset left = split_offset(a), right = split_offset(b);
  const int64_t asked = wrapping_sub(right.offset, left.offset);
  CompareResult result = CompareResult::Unknown;
  for (const auto* knowns : {&bound_, &scoped_}) {
    for (const Known& known : *knowns) {
      if (same(known.a, left.expr) && same(known.b, right.expr))
        result = result & implied(known.result, known.offset, asked);
      else if (same(known.b, left.expr) && same(known.a, right.expr))
        result = result & implied(swapped(known.result), wrapping_sub(0, known.offset), asked);
    }
  }
  return result;
}

}  // namespace loopglass::arith
