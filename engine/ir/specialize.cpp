#include "engine/ir/specialize.h"

#include <set>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::ir {

namespace {

// Substitutes variables in a function, the buffers' shapes, strides and offsets included.
class Specializer : public Rewriter {
 public:
  explicit Specializer(VarMap map) : map_(std::move(map)) {}
  using Rewriter::rewrite;

  Expr rewrite(const Expr& e) override {
    const VarNode* var = as<VarNode>(e);
    if (!var) return Rewriter::rewrite(e);
    const auto it = map_.find(var);
    return it == map_.end() ? e : it->second;
  }

  Expr rebuild_binary(ExprKind kind, Expr a, Expr b) override { return fold_binary(kind, std::move(a), std::move(b)); }

  Buffer rewrite_buffer(const Buffer& b) override {
    if (const auto it = buffers_.find(b.get()); it != buffers_.end()) return it->second;
    BufferNode copy = *b;
    bool changed = false;
    const auto replace = [&](Expr& e) {
      if (!e) return;
      Expr next = rewrite(e);
      changed |= next != e;
      e = std::move(next);
    };
    for (Expr& extent : copy.shape) replace(extent);
    for (Expr& stride : copy.strides) replace(stride);
    replace(copy.elem_offset);
    return buffers_[b.get()] = changed ? make_buffer(std::move(copy)) : b;
  }

 private:
  VarMap map_;
  BufferMap buffers_;
};

// The variables that a caller may bind: scalar parameters, and those that stand in parameters' shapes and strides.
std::map<std::string, Var> bindable(const PrimFunc& function) {
  std::map<std::string, Var> found;
  const auto add = [&](const Expr& e) {
    if (const Var var = as_var(e)) found.emplace(var->name, var);
  };
  for (const Param& param : function.params) {
    if (!param.buffer) {
      add(param.var);
      continue;
    }
    for (const Expr& extent : param.buffer->shape) for_each_expr(extent, add);
    for (const Expr& stride : param.buffer->strides) for_each_expr(stride, add);
  }
  return found;
}

Function specialize_function(const Function& function, const VarMap& map) {
  Specializer specializer(map);
  PrimFunc copy = *function;
  copy.params.clear();
  for (const Param& param : function->params) {
    if (map.contains(param.var.get())) continue;
    copy.params.push_back({param.var, param.buffer ? specializer.rewrite_buffer(param.buffer) : nullptr});
  }
  copy.body = specializer.rewrite(function->body);
  return std::make_shared<const PrimFunc>(std::move(copy));
}

}  // namespace

Result<Module> specialize(const Module& module, const std::map<std::string, int64_t>& values) {
  ModuleNode copy = *module;
  std::set<std::string> used;
  for (NamedFunction& named : copy.functions) {
    const std::map<std::string, Var> variables = bindable(*named.function);
    VarMap map;
    for (const auto& [name, value] : values) {
      const auto it = variables.find(name);
      if (it == variables.end()) continue;
      map[it->second.get()] = make_int(value, it->second->dtype);
      used.insert(name);
    }
    if (!map.empty()) named.function = specialize_function(named.function, map);
  }
  for (const auto& [name, value] : values)
    if (!used.contains(name))
      return fail(DiagnosticKind::BadArgument, "no function has a symbolic extent or scalar parameter named " + name,
                  "name a variable of a parameter's shape");
  return make_module(std::move(copy));
}

}  // namespace loopglass::ir
