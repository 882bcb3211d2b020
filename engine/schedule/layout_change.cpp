#include "engine/schedule/layout_change.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/access_region.h"
#include "engine/schedule/context_rewriter.h"

namespace loopglass::schedule {
namespace {

class LayoutRewriter : public ContextRewriter {
 public:
  LayoutRewriter(const LayoutChange& change, const PaddingPlan& plan) : change_(change), plan_(plan) {}
  // Why the buffer's layout cannot be changed; empty where it can.
  const std::string& problem() const { return problem_; }

  using ContextRewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (e == change_.from->data) problem_ = "it is used by its address (`.data`)";
    const ir::Expr out = ContextRewriter::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(out);
    return load && load->buffer == change_.from ? ir::make_load(change_.to, mapped(load->indices)) : out;
  }

  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (const auto replaced = plan_.replacements.find(s.get()); replaced != plan_.replacements.end()) return rewrite(replaced->second);
    ir::Stmt out = changed(s);
    return s.get() == plan_.last_write ? ir::make_seq({out, plan_.epilogue}) : out;
  }

 private:
  ir::Stmt changed(const ir::Stmt& s) {
    if (const ir::DeclBuffer* view = ir::as<ir::DeclBuffer>(s); view && view->buffer->data == change_.from->data) problem_ = "it has a view (`.view`)";
    const ir::Stmt out = ContextRewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    if (store && store->buffer == change_.from) return ir::make_store(change_.to, store->value, mapped(store->indices));
    return ir::as<ir::BlockRealize>(out) ? with_regions(out) : out;
  }

  std::vector<ir::Expr> mapped(const std::vector<ir::Expr>& indices) {
    for (const ir::Expr& index : indices)
      if (!index->dtype.is_scalar()) problem_ = "it is accessed by vectors";
    if (!problem_.empty()) return indices;
    return simplify_indices(map_indices(change_.map, indices, unbound_));
  }

  ir::Stmt with_regions(const ir::Stmt& s) {
    ir::BlockRealize realize = ir::get<ir::BlockRealize>(s);
    ir::Block& block = realize.block;
    for (const ir::MatchBuffer& match : block.match_buffers)
      if (match.source.buffer == change_.from) problem_ = "a T.match_buffer names a part of it";
    const ir::Buffer known[] = {change_.to};
    const arith::AccessRegions found = arith::detect_access_regions(block, known);
    const auto update = [&](std::vector<ir::BufferRegion>& regions, const std::vector<ir::BufferRegion>& inferred, const char* verb) {
      for (ir::BufferRegion& region : regions) {
        if (region.buffer != change_.from) continue;
        if (inferred.size() == 1)
          region = inferred[0];
        else
          problem_ = fmt::format("block \"{}\" says that it {} it, but does not", block.name, verb);
      }
    };
    update(block.reads, found.reads, "reads");
    update(block.writes, found.writes, "writes");
    std::replace(block.alloc_buffers.begin(), block.alloc_buffers.end(), change_.from, change_.to);
    return ir::make_stmt(std::move(realize));
  }

  const LayoutChange& change_;
  const PaddingPlan& plan_;
  const arith::Analyzer unbound_;
  std::string problem_;
};

}  // namespace

Result<ir::Stmt> change_layout(const Place& scope, const LayoutChange& change) {
  const PaddingPlan plan = plan_padding(scope.stmt(), change);
  LayoutRewriter rewriter(change, plan);
  ir::Stmt result = rewriter.rewrite(scope.stmt());
  if (!rewriter.problem().empty())
    return fail(DiagnosticKind::OpaqueAccess, fmt::format("the layout of {} cannot be changed: {}", change.from->name, rewriter.problem()),
                "a layout can be changed where the buffer is accessed by plain loads and stores alone", {label(scope, "the scope")});
  if (!plan.prologue) return result;
  ir::BlockRealize realize = ir::get<ir::BlockRealize>(result);
  realize.block.body = ir::make_seq({plan.prologue, realize.block.body});
  return ir::make_stmt(std::move(realize));
}

}  // namespace loopglass::schedule
