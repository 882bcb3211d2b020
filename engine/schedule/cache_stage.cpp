#include "engine/schedule/cache_stage.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/region.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/judgement.h"

namespace loopglass::schedule {
namespace {

ir::VarMap bindings(const ir::BlockRealize& realize) {
  ir::VarMap map;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) map[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
  return map;
}

bool accesses(const std::vector<ir::BufferRegion>& regions, const ir::Buffer& buffer) {
  return std::any_of(regions.begin(), regions.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; });
}

ir::Buffer make_cache_buffer(const CacheStage& stage, const std::string& storage_scope) {
  ir::BufferNode fields = *stage.original;
  fields.name = stage.original->name + "_" + storage_scope;
  fields.scope = storage_scope;
  fields.data = nullptr;
  if (!stage.full_region) {
    // The offset keeps the type that the original's indices have.
    const ir::DataType index = fields.shape.empty() ? ir::kInt32 : fields.shape[0]->dtype;
    fields.shape.clear();
    for (const ir::Range& range : stage.region.region) fields.shape.push_back(range.extent);
    if (!fields.elem_offset && !fields.shape.empty() && fields.shape[0]->dtype != index) fields.elem_offset = ir::make_int(0, index);
  }
  return ir::make_buffer(std::move(fields));
}

bool is_judged_covered(const Context& context, const Place& reader) {
  const std::optional<Place> root = context.judgements ? context.judgements->reads_scope(reader) : scope_of(reader);
  if (!root) return true;
  const BlockScope scope = make_block_scope(*root);
  const auto is_reader = [&](const Place& block) { return block.block().id == reader.block().id; };
  return covers_regions(scope, *root, std::find_if(scope.blocks.begin(), scope.blocks.end(), is_reader) - scope.blocks.begin());
}

}  // namespace

void make_stage(CacheStage& stage, const std::string& storage_scope, CopyDirection direction) {
  if (!stage.cache) stage.cache = make_cache_buffer(stage, storage_scope);
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  ir::Block& block = realize.block;
  block.id = stage.block = ir::make_block_id();
  block.name = stage.cache->name;
  std::vector<ir::Var> loop_vars;
  std::vector<ir::Expr> original_indices, cache_indices;
  ir::BufferRegion original_region{stage.original, {}}, cache_region{stage.cache, {}};
  for (size_t i = 0; i < stage.region.region.size(); ++i) {
    const ir::Range& range = stage.region.region[i];
    const ir::DataType type = range.extent->dtype;
    loop_vars.push_back(ir::make_var(fmt::format("ax{}", i), type));
    const ir::Var axis = ir::make_var(fmt::format("v{}", i), type);
    const ir::Expr& dim = stage.original->shape[i];
    block.iter_vars.push_back(stage.full_region ? ir::IterVar{axis, ir::make_int(0, dim->dtype), dim, ir::IterType::Spatial}
                                                : ir::IterVar{axis, ir::make_int(0, type), range.extent, ir::IterType::Spatial});
    realize.iter_values.push_back(stage.full_region ? ir::add(range.min, loop_vars.back()) : ir::Expr(loop_vars.back()));
    original_indices.push_back(stage.full_region ? ir::Expr(axis) : ir::add(range.min, axis));
    cache_indices.push_back(axis);
    original_region.region.push_back({original_indices.back(), ir::make_int(1, type)});
    cache_region.region.push_back({axis, ir::make_int(1, type)});
  }
  const bool into = direction == CopyDirection::IntoCache;
  block.reads = {into ? original_region : cache_region};
  block.writes = {into ? cache_region : original_region};
  block.body = into ? ir::make_store(stage.cache, ir::make_load(stage.original, original_indices), cache_indices)
                    : ir::make_store(stage.original, ir::make_load(stage.cache, cache_indices), original_indices);
  stage.stmt = ir::make_stmt(std::move(realize));
  for (size_t i = loop_vars.size(); i-- > 0;)
    stage.stmt = ir::make_for(loop_vars[i], ir::make_int(0, loop_vars[i]->dtype), stage.region.region[i].extent, ir::ForKind::Serial, stage.stmt);
}

