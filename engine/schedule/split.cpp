// split(loop, factors): one loop becomes a nest.
//
// Before: for i in range(60): ... vi = i
// After:  for i_0, i_1 in T.grid(4, 16): ... vi = i_0 * 16 + i_1, T.where(i_0 * 16 + i_1 < 60)
//
// Requires: the loop starts with 0 and carries neither annotation nor thread; positive factors, at most one None; their product covers the
// extent. Keeps: the order of execution; the loop's kind is dropped. (TVM: src/s_tir/schedule/primitive/loop_transformation.cc)
#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/simplify_bindings.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using Factors = std::vector<std::optional<int64_t>>;

std::string product_text(const Factors& factors) {
  std::string text;
  for (const auto& f : factors) text += fmt::format("{}{}", text.empty() ? "" : " * ", f ? std::to_string(*f) : "None");
  return text;
}

Error too_small(const Place& loop, const Factors& factors, const ir::Expr& product) {
  const std::string extent = script::print_expr(loop.loop().extent);
  Factors inferred = factors;
  inferred.front() = std::nullopt;
  std::string suggestion;
  for (const auto& f : inferred) suggestion += fmt::format("{}{}", suggestion.empty() ? "" : ", ", f ? std::to_string(*f) : "None");
  return fail(DiagnosticKind::WrongFactorProduct,
              fmt::format("the product of the factors, {}{}, does not cover the {} iterations of {}", product_text(factors),
                          factors.size() > 1 ? " = " + script::print_expr(product) : "", extent, quoted(loop)),
              fmt::format("choose factors whose product is {} or more, or leave one to be inferred: [{}]", extent, suggestion),
              {label(loop, bounds_text(loop.loop()))});
}

// The factors with None inferred.
Result<std::vector<ir::Expr>> resolve(const Place& place, const Factors& factors) {
  TRY(check_factor_list(place, factors));
  const ir::For& loop = place.loop();
  const ir::DataType dtype = loop.loop_var->dtype;
  const arith::Analyzer analyzer;
  ir::Expr product = ir::make_int(1, dtype);
  for (const auto& f : factors)
    if (f) product = ir::mul(product, ir::make_int(*f, dtype));
  std::vector<ir::Expr> resolved;
  bool has_none = false;
  for (const auto& f : factors) {
    has_none |= !f;
    resolved.push_back(f ? ir::make_int(*f, dtype) : analyzer.simplify(ir::ceildiv(loop.extent, product)));
  }
  if (!has_none && !analyzer.can_prove(ir::ge(product, loop.extent))) return too_small(place, factors, product);
  return resolved;
}

// Adds a condition to the predicate of every block directly below.
class PredicateAppender : public ir::Rewriter {
 public:
  explicit PredicateAppender(ir::Expr condition) : condition_(std::move(condition)) {}
  using Rewriter::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
    if (!realize) return Rewriter::rewrite(s);
    ir::BlockRealize copy = *realize;
    copy.predicate = ir::logical_and(copy.predicate, condition_);
    return ir::make_stmt(std::move(copy));
  }

 private:
  const ir::Expr condition_;
};

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, loop_argument(args[0]));
  TRY_ASSIGN(const std::vector<ir::Expr> factors, resolve(place, factors_argument(args[1])));
  TRY(check_plain_loop(place, "split"));
  TRY(check_starts_with_zero(place, "split"));
  std::vector<Diagnostic> warnings;
  TRY(refuse_or_warn(context, dropped_step(place, "split"), warnings));
  const bool preserve_unit_iters = bool_argument(args[2]), disable_predication = bool_argument(args[3]);

  const ir::For& loop = place.loop();
  const ir::DataType dtype = loop.loop_var->dtype;
  arith::Analyzer analyzer;
  ir::Expr value = ir::make_int(0, dtype);
  std::vector<ir::Var> vars;
  for (size_t i = 0; i < factors.size(); ++i) {
    vars.push_back(ir::make_var(fmt::format("{}_{}", loop.loop_var->name, i), dtype));
    value = ir::add(ir::mul(value, factors[i]), vars.back());
    analyzer.bind(vars.back(), {ir::make_int(0, dtype), factors[i]});
  }
  ir::Stmt body = ir::substitute(loop.body, {{loop.loop_var.get(), value}});
  const ir::Expr in_bounds = ir::lt(value, loop.extent);
  const bool divides = analyzer.can_prove(in_bounds, arith::ProofStrength::SymbolicBound);
  if (!disable_predication && !divides) body = PredicateAppender(in_bounds).rewrite(body);
  for (size_t i = factors.size(); i-- > 0;)
    body = ir::make_for(vars[i], ir::make_int(0, dtype), factors[i], ir::ForKind::Serial, std::move(body));
  body = simplify_bindings(body, loops_above(place), preserve_unit_iters);

  std::vector<LoopRef> results;
  for (const ir::Var& var : vars) results.push_back({var});
  const bool same_accesses = divides && warnings.empty();
  return Rewrite{.module = replace(context.module, place, std::move(body)),
                 .results = {result_list(results)},
                 .forwarding = {{{ref(loop), results.front()}}},
                 .warnings = std::move(warnings),
                 .same_accesses = same_accesses};
}

}  // namespace

const PrimitiveSpec kSplit = {
    .name = "split",
    .json_kind = "Split",
    .summary = "Splits a loop into a nest of loops.",
    .params = {{"loop", ParamKind::Loop, "the loop to split", {}, false},
               {"factors", ParamKind::Factors, "the extents of the new loops, outermost first; None for one to be inferred", {}, false},
               {"preserve_unit_iters", ParamKind::Bool, "keep loops of extent 1 in the blocks' bindings", Value{true}, true},
               {"disable_predication", ParamKind::Bool, "leave out the guard against iterations beyond the extent", Value{false}, true}},
    .apply = apply,
    .gives_list = true,
};

}  // namespace loopglass::schedule
