// Arithmetic of iterator forms (iter_map.h): splits and sums of iterators.
#pragma once

#include "engine/arith/iter_map.h"

namespace loopglass::arith {

// What an expression is in terms of the iterators; an Expr where it holds none, or cannot be told.
using IterForm = std::variant<ir::Expr, IterSplit, IterSum>;

inline bool is_plain(const IterForm& form) { return std::holds_alternative<ir::Expr>(form); }
ir::DataType type_of(const IterForm& form);
IterSum to_iter_sum(const IterForm& form);

IterMarkRef make_mark(ir::Expr source, ir::Expr extent);
IterMarkRef make_mark(IterSum source, ir::Expr extent);
// The whole of an iterator, times scale.
IterSplit make_split(IterMarkRef source, ir::Expr scale);
IterSplit make_split(IterMarkRef source);

// sum + sign * other; splits that differ in scale alone are added up.
void add_to(IterSum& sum, const IterSum& other, int sign);
void multiply(IterSum& sum, const ir::Expr& factor);

// Equality of sources is by identity, of the rest by structure.
bool same_split(const IterSplit& a, const IterSplit& b, bool check_scale = true);
bool same_sum(const IterSum& a, const IterSum& b);
// By structure all the way down.
bool same_mark(const IterMark& a, const IterMark& b);

// Writes forms out as expressions; asks the analysis where an extent makes a remainder or quotient needless.
class Analysis;
class IterFormWriter {
 public:
  explicit IterFormWriter(Analysis& analysis) : analysis_(analysis) {}
  ir::Expr write(const IterSum& sum);
  ir::Expr write(const IterSplit& split);
  ir::Expr write(const IterMark& mark);

 private:
  Analysis& analysis_;
};

}  // namespace loopglass::arith
