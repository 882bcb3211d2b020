#include "engine/schedule/rfactor_blocks.h"

#include <algorithm>

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/derived_buffer.h"

namespace loopglass::schedule {
namespace {

using Exprs = std::vector<ir::Expr>;

ir::IterVar axis_of(const ir::For& loop, ir::IterType type) {
  return {ir::make_var("v" + loop.loop_var->name, loop.loop_var->dtype), loop.min, loop.extent, type};
}

template <class T>
std::vector<T> with_inserted(std::vector<T> list, size_t position, T item) {
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(position), std::move(item));
  return list;
}

Exprs substituted(const Exprs& list, const ir::VarMap& map) {
  Exprs result;
  for (const ir::Expr& e : list) result.push_back(ir::substitute(e, map));
  return result;
}

// buffer[indices] = combiner(buffer[indices], right), for each buffer.
struct Accumulation {
  std::vector<ir::Buffer> buffers;
  std::vector<Exprs> indices;
  Exprs right;
};

ir::Stmt stores(const Accumulation& to, const Exprs& values) {
  std::vector<ir::Stmt> result;
  for (size_t i = 0; i < values.size(); ++i) result.push_back(ir::make_store(to.buffers[i], values[i], to.indices[i]));
  return ir::make_seq(std::move(result));
}

// With several buffers all new values are computed before the first is stored.
ir::Stmt update(const Accumulation& to, const Combiner& combiner) {
  Exprs left;
  for (size_t i = 0; i < to.buffers.size(); ++i) left.push_back(ir::make_load(to.buffers[i], to.indices[i]));
  const Exprs values = combiner(left, to.right);
  if (values.size() == 1) return stores(to, values);
  std::vector<ir::Var> vars;
  for (size_t i = 0; i < values.size(); ++i) vars.push_back(ir::make_var("v_" + to.buffers[i]->name, values[i]->dtype));
  ir::Stmt body = stores(to, Exprs(vars.begin(), vars.end()));
  for (size_t i = values.size(); i-- > 0;) {
    ir::LetStmt let;
    let.var = vars[i];
    let.value = values[i];
    let.body = std::move(body);
    body = ir::make_stmt(std::move(let));
  }
  return body;
}

ir::BufferRegion point(const ir::Buffer& buffer, const Exprs& indices) {
  ir::BufferRegion region{buffer, {}};
  for (const ir::Expr& index : indices) region.region.push_back({index, ir::make_int(1, index->dtype)});
  return region;
}

ir::BlockRealize new_block(const Factoring& f, const std::string& name) {
  ir::BlockRealize realize;
  realize.predicate = ir::make_bool(true);
  realize.block.name = name;
  realize.block.annotations = f.block.block().annotations;
  return realize;
}

void add_axis(ir::BlockRealize& realize, ir::IterVar axis, ir::Expr value) {
  realize.block.iter_vars.push_back(std::move(axis));
  realize.iter_values.push_back(std::move(value));
}

ir::Buffer partial_buffer(const Factoring& f, const ir::Buffer& buffer) {
  return derived_buffer(buffer, buffer->name + ".rf", with_inserted(buffer->shape, f.dimension, f.loop.loop().extent), buffer->strides);
}

// The axes of the block of partial results. A reduction axis that runs with the factored loop is replaced by one axis for each other loop
// in its value; gives what stands for it.
ir::VarMap add_partial_axes(const Factoring& f, ir::BlockRealize& realize, const ir::Var& factored) {
  const ir::BlockRealize& old = f.block.realize();
  std::vector<std::pair<ir::Var, ir::Var>> axis_of_loop{{f.loop.loop().loop_var, factored}};
  ir::VarMap replaced;
  for (size_t i = 0; i < old.iter_values.size(); ++i) {
    const ir::IterVar& axis = old.block.iter_vars[i];
    const ir::Expr& value = old.iter_values[i];
    if (axis.type == ir::IterType::Spatial || !ir::uses_var(value, f.loop.loop().loop_var)) {
      add_axis(realize, axis, value);
      continue;
    }
    ir::for_each_expr(value, [&](const ir::Expr& e) {
      const ir::Var var = ir::as_var(e);
      const auto loop = std::find_if(f.loops.begin(), f.loops.end(), [&](const Place& p) { return p.loop().loop_var == var; });
      const bool known = std::any_of(axis_of_loop.begin(), axis_of_loop.end(), [&](const auto& known_axis) { return known_axis.first == var; });
      if (!var || loop == f.loops.end() || known) return;
      ir::IterVar fresh = axis_of(loop->loop(), ir::IterType::Reduction);
      axis_of_loop.emplace_back(var, fresh.var);
      add_axis(realize, std::move(fresh), var);
    });
    ir::VarMap loops;
    for (const auto& [loop_var, axis_var] : axis_of_loop) loops[loop_var.get()] = axis_var;
    replaced[axis.var.get()] = ir::substitute(value, loops);
  }
  return replaced;
}

ir::BlockRealize partial_block(const Factoring& f, const std::vector<ir::Buffer>& partials, const ir::Var& factored) {
  const ir::Block& old = f.block.block();
  ir::BlockRealize realize = new_block(f, old.name + "_rf");
  realize.block.id = ir::make_block_id();
  realize.predicate = f.block.realize().predicate;
  ir::IterVar axis = axis_of(f.loop.loop(), ir::IterType::Spatial);
  axis.var = factored;
  add_axis(realize, axis, f.loop.loop().loop_var);
  const ir::VarMap replaced = add_partial_axes(f, realize, factored);

  const Exprs indices = with_inserted<ir::Expr>(f.body.updates[0].indices, f.dimension, factored);
  const Accumulation to{partials, std::vector<Exprs>(partials.size(), indices), f.body.reducer.right};
  const auto& axes = realize.block.iter_vars;
  if (std::any_of(axes.begin(), axes.end(), [](const ir::IterVar& v) { return v.type == ir::IterType::Reduction; })) {
    realize.block.body = update(to, f.body.reducer.combiner);
    realize.block.init = ir::substitute(stores(to, f.body.reducer.combiner.identity), replaced);
  } else {
    realize.block.body = stores(to, to.right);
  }
  realize.block.body = ir::substitute(realize.block.body, replaced);
  for (const ir::BufferRegion& read : old.reads) realize.block.reads.push_back(ir::substitute(read, replaced));
  for (ir::BufferRegion write : old.writes) {
    for (size_t i = 0; i < partials.size(); ++i)
      if (f.body.updates[i].buffer == write.buffer) write.buffer = partials[i];
    write.region = with_inserted<ir::Range>(write.region, f.dimension, {factored, ir::make_int(1, factored->dtype)});
    realize.block.writes.push_back(ir::substitute(write, replaced));
  }
  return realize;
}

ir::BlockRealize write_back_block(const Factoring& f, const std::vector<ir::Buffer>& partials) {
  const ir::BlockRealize& old = f.block.realize();
  ir::BlockRealize realize = new_block(f, old.block.name);
  realize.block.id = old.block.id;
  const ir::IterVar factored = axis_of(f.loop.loop(), ir::IterType::Reduction);
  add_axis(realize, factored, f.loop.loop().loop_var);
  ir::VarMap axes;
  for (size_t i = 0; i < old.iter_values.size(); ++i) {
    ir::IterVar axis = old.block.iter_vars[i];
    if (axis.type != ir::IterType::Spatial) continue;
    const ir::Var fresh = ir::make_var(axis.var->name, axis.var->dtype);
    axes[axis.var.get()] = fresh;
    axis.var = fresh;
    add_axis(realize, std::move(axis), old.iter_values[i]);
  }
  Accumulation to;
  const Exprs partial_indices = with_inserted<ir::Expr>(substituted(f.body.updates[0].indices, axes), f.dimension, factored.var);
  for (size_t i = 0; i < partials.size(); ++i) {
    to.buffers.push_back(f.body.updates[i].buffer);
    to.indices.push_back(substituted(f.body.updates[i].indices, axes));
    to.right.push_back(ir::make_load(partials[i], partial_indices));
    realize.block.reads.push_back(point(partials[i], partial_indices));
    realize.block.writes.push_back(point(to.buffers[i], to.indices[i]));
  }
  realize.block.init = stores(to, f.body.reducer.combiner.identity);
  realize.block.body = update(to, f.body.reducer.combiner);
  return realize;
}

}  // namespace

FactoredBlocks factored_blocks(const Factoring& f) {
  std::vector<ir::Buffer> partials;
  for (const ReductionUpdate& update : f.body.updates) partials.push_back(partial_buffer(f, update.buffer));
  const ir::Var& loop_var = f.loop.loop().loop_var;
  ir::BlockRealize partial = partial_block(f, partials, ir::make_var("v" + loop_var->name, loop_var->dtype));
  ir::BlockRealize write_back = write_back_block(f, partials);
  return {std::move(partials), std::move(partial), std::move(write_back)};
}

}  // namespace loopglass::schedule
