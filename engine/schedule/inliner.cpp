#include "engine/schedule/inliner.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/access_region.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/block_position.h"

namespace loopglass::schedule {
namespace {

void add_known(std::vector<ir::Buffer>& known, const ir::Block& block) {
  const auto add = [&](const ir::Buffer& buffer) {
    if (std::find(known.begin(), known.end(), buffer) == known.end()) known.push_back(buffer);
  };
  for (const ir::BufferRegion& region : block.reads) add(region.buffer);
  for (const ir::BufferRegion& region : block.writes) add(region.buffer);
  for (const ir::Buffer& buffer : block.alloc_buffers) add(buffer);
}

bool touches(const ir::Block& block, const ir::Buffer& buffer) {
  const auto is_it = [&](const ir::BufferRegion& r) { return r.buffer == buffer; };
  return std::any_of(block.reads.begin(), block.reads.end(), is_it) || std::any_of(block.writes.begin(), block.writes.end(), is_it);
}

}  // namespace

Inliner::Inliner(ir::Buffer inlined, const ir::Block& inlined_block, const ir::BlockRealize& scope)
    : inlined_(std::move(inlined)), scope_(scope.block.id) {
  add_known(known_, inlined_block);
  add_known(known_, scope.block);
  ir::for_each_stmt(scope.block.body, [&](const ir::Stmt& s) {
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s)) add_known(known_, realize->block);
    return true;
  });
}

ir::Expr Inliner::rewrite(const ir::Expr& e) {
  if (e.get() == inlined_->data.get()) opaque_ = true;
  return Rewriter::rewrite(e);
}

ir::Stmt Inliner::rewrite(const ir::Stmt& s) {
  const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
  if (!realize) return Rewriter::rewrite(s);
  for (const ir::MatchBuffer& match : realize->block.match_buffers) opaque_ |= match.source.buffer == inlined_;
  return with_new_signature(Rewriter::rewrite(s));
}

ir::Stmt Inliner::with_new_signature(const ir::Stmt& s) {
  const ir::BlockRealize& realize = ir::get<ir::BlockRealize>(s);
  if (realize.block.id == scope_) {
    ir::BlockRealize changed = realize;
    std::erase(changed.block.alloc_buffers, inlined_);
    return ir::make_stmt(std::move(changed));
  }
  if (!touches(realize.block, inlined_)) return s;
  ir::BlockRealize changed = realize;
  // What the block allocates itself is nobody's business outside. (TVM counts it, and ends at a program that is not well formed.)
  std::vector<ir::Buffer> visible = known_;
  for (const ir::Buffer& own : realize.block.alloc_buffers) std::erase(visible, own);
  arith::AccessRegions found = arith::detect_access_regions(realize.block, visible);
  changed.block.reads = std::move(found.reads);
  changed.block.writes = std::move(found.writes);
  for (const ir::BufferRegion& opaque : found.opaque) {
    changed.block.reads.push_back(opaque);
    changed.block.writes.push_back(opaque);
  }
  return ir::make_stmt(std::move(changed));
}

Result<ir::Stmt> inline_away(const Place& scope, const Place& block, Inliner& inliner) {
  TRY(check_removable(block));
  const ir::Stmt result = inliner.rewrite(ir::replace_stmts(scope.stmt(), {{block.stmt().get(), nullptr}}));
  if (!inliner.has_opaque_access()) return result;
  return fail(DiagnosticKind::OpaqueAccess,
              fmt::format("{} cannot be inlined: its buffer is used by its address (`.data`) or by a T.match_buffer", quoted(block)),
              "only a buffer that is read by plain loads can be inlined", {label(block, ""), label(scope, "the scope")});
}

Result<void> check_no_init(const Place& block) {
  if (!block.block().init) return {};
  return fail(DiagnosticKind::HasInitBlock, fmt::format("{} has an init: it builds its elements up over several iterations", quoted(block)),
              "only a block that computes each element in one go can be inlined; compute_at moves a reduction", {label(block, "has an init")});
}

Error body_not_inlinable(const Place& block, std::string why, std::string help) {
  return fail(DiagnosticKind::BodyNotInlinable, fmt::format("the body of {} cannot be inlined: {}", quoted(block), why), std::move(help),
              {label(block, "")});
}

}  // namespace loopglass::schedule
