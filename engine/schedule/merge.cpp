// merge(*loops): nests that stand one after the other become one, which runs their bodies in turn.
//
// Before:                                   After merge(i, i):
//   for i in range(16): with T.sblock("B")    for i_m in range(16):
//   for i in range(16): with T.sblock("C")        with T.sblock("B")
//                                                 with T.sblock("C")
//
// Every loop up to the nearest loop or block that holds all of the given ones is merged; the new nest stands where the last given one stood.
// Requires: two loops or more, each once (LoopMultiAppearance); NotInSameScope; HasAnnotationOrThreadBinding; LoopNotStartWithZero; NotOnlyChild
// (perfect nests); DifferentNests (depth, extents). Our own: ReversedDependence, which TVM does not look for.
// Keeps: the blocks. (TVM: src/s_tir/schedule/primitive/loop_transformation.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_order.h"
#include "engine/schedule/loop_checks.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

using Nest = std::vector<Place>;   // outermost first; the last is the loop that was given

// The loops and blocks around a loop, outermost first, and itself.
std::vector<Place> ancestors(const Place& loop) {
  std::vector<Place> result{loop};
  while (const std::optional<Place> above = parent(result.front())) result.insert(result.begin(), *above);
  return result;
}

Error in_different_scopes(const Place& a, const Place& b) {
  return fail(DiagnosticKind::NotInSameScope, fmt::format("{} and {} do not stand below the same block", quoted(a), quoted(b)), "merge loops of one block's scope",
              {label(b, "below another block"), label(a, "this loop")});
}

// What stands below the nearest node that holds all of the loops, for each loop.
Result<std::vector<Nest>> nests(const std::vector<Place>& loops) {
  std::vector<Nest> lines;
  for (const Place& loop : loops) {
    if (loop.function() != loops.front().function()) return in_different_scopes(loops.front(), loop);
    for (const Nest& other : lines)
      if (other.back().stmt() == loop.stmt())
        return fail(DiagnosticKind::LoopMultiAppearance, fmt::format("{} is given to merge twice", quoted(loop)), "name each loop once", {label(loop, "given twice")});
    lines.push_back(ancestors(loop));
  }
  size_t shared = 0;
  const auto share = [&](const Nest& line) { return shared < line.size() && line[shared].stmt() == lines.front()[shared].stmt(); };
  while (shared < lines.front().size() && std::all_of(lines.begin(), lines.end(), share)) ++shared;
  for (Nest& line : lines) line.erase(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(shared));
  return lines;
}

Result<void> check_nest(const Nest& nest, const Place& given) {
  for (size_t i = nest.size(); i-- > 0;) {
    if (nest[i].is_block()) return in_different_scopes(given, nest[i]);
    TRY(check_plain_loop(nest[i], "merged"));
    TRY(check_starts_with_zero(nest[i], "merged"));
  }
  for (size_t i = 1; i < nest.size(); ++i)
    if (nest[i - 1].loop().body != nest[i].stmt())
      return fail(DiagnosticKind::NotOnlyChild,
                  fmt::format("{} cannot be merged with its outer loops: it is not all that {} holds", quoted(nest[i]), quoted(nest[i - 1])),
                  fmt::format("merge at {}, or move the other statements out first", nest[i - 1].loop().loop_var->name),
                  {label(nest[i], "not the only child"), label(nest[i - 1], "holds other statements too")});
  return {};
}

Result<void> check_alike(const Nest& nest, const Place& loop, const Nest& first, const Place& first_loop) {
  if (nest.size() != first.size())
    return fail(DiagnosticKind::DifferentNests,
                fmt::format("loops at different depths cannot be merged: below what holds both, {} has depth {} and {} {}", quoted(first_loop), first.size(), quoted(loop), nest.size()),
                "choose loops of the same depth", {label(loop, fmt::format("depth {}", nest.size())), label(first_loop, fmt::format("depth {}", first.size()))});
  for (size_t i = nest.size(); i-- > 0;) {
    const ir::For &a = first[i].loop(), &b = nest[i].loop();
    if (a.loop_var->dtype == b.loop_var->dtype && arith::Analyzer().can_prove(ir::eq(a.extent, b.extent))) continue;
    return fail(DiagnosticKind::DifferentNests,
                fmt::format("{} runs {} times and {} {}, so they cannot be merged", quoted(first[i]), script::print_expr(a.extent), quoted(nest[i]), script::print_expr(b.extent)),
                "merge loops of the same extent", {label(nest[i], bounds_text(b)), label(first[i], bounds_text(a))});
  }
  return {};
}

