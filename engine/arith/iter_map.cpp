#include "engine/arith/iter_map.h"

#include <algorithm>

#include "engine/arith/analyzer_state.h"
#include "engine/arith/iter_constraint.h"
#include "engine/arith/iter_map_rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using namespace ir;

bool uses_iter(const Expr& e, const VarRanges& iters) {
  return uses_var(e, [&](const VarNode* v) {
    return std::any_of(iters.begin(), iters.end(), [&](const auto& entry) { return entry.first.get() == v; });
  });
}

bool ranges_are_independent(const VarRanges& iters) {
  return std::none_of(iters.begin(), iters.end(), [&](const auto& entry) {
    return uses_iter(entry.second.min, iters) || uses_iter(entry.second.extent, iters);
  });
}

// Whether a base anywhere in the form varies with an iterator: such a form says nothing of what the index runs through.
bool has_varying_base(const IterSum& sum, const VarRanges& iters) {
  return uses_iter(sum.base, iters) || std::any_of(sum.args.begin(), sum.args.end(), [&](const IterSplit& split) {
           const auto* source = std::get_if<std::shared_ptr<const IterSum>>(&split.source->source);
           return source && has_varying_base(**source, iters);
         });
}

// `predicate` and the forms as detect_iter_map has them, but a form's base may still hold iterators.
struct Request {
  const std::vector<Expr>& indices;
  const VarRanges& iters;
  IterMapLevel level;
  bool simplify_trivial_iterators;
};

IterMapResult failed(IterMapResult result, const char* why) {
  result.errors.push_back(why);
  return result;
}

IterMapResult detect(const Request& request, const Expr& predicate, Analysis& analysis) {
  IterMapResult result;
  if (!ranges_are_independent(request.iters)) return failed(result, "the range of an iterator depends on another iterator");
  const std::optional<IterConstraints> constraints = match_bound_constraints(predicate, request.iters);
  if (!constraints) return failed(result, "the predicate is not a conjunction of bounds of iterators");
  IterMapRewriter rewriter(analysis, constraints->ranges, request.level, request.simplify_trivial_iterators, result.errors);
  for (const IterConstraint& constraint : constraints->constraints) {
    rewriter.add_constraint(constraint.iter, constraint.lower, constraint.upper);
    if (!result.errors.empty()) return result;
  }
  if (!rewriter.constraints_are_nested()) return failed(result, "two bounds of the predicate share some of their iterators only");

  // A first pass finds the padding; where there is any, a second applies it.
  std::vector<IterSum> rewritten;
  const auto rewrite_all = [&](bool collect_padding) {
    rewritten.clear();
    for (const Expr& index : request.indices) {
      rewritten.push_back(rewriter.rewrite(index, collect_padding));
      if (!result.errors.empty()) return false;
    }
    return true;
  };
  const bool may_pad = request.level != IterMapLevel::Bijective;
  if (may_pad && !rewrite_all(true)) return result;
  if ((!may_pad || rewriter.requires_padding()) && !rewrite_all(false)) return result;
  result.padding_predicate = rewriter.padding_predicate();
  if (!rewriter.check_mapping(rewritten)) {
    if (result.errors.empty()) result.errors.push_back("the indices depend on each other");
    return result;
  }
  result.indices = std::move(rewritten);
  return result;
}

}  // namespace

IterMapResult detect_iter_map(const std::vector<Expr>& indices, const VarRanges& input_iters, const Expr& predicate,
                              IterMapLevel check_level, Analyzer& analyzer, bool simplify_trivial_iterators) {
  const Request request{indices, input_iters, check_level, simplify_trivial_iterators};
  IterMapResult result = detect(request, predicate, analysis_of(analyzer));
  // (TVM gives such forms as found.)
  const bool varies = std::any_of(result.indices.begin(), result.indices.end(), [&](const IterSum& sum) { return has_varying_base(sum, input_iters); });
  if (!varies) return result;
  result.indices.clear();
  return failed(result, "a quotient or remainder of iterators is no digit of one of them");
}

std::vector<Expr> iter_map_simplify(const std::vector<Expr>& indices, const VarRanges& input_iters, const Expr& predicate,
                                    IterMapLevel check_level, Analyzer& analyzer, bool simplify_trivial_iterators) {
  const Request request{indices, input_iters, check_level, simplify_trivial_iterators};
  Analysis& analysis = analysis_of(analyzer);
  std::vector<IterSum> sums = detect(request, predicate, analysis).indices;
  // A form that holds without the predicate holds with it.
  const bool has_predicate = predicate && !is_one(predicate);
  if (sums.empty() && has_predicate && check_level != IterMapLevel::Bijective) 
    sums = detect(request, make_bool(true), analysis).indices;
  if (sums.empty()) return indices;
  IterFormWriter writer(analysis);
  std::vector<Expr> simplified;
  for (const IterSum& sum : sums) simplified.push_back(writer.write(sum));
  return simplified;
}

Expr normalize_iter_map_to_expr(const IterSum& sum) {
  Analysis analysis;
  return IterFormWriter(analysis).write(sum);
}

Expr normalize_iter_map_to_expr(const IterSplit& split) {
  Analysis analysis;
  return IterFormWriter(analysis).write(split);
}

Expr normalize_iter_map_to_expr(const IterMark& mark) {
  Analysis analysis;
  return IterFormWriter(analysis).write(mark);
}

}  // namespace loopglass::arith
