#include "engine/schedule/intrinsic_instance.h"

#include <unordered_set>
#include <utility>

#include "engine/arith/analyzer.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

using ir::Expr;
using ir::Stmt;

class Simplifier : public ir::Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e ? analyzer_.simplify(e) : e; }
  Stmt rewrite(const Stmt& s) override {
    if (const ir::For* loop = ir::as<ir::For>(s)) analyzer_.bind(loop->loop_var, {loop->min, loop->extent});
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::IterVar& iter : realize->block.iter_vars) analyzer_.bind(iter.var, {iter.min, iter.extent});
    return Rewriter::rewrite(s);
  }

 private:
  arith::Analyzer analyzer_;
};

bool is_index_number(ir::DataType type) { return type.is_int() && type.bits >= 32 && type.lanes == 1; }

// The integer variables that loops, axes, indices and the buffers' layouts are made of.
class IndexVariables : public ir::Visitor {
 public:
  std::unordered_set<const ir::VarNode*> found;

  using Visitor::visit;
  void visit(const Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) add(load->indices);
    Visitor::visit(e);
  }
  void visit(const Stmt& s) override {
    if (const ir::For* loop = ir::as<ir::For>(s)) add({loop->loop_var, loop->min, loop->extent});
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) add(store->indices);
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s)) {
      add(realize->iter_values);
      for (const ir::IterVar& iter : realize->block.iter_vars) add({iter.var, iter.min, iter.extent});
      for (const auto* regions : {&realize->block.reads, &realize->block.writes})
        for (const ir::BufferRegion& region : *regions) add(region);
      for (const ir::Buffer& buffer : realize->block.alloc_buffers) add(buffer);
      for (const ir::MatchBuffer& m : realize->block.match_buffers) {
        add(m.buffer);
        add(m.source);
      }
    }
    Visitor::visit(s);
  }
  void add(const ir::Buffer& buffer) {
    add(buffer->shape);
    add(buffer->strides);
    if (buffer->elem_offset && !buffer->shape.empty()) add({buffer->elem_offset});   // that of a scalar stays as it is read
  }

 private:
  void add(const ir::BufferRegion& region) {
    for (const ir::Range& range : region.region) add({range.min, range.extent});
  }
  void add(const std::vector<Expr>& indices) {
    for (const Expr& index : indices)
      ir::for_each_expr(index, [&](const Expr& e) {
        const ir::VarNode* var = ir::as<ir::VarNode>(e);
        if (var && is_index_number(var->dtype)) found.insert(var);
      });
  }
};

