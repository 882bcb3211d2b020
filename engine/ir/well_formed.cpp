#include "engine/ir/well_formed.h"

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>

#include "engine/ir/node_path.h"

namespace loopglass::ir {
namespace {

// Throws the first violation; nothing leaves this file.
struct Violation {
  Diagnostic diagnostic;
};

// Where a loop variable was bound: blocks with axes hide the loops outside them.
struct Binding {
  int block_depth = 0;
  bool is_loop = false;
};

class FunctionChecker {
 public:
  FunctionChecker(const PrimFunc& function, std::string name) : function_(function), path_{std::move(name), {}} {}

  void check() {
    for (const Param& param : function_.params) {
      bind(param.var, false);
      if (param.buffer) declare(param.buffer, true);
    }
    check(function_.body);
  }

 private:
  [[noreturn]] void violate(std::string message, std::string help = {}) const {
    throw Violation{{DiagnosticKind::IllFormed, std::move(message), std::move(help), {{to_string(path_), std::nullopt, ""}}, {}, {}}};
  }

  // A variable is bound once in a function, siblings included: rewrites find a loop by its variable.
  void bind(const Var& var, bool is_loop) {
    bindings_.try_emplace(var.get(), Binding{block_depth_, is_loop});
    if (!ever_bound_.insert(var.get()).second)
      violate(fmt::format("the variable {} is bound twice", var->name), "each loop and axis has a variable of its own");
  }
  void unbind(const Var& var) { bindings_.erase(var.get()); }

  // A buffer that comes from outside (a parameter, a matched region) brings the variables of its shape with it.
  void declare(const Buffer& buffer, bool defines_variables) {
    const auto visit_dimension = [&](const Expr& e) {
      if (!e) return;
      if (const Var var = as_var(e); var && defines_variables) {
        bindings_.try_emplace(var.get(), Binding{block_depth_, false});
      } else if (defines_variables) {
        define_variables(e);
      } else {
        check(e);
      }
    };
    for (const Expr& e : buffer->shape) visit_dimension(e);
    for (const Expr& e : buffer->strides) visit_dimension(e);
    visit_dimension(buffer->elem_offset);
    buffers_.insert(buffer.get());
    bindings_.try_emplace(buffer->data.get(), Binding{block_depth_, false});
  }

  void define_variables(const Expr& e) {
    if (const Var var = as_var(e)) bindings_.try_emplace(var.get(), Binding{block_depth_, false});
    if (const auto* b = as<Binary>(e)) {
      define_variables(b->a);
      define_variables(b->b);
    }
    if (const auto* c = as<Cast>(e)) define_variables(c->value);
  }

  void check_buffer(const Buffer& buffer, size_t indices) const {
    if (!buffers_.contains(buffer.get())) violate(fmt::format("the buffer {} is used where it does not exist", buffer->name));
    if (buffer->shape.size() != indices)
      violate(fmt::format("{} has {} dimension{}, {} {} given", buffer->name, buffer->shape.size(), buffer->shape.size() == 1 ? "" : "s", indices, indices == 1 ? "index is" : "indices are"));
  }

  void check_variable(const VarNode& var) const {
    const auto found = bindings_.find(&var);
    if (found == bindings_.end()) violate(fmt::format("the variable {} is used where it is not bound", var.name));
    if (found->second.is_loop && found->second.block_depth < block_depth_)
      violate(fmt::format("the loop variable {} is used inside block {}", var.name, block_name_), fmt::format("give the block an axis that is bound to {}", var.name));
  }

  void check(const Expr& e) {
    if (!e) return;
    switch (e->kind) {
      case ExprKind::Var: return check_variable(get<VarNode>(e));
      case ExprKind::BufferLoad: {
        const auto& load = get<BufferLoad>(e);
        check_buffer(load.buffer, load.indices.size());
        return check_indices(load.buffer, load.indices);
      }
      case ExprKind::Let: {
        const auto& let = get<Let>(e);
        // An expression may stand in several places, its own variable with it.
        check(let.value);
        bindings_.try_emplace(let.var.get(), Binding{block_depth_, false});
        check(let.body);
        return unbind(let.var);
      }
      case ExprKind::Not: return check(get<Not>(e).a);
      case ExprKind::Cast: return check(get<Cast>(e).value);
      case ExprKind::Broadcast: return check(get<Broadcast>(e).value);
      case ExprKind::Ramp: check(get<Ramp>(e).base); return check(get<Ramp>(e).stride);
      case ExprKind::Select:
        check(get<Select>(e).condition);
        check(get<Select>(e).true_value);
        return check(get<Select>(e).false_value);
      case ExprKind::Call:
        for (const Expr& arg : get<Call>(e).args) check(arg);
        return;
      default:
        if (const auto* b = as<Binary>(e)) {
          if (b->a->dtype != b->b->dtype) violate(fmt::format("an operator joins {} and {}", to_string(b->a->dtype), to_string(b->b->dtype)));
          check(b->a);
          check(b->b);
        }
    }
  }

  void check_indices(const Buffer& buffer, const std::vector<Expr>& indices) {
    for (const Expr& index : indices) {
      if (!index->dtype.is_integral()) violate(fmt::format("an index of {} has type {}", buffer->name, to_string(index->dtype)));
      check(index);
    }
  }

  void check(const Stmt& s, uint32_t step) {
    if (!s) return;
    path_.steps.push_back(step);
    check(s);
    path_.steps.pop_back();
  }

