// blockize of a list of blocks: one block around their loops.
//
// Before:                                       After blockize([B, C]):
//   for i_0 in range(4):                          for i_0 in range(4):
//       for i_1 in range(16): block B                 with T.sblock("outer_B_C_"):
//       for i_1 in range(16): block C                     vi_o = T.axis.spatial(4, i_0)
//                                                         for i_1 in range(16): block B, with axis vi_i
//                                                         for i_1 in range(16): block C, with axis vi_i
//
// Requires: BlocksNotConsecutive (they stand side by side, each in loops of its own below the innermost loop or block around all),
// SubspaceNotDivisible, DifferentOuterAxes, InitInSharedBlock. Keeps: the blocks' identity, the loops.
// (TVM: src/s_tir/schedule/primitive/blockize_tensorize.cc, BlockizeBlocks)
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/blockize.h"

namespace loopglass::schedule {
namespace {

// The innermost loop or block above all of them.
Place common_ancestor(const std::vector<Place>& blocks) {
  Place place = blocks.front();
  while (!std::all_of(blocks.begin(), blocks.end(), [&](const Place& b) { return is_below(b, place); })) place = *parent(place);
  return place;
}

Error not_consecutive(const std::vector<Place>& blocks, std::string message, std::string help) {
  std::vector<Label> labels;
  for (const Place& block : blocks) labels.push_back(label(block, "one of them"));
  return fail(DiagnosticKind::BlocksNotConsecutive, std::move(message), std::move(help), std::move(labels));
}

// The positions of the blocks among the statements of the ancestor's body: first, and one after the last.
Result<std::pair<size_t, size_t>> positions(const std::vector<Place>& blocks, const Place& ancestor) {
  if (blocks.size() == 1 || std::any_of(blocks.begin(), blocks.end(), [&](const Place& b) { return b.stmt() == ancestor.stmt(); }))
    return not_consecutive(blocks, "blockize takes two blocks or more that stand side by side", "to blockize one block, give one of the loops around it");
  for (const Place& block : blocks)
    if (ancestor.is_loop() && parent(block)->stmt() == ancestor.stmt())
      return not_consecutive(blocks, fmt::format("{} stands directly in {}, with no loop of its own to go into the new block", quoted(block), quoted(ancestor)),
                             "blockize blocks that have loops of their own, or one with add_unit_loop");
  const std::vector<ir::Stmt> body = statements(ancestor.is_loop() ? ancestor.loop().body : ancestor.block().body);
  std::vector<bool> holds(body.size(), false);
  for (const Place& block : blocks)
    for (size_t i = 0; i < body.size(); ++i)
      if (stands_in(block, body[i])) holds[i] = true;
  const size_t first = std::find(holds.begin(), holds.end(), true) - holds.begin();
  const size_t end = std::find(holds.begin() + first, holds.end(), false) - holds.begin();
  if (body.size() < 2 || std::find(holds.begin() + end, holds.end(), true) != holds.end())
    return not_consecutive(blocks, fmt::format("other statements stand between the blocks below {}", quoted(ancestor)),
                           "blockize blocks that follow one another directly");
  return std::pair{first, end};
}

// One region a buffer, the hull of all. (TVM keeps the buffers in a hash table; two or three come out in reverse, and so they do here.)
std::vector<ir::BufferRegion> hulls(const std::vector<ir::BufferRegion>& regions) {
  std::vector<std::pair<ir::Buffer, std::vector<std::vector<arith::IntSet>>>> sets;   // a list of sets for each dimension
  for (const ir::BufferRegion& region : regions) {
    auto known = std::find_if(sets.begin(), sets.end(), [&](const auto& entry) { return entry.first == region.buffer; });
    if (known == sets.end()) known = sets.insert(sets.end(), {region.buffer, std::vector<std::vector<arith::IntSet>>(region.region.size())});
    for (size_t i = 0; i < region.region.size(); ++i) known->second[i].push_back(arith::IntSet::from_range(region.region[i]));
  }
  std::vector<ir::BufferRegion> result;
  for (size_t k = sets.size(); k-- > 0;) {
    ir::BufferRegion& hull = result.emplace_back(ir::BufferRegion{sets[k].first, {}});
    for (const std::vector<arith::IntSet>& dimension : sets[k].second) {
      const arith::IntSet set = dimension.size() == 1 ? dimension.front() : arith::union_sets(dimension);
      const ir::Expr end = ir::add(set.max, ir::make_int(1, set.max->dtype));
      hull.region.push_back({set.min, ir::is_zero(set.min) ? end : ir::sub(end, set.min)});
    }
  }
  return result;
}

Result<void> check_init(const Place& block, const DividedAxes& axes) {
  const auto reduces = [](const ir::IterVar& v) { return v.type == ir::IterType::Reduction; };
  if (!block.block().init || std::none_of(axes.outer.begin(), axes.outer.end(), reduces)) return {};
  return fail(DiagnosticKind::InitInSharedBlock, fmt::format("{} is a reduction with an init, which a block shared with others cannot have", quoted(block)),
              "take its init out with decompose_reduction first", {label(block, "has an init")}, {{"block", block.block().name}});
}

// A loop's bounds may use the outer loops: inside, their axes stand for them.
std::vector<Place> with_axes_for_loops(std::vector<Place> loops, const ir::VarMap& axes) {
  for (Place& place : loops) {
    ir::For loop = place.loop();
    loop.extent = ir::substitute(loop.extent, axes);
    place = place.with(ir::make_stmt(std::move(loop)));
  }
  return loops;
}

struct Collector {
  DividedAxes axes;   // of the block before
  ir::VarMap axis_of_loop;
  std::vector<ir::BufferRegion> reads, writes;
  std::vector<ir::Stmt> body;
  std::vector<Diagnostic> unsound;
  std::string name = "outer_";
  arith::Analyzer analyzer;

