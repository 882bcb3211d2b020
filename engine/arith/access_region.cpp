#include "engine/arith/access_region.h"

#include <algorithm>
#include <unordered_map>

#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::arith {
namespace {

using ir::Buffer;
using ir::Expr;

struct Access {
  Buffer buffer;
  std::vector<IntSet> region;
};

std::vector<IntSet> whole(const Buffer& buffer) {
  std::vector<IntSet> region;
  for (const Expr& extent : buffer->shape) region.push_back(IntSet::from_min_extent(ir::make_int(0, extent->dtype), extent));
  return region;
}

// Collects accesses in the order in which TVM's detector meets them: a store before its value, a load before its indices.
class Detector : public ir::Visitor {
 public:
  Detector(const ir::Block& block, std::span<const Buffer> known) {
    for (const Buffer& b : known) known_[b->data.get()] = b;
    for (const ir::MatchBuffer& match : block.match_buffers)
      if (known_.contains(match.source.buffer->data.get())) {
        known_[match.buffer->data.get()] = match.buffer;
        matches_[match.buffer.get()] = &match;
      }
    for (const ir::BufferRegion& region : block.reads) visit_region(region);
    for (const ir::BufferRegion& region : block.writes) visit_region(region);
    visit(block.init);
    visit(block.body);
  }

  void visit(const Expr& e) override {
    if (!e) return;
    if (const ir::VarNode* var = ir::as<ir::VarNode>(e)) return use_pointer(var);
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) update(reads, load->buffer, relax(load->indices));
    if (const ir::Call* call = ir::as<ir::Call>(e); call && call->op == "tvm_access_ptr" && access_pointer(*call)) return;
    Visitor::visit(e);
  }

