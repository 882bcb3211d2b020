#include "engine/codegen/supported.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "engine/codegen/math_operator.h"
#include "engine/ir/llvm_intrinsic.h"
#include "engine/ir/visitor.h"
#include "engine/lower/byte_dot.h"
#include "engine/lower/checks.h"

namespace loopglass::codegen {

using namespace ir;

namespace {

Error unsupported(std::string message, std::string help = {}) {
  return fail(DiagnosticKind::UnsupportedOperation, std::move(message), std::move(help));
}

// On the operands' type: which operators exist for floats alone, which for integers alone.
constexpr std::string_view kIntegerOnly[] = {"bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "clz",
                                             "popcount", "shift_left", "shift_right"};
constexpr std::string_view kAnyNumber[] = {"abs", "fabs", "infinity", "isfinite", "isinf", "isnan", "reinterpret"};

bool is_in(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

Result<void> check_intrinsic(const Call& call) {
  if (expand_llvm_intrinsic(call)) return {};
  return unsupported(fmt::format("T.call_llvm_pure_intrin of {} cannot be run here", llvm_intrinsic_name(call)),
                     fmt::format("its meaning is known of: {}", fmt::join(known_llvm_intrinsics(), ", ")));
}

Result<void> check_call(const Call& call) {
  if (call.op == "if_then_else" || call.op == "likely" || call.op == lower::kCheckBounds || call.op == lower::kCheckDivisor || call.op == lower::kByteDot) return {};
  if (call.op == kLlvmPureIntrinsic) return check_intrinsic(call);
  const MathOperator* op = find_math_operator(call.op);
  if (!op) {
    const bool is_extern = call.op.find("extern") != std::string::npos;
    return unsupported(fmt::format("T.{} cannot be run here", call.op),
                       is_extern ? "only TVMScript's own operators are compiled; functions from outside are kept in the program, not run" : "");
  }
  if (static_cast<int>(call.args.size()) != op->arity)
    return unsupported(fmt::format("T.{} takes {} arguments, not {}", call.op, op->arity, call.args.size()));
  const DataType type = call.args.empty() ? call.dtype : call.args[0]->dtype;
  const bool fits = is_in(call.op, kAnyNumber) || (is_in(call.op, kIntegerOnly) ? !type.is_float() : type.is_float());
  if (!fits) return unsupported(fmt::format("T.{} has no meaning on {}", call.op, to_string(type)));
  if (call.op == "reinterpret" && (type.bits * type.lanes != call.dtype.bits * call.dtype.lanes || type.is_bool()))
    return unsupported(fmt::format("T.reinterpret from {} to {}: the sizes differ", to_string(type), to_string(call.dtype)));
  return {};
}

bool has_code(DataType type) {
  switch (type.code) {
    case TypeCode::Int:
    case TypeCode::UInt: return type.bits == 8 || type.bits == 16 || type.bits == 32 || type.bits == 64;
    case TypeCode::Float: return type.bits == 16 || type.bits == 32 || type.bits == 64;
    case TypeCode::BFloat: return type.bits == 16;
    case TypeCode::Bool: return true;
    case TypeCode::Handle:
    case TypeCode::Void: return false;
  }
  return false;
}

Result<void> check_buffer(const BufferNode& buffer) {
  if (!has_code(buffer.dtype) || !buffer.dtype.is_scalar())
    return unsupported(fmt::format("buffer {} has elements of type {}, which are not compiled", buffer.name, to_string(buffer.dtype)));
  for (const auto* extents : {&buffer.shape, &buffer.strides})
    for (const Expr& extent : *extents)
      if (!as_int(extent)) return unsupported(fmt::format("buffer {} has a shape that is not constant", buffer.name));
  return {};
}

class Check : public Visitor {
 public:
  Result<void> result;

  explicit Check(const PrimFunc& function) {
    for (const Param& param : function.params) {
      bound_.insert(param.var.get());
      if (param.buffer) bound_.insert(param.buffer->data.get());
    }
  }

  void visit(const Expr& e) override {
    if (!e || !result) return;
    if (const Call* call = as<Call>(e)) keep(check_call(*call));
    if (const BufferLoad* load = as<BufferLoad>(e)) keep_buffer(*load->buffer);
    if (const Let* let = as<Let>(e)) bound_.insert(let->var.get());
    if (const VarNode* var = as<VarNode>(e); var && !bound_.contains(var)) keep(unsupported(fmt::format("{} has no value", var->name)));
    const bool is_value = e->kind != ExprKind::StringImm && e->dtype != kVoid && e->dtype != kHandle;
    if (is_value && !has_code(e->dtype.element())) keep(unsupported(fmt::format("values of type {} are not compiled", to_string(e->dtype))));
    if (result) Visitor::visit(e);
  }
  void visit(const Stmt& s) override {
    if (!s || !result) return;
    if (const BufferStore* store = as<BufferStore>(s)) keep_buffer(*store->buffer);
    if (const LetStmt* let = as<LetStmt>(s)) bound_.insert(let->var.get());
    if (const AllocBuffer* alloc = as<AllocBuffer>(s)) bound_.insert(alloc->buffer->data.get());
    if (const For* loop = as<For>(s)) {
      bound_.insert(loop->loop_var.get());
      keep(check_loop(*loop));
    }
    if (s->kind == StmtKind::BlockRealize) keep(unsupported("a block has not been lowered"));
    if (result) Visitor::visit(s);
  }

 private:
  static Result<void> check_loop(const For& loop) {
    if (loop.for_kind == ForKind::ThreadBinding)
      return unsupported(fmt::format("loop {} is bound to {}, which a CPU does not have", loop.loop_var->name, loop.thread_tag));
    if (loop.step && as_int(loop.step).value_or(0) <= 0)
      return unsupported(fmt::format("the step of loop {} is not a positive constant", loop.loop_var->name));
    return {};
  }
  void keep_buffer(const BufferNode& buffer) {
    keep(check_buffer(buffer));
    if (!bound_.contains(buffer.data.get())) keep(unsupported(fmt::format("buffer {} has no storage", buffer.name), "allocate it, or make it a parameter"));
  }
  void keep(Result<void> found) {
    if (result && !found) result = std::move(found);
  }
  std::set<const VarNode*> bound_;   // names with a value or storage; each is bound once in a function
};

}  // namespace

Result<void> check_supported(const PrimFunc& function) {
  for (const Param& param : function.params) {
    if (param.buffer) TRY(check_buffer(*param.buffer));
    else if (!has_code(param.var->dtype))
      return unsupported(fmt::format("parameter {} is of type {}, which is not compiled", param.var->name, to_string(param.var->dtype)));
  }
  Check check(function);
  check.visit(function.body);
  return check.result;
}

}  // namespace loopglass::codegen