// Only Seqs between the nest and what holds all: a loop that runs under a condition of its own cannot be taken out of it.
Result<void> check_unconditional(const Nest& nest) {
  const Place& top = nest.front();
  for (const ir::Stmt& s : top.above()) {
    if (ir::as<ir::For>(s) || ir::as<ir::BlockRealize>(s)) break;
    if (ir::as<ir::Seq>(s)) continue;
    return fail(DiagnosticKind::NotOnlyChild, fmt::format("{} stands under a condition or a definition of its own and cannot be merged with what is outside it", quoted(top)),
                {}, {label(top, "under a condition or a definition")});
  }
  return {};
}

struct Merged {
  std::vector<ir::Var> vars;   // outermost first
  ir::Stmt stmt;
};

Merged merged(const std::vector<Nest>& nests) {
  Merged result;
  for (const Place& loop : nests.front()) result.vars.push_back(ir::make_var(loop.loop().loop_var->name + "_m", loop.loop().loop_var->dtype));
  std::vector<ir::Stmt> bodies;
  for (const Nest& nest : nests) {
    ir::VarMap map;
    for (size_t i = 0; i < nest.size(); ++i) map[nest[i].loop().loop_var.get()] = result.vars[i];
    bodies.push_back(ir::substitute(nest.back().loop().body, map));
  }
  result.stmt = ir::make_seq(std::move(bodies));
  for (size_t i = result.vars.size(); i-- > 0;)
    result.stmt = ir::make_for(result.vars[i], ir::make_int(0, result.vars[i]->dtype), nests.front()[i].loop().extent, ir::ForKind::Serial, std::move(result.stmt));
  return result;
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  std::vector<Place> loops;
  for (const LoopRef& loop : loops_argument(args[0])) loops.push_back(at(context.module, loop));
  if (loops.size() < 2) return fail(DiagnosticKind::BadArgument, "merge needs at least two loops");
  TRY_ASSIGN(const std::vector<Nest> found, nests(loops));
  for (size_t i = 0; i < found.size(); ++i) {
    TRY(check_nest(found[i], loops[i]));
    TRY(check_alike(found[i], loops[i], found.front(), loops.front()));
  }
  for (const Nest& nest : found) TRY(check_unconditional(nest));
  std::vector<Diagnostic> warnings;
  for (const Nest& nest : found)
    for (const Place& loop : nest) TRY(refuse_or_warn(context, dropped_step(loop, "merge"), warnings));
  TRY(refuse_or_warn(context, reversed_by_merge(found), warnings));
  const Merged nest = merged(found);
  std::unordered_map<const ir::StmtNode*, ir::Stmt> map;
  for (const Nest& old : found) map[old.front().stmt().get()] = nullptr;
  map[found.back().front().stmt().get()] = nest.stmt;
  Rewrite rewrite{replace(context.module, loops.front().function(), map), {result(LoopRef{nest.vars.back()})}, {}, std::move(warnings)};
  for (const Nest& old : found)
    for (size_t i = 0; i < old.size(); ++i) rewrite.forwarding.moved.push_back({ref(old[i].loop()), LoopRef{nest.vars[i]}});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kMerge = {
    .name = "merge",
    .json_kind = "Merge",
    .summary = "Makes one loop of several that stand one after the other.",
    .params = {{"loops", ParamKind::Loops, "loops of the same extent, in the order in which their bodies will stand", {}, false}},
    .apply = apply,
};

}  // namespace loopglass::schedule
