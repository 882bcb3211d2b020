// decompose_padding(block, loop): a block that pads becomes two, one that fills in the constant everywhere, before the loop, and one that
// writes what lies within the bounds alone. can_decompose_padding(block, loop): whether that is possible.
//
// Before: for i in range(140): with T.sblock("P"): ... P[vi] = T.if_then_else(6 <= vi and vi < 134, A[vi - 6], 0)
// After decompose_padding(P, i):
//   for i in range(140): with T.sblock("P_pad_const"): P[vi] = 0
//   for i in range(128): with T.sblock("P"): P[vi + 6] = A[vi]
//
// Requires: the block is complete (IncompleteBlock); the loop is above it (LoopPosition) and holds no other statement where the block's own
// loops are rebuilt (LostStatements); the block pads (NotPaddingPattern). Keeps: the block's identity (it writes what lies within the bounds
// now) and its loops, with kinds and annotations. (TVM: src/s_tir/schedule/primitive/decompose_padding.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/iter_map.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/padding_pattern.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

// Where the two blocks go. The loops are numbered from the innermost.
struct Site {
  std::vector<Place> loops;   // all above the block
  size_t fill = 0;            // the constant is filled in before this one
  size_t rebuilt = 0;         // up to this one the loops are rebuilt for what lies within the bounds: they are the block's alone
};

Result<Site> site_of(const Place& block, const Place& loop) {
  Site site{loops_above(block), 0, 0};
  std::reverse(site.loops.begin(), site.loops.end());
  const auto given = std::find_if(site.loops.begin(), site.loops.end(), [&](const Place& l) { return l.stmt() == loop.stmt(); });
  if (given == site.loops.end())
    return fail(DiagnosticKind::LoopPosition, fmt::format("{} is not above {}", quoted(loop), quoted(block)), "choose one of the loops around the block",
                {label(loop, "not above the block"), label(block, "")});
  site.fill = static_cast<size_t>(given - site.loops.begin());
  if (site.fill > 0 && !only_child(site.loops[0]))
    return fail(DiagnosticKind::LostStatements, fmt::format("{} shares its innermost loop {} with other statements", quoted(block), quoted(site.loops[0])),
                "move the block into loops of its own first", {label(site.loops[0], "holds more than the block"), label(block, "")});
  // As TVM, which takes the given loop without a look at what else it holds (lost_statements).
  while (site.rebuilt < site.fill && (site.rebuilt + 1 == site.fill || only_child(site.loops[site.rebuilt + 1]))) ++site.rebuilt;
  return site;
}

// The loops that are rebuilt hold the block alone; whatever else stands in the outermost of them would be gone.
std::optional<Diagnostic> lost_statements(const Place& block, const Site& site) {
  const Place& outermost = site.loops[site.rebuilt];
  if (only_child(outermost)) return std::nullopt;
  return unsound_step(DiagnosticKind::LostStatements,
                      fmt::format("the loops from {} inwards are rebuilt for {} alone, so the other statements of {} would be gone", quoted(outermost), quoted(block),
                                  quoted(outermost)),
                      {label(outermost, "holds more than the block"), label(block, "")});
}

// An element that several iterations write keeps the last value; after the step, padding comes first.
std::optional<Diagnostic> mixed_writes(const Place& block) {
  const ir::BufferStore& store = ir::get<ir::BufferStore>(block.block().body);
  arith::VarRanges axes;
  for (const ir::IterVar& axis : block.block().iter_vars) axes.emplace_back(axis.var, ir::Range{axis.min, axis.extent});
  arith::Analyzer analyzer;
  if (!arith::detect_iter_map(store.indices, axes, ir::make_bool(true), arith::IterMapLevel::Bijective, analyzer).indices.empty() || axes.empty()) return std::nullopt;
  return unsound_step(DiagnosticKind::NotPaddingPattern,
                      fmt::format("{} may write an element of {} in several iterations, and those that pad would no longer come last", quoted(block), store.buffer->name),
                      {label(block, "")});
}

