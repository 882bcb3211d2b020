// Vectors: every operand is computed for all lanes into slots, then the scalar operator runs once per lane.
#include "engine/interp/compiler.h"
#include "engine/interp/element.h"
#include "engine/interp/scalar.h"
#include "engine/ir/llvm_intrinsic.h"
#include "engine/support/check.h"

namespace loopglass::interp {

using ir::ExprKind;

namespace {
StmtPtr sequence(std::vector<StmtPtr> parts) {
  return stmt_code([parts = std::move(parts)](Frame& f) {
    for (const StmtPtr& part : parts) (*part)(f);
  });
}
void read_slot(Slot& slot, ir::DataType type, const std::byte* data) {
  if (type.is_float()) slot.f = load_float(type, data);
  else slot.i = load_int(type, data);
}

void fill_slots(Frame& f, const ElementCode& element, const std::vector<int64_t>& bytes, int first) {
  element.report(f, bytes);
  const std::byte* data = element.storage(f).bytes.data();
  for (size_t lane = 0; lane < bytes.size(); ++lane) read_slot(f.slots[first + lane], element.dtype, data + bytes[lane]);
}
}  // namespace

StmtPtr Compiler::compile_into(const ir::Expr& e, int slot) {
  if (e->dtype.lanes != 1) {
    VectorCode vector = compile_vector(e);
    return stmt_code([fill = std::move(vector.fill), from = vector.first, slot, lanes = vector.lanes](Frame& f) {
      (*fill)(f);
      for (int lane = 0; lane < lanes; ++lane) f.slots[slot + lane] = f.slots[from + lane];
    });
  }
  if (e->dtype.is_float()) return stmt_code([slot, a = compile_float(e)](Frame& f) { f.slots[slot].f = (*a)(f); });
  return stmt_code([slot, a = compile_int(e)](Frame& f) { f.slots[slot].i = (*a)(f); });
}

// `scalar` is the operator over lane variables whose slots are the operands'.
VectorCode Compiler::vector_of_lanes(int lanes, std::vector<VectorCode> operands, const ir::Expr& scalar) {
  const int first = new_slots(lanes);
  std::vector<StmtPtr> fills;
  for (VectorCode& operand : operands) fills.push_back(std::move(operand.fill));
  const int lane_slot = new_slots(1);
  StmtPtr one = compile_into(scalar, lane_slot);
  return {stmt_code([operands = sequence(std::move(fills)), one = std::move(one), first, lanes, lane_slot](Frame& f) {
            (*operands)(f);
            const int outer = f.lane;
            for (f.lane = 0; f.lane < lanes; ++f.lane) {
              (*one)(f);
              f.slots[first + f.lane] = f.slots[lane_slot];
            }
            f.lane = outer;
          }),
          first, lanes};
}

VectorCode Compiler::compile_vector(const ir::Expr& e) {
  const int lanes = e->dtype.lanes;
  std::vector<VectorCode> operands;
  // The operand's value in the current lane: a variable over its slots, or the scalar itself.
  const auto lane_of = [&](const ir::Expr& operand) -> ir::Expr {
    if (operand->dtype.lanes == 1) return operand;
    if (operand->dtype.lanes != lanes) unsupported("vectors of different lengths in one operator");
    operands.push_back(compile_vector(operand));
    ir::Var var = ir::make_var("lane", operand->dtype.element());
    slots_[var.get()] = operands.back().first;
    lane_vars_.insert(var.get());
    kept_.push_back(var);
    return var;
  };
  const auto finish = [&](const ir::Expr& scalar) {
    kept_.push_back(scalar);
    return vector_of_lanes(lanes, std::move(operands), scalar);
  };
  switch (e->kind) {
    case ExprKind::Ramp: {
      const auto& ramp = ir::get<ir::Ramp>(e);
      const int first = new_slots(lanes);
      auto base = compile_int(ramp.base);
      return {stmt_code([first, lanes, w = Wrap(e->dtype.element()), base = std::move(base), stride = compile_int(ramp.stride)](Frame& f) {
                const int64_t from = (*base)(f), step = (*stride)(f);
                for (int lane = 0; lane < lanes; ++lane) f.slots[first + lane].i = w(static_cast<uint64_t>(from) + static_cast<uint64_t>(step) * lane);
              }),
              first, lanes};
    }
    case ExprKind::Broadcast: {
      const ir::Expr& value = ir::get<ir::Broadcast>(e).value;
      const int first = new_slots(lanes);
      const int width = value->dtype.lanes;
      return {stmt_code([first, lanes, width, fill = compile_into(value, first)](Frame& f) {
                (*fill)(f);
                for (int lane = width; lane < lanes; ++lane) f.slots[first + lane] = f.slots[first + lane - width];
              }),
              first, lanes};
    }
    case ExprKind::Var: {
      const int slot = slot_of(static_cast<const ir::VarNode*>(e.get()));
      return {stmt_code([](Frame&) {}), slot, lanes};
    }
    case ExprKind::BufferLoad: {
      const auto& load = ir::get<ir::BufferLoad>(e);
      if (load.buffer->dtype.lanes == lanes) return compile_element_vector(load);
      const int first = new_slots(lanes);
      const ir::Expr& last = load.indices.back();
      if (last->dtype.lanes != lanes || load.buffer->dtype.lanes != 1) unsupported("a vector load whose last index is no vector");
      require_rows(*load.buffer, lanes);
      // The prefix's loads come before the last index's, as they are written.
      std::vector<IntPtr> prefix;
      for (size_t d = 0; d + 1 < load.indices.size(); ++d) prefix.push_back(compile_int(load.indices[d]));
      VectorCode index = compile_vector(last);
      auto element = std::make_shared<ElementCode>(make_element(load.buffer, load.indices, std::move(prefix), false));
      return {stmt_code([element, first, lanes, index_first = index.first, fill = std::move(index.fill)](Frame& f) {
                (*fill)(f);
                std::vector<int64_t> bytes(lanes);
                element->locate_lanes(f, index_first, bytes);
                fill_slots(f, *element, bytes, first);
              }),
              first, lanes};
    }
    case ExprKind::Let: {
      const auto& let = ir::get<ir::Let>(e);
      auto value = compile_into(let.value, slot_of(let.var.get()));
      VectorCode body = compile_vector(let.body);
      const int first = body.first;
      return {stmt_code([value = std::move(value), fill = std::move(body.fill)](Frame& f) {
                (*value)(f);
                (*fill)(f);
              }),
              first, lanes};
    }
    case ExprKind::Not: return finish(std::make_shared<ir::Not>(lane_of(ir::get<ir::Not>(e).a)));
    case ExprKind::Cast: return finish(std::make_shared<ir::Cast>(e->dtype.element(), lane_of(ir::get<ir::Cast>(e).value)));
    case ExprKind::Select: {
      const auto& node = ir::get<ir::Select>(e);
      ir::Expr c = lane_of(node.condition), t = lane_of(node.true_value), f = lane_of(node.false_value);
      return finish(std::make_shared<ir::Select>(c, t, f));
    }
    case ExprKind::Call: {
      const auto& call = ir::get<ir::Call>(e);
      if (call.op == "if_then_else") return compile_vector_branch(call);
      if (const ir::Expr value = ir::expand_llvm_intrinsic(call)) {
        kept_.push_back(value);
        return compile_vector(value);
      }
      if (call.op == "reinterpret" && call.args.size() == 1) return compile_reinterpret(call);
      std::vector<ir::Expr> args;
      for (const ir::Expr& arg : call.args) args.push_back(lane_of(arg));
      return finish(ir::make_call(e->dtype.element(), call.op, std::move(args)));
    }
    default: break;
  }
  if (const auto* binary = ir::as<ir::Binary>(e)) {
    ir::Expr a = lane_of(binary->a), b = lane_of(binary->b);
    return finish(ir::make_binary(e->kind, a, b));
  }
  unsupported("a vector expression of type " + ir::to_string(e->dtype));
}

// One element of a buffer of vectors.
VectorCode Compiler::compile_element_vector(const ir::BufferLoad& load) {
  const int lanes = load.dtype.lanes, first = new_slots(lanes);
  auto element = std::make_shared<ElementCode>(compile_element(load.buffer, load.indices, false));
  return {stmt_code([element, lanes, first](Frame& f) {
            std::vector<int64_t> bytes(lanes);
            element->locate_vector(f, bytes);
            fill_slots(f, *element, bytes, first);
          }),
          first, lanes};
}

// The bits of all lanes in their order, cut up anew.
VectorCode Compiler::compile_reinterpret(const ir::Call& call) {
  const ir::DataType from = call.args[0]->dtype, to = call.dtype;
  const int source = new_slots(from.lanes), first = new_slots(to.lanes);
  return {stmt_code([fill = compile_into(call.args[0], source), from, to, source, first](Frame& f) {
            (*fill)(f);
            std::vector<std::byte> bits(from.lanes * from.bytes());
            for (int lane = 0; lane < from.lanes; ++lane) {
              std::byte* at = bits.data() + lane * from.bytes();
              if (from.is_float()) store_float(from.element(), at, f.slots[source + lane].f);
              else store_int(from.element(), at, f.slots[source + lane].i);
            }
            for (int lane = 0; lane < to.lanes; ++lane) read_slot(f.slots[first + lane], to.element(), bits.data() + lane * to.bytes());
          }),
          first, to.lanes};
}

// The side that is taken alone runs; the condition is a scalar.
VectorCode Compiler::compile_vector_branch(const ir::Call& call) {
  const int lanes = call.dtype.lanes;
  const int first = new_slots(lanes);
  auto condition = compile_int(call.args[0]);
  auto then = compile_into(call.args[1], first);
  return {stmt_code([condition = std::move(condition), then = std::move(then), other = compile_into(call.args[2], first)](Frame& f) {
            (*condition)(f) ? (*then)(f) : (*other)(f);
          }),
          first, lanes};
}

}  // namespace loopglass::interp
