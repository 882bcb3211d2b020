// Region cover and stage pipelines: whether what is read has been written.
//
// Region cover: for each block that reads what others in its scope write, and each level at which their paths meet, the regions written
// below that level (at least) contain the region read below it (at most).
#include <algorithm>

#include "engine/arith/int_set.h"
#include "engine/arith/region.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_scope.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

using Regions = std::vector<arith::IntSet>;

arith::VarRanges domains(const std::vector<const ir::For*>& loops) {
  arith::VarRanges ranges;
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) ranges.emplace_back((*it)->loop_var, ir::Range{(*it)->min, (*it)->extent});
  return ranges;
}

ir::VarMap bindings(const ir::BlockRealize& realize) {
  ir::VarMap map;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) map[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
  return map;
}

Place prefix(const Place& place, size_t depth) {
  Place result{place.path, {place.chain.begin(), place.chain.begin() + depth + 1}};
  result.path.steps.resize(depth);
  return result;
}

// The answer where both are intervals of constants, or the same interval; nothing where it takes a proof.
std::optional<bool> plainly_covered(const ir::Expr& extent, const arith::IntSet& produced, const arith::IntSet& consumed) {
  if (!produced.min || !produced.max || !consumed.min || !consumed.max) return std::nullopt;
  const auto size = ir::as_int(extent), from = ir::as_int(produced.min), to = ir::as_int(produced.max);
  const auto first = ir::as_int(consumed.min), last = ir::as_int(consumed.max);
  if (size && from && to && first && last) {
    const int64_t begin = std::max<int64_t>(*from, 0), end = std::min(*to, *size - 1);   // inside the buffer
    const int64_t read_begin = std::max<int64_t>(*first, 0), read_end = std::min(*last, *size - 1);
    if (begin > end) return false;
    return read_begin > read_end || (begin <= read_begin && read_end <= end);
  }
  if (ir::structural_equal(produced.min, consumed.min) && ir::structural_equal(produced.max, consumed.max)) return true;
  return std::nullopt;
}

bool dimension_covered(const ir::Expr& extent, arith::IntSet produced, arith::IntSet consumed, const arith::Analyzer& analyzer) {
  if (produced.is_nothing) return false;
  if (consumed.is_nothing) return true;
  if (const auto answer = plainly_covered(extent, produced, consumed)) return *answer;
  const arith::IntSet whole = arith::IntSet::from_min_extent(ir::make_int(0, extent->dtype), extent);
  const auto within = [&](const arith::IntSet& set) {
    const arith::IntSet canonical = arith::IntSet::interval(set.min ? analyzer.canonical_simplify(set.min) : nullptr,
                                                            set.max ? analyzer.canonical_simplify(set.max) : nullptr);
    const arith::IntSet both[] = {canonical, whole};
    return arith::intersect(both);
  };
  produced = within(produced);
  consumed = within(consumed);
  if (produced.is_nothing || !produced.min || !produced.max) return false;
  if (consumed.is_nothing) return true;
  if (!consumed.min || !consumed.max) return false;
  const ir::Expr below = ir::sub(analyzer.simplify(produced.min), analyzer.simplify(consumed.min));
  const ir::Expr above = ir::sub(analyzer.simplify(consumed.max), analyzer.simplify(produced.max));
  const ir::Expr zero = ir::make_int(0, below->dtype);
  return analyzer.can_prove(ir::logical_and(ir::le(analyzer.canonical_simplify(below), zero), ir::le(analyzer.canonical_simplify(above), zero)));
}

// What a block does to a buffer below the node at `level`, relaxed over the loops between.
struct Relaxed {
  const Place& block;
  const Place& level;
  arith::Analyzer& analyzer;

  Regions lower(const ir::BufferRegion& region) const {
    const auto result = arith::estimate_region_lower_bound(unbound(region), ranges(region), block.realize().predicate, analyzer);
    return result ? *result : Regions(region.region.size(), arith::IntSet::nothing());
  }
  Regions upper(const ir::BufferRegion& region) const {
    return arith::estimate_region_upper_bound(unbound(region), ranges(region), block.realize().predicate, analyzer);
  }

 private:
  std::vector<ir::Range> unbound(const ir::BufferRegion& region) const { return ir::substitute(region, bindings(block.realize())).region; }
  arith::VarRanges ranges(const ir::BufferRegion& region) const {
    return domains(loops_between(*parent(block), &level, region.buffer->scope));
  }
};