  Result<void> add(const Place& block, const Place& ancestor, bool preserve_unit_iters) {
    const std::vector<Place> loops = loops_above(block);
    const size_t first = std::find_if(loops.begin(), loops.end(), [&](const Place& p) { return p.depth() > ancestor.depth(); }) - loops.begin();
    TRY_ASSIGN(axes, divide_axes(block, loops, first, preserve_unit_iters, body.empty() ? nullptr : &axes));
    TRY(check_init(block, axes));
    for (size_t i = 0; i < axes.outer.size(); ++i)
      if (const ir::Var loop = ir::as_var(axes.outer_values[i])) axis_of_loop[loop.get()] = axes.outer[i].var;
    arith::IntSetMap domains;
    for (const ir::IterVar& axis : axes.inner) {
      const ir::Range range{axis.min, ir::substitute(axis.extent, axis_of_loop)};
      domains.emplace(axis.var.get(), arith::IntSet::from_range(range));
      analyzer.bind(axis.var, range);
    }
    ir::BlockRealize inner{};
    inner.block = substitute_axes(block.block(), axes.substitution, analyzer);
    for (ir::BufferRegion& r : relaxed_regions(inner.block.reads, domains)) reads.push_back(std::move(r));
    for (ir::BufferRegion& r : relaxed_regions(inner.block.writes, domains)) writes.push_back(std::move(r));
    name += inner.block.name + "_";
    inner.block.init = nullptr;
    inner.block.iter_vars = axes.inner;
    inner.iter_values = axes.inner_values;
    inner.predicate = axes.inner_predicate;
    // Between the ancestor and the block's own loops stands the Seq of all.
    for (Diagnostic& d : lost_parts(block, ancestor.depth() + 2, axes)) unsound.push_back(std::move(d));
    const std::vector<Place> inside = with_axes_for_loops({loops.begin() + first, loops.end()}, axis_of_loop);
    body.push_back(wrap_in_loops(ir::make_stmt(std::move(inner)), inside));
    return {};
  }
};

}  // namespace

Result<Rewrite> blockize_blocks(const Context& context, const std::vector<BlockRef>& refs, bool preserve_unit_iters) {
  std::vector<Place> blocks;
  for (const BlockRef& block : refs) blocks.push_back(at(context.module, block));
  if (blocks.empty()) return fail(DiagnosticKind::BadArgument, "blockize was given an empty list", "give it a loop, or blocks");
  const auto function = [](const Place& p) { return p.function(); };
  for (const Place& block : blocks)
    if (function(block) != function(blocks.front()))
      return not_consecutive(blocks, fmt::format("{} and {} are of different functions", quoted(blocks.front()), quoted(block)), {});
  const std::optional<Place> scope = scope_of(blocks.front());
  for (const Place& block : blocks)
    if (const std::optional<Place> own = scope_of(block); !scope || !own || own->stmt() != scope->stmt())   // (TVM copies such a block, or dies.)
      return not_consecutive(blocks, fmt::format("{} and {} are not in one scope", quoted(blocks.front()), quoted(block)), "blockize blocks of one scope");
  const Place ancestor = common_ancestor(blocks);
  TRY_ASSIGN(const auto span, positions(blocks, ancestor));
  Collector all;
  for (const Place& block : blocks) TRY(all.add(block, ancestor, preserve_unit_iters));
  TRY(check_trusted(context, all.unsound));

  ir::BlockRealize outer;
  outer.iter_values = std::move(all.axes.outer_values);
  outer.predicate = all.axes.outer_predicate;
  outer.block.id = ir::make_block_id();
  outer.block.name = std::move(all.name);
  outer.block.iter_vars = std::move(all.axes.outer);
  outer.block.reads = hulls(all.reads);
  outer.block.writes = hulls(all.writes);
  outer.block.body = ir::make_seq(std::move(all.body));
  const BlockRef made = ref(outer);

  std::vector<ir::Stmt> body = statements(ancestor.is_loop() ? ancestor.loop().body : ancestor.block().body);
  body.erase(body.begin() + span.first, body.begin() + span.second);
  body.insert(body.begin() + span.first, ir::make_stmt(std::move(outer)));
  ir::Stmt around;
  if (ancestor.is_loop()) {
    ir::For loop = ancestor.loop();
    loop.body = ir::make_seq(std::move(body));
    around = ir::make_stmt(std::move(loop));
  } else {
    ir::BlockRealize realize = ancestor.realize();
    realize.block.body = ir::make_seq(std::move(body));
    around = ir::make_stmt(std::move(realize));
  }
  return Rewrite{replace(context.module, ancestor, std::move(around)), {Argument{NodeRef{made}}}, {}, std::move(all.unsound),
                 {{std::get<BlockRef>(ref(*scope)), JudgedAgain::Scope}}};
}

}  // namespace loopglass::schedule
