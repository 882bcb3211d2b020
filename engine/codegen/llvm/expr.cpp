#include "engine/codegen/llvm/byte_dot.h"
#include "engine/codegen/llvm/frame.h"
#include "engine/codegen/llvm/math_calls.h"
#include "engine/codegen/llvm/memory.h"
#include "engine/codegen/llvm/operators.h"
#include "engine/codegen/llvm/types.h"
#include "engine/ir/llvm_intrinsic.h"
#include "engine/ir/visitor.h"
#include "engine/lower/byte_dot.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

Value* emit_imm(Frame& f, const IntImm& imm) {
  llvm::Type* type = value_type(f.builder.getContext(), imm.dtype);
  return llvm::ConstantInt::get(type, static_cast<uint64_t>(imm.value), imm.dtype.is_int());
}

Value* emit_imm(Frame& f, const FloatImm& imm) {
  if (imm.dtype.code != TypeCode::BFloat) return llvm::ConstantFP::get(value_type(f.builder.getContext(), imm.dtype), imm.value);
  llvm::APFloat value(imm.value);
  bool loses = false;
  value.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven, &loses);
  return f.builder.getInt16(static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue()));
}

// True where evaluating `e` needlessly does no harm: nothing that its guard may protect, and nothing long.
bool is_cheap_and_safe(const Expr& e) {
  bool safe = true;
  for_each_expr(e, [&](const Expr& part) {
    const bool divides = part->kind == ExprKind::Div || part->kind == ExprKind::Mod || part->kind == ExprKind::FloorDiv ||
                         part->kind == ExprKind::FloorMod;
    if (divides && !part->dtype.is_float() && !as_int(get<Binary>(part).b)) safe = false;
    if (part->kind == ExprKind::BufferLoad) safe = false;
    if (const Call* call = as<Call>(part)) safe = safe && (call->op.starts_with("bitwise_") || call->op == "likely" || call->op == "fabs");
  });
  return safe;
}

// `condition ? emit(a) : emit(b)` with a branch: only one side is evaluated.
template <class A, class B>
Value* emit_branch(Frame& f, Value* condition, A emit_true, B emit_false) {
  llvm::BasicBlock* if_true = f.new_block("then");
  llvm::BasicBlock* if_false = f.new_block("else");
  llvm::BasicBlock* join = f.new_block("join");
  f.builder.CreateCondBr(condition, if_true, if_false);
  f.builder.SetInsertPoint(if_true);
  Value* t = emit_true();
  llvm::BasicBlock* true_end = f.builder.GetInsertBlock();
  f.builder.CreateBr(join);
  f.builder.SetInsertPoint(if_false);
  Value* e = emit_false();
  llvm::BasicBlock* false_end = f.builder.GetInsertBlock();
  f.builder.CreateBr(join);
  f.builder.SetInsertPoint(join);
  llvm::PHINode* phi = f.builder.CreatePHI(t->getType(), 2);
  phi->addIncoming(t, true_end);
  phi->addIncoming(e, false_end);
  return phi;
}

Value* emit_conditional(Frame& f, const Expr& condition, const Expr& t, const Expr& e) {
  const bool can_select = !condition->dtype.is_scalar() || (is_cheap_and_safe(t) && is_cheap_and_safe(e));
  Value* c = emit_expr(f, condition);
  if (!can_select) return emit_branch(f, c, [&] { return emit_expr(f, t); }, [&] { return emit_expr(f, e); });
  Value* true_value = emit_expr(f, t);
  return f.builder.CreateSelect(c, true_value, emit_expr(f, e));
}

// And / Or: the right side is evaluated only where the left does not decide, unless that can do no harm.
Value* emit_logical(Frame& f, const Binary& node) {
  const bool is_and = node.kind == ExprKind::And;
  Value* a = emit_expr(f, node.a);
  if (!node.dtype.is_scalar() || is_cheap_and_safe(node.b)) {
    Value* b = emit_expr(f, node.b);
    return is_and ? f.builder.CreateAnd(a, b) : f.builder.CreateOr(a, b);
  }
  const auto right = [&] { return emit_expr(f, node.b); };
  const auto decided = [&]() -> Value* { return f.builder.getInt1(!is_and); };
  return is_and ? emit_branch(f, a, right, decided) : emit_branch(f, a, decided, right);
}

Value* emit_binary_node(Frame& f, const Expr& e) {
  const Binary& node = get<Binary>(e);
  if (e->kind == ExprKind::And || e->kind == ExprKind::Or) return emit_logical(f, node);
  Value* a = emit_expr(f, node.a);
  Value* b = emit_expr(f, node.b);
  Value* v = emit_binary(f.builder, e->kind, node.a->dtype, a, b);
  auto* operation = llvm::dyn_cast<llvm::OverflowingBinaryOperator>(v);
  if (operation && llvm::isa<llvm::Instruction>(v) && e->dtype.is_int() && f.ranges.is_exact(e))
    llvm::cast<llvm::Instruction>(v)->setHasNoSignedWrap(true);
  return v;
}

Value* emit_ramp(Frame& f, const Ramp& ramp) {
  const int lanes = ramp.dtype.lanes;
  Value* base = f.builder.CreateVectorSplat(lanes, emit_expr(f, ramp.base));
  Value* stride = f.builder.CreateVectorSplat(lanes, emit_expr(f, ramp.stride));
  Value* steps = f.builder.CreateStepVector(base->getType());
  return f.builder.CreateAdd(base, f.builder.CreateMul(stride, steps));
}

Value* emit_let(Frame& f, const Let& let) {
  f.values[let.var.get()] = emit_expr(f, let.value);
  return emit_expr(f, let.body);
}

