// Quasi-affine iterator maps: whether indices are splits and fusions of loop variables, and their simplest form (TVM's iter_affine_map).
//
// An iterator is a variable in [0, extent) or a sum that runs through [0, extent) without gaps. A split takes digits of
// it, (source // lower_factor) % extent * scale; a sum of splits plus a base is an index. `i // 4 * 4 + i % 4` is thus `i`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/arith/int_set.h"

namespace loopglass::arith {

struct IterSum;

// source in [0, extent): an expression (a variable) or a sum.
struct IterMark {
  std::variant<ir::Expr, std::shared_ptr<const IterSum>> source;
  ir::Expr extent;
};
using IterMarkRef = std::shared_ptr<const IterMark>;

// (source // lower_factor) % extent * scale
struct IterSplit {
  IterMarkRef source;
  ir::Expr lower_factor, extent, scale;
};

// The sum of args, plus base.
struct IterSum {
  std::vector<IterSplit> args;
  ir::Expr base;
};

enum class IterMapLevel {
  Bijective,   // each combination of the iterators gives its own indices, and all within the bounds are reached
  Surjective,  // all indices within the bounds are reached
  NoCheck,
};

struct IterMapResult {
  std::vector<IterSum> indices;     // one a given index, each with at most one split; empty where there is no such form
  std::vector<std::string> errors;  // why there is none
  ir::Expr padding_predicate;       // where indices had to be padded to divide: true for what was added
};

// `predicate` (a conjunction, T.where) limits the iterators; constant true or null: none. `simplify_trivial_iterators`: iterators of extent 1
// become constants.
IterMapResult detect_iter_map(const std::vector<ir::Expr>& indices, const VarRanges& input_iters, const ir::Expr& predicate,
                              IterMapLevel check_level, Analyzer& analyzer, bool simplify_trivial_iterators = true);

// The indices in their simplest form; those of no iterator form are simplified alone.
std::vector<ir::Expr> iter_map_simplify(const std::vector<ir::Expr>& indices, const VarRanges& input_iters,
                                        const ir::Expr& predicate, IterMapLevel check_level, Analyzer& analyzer,
                                        bool simplify_trivial_iterators = true);

// The expression that the form stands for.
ir::Expr normalize_iter_map_to_expr(const IterSum& sum);
ir::Expr normalize_iter_map_to_expr(const IterSplit& split);
ir::Expr normalize_iter_map_to_expr(const IterMark& mark);  // of its source

}  // namespace loopglass::arith
