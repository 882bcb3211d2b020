#include "engine/measure/access_site.h"

#include <unordered_map>

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::measure {
namespace {

class SiteCollector : public ir::Visitor {
 public:
  explicit SiteCollector(const ir::PrimFunc& function) {
    for (const ir::Param& param : function.params)
      if (param.buffer) parameters_.emplace(param.buffer->data.get(), param.buffer);
  }

  void visit(const ir::Stmt& s) override {
    if (const auto* loop = ir::as<ir::For>(s)) {
      loops_.push_back(loop);
      ir::Visitor::visit(s);
      loops_.pop_back();
    } else if (const auto* branch = ir::as<ir::IfThenElse>(s)) {
      visit(branch->condition);
      under(branch->condition, true, [&] { visit(branch->then_case); });
      under(branch->condition, false, [&] { visit(branch->else_case); });
    } else if (const auto* let = ir::as<ir::LetStmt>(s)) {
      visit(let->value);
      lets_[let->var.get()] = ir::substitute(let->value, lets_);
      visit(let->body);
    } else {
      ir::Visitor::visit(s);
      if (const auto* store = ir::as<ir::BufferStore>(s)) add(store->buffer, store->indices, true);
    }
  }

  void visit(const ir::Expr& e) override {
    const auto* call = ir::as<ir::Call>(e);
    if (call && call->op == "if_then_else") {
      visit(call->args[0]);
      under(call->args[0], true, [&] { visit(call->args[1]); });
      under(call->args[0], false, [&] { visit(call->args[2]); });
      return;
    }
    ir::Visitor::visit(e);
    if (const auto* load = ir::as<ir::BufferLoad>(e)) add(load->buffer, load->indices, false);
  }

  std::vector<AccessSite> take() { return std::move(sites_); }

 private:
  template <class F>
  void under(const ir::Expr& condition, bool holds, F inside) {
    const size_t before = conditions_.size();
    const ir::Expr known = ir::substitute(condition, lets_);
    if (holds) add_conjuncts(known);
    else conditions_.push_back(std::make_shared<const ir::Not>(known));
    inside();
    conditions_.resize(before);
  }

  void add_conjuncts(const ir::Expr& condition) {
    const auto* call = ir::as<ir::Call>(condition);
    if (call && call->op == "likely") return add_conjuncts(call->args[0]);
    if (condition->kind != ir::ExprKind::And) return conditions_.push_back(condition);
    add_conjuncts(ir::get<ir::Binary>(condition).a);
    add_conjuncts(ir::get<ir::Binary>(condition).b);
  }

  void add(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, bool is_write) {
    const auto parameter = parameters_.find(buffer->data.get());
    if (parameter == parameters_.end()) return;
    AccessSite site{buffer, {}, loops_, conditions_, is_write};
    for (const ir::Expr& index : indices) site.indices.push_back(ir::substitute(index, lets_));
    sites_.push_back(std::move(site));
  }

  std::unordered_map<const ir::VarNode*, ir::Buffer> parameters_;   // by where they lie
  std::vector<const ir::For*> loops_;
  std::vector<ir::Expr> conditions_;
  ir::VarMap lets_;
  std::vector<AccessSite> sites_;
};

}  // namespace

std::vector<AccessSite> parameter_accesses(const ir::PrimFunc& plain) {
  SiteCollector collector(plain);
  collector.visit(plain.body);
  return collector.take();
}

}  // namespace loopglass::measure