  void check(const Stmt& s) {
    switch (s->kind) {
      case StmtKind::For: return check_loop(get<For>(s));
      case StmtKind::BlockRealize: return check_block(get<BlockRealize>(s));
      case StmtKind::Seq: {
        const auto& stmts = get<Seq>(s).stmts;
        for (size_t i = 0; i < stmts.size(); ++i) check(stmts[i], i);
        return;
      }
      case StmtKind::BufferStore: return check_store(get<BufferStore>(s));
      case StmtKind::IfThenElse:
        check(get<IfThenElse>(s).condition);
        check(get<IfThenElse>(s).then_case, 0);
        return check(get<IfThenElse>(s).else_case, 1);
      case StmtKind::LetStmt: {
        const auto& let = get<LetStmt>(s);
        check(let.value);
        bind(let.var, false);
        check(let.body, 0);
        return unbind(let.var);
      }
      case StmtKind::While:
        check(get<While>(s).condition);
        return check(get<While>(s).body, 0);
      case StmtKind::Assert: return check(get<Assert>(s).condition);
      case StmtKind::Evaluate: return check(get<Evaluate>(s).value);
      case StmtKind::DeclBuffer: return check_scoped_buffer(get<DeclBuffer>(s).buffer, get<DeclBuffer>(s).body, get<DeclBuffer>(s).buffer->data);
      case StmtKind::AllocBuffer: return check_scoped_buffer(get<AllocBuffer>(s).buffer, get<AllocBuffer>(s).body, nullptr);
      case StmtKind::AttrStmt:
        check(get<AttrStmt>(s).node);
        check(get<AttrStmt>(s).value);
        return check(get<AttrStmt>(s).body, 0);
    }
  }

  void check_scoped_buffer(const Buffer& buffer, const Stmt& body, const Var& data) {
    if (data) check_variable(*data);
    declare(buffer, false);
    check(body, 0);
    buffers_.erase(buffer.get());
  }

  void check_loop(const For& loop) {
    for (const Expr& e : {loop.min, loop.extent}) {
      if (e->dtype != loop.loop_var->dtype) violate(fmt::format("the loop {} is {}, its bounds are {}", loop.loop_var->name, to_string(loop.loop_var->dtype), to_string(e->dtype)));
      check(e);
    }
    if (loop.step) {
      check(loop.step);
      if (const auto step = as_int(loop.step); step && *step <= 0) violate(fmt::format("the loop {} has the step {}", loop.loop_var->name, *step), "a step is positive");
    }
    bind(loop.loop_var, true);
    check(loop.body, 0);
    unbind(loop.loop_var);
  }

  void check_store(const BufferStore& store) {
    check_buffer(store.buffer, store.indices.size());
    check_indices(store.buffer, store.indices);
    const int lanes = store.indices.empty() ? 1 : store.indices.back()->dtype.lanes;
    const DataType element = store.buffer->dtype.with_lanes(store.buffer->dtype.lanes * lanes);
    if (store.value->dtype != element) violate(fmt::format("{} holds {}, it is assigned {}", store.buffer->name, to_string(element), to_string(store.value->dtype)));
    check(store.value);
  }

  void check_region(const BufferRegion& region) {
    check_buffer(region.buffer, region.region.size());
    for (const Range& r : region.region) {
      check(r.min);
      check(r.extent);
    }
  }

  void check_block(const BlockRealize& realize) {
    const Block& block = realize.block;
    if (realize.iter_values.size() != block.iter_vars.size())
      violate(fmt::format("block {} has {} axes and {} bindings", block.name, block.iter_vars.size(), realize.iter_values.size()));
    for (size_t i = 0; i < block.iter_vars.size(); ++i) {
      check(realize.iter_values[i]);
      if (!realize.iter_values[i]->dtype.is_int()) violate(fmt::format("the axis {} is bound to {}", block.iter_vars[i].var->name, to_string(realize.iter_values[i]->dtype)));
    }
    check(realize.predicate);
    if (!realize.predicate->dtype.is_bool()) violate(fmt::format("the T.where of block {} is no condition", block.name));
    const std::string outer_name = block_name_;
    const bool hides_loops = !block.iter_vars.empty();
    for (const IterVar& axis : block.iter_vars) {
      check(axis.min);
      check(axis.extent);
    }
    if (hides_loops) {
      ++block_depth_;
      block_name_ = block.name;
    }
    for (const IterVar& axis : block.iter_vars) bind(axis.var, false);
    for (const Buffer& buffer : block.alloc_buffers) declare(buffer, false);
    for (const MatchBuffer& match : block.match_buffers) {
      check_region(match.source);
      declare(match.buffer, true);
    }
    check(block.init, 1);
    check(block.body, 0);
    // Last: a mistake in a statement shows in the regions found from it too, and is better told there.
    for (const BufferRegion& region : block.reads) check_region(region);
    for (const BufferRegion& region : block.writes) check_region(region);
    for (const IterVar& axis : block.iter_vars) unbind(axis.var);
    for (const Buffer& buffer : block.alloc_buffers) buffers_.erase(buffer.get());
    for (const MatchBuffer& match : block.match_buffers) buffers_.erase(match.buffer.get());
    if (hides_loops) --block_depth_;
    block_name_ = outer_name;
  }

  const PrimFunc& function_;
  NodePath path_;
  std::unordered_map<const VarNode*, Binding> bindings_;
  std::unordered_set<const VarNode*> ever_bound_;
  std::unordered_set<const BufferNode*> buffers_;
  int block_depth_ = 0;  // blocks with axes around this place
  std::string block_name_;
};

}  // namespace

Result<void> check_well_formed(const Module& module) {
  try {
    for (const NamedFunction& f : module->functions) FunctionChecker(*f.function, f.name).check();
  } catch (Violation& violation) {
    return Error(std::move(violation.diagnostic));
  }
  return {};
}

}  // namespace loopglass::ir
