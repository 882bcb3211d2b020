#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/script/access_region.h"
#include "engine/script/function_reader.h"
#include "engine/script/linear.h"

namespace loopglass::script {

using ir::Expr;
using ir::Stmt;

void FunctionReader::read_block(const Syntax& call, const std::function<Stmt()>& body, SourceSpan span) {
  const auto args = evaluator_.bind(call, {"name", "no_realize", "exec_scope"}, 0);
  if (args[1] || args[2]) unsupported(call.span, "a block takes its name alone");
  if (!is_s_tir_) unsupported(call.span, "blocks need a function with s_tir=True", "write @T.prim_func(s_tir=True)");
  OpenBlock open;
  open.span = span;
  open.block.id = ir::make_block_id();
  if (args[0]) open.block.name = evaluator_.constant_string(*args[0]);
  blocks_.push_back(std::move(open));
  const size_t visible = visible_.size();
  Stmt inner = body();
  open = std::move(blocks_.back());
  blocks_.pop_back();
  visible_.resize(visible);
  if (!inner) {
    ir::Evaluate nothing;
    nothing.value = ir::make_int(0);
    inner = ir::make_stmt(std::move(nothing));
  }
  open.block.body = std::move(inner);
  if (blocks_.empty()) {
    outermost_has_reads_ = open.has_reads;
    outermost_has_writes_ = open.has_writes;
  }
  detect_regions(open);
  ir::BlockRealize realize;
  realize.iter_values = std::move(open.iter_values);
  realize.predicate = open.predicate ? open.predicate : ir::make_bool(true);
  realize.block = std::move(open.block);
  emit(ir::make_stmt(std::move(realize)), span);
}

void FunctionReader::read_init(const std::function<Stmt()>& body, SourceSpan span) {
  if (blocks_.empty()) evaluator_.fail(DiagnosticKind::SyntaxError, span, "T.init() belongs into a block", "move it below `with T.block(...):`");
  if (blocks_.back().block.init) evaluator_.fail(DiagnosticKind::SyntaxError, span, fmt::format("block {} has two T.init()", blocks_.back().block.name));
  Stmt init = body();
  blocks_.back().block.init = std::move(init);
}

OpenBlock& FunctionReader::current_block(const Syntax& where, std::string_view what) {
  if (blocks_.empty()) evaluator_.fail(DiagnosticKind::SyntaxError, where.span, fmt::format("{} belongs into a block", what), "move it below `with T.block(...):`");
  return blocks_.back();
}

void FunctionReader::add_axis(const Syntax& target, ir::IterVar axis, Expr binding) {
  axis.var = ir::make_var(std::string(target_name(target)), axis.var->dtype);
  if (!binding->dtype.is_int()) evaluator_.mismatch(target.span, fmt::format("{} has to be bound to an integer, this is {}", axis.var->name, describe({binding})));
  define(target, {Expr(axis.var)});
  blocks_.back().block.iter_vars.push_back(std::move(axis));
  blocks_.back().iter_values.push_back(std::move(binding));
}

void FunctionReader::axis(const Syntax& target, std::string_view kind, const Syntax& call) {
  current_block(call, fmt::format("T.axis.{}", kind));
  const auto args = evaluator_.bind(call, {"dom", "binding", "dtype"}, 2);
  ir::IterVar axis;
  axis.type = kind == "spatial" || kind == "S" ? ir::IterType::Spatial : kind == "reduce" || kind == "R" ? ir::IterType::Reduction : kind == "scan" ? ir::IterType::Scan : ir::IterType::Opaque;
  const std::vector<Expr> domain = evaluator_.integers(*args[0]);
  if (domain.size() > 2 || domain.empty()) evaluator_.mismatch(args[0]->span, "an axis has an extent, or (first, last + 1)");
  axis.extent = domain.size() == 1 ? domain[0] : difference(domain[1], domain[0]);
  axis.min = domain.size() == 1 ? ir::make_int(0, domain[0]->dtype) : domain[0];
  const ir::DataType type = args[2] ? evaluator_.type(*args[2]) : ir::kInt32;
  const uint8_t bits = std::max({axis.min->dtype.bits, axis.extent->dtype.bits, type.bits});
  axis.var = ir::make_var("", {type.code, bits});
  add_axis(target, std::move(axis), evaluator_.integer(*args[1]));
}

void FunctionReader::remap(const Syntax& target, const Syntax& call) {
  current_block(call, "T.axis.remap");
  const auto args = evaluator_.bind(call, {"kinds", "bindings", "dtype"}, 2);
  const std::string kinds = evaluator_.constant_string(*args[0]);
  const std::vector<Expr> bindings = evaluator_.integers(*args[1]);
  const std::vector<const Syntax*> targets = target.kind == SyntaxKind::Tuple ? target.children : std::vector<const Syntax*>{&target};
  if (kinds.size() != bindings.size())
    evaluator_.mismatch(call.span, fmt::format("\"{}\" has {} axes, {} loop{} given", kinds, kinds.size(), bindings.size(), bindings.size() == 1 ? " is" : "s are"));
  if (targets.size() != bindings.size())
    evaluator_.mismatch(target.span, fmt::format("T.axis.remap gives {} axes, {} name{} on the left", bindings.size(), targets.size(), targets.size() == 1 ? " stands" : "s stand"));
  for (size_t i = 0; i < kinds.size(); ++i) {
    const auto loop = std::find_if(loops_.rbegin(), loops_.rend(), [&](const OpenLoop& l) { return l.var.get() == bindings[i].get(); });
    const bool is_list = args[1]->kind == SyntaxKind::List || args[1]->kind == SyntaxKind::Tuple;
    const SourceSpan at = is_list && args[1]->children.size() == bindings.size() ? args[1]->child(i)->span : args[1]->span;
    if (loop == loops_.rend())
      evaluator_.mismatch(at, "T.axis.remap takes loop variables alone", "write T.axis.spatial(extent, expression) for anything else");
    if (kinds[i] != 'S' && kinds[i] != 'R') evaluator_.mismatch(args[0]->span, fmt::format("'{}' is no kind of axis", kinds[i]), "write S for spatial, R for reduce");
    add_axis(*targets[i], {loop->var, loop->min, loop->extent, kinds[i] == 'S' ? ir::IterType::Spatial : ir::IterType::Reduction}, bindings[i]);
  }
}

void FunctionReader::block_statement(std::string_view name, const Syntax& call) {
  OpenBlock& open = current_block(call, fmt::format("T.{}", name));
  if (name == "where") {
    const auto args = evaluator_.bind(call, {"predicate"}, 1);
    if (open.predicate) evaluator_.fail(DiagnosticKind::SyntaxError, call.span, fmt::format("block {} has two T.where", open.block.name), "join the conditions by `and`");
    open.predicate = evaluator_.condition(*args[0]);
    return;
  }
  if (name == "sblock_attr" || name == "block_attr") {
    const auto args = evaluator_.bind(call, {"attrs"}, 1);
    for (auto& [key, value] : evaluator_.attributes(*args[0])) open.block.annotations[key] = std::move(value);
    return;
  }
  const bool is_reads = name == "reads";
  bool& has = is_reads ? open.has_reads : open.has_writes;
  if (has) evaluator_.fail(DiagnosticKind::SyntaxError, call.span, fmt::format("block {} has two T.{}", open.block.name, name), "list all regions in one");
  has = true;
  auto& regions = is_reads ? open.block.reads : open.block.writes;
  for (size_t i = 1; i < call.children.size(); ++i) {
    const Syntax& argument = *call.child(i);
    // T.reads([A[vi], B[vj]]) is an older spelling of T.reads(A[vi], B[vj]).
    if (argument.kind == SyntaxKind::List) {
      for (const Syntax* e : argument.children) regions.push_back(evaluator_.region(*e));
    } else {
      regions.push_back(evaluator_.region(argument));
    }
  }
}

void FunctionReader::detect_regions(OpenBlock& open) {
  if (open.has_reads && open.has_writes) return;
  // What the block allocates itself is nobody else's business.
  std::vector<const ir::BufferNode*> visible = visible_;
  for (const OpenBlock& outer : blocks_)
    for (const ir::Buffer& b : outer.block.alloc_buffers) visible.push_back(b.get());
  for (const OpenBlock& outer : blocks_)
    for (const ir::MatchBuffer& m : outer.block.match_buffers) visible.push_back(m.buffer.get());
  AccessRegions found = detect_access_regions(open.block, visible);
  if (!open.has_reads) open.block.reads = std::move(found.reads);
  if (!open.has_writes) open.block.writes = std::move(found.writes);
}

}  // namespace loopglass::script