// Gives every variable, buffer and block a copy; indices get the index type.
class Instantiator : public ir::Rewriter {
 public:
  Instantiator(IndexVariables indices, ir::DataType index_type) : indices_(std::move(indices)), index_type_(index_type) {}

  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override {
    if (const ir::VarNode* var = ir::as<ir::VarNode>(e)) return fresh(*var);
    if (const ir::IntImm* number = ir::as<ir::IntImm>(e)) return in_index_ && is_index_number(e->dtype) ? ir::make_int(number->value, index_type_) : e;
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) {
      std::vector<Expr> indices = as_indices(load->indices);
      return ir::make_load(rewrite_buffer(load->buffer), std::move(indices));
    }
    if (const ir::Let* let = ir::as<ir::Let>(e)) {
      Expr value = rewrite(let->value);
      return std::make_shared<const ir::Let>(fresh(*let->var), std::move(value), rewrite(let->body));
    }
    return Rewriter::rewrite(e);
  }
  Expr rebuild_binary(ir::ExprKind kind, Expr a, Expr b) override {
    if (const auto type = ir::common_type(a->dtype, b->dtype); type && a->dtype != b->dtype) {
      a = ir::cast(*type, a);
      b = ir::cast(*type, b);
    }
    return ir::make_binary(kind, std::move(a), std::move(b));
  }

  Stmt rewrite(const Stmt& s) override {
    if (const ir::For* old = ir::as<ir::For>(s)) {
      ir::For loop = *old;
      loop.loop_var = fresh(*loop.loop_var);
      loop.min = as_index(loop.min);
      loop.extent = as_index(loop.extent);
      if (loop.step) loop.step = as_index(loop.step);
      loop.body = rewrite(loop.body);
      return ir::make_stmt(std::move(loop));
    }
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) {
      Expr value = rewrite(store->value);
      std::vector<Expr> indices = as_indices(store->indices);
      return ir::make_store(rewrite_buffer(store->buffer), std::move(value), std::move(indices));
    }
    if (const ir::LetStmt* old = ir::as<ir::LetStmt>(s)) {
      ir::LetStmt let = *old;
      let.value = rewrite(let.value);
      let.var = fresh(*let.var);
      if (let.value->dtype != let.var->dtype && is_index_number(let.var->dtype)) let.value = ir::cast(let.var->dtype, let.value);
      let.body = rewrite(let.body);
      return ir::make_stmt(std::move(let));
    }
    const ir::BlockRealize* old = ir::as<ir::BlockRealize>(s);
    if (!old) return Rewriter::rewrite(s);
    ir::BlockRealize realize = *old;
    realize.iter_values = as_indices(realize.iter_values);
    realize.predicate = rewrite(realize.predicate);
    for (ir::IterVar& iter : realize.block.iter_vars) iter = {fresh(*iter.var), as_index(iter.min), as_index(iter.extent), iter.type};
    realize.block = rewrite_block(std::move(realize.block));
    return ir::make_stmt(std::move(realize));
  }

  ir::Block rewrite_block(ir::Block block) {
    block.id = ir::make_block_id();
    for (ir::Buffer& buffer : block.alloc_buffers) buffer = rewrite_buffer(buffer);
    for (auto* regions : {&block.reads, &block.writes})
      for (ir::BufferRegion& region : *regions) region = rewrite_region(region);
    for (ir::MatchBuffer& m : block.match_buffers) m = {rewrite_buffer(m.buffer), rewrite_region(m.source)};
    if (block.init) block.init = rewrite(block.init);
    block.body = rewrite(block.body);
    return block;
  }

  ir::Buffer rewrite_buffer(const ir::Buffer& b) override {
    if (const auto known = buffers_.find(b.get()); known != buffers_.end()) return known->second;
    ir::BufferNode copy = *b;
    copy.shape = as_indices(copy.shape);
    copy.strides = as_indices(copy.strides);
    if (copy.elem_offset) copy.elem_offset = as_index(copy.elem_offset);
    copy.data = fresh(*b->data);
    return buffers_[b.get()] = ir::make_buffer(std::move(copy));
  }
  ir::BufferRegion rewrite_region(const ir::BufferRegion& r) override {
    ir::BufferRegion region{rewrite_buffer(r.buffer), {}};
    for (const ir::Range& range : r.region) region.region.push_back({as_index(range.min), as_index(range.extent)});
    return region;
  }

 private:
  Expr as_index(const Expr& e) {
    const bool outside = std::exchange(in_index_, true);
    Expr index = rewrite(e);
    in_index_ = outside;
    return index;
  }
  std::vector<Expr> as_indices(std::vector<Expr> indices) {
    for (Expr& index : indices) index = as_index(index);
    return indices;
  }
  ir::Var fresh(const ir::VarNode& var) {
    ir::Var& copy = vars_[&var];
    if (!copy) copy = ir::make_var(var.name, indices_.found.contains(&var) ? index_type_ : var.dtype);
    return copy;
  }

  const IndexVariables indices_;
  const ir::DataType index_type_;
  bool in_index_ = false;
  std::unordered_map<const ir::VarNode*, ir::Var> vars_;
  ir::BufferMap buffers_;
};

}  // namespace

Stmt simplified_description(const ir::PrimFunc& description) { return Simplifier().rewrite(description.body); }

IntrinsicInstance instantiate(const ir::PrimFunc& implementation, ir::DataType index_type) {
  IndexVariables indices;
  for (const ir::Param& param : implementation.params) indices.add(param.buffer);
  indices.visit(implementation.body);
  Instantiator instantiator(std::move(indices), index_type);
  IntrinsicInstance instance;
  for (const ir::Param& param : implementation.params) instance.params.push_back(instantiator.rewrite_buffer(param.buffer));
  instance.block = instantiator.rewrite_block(ir::get<ir::BlockRealize>(implementation.body).block);
  return instance;
}

}  // namespace loopglass::schedule
