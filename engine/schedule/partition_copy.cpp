#include "engine/schedule/partition_copy.h"

#include <set>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

using IndexNames = std::vector<std::string>;

// The first access of each buffer whose indices are variables: their names. TVM goes by names too.
class IndexCollector : public ir::Visitor {
 public:
  using Visitor::visit;
  void visit(const ir::Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) add(load->buffer, load->indices);
    Visitor::visit(e);
  }
  void visit(const ir::Stmt& s) override {
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) {
      add(store->buffer, store->indices);
      visit(store->value);   // before the indices, as TVM does
    }
    Visitor::visit(s);
  }
  std::map<std::string, IndexNames> names;

 private:
  void add(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
    IndexNames list;
    for (const ir::Expr& index : indices) {
      const ir::Var var = ir::as_var(index);
      if (!var) return;
      list.push_back(var->name);
    }
    names.emplace(buffer->name, std::move(list));
  }
};

class PartCopier : public ir::Rewriter {
 public:
  PartCopier(const Place& loop, const ir::Var& loop_var, const ir::Expr& begin, const ir::Expr& end)
      : loop_(loop), loop_var_(loop_var), begin_(begin), end_(end), loops_{loop_var.get()} {
    for (const ir::Stmt& s : loop.upwards()) add_loop(s);
    ir::for_each_stmt(loop.stmt(), [&](const ir::Stmt& s) {
      add_loop(s);
      return true;
    });
  }

  using Rewriter::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
    if (!realize) return Rewriter::rewrite(s);
    for (size_t i = 0; i < realize->iter_values.size(); ++i)
      if (realize->iter_values[i] == loop_var_) {
        axis_ = i;
        break;
      }
    ir::BlockRealize out = ir::get<ir::BlockRealize>(Rewriter::rewrite(s));
    const std::string old_name = out.block.name;
    out.block.name += "_" + loop_var_->name;
    if (out.block.iter_vars.empty() || !axis_) return ir::make_stmt(std::move(out));
    const size_t axis = *std::exchange(axis_, std::nullopt);
    if (axis < out.block.iter_vars.size()) {
      narrow(out.block, axis);
    } else {
      refuse(fmt::format("block \"{}\" is nested in one whose axis {} runs with {}, and has no axis at that place", old_name, axis, loop_.loop().loop_var->name));
    }
    return ir::make_stmt(std::move(out));
  }

  std::optional<Diagnostic> error;

 private:
  void add_loop(const ir::Stmt& s) {
    if (const ir::For* loop = ir::as<ir::For>(s)) loops_.insert(loop->loop_var.get());
  }

  void narrow(ir::Block& block, size_t axis) {
    const ir::DataType type = block.iter_vars[axis].var->dtype;
    block.iter_vars[axis].min = ir::cast(type, begin_);
    block.iter_vars[axis].extent = ir::sub(ir::cast(type, end_), ir::cast(type, begin_));
    std::map<std::string, ir::Range> domains;
    for (const ir::IterVar& iter : block.iter_vars) domains[iter.var->name] = {iter.min, iter.extent};
    IndexCollector collector;
    collector.visit(block.body);
    for (auto* regions : {&block.writes, &block.reads})
      for (ir::BufferRegion& region : *regions) {
        const auto names = collector.names.find(region.buffer->name);
        if (names == collector.names.end()) continue;
        region.region.clear();
        for (const std::string& name : names->second) {
          const auto domain = domains.find(name);
          if (domain == domains.end())
            return refuse(fmt::format("block \"{}\" indexes {} by {}, which is none of its axes", block.name, region.buffer->name, name));
          if (uses_loop(domain->second))
            return refuse(fmt::format("the domain of the axis {} of block \"{}\" depends on a loop, and would be stated as what the block touches", name, block.name));
          region.region.push_back(domain->second);
        }
      }
  }

  bool uses_loop(const ir::Range& range) const {
    const auto is_loop = [&](const ir::VarNode* var) { return loops_.contains(var); };
    return ir::uses_var(range.min, is_loop) || ir::uses_var(range.extent, is_loop);
  }

  void refuse(std::string why) {
    error = Diagnostic{DiagnosticKind::BlockProperty, fmt::format("{} cannot be partitioned: {}", quoted(loop_), why),
                       "loop_partition restates what blocks read and write by the domains of their axes alone", {label(loop_, bounds_text(loop_.loop()))},
                       std::nullopt, {}};
  }

  const Place& loop_;
  const ir::Var& loop_var_;
  const ir::Expr &begin_, &end_;
  std::set<const ir::VarNode*> loops_;   // around and below
  std::optional<size_t> axis_;   // of the block around that is bound to the loop; the next block that is finished takes it
};

}  // namespace

Result<ir::Stmt> partition_copy(const Place& loop, const ir::Var& loop_var, const ir::Expr& begin, const ir::Expr& end) {
  PartCopier copier(loop, loop_var, begin, end);
  const ir::Stmt body = copier.rewrite(ir::substitute(loop.loop().body, {{loop.loop().loop_var.get(), loop_var}}));
  if (copier.error) return Error(*std::move(copier.error));
  return ir::with_fresh_bindings(body);
}

}  // namespace loopglass::schedule