ir::BufferRegion relaxed_region(const ir::BufferRegion& touched, const Place& block, const Place& location, const ir::Expr& condition) {
  const ir::VarMap map = bindings(block.realize());
  const ir::Expr predicate =
      ir::substitute(condition ? ir::logical_and(block.realize().predicate, condition) : block.realize().predicate, map);
  arith::VarRanges domains;
  const auto loops = loops_between(*parent(block), &location, touched.buffer->scope);
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) domains.emplace_back((*it)->loop_var, ir::Range{(*it)->min, (*it)->extent});
  arith::Analyzer analyzer;
  const std::vector<arith::IntSet> sets =
      arith::estimate_region_upper_bound(ir::substitute(touched, map).region, domains, predicate, analyzer);
  ir::BufferRegion result{touched.buffer, {}};
  for (size_t i = 0; i < sets.size(); ++i) {
    const ir::Expr& extent = touched.buffer->shape[i];
    result.region.push_back(arith::cover_range(sets[i], {ir::make_int(0, extent->dtype), extent}));
  }
  return result;
}

ir::Expr nested_predicate(const Place& block, const ir::Buffer& buffer, bool writes) {
  ir::Expr result;
  for (const Place& nested : all_blocks_below(block)) {
    if (!accesses(writes ? nested.block().writes : nested.block().reads, buffer)) continue;
    const ir::Expr predicate = ir::substitute(nested.realize().predicate, bindings(nested.realize()));
    result = result ? ir::logical_or(result, predicate) : predicate;
  }
  return result && ir::is_one(result) ? nullptr : result;
}

Result<const ir::BufferRegion*> single_region(const Place& block, const std::vector<ir::BufferRegion>& regions, const ir::Buffer& buffer) {
  const ir::BufferRegion* found = nullptr;
  for (const ir::BufferRegion& region : regions) {
    if (region.buffer != buffer) continue;
    if (found)
      return fail(DiagnosticKind::NotSingleReadWriteBuffer, fmt::format("{} accesses {} in several regions", quoted(block), buffer->name),
                  "state one region for each buffer", {label(block, "")});
    found = &region;
  }
  return found;
}

Result<size_t> buffer_index(const Argument& argument, const Place& block, bool writes) {
  const auto& regions = writes ? block.block().writes : block.block().reads;
  const char* verb = writes ? "writes" : "reads";
  std::string names;
  for (const ir::BufferRegion& r : regions) names += (names.empty() ? "" : ", ") + r.buffer->name;
  if (const std::string* name = value_argument(argument).as<std::string>()) {
    std::vector<size_t> found;
    for (size_t i = 0; i < regions.size(); ++i)
      if (regions[i].buffer->name == *name) found.push_back(i);
    if (found.size() == 1) return found[0];
    return fail(DiagnosticKind::BadArgument,
                found.empty() ? fmt::format("{} does not {} a buffer \"{}\"", quoted(block), writes ? "write" : "read", *name)
                              : fmt::format("{} {} several buffers \"{}\"", quoted(block), verb, *name),
                fmt::format("it {}: {}; give one of them by its index, counted from 0", verb, names), {label(block, "")});
  }
  const int64_t index = int_argument(argument);
  if (index >= 0 && index < static_cast<int64_t>(regions.size())) return static_cast<size_t>(index);
  return fail(DiagnosticKind::BufferIndexOutOfRange,
              fmt::format("{} {} {} buffer{}: there is none with index {}", quoted(block), verb, regions.size(), regions.size() == 1 ? "" : "s", index),
              regions.empty()       ? std::string("choose another block")
              : regions.size() == 1 ? fmt::format("give 0, for {}", names)
                                    : fmt::format("give an index from 0 to {}: {}", regions.size() - 1, names),
              {label(block, "")});
}

Result<void> check_storage_scope(const std::string& storage_scope) {
  static const char* const kScopes[] = {"global",           "shared",          "warp",           "local",          "wmma.matrix_a",
                                        "wmma.matrix_b",    "wmma.accumulator", "texture",        "amx.tmm",        "m16n8k8.matrixA",
                                        "m16n8k8.matrixB",  "m16n8k8.matrixC", "metal.simdgroup", "metal.cooperative_tensor",
                                        "trn.sbuf",         "trn.psum"};
  if (storage_scope.empty()) return {};
  for (const char* known : kScopes)
    if (storage_scope.starts_with(known)) return {};
  return fail(DiagnosticKind::InvalidStorageScope, fmt::format("\"{}\" is no storage scope", storage_scope),
              "on a CPU: \"global\" (memory) or \"local\" (registers, private to a thread)");
}