  void visit(const ir::Stmt& s) override {
    if (!s) return;
    if (const ir::For* loop = ir::as<ir::For>(s)) return visit_loop(*loop);
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s)) return visit_child(*realize);
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) {
      update(writes, store->buffer, relax(store->indices));
      visit(store->value);
      for (const Expr& index : store->indices) visit(index);
      return;
    }
    if (const ir::LetStmt* let = ir::as<ir::LetStmt>(s)) lets_[let->var.get()] = ir::substitute(let->value, lets_);
    if (const ir::DeclBuffer* decl = ir::as<ir::DeclBuffer>(s)) return visit(decl->body);
    Visitor::visit(s);
  }

  std::vector<Access> reads, writes, opaque;

 private:
  void visit_region(const ir::BufferRegion& region) {
    for (const ir::Range& range : region.region) {
      visit(range.min);
      visit(range.extent);
    }
  }

  void visit_loop(const ir::For& loop) {
    visit(loop.min);
    visit(loop.extent);
    domains_[loop.loop_var.get()] = IntSet::from_range({loop.min, loop.extent});
    visit(loop.body);
    domains_.erase(loop.loop_var.get());
  }

  void visit_child(const ir::BlockRealize& realize) {
    ir::VarMap map;
    for (size_t i = 0; i < realize.iter_values.size(); ++i) map[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
    const auto add = [&](std::vector<Access>& list, const std::vector<ir::BufferRegion>& regions) {
      for (const ir::BufferRegion& r : regions) {
        std::vector<IntSet> region;
        for (const ir::Range& range : ir::substitute(r, map).region) region.push_back(eval_set(IntSet::from_range(range), domains_));
        update(list, r.buffer, std::move(region));
      }
    };
    add(reads, realize.block.reads);
    add(writes, realize.block.writes);
  }

  std::vector<IntSet> relax(const std::vector<Expr>& indices) const {
    std::vector<IntSet> region;
    for (const Expr& index : indices) region.push_back(eval_set(lets_.empty() ? index : ir::substitute(index, lets_), domains_));
    return region;
  }

  void use_pointer(const ir::VarNode* var) {
    if (const auto it = known_.find(var); it != known_.end()) update(opaque, it->second, whole(it->second));
  }

  // True where the call says by its mask how it accesses a known buffer.
  bool access_pointer(const ir::Call& call) {
    const ir::VarNode* data = call.args.size() == 5 ? ir::as<ir::VarNode>(call.args[1]) : nullptr;
    const auto mask = data ? ir::as_int(call.args[4]) : std::nullopt;
    if (!data || !mask) return false;
    const auto it = known_.find(data);
    if (it == known_.end()) return true;
    std::vector<Access>* kinds[] = {nullptr, &reads, &writes, &opaque};
    if (std::vector<Access>* list = kinds[*mask & 3]) update(*list, it->second, whole(it->second));
    return true;
  }

  void update(std::vector<Access>& list, Buffer buffer, std::vector<IntSet> region) {
    if (!known_.contains(buffer->data.get())) return;
    if (const auto it = matches_.find(buffer.get()); it != matches_.end()) {
      region = in_source(*it->second, region);
      buffer = it->second->source.buffer;
    }
    for (Access& known : list) {
      if (known.buffer != buffer) continue;
      for (size_t i = 0; i < region.size(); ++i) {
        const IntSet both[] = {known.region[i], region[i]};
        known.region[i] = union_sets(both);
      }
      return;
    }
    list.push_back({std::move(buffer), std::move(region)});
  }

  // A region of a view in the dimensions of its source.
  std::vector<IntSet> in_source(const ir::MatchBuffer& match, const std::vector<IntSet>& region) const {
    const std::vector<ir::Range>& source = match.source.region;
    const size_t offset = source.size() - region.size();
    std::vector<IntSet> result;
    for (size_t i = 0; i < offset; ++i) result.push_back(eval_set(ir::Range{source[i].min, ir::make_int(1)}, domains_));
    for (size_t i = 0; i < region.size(); ++i) {
      const ir::Range range = cover_range(region[i], {ir::make_int(0), match.buffer->shape[i]});
      result.push_back(eval_set(ir::Range{ir::add(source[i + offset].min, range.min), range.extent}, domains_));
    }
    return result;
  }

  std::unordered_map<const ir::VarNode*, Buffer> known_;   // by data pointer
  std::unordered_map<const ir::BufferNode*, const ir::MatchBuffer*> matches_;
  IntSetMap domains_;
  ir::VarMap lets_;
};

std::vector<ir::BufferRegion> to_regions(const std::vector<Access>& accesses, const std::vector<Access>& excluded,
                                         const std::vector<Access>& excluded_too) {
  Analyzer analyzer;
  const auto has = [](const std::vector<Access>& list, const Buffer& buffer) {
    return std::any_of(list.begin(), list.end(), [&](const Access& a) { return a.buffer == buffer; });
  };
  std::vector<ir::BufferRegion> result;
  for (const Access& access : accesses) {
    if (has(excluded, access.buffer) || has(excluded_too, access.buffer)) continue;
    ir::BufferRegion region{access.buffer, {}};
    for (size_t i = 0; i < access.region.size(); ++i) {
      const IntSet& set = access.region[i];
      const Expr& extent = access.buffer->shape[i];
      region.region.push_back(can_prove_single_point(set, analyzer) ? ir::Range{set.min, ir::make_int(1, set.min->dtype)}
                                                                    : cover_range(set, {ir::make_int(0, extent->dtype), extent}));
    }
    result.push_back(std::move(region));
  }
  return result;
}

}  // namespace

AccessRegions detect_access_regions(const ir::Block& block, std::span<const Buffer> known) {
  const Detector found(block, known);
  AccessRegions result;
  result.opaque = to_regions(found.opaque, {}, {});
  result.writes = to_regions(found.writes, found.opaque, {});
  result.reads = to_regions(found.reads, found.opaque, block.init ? found.writes : std::vector<Access>{});
  return result;
}

}  // namespace loopglass::arith