// The producers whose paths meet the consumer's at `level` write all that it reads of them.
bool covered_at(const BlockScope& scope, const Place& consumer, const std::vector<size_t>& sources, const Place& level,
                arith::Analyzer& analyzer) {
  for (const ir::BufferRegion& read : consumer.block().reads) {
    std::vector<Regions> written;
    for (size_t p : sources)
      for (const ir::BufferRegion& write : scope.blocks[p].block().writes)
        if (write.buffer == read.buffer) written.push_back(Relaxed{scope.blocks[p], level, analyzer}.lower(write));
    if (written.empty()) continue;
    const Regions produced = arith::union_region_lower_bound(written);
    const Regions consumed = Relaxed{consumer, level, analyzer}.upper(read);
    for (size_t i = 0; i < produced.size(); ++i)
      if (!dimension_covered(read.buffer->shape[i], produced[i], consumed[i], analyzer)) return false;
  }
  return true;
}

void bind_loops(arith::Analyzer& analyzer, const Place& root) {
  ir::for_each_stmt(root.chain.front(), [&](const ir::Stmt& s) {
    if (const ir::For* loop = ir::as<ir::For>(s)) analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
    return true;
  });
}

bool is_thread_axis(const std::string& tag) { return tag.starts_with("threadIdx."); }

// Whether a buffer of that storage is shared by the threads of a loop bound to `tag`.
bool shared_under(const std::string& storage_scope, const std::string& tag) {
  if (storage_scope.starts_with("warp")) return tag == "threadIdx.x";
  return storage_scope.starts_with("shared") && is_thread_axis(tag);
}

}  // namespace

std::vector<const ir::For*> loops_between(const Place& low, const Place* high, const std::string& storage_scope) {
  std::vector<const ir::For*> loops;
  const size_t stop = high ? high->chain.size() : 0;   // the number of statements of the chain that are not below `high`
  size_t depth = low.chain.size();
  for (; depth > stop; --depth) {
    if (ir::as<ir::BlockRealize>(low.chain[depth - 1])) break;
    if (const ir::For* loop = ir::as<ir::For>(low.chain[depth - 1])) loops.push_back(loop);
  }
  for (; depth > 0; --depth) {
    const ir::For* loop = ir::as<ir::For>(low.chain[depth - 1]);
    if (loop && loop->for_kind == ir::ForKind::ThreadBinding && shared_under(storage_scope, loop->thread_tag)) loops.push_back(loop);
  }
  return loops;
}

void bind_shapes(arith::Analyzer& analyzer, const ir::PrimFunc& function) {
  for (const ir::Param& param : function.params)
    if (param.buffer)
      for (const ir::Expr& extent : param.buffer->shape) analyzer.mark_global_non_neg(extent);
}

void bind_context(arith::Analyzer& analyzer, const ir::Module& module, const Place& place) {
  bind_shapes(analyzer, *ir::find_function(module, place.path.function));
  for (const ir::Stmt& s : place.chain)
    if (const ir::For* loop = ir::as<ir::For>(s)) analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
}

bool covers_regions(const BlockScope& scope, const Place& root, size_t block) {
  const Place& consumer = scope.blocks[block];
  std::vector<std::vector<size_t>> sources(consumer.chain.size());
  for (const Dependency& d : scope.dependencies)
    if (d.target == block && d.kind == DependencyKind::ReadAfterWrite)
      sources[common_ancestor(consumer, scope.blocks[d.source]).chain.size() - 1].push_back(d.source);
  arith::Analyzer analyzer;
  bind_loops(analyzer, root);
  for (size_t depth = consumer.chain.size(); depth-- > root.chain.size() - 1;)
    if (!sources[depth].empty() && !covered_at(scope, consumer, sources[depth], prefix(consumer, depth), analyzer)) return false;
  return true;
}

bool is_stage_pipeline(const Place& root) {
  const BlockScope scope = make_block_scope(root);
  const auto war = [](const Dependency& d) { return d.kind == DependencyKind::WriteAfterRead; };
  if (std::any_of(scope.dependencies.begin(), scope.dependencies.end(), war)) return false;
  for (size_t i = 0; i < scope.blocks.size(); ++i)
    if (!covers_regions(scope, root, i)) return false;
  return true;
}

}  // namespace loopglass::schedule