Result<std::optional<Place>> only_writer(const BlockScope& scope, const ir::Buffer& buffer) {
  const std::vector<size_t>* writers = scope.writers_of(buffer.get());
  if (!writers) return std::optional<Place>{};
  if (writers->size() == 1) return std::optional(scope.blocks[writers->front()]);
  std::vector<Label> labels;
  std::string names;
  bool decomposed = false;
  for (size_t i : *writers) {
    decomposed |= is_decomposed_update(scope.blocks[i].block());
    labels.push_back(label(scope.blocks[i], "writes it"));
    names += (names.empty() ? "" : " and ") + quoted(scope.blocks[i]);
  }
  Error error = fail(DiagnosticKind::NotSingleWriteBlock, fmt::format("{} is written by {} blocks: {}", buffer->name, writers->size(), names),
                     decomposed ? "a buffer can be cached where one block writes it: do it before decompose_reduction"
                                : "a buffer can be cached where one block writes it",
                     std::move(labels));
  if (decomposed) error.error().values.push_back({"insert_before", "decompose_reduction"});
  return error;
}

Result<void> check_views(const ir::Stmt& rewritten, const ir::Buffer& buffer) {
  ir::Buffer wrong;
  ir::for_each_stmt(rewritten, [&](const ir::Stmt& s) {
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::MatchBuffer& match : realize->block.match_buffers)
        if (match.source.buffer == buffer && match.buffer->scope != buffer->scope) wrong = match.buffer;
    return true;
  });
  if (!wrong) return {};
  return fail(DiagnosticKind::InvalidStorageScope,
              fmt::format("{} is a view in the scope \"{}\" and cannot show {}, which lies in \"{}\"", wrong->name, wrong->scope, buffer->name, buffer->scope),
              fmt::format("take \"{}\"", wrong->scope));
}

Result<void> check_readers_covered(const Context& context, const Place& root, const ir::Buffer& buffer) {
  for (const Place& block : child_blocks(root)) {
    const auto& reads = block.block().reads;
    const bool reads_it = std::any_of(reads.begin(), reads.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; });
    if (!reads_it || is_judged_covered(context, block)) continue;
    return fail(DiagnosticKind::NotRegionCover,
                fmt::format("{} may read elements that no block of {} has written before it", quoted(block), quoted(root)),
                "the copy could take elements that are not there yet", {label(block, "reads"), label(root, "the scope")});
  }
  return {};
}

ir::Expr CacheRewriter::rewrite(const ir::Expr& e) {
  return e.get() == stage_.original->data.get() ? ir::Expr(stage_.cache->data) : Rewriter::rewrite(e);
}

ir::Stmt CacheRewriter::rewrite(const ir::Stmt& s) {
  const bool is_location = s.get() == stage_.location.stmt().get();
  if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s)) {
    if (!is_scope(*realize)) return rewrite_child(s);
    ir::BlockRealize changed = ir::get<ir::BlockRealize>(Rewriter::rewrite(s));
    if (is_location) changed.block.body = inserted(changed.block.body);
    changed.block.alloc_buffers.push_back(stage_.cache);
    return ir::make_stmt(std::move(changed));
  }
  const ir::Stmt out = Rewriter::rewrite(s);
  if (!is_location) return out;
  ir::For changed = ir::get<ir::For>(out);
  changed.body = inserted(changed.body);
  return ir::make_stmt(std::move(changed));
}

ir::Stmt CacheRewriter::inserted(const ir::Stmt& body) const {
  std::vector<ir::Stmt> stmts = statements(body);
  stmts.insert(stmts.begin() + static_cast<std::ptrdiff_t>(stage_.position), stage_.stmt);
  return ir::make_seq(std::move(stmts));
}

std::vector<ir::Expr> CacheRewriter::in_cache(const std::vector<ir::Expr>& indices) const {
  if (stage_.full_region) return indices;
  const arith::Analyzer analyzer;
  std::vector<ir::Expr> result;
  for (size_t i = 0; i < indices.size(); ++i) result.push_back(analyzer.simplify(ir::sub(indices[i], stage_.region.region[i].min)));
  return result;
}

std::vector<ir::BufferRegion> CacheRewriter::in_cache(std::vector<ir::BufferRegion> regions) const {
  const arith::Analyzer analyzer;
  for (ir::BufferRegion& r : regions) {
    if (r.buffer != stage_.original) continue;
    r.buffer = stage_.cache;
    if (stage_.full_region) continue;
    for (size_t i = 0; i < r.region.size(); ++i) r.region[i].min = analyzer.simplify(ir::sub(r.region[i].min, stage_.region.region[i].min));
  }
  return regions;
}

std::vector<ir::MatchBuffer> CacheRewriter::in_cache(std::vector<ir::MatchBuffer> matches) const {
  for (ir::MatchBuffer& match : matches) match.source = in_cache(std::vector{match.source})[0];
  return matches;
}

}  // namespace loopglass::schedule
