// Index expressions over loop counters, and what they are on a box of iterations: an affine form, wherever one exists.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/locality/inline_vector.h"

namespace loopglass::locality {

inline constexpr int kMaxDepth = 24;   // of nested loops; deeper nests are executed

enum class TermOp : uint8_t { Const, Counter, Add, Sub, Mul, FloorDiv, FloorMod, TruncDiv, TruncMod, Min, Max, Select, EQ, NE, LT, LE, And, Or, Not };

// Integers; conditions are 0 or 1. A Counter is a loop's iteration number, from 0.
struct Term {
  TermOp op;
  int64_t value = 0;      // of Const
  int loop = 0;           // of Counter
  std::shared_ptr<const Term> a, b, c;
  uint32_t depths = 0;    // bit d: depends on the enclosing loop at depth d
};
using TermPtr = std::shared_ptr<const Term>;

// constant + sum of coefficient * counter.
struct Linear {
  struct Part {
    int loop;
    int64_t coefficient;
    bool operator==(const Part&) const = default;
  };
  int64_t constant = 0;
  InlineVector<Part, kMaxDepth> parts;   // sorted by loop, no zeros

  bool is_constant() const { return parts.empty(); }
  int64_t coefficient(int loop) const;
};
Linear plus(const Linear& a, const Linear& b, int64_t times_b);   // a + b * times_b

// The iterations looked at: each loop's counter in [low, high].
struct Box {
  std::vector<int64_t> low, high;   // by loop
};
struct Interval {
  int64_t low, high;
};
// Exact: both ends are taken at corners of the box.
Interval range_of(const Linear& e, const Box& box);

// The term as an affine form that holds on the whole box; nothing where there is none (a quotient that is not constant, a condition
// that is not decided, a product of two counters).
std::optional<Linear> resolve(const Term& term, const Box& box);

}  // namespace loopglass::locality
