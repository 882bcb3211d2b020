#include "engine/codegen/llvm/stmt.h"

#include <algorithm>
#include <utility>

#include "engine/codegen/llvm/failure.h"
#include "engine/codegen/llvm/loop.h"
#include "engine/codegen/llvm/memory.h"
#include "engine/codegen/llvm/parallel.h"
#include "engine/lower/checks.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

void emit_for(Frame& f, const For& loop) {
  const bool is_parallel = loop.for_kind == ForKind::Parallel && !f.is_parallel;
  if (is_parallel) emit_parallel_loop(f, loop);
  else emit_counted_loop(f, loop, f.builder.getInt64(0), emit_trip_count(f, loop));
}

void emit_if(Frame& f, const IfThenElse& node) {
  llvm::BasicBlock* then_block = f.new_block("then");
  llvm::BasicBlock* join = f.new_block("join");
  llvm::BasicBlock* else_block = node.else_case ? f.new_block("else") : join;
  f.builder.CreateCondBr(emit_expr(f, node.condition), then_block, else_block);
  f.builder.SetInsertPoint(then_block);
  emit_stmt(f, node.then_case);
  f.builder.CreateBr(join);
  if (node.else_case) {
    f.builder.SetInsertPoint(else_block);
    emit_stmt(f, node.else_case);
    f.builder.CreateBr(join);
  }
  f.builder.SetInsertPoint(join);
}

void emit_while(Frame& f, const While& node) {
  llvm::BasicBlock* head = f.new_block("while");
  llvm::BasicBlock* body = f.new_block("do");
  llvm::BasicBlock* after = f.new_block("after");
  f.builder.CreateBr(head);
  f.builder.SetInsertPoint(head);
  f.builder.CreateCondBr(emit_expr(f, node.condition), body, after);
  f.builder.SetInsertPoint(body);
  emit_stmt(f, node.body);
  f.builder.CreateBr(head);
  f.builder.SetInsertPoint(after);
}

void emit_let(Frame& f, const LetStmt& let) {
  f.values[let.var.get()] = emit_expr(f, let.value);
  if (let.value->dtype.is_integral() && let.value->dtype.is_scalar()) f.ranges.bind(let.var.get(), f.ranges.of(let.value));
  emit_stmt(f, let.body);
}

void emit_assert(Frame& f, const Assert& node) {
  std::string message;
  for (const std::string& part : node.messages) message += part;
  emit_check(f, emit_expr(f, node.condition), {DiagnosticKind::KernelAssertion, std::move(message)});
}

void emit_bounds_check(Frame& f, const Call& call) {
  const std::vector<Expr> indices(call.args.begin() + 2, call.args.end());
  const auto emit_indices = [&] {
    std::vector<Value*> values;
    for (const Expr& index : indices) values.push_back(emit_index(f, index));
    return values;
  };
  FailureSite site{DiagnosticKind::KernelOutOfBounds, get<StringImm>(call.args[1]).value, static_cast<int>(indices.size())};
  emit_check(f, emit_expr(f, call.args[0]), std::move(site), emit_indices);
}

void emit_evaluate(Frame& f, const Expr& value) {
  const Call* call = as<Call>(value);
  if (call && call->op == lower::kCheckBounds) return emit_bounds_check(f, *call);
  if (call && call->op == lower::kCheckDivisor) return emit_check(f, emit_expr(f, call->args[0]), {DiagnosticKind::KernelDivideByZero, ""});
  if (value->dtype != kVoid && value->kind != ExprKind::StringImm) emit_expr(f, value);
}

void emit_nontemporal(Frame& f, const Stmt& body) {
  const bool outer = std::exchange(f.is_nontemporal, true);
  emit_stmt(f, body);
  f.is_nontemporal = outer;
}

// Instructions of the body carry the statement's number as their line: numbers from 1, as line 0 means none.
void emit_attr(Frame& f, const AttrStmt& attr) {
  if (attr.key == lower::kNontemporal) return emit_nontemporal(f, attr.body);
  if (attr.key != lower::kOrigin || !f.kernel.debug) return emit_stmt(f, attr.body);
  const llvm::DebugLoc outer = f.builder.getCurrentDebugLocation();
  const auto line = static_cast<unsigned>(as_int(attr.value).value_or(0) + 1);
  f.builder.SetCurrentDebugLocation(llvm::DILocation::get(f.builder.getContext(), line, 0, f.function->getSubprogram()));
  emit_stmt(f, attr.body);
  f.builder.SetCurrentDebugLocation(outer);
}

// The memory stands since the function's entry (function.h); its content begins and ends here, so that nothing outlives an iteration.
void emit_alloc(Frame& f, const AllocBuffer& alloc) {
  auto* on_stack = llvm::dyn_cast<llvm::AllocaInst>(f.data.at(alloc.buffer->data.get()));
  if (on_stack) f.builder.CreateLifetimeStart(on_stack);
  emit_stmt(f, alloc.body);
  if (on_stack) f.builder.CreateLifetimeEnd(on_stack);
}

}  // namespace

void emit_stmt(Frame& f, const Stmt& s) {
  if (!s) return;
  switch (s->kind) {
    case StmtKind::For: return emit_for(f, get<For>(s));
    case StmtKind::Seq:
      for (const Stmt& part : get<Seq>(s).stmts) emit_stmt(f, part);
      return;
    case StmtKind::BufferStore: return emit_store(f, get<BufferStore>(s));
    case StmtKind::IfThenElse: return emit_if(f, get<IfThenElse>(s));
    case StmtKind::LetStmt: return emit_let(f, get<LetStmt>(s));
    case StmtKind::While: return emit_while(f, get<While>(s));
    case StmtKind::Assert: return emit_assert(f, get<Assert>(s));
    case StmtKind::Evaluate: return emit_evaluate(f, get<Evaluate>(s).value);
    case StmtKind::DeclBuffer: return emit_stmt(f, get<DeclBuffer>(s).body);
    case StmtKind::AllocBuffer: return emit_alloc(f, get<AllocBuffer>(s));
    case StmtKind::AttrStmt: return emit_attr(f, get<AttrStmt>(s));
    case StmtKind::BlockRealize: CHECK(false, "a block in a lowered function");
  }
}

}  // namespace loopglass::codegen
