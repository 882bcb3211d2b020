// What compute_inline and reverse_compute_inline share: taking a buffer out of a scope and stating the regions of the blocks that used it
// anew.
#pragma once

#include "engine/ir/rewriter.h"
#include "engine/schedule/block_scope.h"

namespace loopglass::schedule {

// Rewrites a scope from which `inlined_block` has been removed. A derived class replaces the loads (or stores) of the buffer.
class Inliner : public ir::Rewriter {
 public:
  Inliner(ir::Buffer inlined, const ir::Block& inlined_block, const ir::BlockRealize& scope);

  using ir::Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override;
  ir::Stmt rewrite(const ir::Stmt& s) override;

  // The buffer is used otherwise than by loads and stores (`B.data`, T.match_buffer), so that it cannot go.
  bool has_opaque_access() const { return opaque_; }

 protected:
  const ir::Buffer inlined_;

 private:
  ir::Stmt with_new_signature(const ir::Stmt& realize);

  const ir::BlockId scope_;
  std::vector<ir::Buffer> known_;   // what the scope's blocks and the inlined block touch or allocate
  bool opaque_ = false;
};

// The scope without the block, then rewritten. Errors: OnlyLeaf; OpaqueAccess.
Result<ir::Stmt> inline_away(const Place& scope, const Place& block, Inliner& inliner);

// The checks that both directions share, in TVM's words.
Result<void> check_no_init(const Place& block);   // HasInitBlock
// Error: BodyNotInlinable, with what the body has to look like.
Error body_not_inlinable(const Place& block, std::string why, std::string help);

}  // namespace loopglass::schedule
