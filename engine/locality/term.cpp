#include "engine/locality/term.h"

#include "engine/support/check.h"
#include "engine/support/integer.h"

namespace loopglass::locality {

int64_t Linear::coefficient(int loop) const {
  for (const Part& part : parts)
    if (part.loop == loop) return part.coefficient;
  return 0;
}

Linear plus(const Linear& a, const Linear& b, int64_t times_b) {
  Linear sum;
  sum.constant = a.constant + b.constant * times_b;
  const auto* pa = a.parts.begin();
  const auto* pb = b.parts.begin();
  const auto add = [&](int loop, int64_t coefficient) {
    if (coefficient != 0) sum.parts.push_back({loop, coefficient});
  };
  while (pa != a.parts.end() || pb != b.parts.end()) {
    if (pb == b.parts.end() || (pa != a.parts.end() && pa->loop < pb->loop)) {
      add(pa->loop, pa->coefficient);
      ++pa;
    } else if (pa == a.parts.end() || pb->loop < pa->loop) {
      add(pb->loop, pb->coefficient * times_b);
      ++pb;
    } else {
      add(pa->loop, pa->coefficient + pb->coefficient * times_b);
      ++pa, ++pb;
    }
  }
  return sum;
}

Interval range_of(const Linear& e, const Box& box) {
  Interval range{e.constant, e.constant};
  for (const auto& [loop, k] : e.parts) {
    range.low += k * (k > 0 ? box.low[loop] : box.high[loop]);
    range.high += k * (k > 0 ? box.high[loop] : box.low[loop]);
  }
  return range;
}

namespace {

Linear constant(int64_t value) {
  Linear e;
  e.constant = value;
  return e;
}

// The quotient: of what the divisor divides it is exact, part by part; what is left over has to have one quotient on the whole box ((16 * i + j) // 16, 0 <= j < 16).
std::optional<Linear> quotient(const Linear& a, int64_t divisor, const Box& box) {
  Linear exact, rest = constant(a.constant);
  for (const auto& [loop, k] : a.parts) {
    if (k / divisor != 0) exact.parts.push_back({loop, k / divisor});
    if (k % divisor != 0) rest.parts.push_back({loop, k % divisor});
  }
  const Interval range = range_of(rest, box);
  if (floor_div(range.low, divisor) != floor_div(range.high, divisor)) return {};
  exact.constant = floor_div(range.low, divisor);
  return exact;
}

std::optional<Linear> divide(const Term& term, const Linear& a, int64_t divisor, const Box& box) {
  const bool truncates = term.op == TermOp::TruncDiv || term.op == TermOp::TruncMod;
  if (truncates && range_of(a, box).low < 0) {
    if (!a.is_constant()) return {};
    return constant(term.op == TermOp::TruncDiv ? a.constant / divisor : a.constant % divisor);
  }
  const std::optional<Linear> q = quotient(a, divisor, box);
  if (!q || term.op == TermOp::FloorDiv || term.op == TermOp::TruncDiv) return q;
  return plus(a, *q, -divisor);
}

// Whether a - b, whose range is given, makes the comparison true or false everywhere.
std::optional<Linear> decide(TermOp op, Interval difference) {
  const auto [low, high] = difference;
  switch (op) {
    case TermOp::LT:
      if (high < 0 || low >= 0) return constant(high < 0);
      return {};
    case TermOp::LE:
      if (high <= 0 || low > 0) return constant(high <= 0);
      return {};
    default:
      if (low == 0 && high == 0) return constant(op == TermOp::EQ);
      if (low > 0 || high < 0) return constant(op == TermOp::NE);
      return {};
  }
}

}  // namespace

std::optional<Linear> resolve(const Term& term, const Box& box) {
  switch (term.op) {
    case TermOp::Const: return constant(term.value);
    case TermOp::Counter: {
      if (box.low[term.loop] == box.high[term.loop]) return constant(box.low[term.loop]);
      Linear e;
      e.parts.push_back({term.loop, 1});
      return e;
    }
    case TermOp::And:
    case TermOp::Or: {
      // Either side decides alone where it can.
      const std::optional<Linear> a = resolve(*term.a, box);
      const bool decides = term.op == TermOp::Or;
      if (a && (a->constant != 0) == decides) return constant(decides);
      const std::optional<Linear> b = resolve(*term.b, box);
      if (b && (b->constant != 0) == decides) return constant(decides);
      if (a && b) return constant(!decides);
      return {};
    }
    case TermOp::Not: {
      const std::optional<Linear> a = resolve(*term.a, box);
      if (!a) return {};
      return constant(a->constant == 0);
    }
    case TermOp::Select: {
      const std::optional<Linear> condition = resolve(*term.c, box);
      if (!condition) return {};
      return resolve(condition->constant ? *term.a : *term.b, box);
    }
    default: break;
  }
  const std::optional<Linear> a = resolve(*term.a, box);
  if (!a) return {};
  const std::optional<Linear> b = resolve(*term.b, box);
  if (!b) return {};
  switch (term.op) {
    case TermOp::Add: return plus(*a, *b, 1);
    case TermOp::Sub: return plus(*a, *b, -1);
    case TermOp::Mul:
      if (b->is_constant()) return plus(constant(0), *a, b->constant);
      if (a->is_constant()) return plus(constant(0), *b, a->constant);
      return {};
    case TermOp::Min:
    case TermOp::Max: {
      const Interval difference = range_of(plus(*a, *b, -1), box);
      if (difference.low >= 0) return term.op == TermOp::Max ? a : b;
      if (difference.high <= 0) return term.op == TermOp::Max ? b : a;
      return {};
    }
    case TermOp::FloorDiv:
    case TermOp::FloorMod:
    case TermOp::TruncDiv:
    case TermOp::TruncMod: {
      if (!b->is_constant() || b->constant <= 0) return {};
      return divide(term, *a, b->constant, box);
    }
    default: return decide(term.op, range_of(plus(*a, *b, -1), box));
  }
}

}  // namespace loopglass::locality