// Expressions with variables replaced, simplified.
struct Replacer {
  ir::VarMap map;
  const arith::Analyzer& analyzer;

  ir::Expr operator()(const ir::Expr& e) const { return analyzer.simplify(ir::substitute(e, map)); }
  std::vector<ir::Expr> operator()(const std::vector<ir::Expr>& list) const {
    std::vector<ir::Expr> result;
    for (const ir::Expr& e : list) result.push_back((*this)(e));
    return result;
  }
  std::vector<ir::BufferRegion> operator()(std::vector<ir::BufferRegion> regions) const {
    for (ir::BufferRegion& region : regions)
      for (ir::Range& range : region.region) range = {(*this)(range.min), (*this)(range.extent)};
    return regions;
  }
};

// The block that fills the constant in, wherever the original ran, in loops of its own.
struct Fill {
  BlockRef block;
  ir::Stmt nest;
};

Fill fill_nest(const ir::BlockRealize& original, const PaddingPattern& pattern, const Site& site, const arith::Analyzer& analyzer) {
  const ir::BufferStore& store = ir::get<ir::BufferStore>(original.block.body);
  ir::BlockRealize fill;
  fill.block.id = ir::make_block_id();
  fill.block.name = original.block.name + "_pad_const";
  Replacer replaced{{}, analyzer};
  for (const ir::IterVar& axis : original.block.iter_vars) {
    const ir::Var fresh = ir::make_var(axis.var->name, axis.var->dtype);
    fill.block.iter_vars.push_back({fresh, axis.min, axis.extent, ir::IterType::Spatial});
    replaced.map[axis.var.get()] = fresh;
  }
  fill.block.writes = replaced(original.block.writes);
  fill.block.body = ir::make_store(store.buffer, pattern.constant, replaced(store.indices));
  for (size_t i = 0; i <= site.fill; ++i) {
    const ir::Var& old = site.loops[i].loop().loop_var;
    replaced.map[old.get()] = ir::make_var(old->name, old->dtype);
  }
  fill.iter_values = replaced(original.iter_values);
  fill.predicate = replaced(original.predicate);
  const BlockRef block = ref(fill);
  ir::Stmt nest = ir::make_stmt(std::move(fill));
  for (size_t i = 0; i <= site.fill; ++i) {
    const ir::For& loop = site.loops[i].loop();
    nest = ir::make_for(ir::as_var(replaced.map.at(loop.loop_var.get())), ir::substitute(loop.min, replaced.map), ir::substitute(loop.extent, replaced.map),
                        ir::ForKind::Serial, std::move(nest));
  }
  return {block, std::move(nest)};
}

// The original block, for what lies within the bounds alone. A loop that is an axis by itself runs over the bounds; where an axis is made of
// several loops, the loops stay and the condition guards.
ir::Stmt in_bound_nest(const ir::BlockRealize& original, const PaddingPattern& pattern, const Site& site, arith::Analyzer& analyzer) {
  ir::BlockRealize changed = original;
  ir::Block& block = changed.block;
  Replacer replaced{{}, analyzer};
  std::vector<ir::For> loops;
  for (size_t i = 0; i <= site.rebuilt; ++i) loops.push_back(site.loops[i].loop());
  for (size_t i = 0; i < pattern.region.size(); ++i) {
    const ir::Range& region = pattern.region[i];
    const ir::Var old = block.iter_vars[i].var, fresh = ir::make_var(old->name, old->dtype);
    const ir::Range range{ir::make_int(0, fresh->dtype), region.extent};
    block.iter_vars[i] = {fresh, range.min, range.extent, ir::IterType::Spatial};
    replaced.map[old.get()] = ir::add(fresh, region.min);
    ir::Expr& value = changed.iter_values[i];
    const auto loop = std::find_if(loops.begin(), loops.end(), [&](const ir::For& l) { return l.loop_var.get() == value.get(); });
    if (loop == loops.end()) {
      value = analyzer.simplify(ir::sub(value, region.min));
      continue;
    }
    loop->min = range.min;
    loop->extent = range.extent;
    replaced.map[loop->loop_var.get()] = ir::add(loop->loop_var, region.min);
    analyzer.bind(loop->loop_var, range);
  }
  const ir::BufferStore& store = ir::get<ir::BufferStore>(original.block.body);
  block.reads = replaced(std::move(block.reads));
  block.writes = replaced(std::move(block.writes));
  block.annotations.clear();
  block.body = ir::make_store(store.buffer, replaced(pattern.value), replaced(store.indices));
  changed.predicate = replaced(pattern.condition);
  ir::Stmt nest = ir::make_stmt(std::move(changed));
  for (ir::For& loop : loops) {
    loop.min = ir::substitute(loop.min, replaced.map);
    loop.extent = ir::substitute(loop.extent, replaced.map);
    loop.body = std::move(nest);
    nest = ir::make_stmt(std::move(loop));
  }
  return nest;
}

