// Known comparisons of two expressions up to a constant: i < n + 3.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::arith {

// What can be the case between two numbers: a set of <, ==, >.
enum class CompareResult : uint8_t { Inconsistent = 0, EQ = 1, LT = 2, LE = 3, GT = 4, GE = 5, NE = 6, Unknown = 7 };
constexpr CompareResult operator&(CompareResult a, CompareResult b) {
  return static_cast<CompareResult>(static_cast<uint8_t>(a) & static_cast<uint8_t>(b));
}
constexpr bool is_decided(CompareResult r) { return r == CompareResult::EQ || r == CompareResult::LT || r == CompareResult::GT; }

class Comparisons {
 public:
  // What the known comparisons of just these two expressions say; none is derived from several.
  CompareResult compare(const ir::Expr& a, const ir::Expr& b) const;

  void bind(const ir::Var& var, const ir::Range& range);

  // Facts of a condition, in force until the size before is restored.
  void enter(const ir::Expr& condition) { add(condition, scoped_); }
  size_t facts() const { return scoped_.size(); }
  void restore(size_t facts) { scoped_.resize(facts); }

 private:
  // a RESULT b + offset, where RESULT is EQ, LE, GE or NE. A null side is zero.
  struct Known {
    ir::Expr a, b;
    int64_t offset;
    CompareResult result;
  };
  static void add(const ir::Expr& condition, std::vector<Known>& knowns);

  std::vector<Known> bound_, scoped_;
};

}  // namespace loopglass::arith
