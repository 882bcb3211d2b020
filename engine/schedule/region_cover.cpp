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

// [begin, end] has what [read_begin, read_end] has, both cut to the `size` elements of the dimension.
bool contains(int64_t size, int64_t begin, int64_t end, int64_t read_begin, int64_t read_end) {
  begin = std::max<int64_t>(begin, 0), end = std::min(end, size - 1);
  read_begin = std::max<int64_t>(read_begin, 0), read_end = std::min(read_end, size - 1);
  if (begin > end) return false;
  return read_begin > read_end || (begin <= read_begin && read_end <= end);
}

// The answer where both are intervals of constants, or the same interval; nothing where it takes a proof.
std::optional<bool> plainly_covered(const ir::Expr& extent, const arith::IntSet& produced, const arith::IntSet& consumed) {
  if (!produced.min || !produced.max || !consumed.min || !consumed.max) return std::nullopt;
  const auto size = ir::as_int(extent), from = ir::as_int(produced.min), to = ir::as_int(produced.max);
  const auto first = ir::as_int(consumed.min), last = ir::as_int(consumed.max);
  if (size && from && to && first && last) return contains(*size, *from, *to, *first, *last);
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

// A dimension of a region where it is plain to see: one loop's range of constants, or the one value of a variable.
struct PlainDimension {
  const ir::VarNode* var = nullptr;
  int64_t first = 0, last = 0;   // without `var`
};

std::optional<PlainDimension> plain_dimension(const ir::Expr& index, std::vector<const ir::For*>& loops) {
  if (const auto value = ir::as_int(index)) return PlainDimension{nullptr, *value, *value};
  const ir::VarNode* var = ir::as<ir::VarNode>(index);
  if (!var) return std::nullopt;
  const auto it = std::ranges::find_if(loops, [&](const ir::For* loop) { return loop && loop->loop_var.get() == var; });
  if (it == loops.end()) return PlainDimension{var};
  const auto begin = ir::as_int((*it)->min), extent = ir::as_int((*it)->extent);
  if (!begin || !extent || *extent < 1) return std::nullopt;
  *it = nullptr;   // a second index with it runs along a diagonal
  return PlainDimension{nullptr, *begin, *begin + *extent - 1};
}

// The region of an unconditional block, each of whose indices is an axis bound to a loop of its own, a variable or a constant.
std::optional<std::vector<PlainDimension>> plain_region(const Place& block, const Place& level, const ir::BufferRegion& region) {
  const ir::BlockRealize& realize = block.realize();
  if (!ir::is_one(realize.predicate)) return std::nullopt;
  std::vector<const ir::For*> loops = loops_between(*parent(block), &level, region.buffer->scope);
  std::vector<PlainDimension> dimensions;
  for (const ir::Range& range : region.region) {
    if (!ir::is_one(range.extent)) return std::nullopt;
    const auto axis = std::ranges::find_if(realize.block.iter_vars, [&](const ir::IterVar& v) { return v.var == range.min; });
    const size_t i = axis - realize.block.iter_vars.begin();
    const auto dimension = plain_dimension(i < realize.iter_values.size() ? realize.iter_values[i] : range.min, loops);
    if (!dimension) return std::nullopt;
    dimensions.push_back(*dimension);
  }
  return dimensions;
}

// The answer where both regions are plain to see, and so is the answer; nothing where it takes a proof. (It would be the same: without an analyzer for all
// loops of the scope, a cache_read takes three quarters of the time, a pad_einsum three fifths.)
std::optional<bool> plainly_covered(const Place& producer, const ir::BufferRegion& write, const Place& consumer, const ir::BufferRegion& read, const Place& level) {
  const auto produced = plain_region(producer, level, write);
  const auto consumed = produced ? plain_region(consumer, level, read) : std::nullopt;
  if (!consumed) return std::nullopt;
  for (size_t d = 0; d < produced->size(); ++d) {
    const PlainDimension &to = (*produced)[d], &from = (*consumed)[d];
    const auto size = ir::as_int(read.buffer->shape[d]);
    if (to.var && to.var == from.var) continue;
    if (to.var || from.var || !size) return std::nullopt;
    if (!contains(*size, to.first, to.last, from.first, from.last)) return false;
  }
  return true;
}

// What a block writes of a buffer.
struct Write {
  const Place& block;
  const ir::BufferRegion& region;
};

std::vector<Write> writes_of(const BlockScope& scope, const std::vector<size_t>& sources, const ir::Buffer& buffer) {
  std::vector<Write> writes;
  for (size_t p : sources)
    for (const ir::BufferRegion& write : scope.blocks[p].block().writes)
      if (write.buffer == buffer) writes.push_back({scope.blocks[p], write});
  return writes;
}

// An analyzer that knows the loops below a scope; made where one is needed.
class LoopAnalyzer {
 public:
  explicit LoopAnalyzer(const Place& root) : root_(root) {}
  arith::Analyzer& get() {
    if (!analyzer_) bind_loops(analyzer_.emplace(), root_);
    return *analyzer_;
  }

 private:
  static void bind_loops(arith::Analyzer& analyzer, const Place& root) {
    ir::for_each_stmt(root.ancestor(0).stmt(), [&](const ir::Stmt& s) {
      if (const ir::For* loop = ir::as<ir::For>(s)) analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
      return true;
    });
  }

  const Place& root_;
  std::optional<arith::Analyzer> analyzer_;
};

// The producers whose paths meet the consumer's at `level` write all that it reads of them.
bool covered_at(const BlockScope& scope, const Place& consumer, const std::vector<size_t>& sources, const Place& level, LoopAnalyzer& loops) {
  for (const ir::BufferRegion& read : consumer.block().reads) {
    const std::vector<Write> writes = writes_of(scope, sources, read.buffer);
    if (writes.empty()) continue;
    const auto answer = writes.size() == 1 ? plainly_covered(writes[0].block, writes[0].region, consumer, read, level) : std::nullopt;
    if (answer && !*answer) return false;
    if (answer) continue;
    arith::Analyzer& analyzer = loops.get();
    std::vector<Regions> written;
    for (const Write& write : writes) written.push_back(Relaxed{write.block, level, analyzer}.lower(write.region));
    const Regions produced = arith::union_region_lower_bound(written);
    const Regions consumed = Relaxed{consumer, level, analyzer}.upper(read);
    for (size_t i = 0; i < produced.size(); ++i)
      if (!dimension_covered(read.buffer->shape[i], produced[i], consumed[i], analyzer)) return false;
  }
  return true;
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
  loops.reserve(low.depth() + 1);
  bool is_between = true;
  int64_t left = static_cast<int64_t>(low.depth()) - (high ? static_cast<int64_t>(high->depth()) : -1);   // statements below `high`
  for (const ir::Stmt& s : low.upwards()) {
    is_between = is_between && left-- > 0 && !ir::as<ir::BlockRealize>(s);
    const ir::For* loop = ir::as<ir::For>(s);
    if (loop && (is_between || (loop->for_kind == ir::ForKind::ThreadBinding && shared_under(storage_scope, loop->thread_tag)))) loops.push_back(loop);
  }
  return loops;
}

void bind_shapes(arith::Analyzer& analyzer, const ir::PrimFunc& function) {
  for (const ir::Param& param : function.params)
    if (param.buffer)
      for (const ir::Expr& extent : param.buffer->shape) analyzer.mark_global_non_neg(extent);
}

void bind_context(arith::Analyzer& analyzer, const ir::Module& module, const Place& place) {
  bind_shapes(analyzer, *ir::find_function(module, place.function()));
  for (const ir::Stmt& s : place.chain())
    if (const ir::For* loop = ir::as<ir::For>(s)) analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
}

bool covers_regions(const BlockScope& scope, const Place& root, size_t block) {
  const Place& consumer = scope.blocks[block];
  std::vector<std::vector<size_t>> sources(consumer.depth() + 1);
  for (const Dependency& d : scope.dependencies)
    if (d.target == block && d.kind == DependencyKind::ReadAfterWrite)
      sources[common_ancestor(consumer, scope.blocks[d.source]).depth()].push_back(d.source);
  LoopAnalyzer loops(root);
  for (size_t depth = consumer.depth() + 1; depth-- > root.depth();)
    if (!sources[depth].empty() && !covered_at(scope, consumer, sources[depth], consumer.ancestor(depth), loops)) return false;
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