// Where the constant is filled in above what the block and a reader have in common, that part of the program no longer writes all that is
// read below it.
bool fills_above_a_reader(const Place& block, const Place& loop) {
  const BlockScope scope = make_block_scope(*scope_of(block));
  const std::vector<size_t> readers = consumers(scope, scope.index_of(block));
  return std::any_of(readers.begin(), readers.end(), [&](size_t reader) {
    const Place common = common_ancestor(scope.blocks[reader], block);
    return common.stmt() == loop.stmt() || !is_below(loop, common);
  });
}

Result<Rewrite> decompose(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0])), loop = at(context.module, loop_argument(args[1]));
  TRY_ASSIGN(const Place root, check_scope(context, block, false));
  TRY(check_complete_block(block));
  TRY_ASSIGN(const Site site, site_of(block, loop));
  arith::Analyzer analyzer;
  arith::VarRanges ranges;
  for (const Place& place : site.loops) {
    ranges.emplace_back(place.loop().loop_var, ir::Range{place.loop().min, place.loop().extent});
    analyzer.bind(ranges.back().first, ranges.back().second);
  }
  TRY_ASSIGN(const PaddingPattern pattern, match_padding(block, ranges, analyzer));
  Rewrite rewrite;
  TRY(refuse_or_warn(context, lost_statements(block, site), rewrite.warnings));
  TRY(refuse_or_warn(context, mixed_writes(block), rewrite.warnings));
  const Fill fill = fill_nest(block.realize(), pattern, site, analyzer);
  const ir::Stmt in_bound = in_bound_nest(block.realize(), pattern, site, analyzer);
  const ir::Stmt rebuilt = ir::replace_stmts(loop.stmt(), {{site.loops[site.rebuilt].stmt().get(), in_bound}});
  rewrite.module = replace(context.module, loop, ir::make_seq({fill.nest, rebuilt}));
  rewrite.results = {result(fill.block)};
  if (fills_above_a_reader(block, loop)) rewrite.judged_again = {{ref(root.realize()), JudgedAgain::Scope}};
  return rewrite;
}

Result<Rewrite> can_decompose(const Context& context, std::span<const Argument> args) {
  return Rewrite{context.module, {result(decompose(context, args).has_value())}, {}, {}, {}};
}

std::vector<ParamSpec> parameters() {
  return {{"block", ParamKind::Block, "the block that pads", {}, false}, {"loop", ParamKind::Loop, "the loop before which the padding is filled in", {}, false}};
}

}  // namespace

const PrimitiveSpec kDecomposePadding = {
    .name = "decompose_padding",
    .json_kind = "DecomposePadding",
    .summary = "Splits a block that pads into one that fills in the padding and one that writes the rest.",
    .params = parameters(),
    .apply = decompose,
};

const PrimitiveSpec kCanDecomposePadding = {
    .name = "can_decompose_padding",
    .json_kind = "CanDecomposePadding",
    .summary = "Says whether decompose_padding is possible.",
    .params = parameters(),
    .is_query = true,
    .apply = can_decompose,
    .is_traced = false,
};

}  // namespace loopglass::schedule