// The instruction where the CPU has it, else what it computes.
Value* emit_llvm_intrinsic(Frame& f, const Call& call) {
  const llvm::Intrinsic::ID id = native_intrinsic(llvm_intrinsic_name(call), f.kernel.machine);
  if (!id) return emit_expr(f, f.made.emplace_back(expand_llvm_intrinsic(call)));
  std::vector<Value*> operands;
  for (size_t i = 1; i < call.args.size(); ++i) operands.push_back(emit_expr(f, call.args[i]));
  return f.builder.CreateIntrinsic(id, {}, operands);
}

Value* emit_call(Frame& f, const Call& call) {
  if (call.op == "if_then_else") return emit_conditional(f, call.args[0], call.args[1], call.args[2]);
  if (call.op == "likely") return emit_expr(f, call.args[0]);
  if (call.op == kLlvmPureIntrinsic) return emit_llvm_intrinsic(f, call);
  std::vector<Value*> args;
  for (const Expr& arg : call.args) args.push_back(emit_expr(f, arg));
  if (call.op == lower::kByteDot) return emit_byte_dot(f.builder, args[0], args[1], args[2], !call.args[1]->dtype.is_int(), f.kernel.machine);
  return emit_math_call(f.builder, call, args, f.kernel.vector_math_bits);
}

Value* emit_select(Frame& f, const Select& select) {
  Value* c = emit_expr(f, select.condition);
  Value* t = emit_expr(f, select.true_value);
  return f.builder.CreateSelect(c, t, emit_expr(f, select.false_value));
}

Value* emit_var(Frame& f, const VarNode& var) {
  const auto it = f.values.find(&var);
  CHECK(it != f.values.end(), "a variable without a value: " + var.name);
  return it->second;
}

}  // namespace

Value* emit_expr(Frame& f, const Expr& e) {
  switch (e->kind) {
    case ExprKind::IntImm: return emit_imm(f, get<IntImm>(e));
    case ExprKind::FloatImm: return emit_imm(f, get<FloatImm>(e));
    case ExprKind::StringImm: CHECK(false, "a string has no value"); return nullptr;
    case ExprKind::Var: return emit_var(f, get<VarNode>(e));
    case ExprKind::Not: return f.builder.CreateNot(emit_expr(f, get<Not>(e).a));
    case ExprKind::Select: return emit_select(f, get<Select>(e));
    case ExprKind::Cast:
      return emit_cast(f.builder, get<Cast>(e).value->dtype, e->dtype, emit_expr(f, get<Cast>(e).value));
    case ExprKind::Ramp: return emit_ramp(f, get<Ramp>(e));
    case ExprKind::Broadcast: return f.builder.CreateVectorSplat(e->dtype.lanes, emit_expr(f, get<Broadcast>(e).value));
    case ExprKind::Let: return emit_let(f, get<Let>(e));
    case ExprKind::Call: return emit_call(f, get<Call>(e));
    case ExprKind::BufferLoad: return emit_load(f, get<BufferLoad>(e));
    default: return emit_binary_node(f, e);
  }
}

namespace {

bool is_small_index(const Expr& e) { return e->dtype.is_scalar() && e->dtype.is_integral(); }

// Floor division and modulo of what is not negative by a positive constant: unsigned, in 64 bits.
bool is_unsigned_division(Frame& f, const Binary& node) {
  const std::optional<int64_t> divisor = as_int(node.b);
  return divisor && *divisor > 0 && f.ranges.of(node.a).min >= 0;
}

Value* emit_wide_binary(Frame& f, const Expr& e) {
  const Binary& node = get<Binary>(e);
  Builder& b = f.builder;
  switch (e->kind) {
    case ExprKind::Add: return b.CreateAdd(emit_index(f, node.a), emit_index(f, node.b), "", false, true);
    case ExprKind::Sub: return b.CreateSub(emit_index(f, node.a), emit_index(f, node.b), "", false, true);
    case ExprKind::Mul: return b.CreateMul(emit_index(f, node.a), emit_index(f, node.b), "", false, true);
    case ExprKind::FloorDiv:
    case ExprKind::Div: return b.CreateUDiv(emit_index(f, node.a), emit_index(f, node.b));
    default: return b.CreateURem(emit_index(f, node.a), emit_index(f, node.b));
  }
}

bool stays_exact_when_wide(Frame& f, const Expr& e) {
  switch (e->kind) {
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul: return f.ranges.is_exact(e);
    case ExprKind::FloorDiv:
    case ExprKind::Div:
    case ExprKind::FloorMod:
    case ExprKind::Mod: return is_unsigned_division(f, get<Binary>(e));
    default: return false;
  }
}

}  // namespace

Value* emit_index(Frame& f, const Expr& e) {
  CHECK(e->dtype.is_scalar(), "an index of one lane");
  if (const IntImm* imm = as<IntImm>(e)) return f.builder.getInt64(static_cast<uint64_t>(imm->value));
  if (const auto it = f.wide.find(as<VarNode>(e)); it != f.wide.end()) return it->second;
  if (is_small_index(e)) {
    if (stays_exact_when_wide(f, e)) return emit_wide_binary(f, e);
    const Cast* cast = as<Cast>(e);
    if (cast && is_small_index(cast->value) && e->dtype.is_int() && e->dtype.bits >= cast->value->dtype.bits &&
        cast->value->dtype.is_int())
      return emit_index(f, cast->value);
  }
  return f.builder.CreateIntCast(emit_expr(f, e), f.builder.getInt64Ty(), e->dtype.is_int());
}

}  // namespace loopglass::codegen
