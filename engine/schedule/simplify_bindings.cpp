#include "engine/schedule/simplify_bindings.h"

#include "engine/arith/analyzer.h"
#include "engine/arith/iter_map.h"
#include "engine/ir/rewriter.h"

namespace loopglass::schedule {
namespace {

class BindingSimplifier : public ir::Rewriter {
 public:
  BindingSimplifier(const std::vector<Place>& outer, bool preserve_unit_iters) : preserve_unit_iters_(preserve_unit_iters) {
    for (const Place& loop : outer) enter(loop.loop());
  }

  using Rewriter::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    if (const ir::For* loop = ir::as<ir::For>(s)) {
      enter(*loop);
      ir::Stmt result = Rewriter::rewrite(s);
      loops_.pop_back();
      return result;
    }
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
    if (!realize || realize->iter_values.empty()) return Rewriter::rewrite(s);
    ir::BlockRealize copy = *realize;
    copy.iter_values = arith::iter_map_simplify(realize->iter_values, loops_, realize->predicate, arith::IterMapLevel::Surjective, analyzer_,
                                                !preserve_unit_iters_);
    return copy.iter_values == realize->iter_values ? s : ir::make_stmt(std::move(copy));
  }

 private:
  void enter(const ir::For& loop) { loops_.push_back({loop.loop_var, {loop.min, loop.extent}}); }

  arith::Analyzer analyzer_;
  arith::VarRanges loops_;
  const bool preserve_unit_iters_;
};

}  // namespace

ir::Stmt simplify_bindings(const ir::Stmt& stmt, const std::vector<Place>& outer, bool preserve_unit_iters) {
  return BindingSimplifier(outer, preserve_unit_iters).rewrite(stmt);
}

}  // namespace loopglass::schedule
