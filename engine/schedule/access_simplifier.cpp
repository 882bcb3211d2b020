#include "engine/schedule/access_simplifier.h"

#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {
namespace {

class AccessSimplifier : public ContextRewriter {
 public:
  explicit AccessSimplifier(const ir::PrimFunc& function) { bind_shapes(analyzer_, function); }

  using ContextRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    const ir::Expr out = ContextRewriter::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(out);
    return load ? ir::make_load(load->buffer, simplify_indices(load->indices)) : out;
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::Stmt out = ContextRewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    return store ? ir::make_store(store->buffer, store->value, simplify_indices(store->indices)) : out;
  }
  ir::BufferRegion rewrite_region(const ir::BufferRegion& r) override {
    ir::BufferRegion out = ContextRewriter::rewrite_region(r);
    std::vector<ir::Expr> mins;
    for (const ir::Range& range : out.region) mins.push_back(range.min);
    mins = simplify_indices(mins);
    for (size_t i = 0; i < mins.size(); ++i) out.region[i] = {mins[i], analyzer_.simplify(out.region[i].extent)};
    return out;
  }
};

}  // namespace

ir::Stmt simplify_accesses(const ir::Stmt& stmt, const ir::PrimFunc& function) { return AccessSimplifier(function).rewrite(stmt); }

}  // namespace loopglass::schedule
