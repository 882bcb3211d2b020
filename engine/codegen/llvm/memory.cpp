#include "engine/codegen/llvm/memory.h"

#include "engine/codegen/llvm/operators.h"
#include "engine/codegen/llvm/types.h"
#include "engine/ir/strides.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

using namespace ir;
using llvm::Value;

namespace {

// The elements that a vector access touches: `base`, `base + stride`, ...; or `base` + a vector of offsets.
struct Lanes {
  Value* base;                 // i64
  int64_t stride = 0;
  Value* offsets = nullptr;    // <n x i64>
};

Value* constant64(Frame& f, int64_t value) { return f.builder.getInt64(static_cast<uint64_t>(value)); }

Value* times(Frame& f, Value* x, int64_t factor) {
  return factor == 1 ? x : f.builder.CreateMul(x, constant64(f, factor), "", false, true);
}
Value* plus(Frame& f, Value* x, Value* y) { return f.builder.CreateAdd(x, y, "", false, true); }

Lanes lanes_of(Frame& f, const Expr& e);

// Any integer vector, lane by lane.
Lanes general_lanes(Frame& f, const Expr& e) {
  Value* v = emit_expr(f, e);
  llvm::Type* wide = with_lanes(f.builder.getInt64Ty(), e->dtype.lanes);
  return {constant64(f, 0), 0, f.builder.CreateIntCast(v, wide, e->dtype.is_int())};
}

Lanes sum_of(Frame& f, Lanes a, Lanes b) {
  Lanes sum{plus(f, a.base, b.base), a.stride + b.stride, a.offsets ? a.offsets : b.offsets};
  if (a.offsets && b.offsets) sum.offsets = plus(f, a.offsets, b.offsets);
  return sum;
}

Lanes scaled(Frame& f, Lanes a, int64_t factor) {
  Value* offsets = nullptr;
  if (a.offsets) {
    Value* factors = int_constant(a.offsets->getType(), factor);
    offsets = f.builder.CreateMul(a.offsets, factors);
  }
  return {times(f, a.base, factor), a.stride * factor, offsets};
}

std::optional<int64_t> splat_constant(const Expr& e) {
  const Broadcast* broadcast = as<Broadcast>(e);
  return as_int(broadcast ? broadcast->value : e);
}

Lanes lanes_of(Frame& f, const Expr& e) {
  if (e->dtype.is_scalar()) return {emit_index(f, e)};
  if (const Broadcast* broadcast = as<Broadcast>(e)) return {emit_index(f, broadcast->value)};
  if (const Ramp* ramp = as<Ramp>(e); ramp && as_int(ramp->stride)) return {emit_index(f, ramp->base), *as_int(ramp->stride)};
  const Binary* node = as<Binary>(e);
  if (node && e->kind == ExprKind::Add) return sum_of(f, lanes_of(f, node->a), lanes_of(f, node->b));
  if (node && e->kind == ExprKind::Sub) return sum_of(f, lanes_of(f, node->a), scaled(f, lanes_of(f, node->b), -1));
  if (node && e->kind == ExprKind::Mul) {
    if (const auto factor = splat_constant(node->b)) return scaled(f, lanes_of(f, node->a), *factor);
    if (const auto factor = splat_constant(node->a)) return scaled(f, lanes_of(f, node->b), *factor);
  }
  return general_lanes(f, e);
}

Lanes address(Frame& f, const BufferNode& buffer, const std::vector<Expr>& indices) {
  const std::vector<int64_t> strides = constant_strides(buffer);
  CHECK(strides.size() == indices.size(), "as many indices as dimensions");
  // A parameter's symbolic offset is 0: the pointer that is passed is to its first element.
  const VarNode* symbol = as<VarNode>(buffer.elem_offset);
  const bool has_offset = buffer.elem_offset && !(symbol && !f.values.contains(symbol));
  Lanes at{has_offset ? emit_index(f, buffer.elem_offset) : constant64(f, 0)};
  for (size_t d = 0; d < indices.size(); ++d) at = sum_of(f, at, scaled(f, lanes_of(f, indices[d]), strides[d]));
  return at;
}

struct Access {
  llvm::Type* element;   // in memory
  llvm::Align align;
  Value* data;
};

Access access_of(Frame& f, const BufferNode& buffer) {
  const auto it = f.data.find(buffer.data.get());
  CHECK(it != f.data.end(), "a buffer without storage: " + buffer.name);
  return {memory_type(f.builder.getContext(), buffer.dtype), llvm::Align(buffer.dtype.bytes()), it->second};
}

Value* pointer_to(Frame& f, const Access& access, Value* index) {
  return f.builder.CreateInBoundsGEP(access.element, access.data, index);
}

Value* lane_index(Frame& f, const Lanes& at, int lane) {
  if (at.offsets) {
    Value* offset = f.builder.CreateExtractElement(at.offsets, static_cast<uint64_t>(lane));
    return plus(f, plus(f, at.base, constant64(f, at.stride * lane)), offset);
  }
  return plus(f, at.base, constant64(f, at.stride * lane));
}

Value* reversed(Frame& f, Value* v, int lanes) {
  std::vector<int> mask(lanes);
  for (int i = 0; i < lanes; ++i) mask[i] = lanes - 1 - i;
  return f.builder.CreateShuffleVector(v, mask);
}

bool is_run(const Lanes& at) { return !at.offsets && (at.stride == 1 || at.stride == -1); }

Value* load_run(Frame& f, const Access& access, const Lanes& at, int lanes) {
  Value* first = at.stride == 1 ? at.base : lane_index(f, at, lanes - 1);
  Value* v = f.builder.CreateAlignedLoad(with_lanes(access.element, lanes), pointer_to(f, access, first), access.align);
  return at.stride == 1 ? v : reversed(f, v, lanes);
}

Value* load_lanes(Frame& f, const Access& access, const Lanes& at, int lanes) {
  if (is_run(at)) return load_run(f, access, at, lanes);
  if (!at.offsets && at.stride == 0)
    return f.builder.CreateVectorSplat(lanes, f.builder.CreateAlignedLoad(access.element, pointer_to(f, access, at.base), access.align));
  Value* v = llvm::PoisonValue::get(with_lanes(access.element, lanes));
  for (int lane = 0; lane < lanes; ++lane) {
    Value* element = f.builder.CreateAlignedLoad(access.element, pointer_to(f, access, lane_index(f, at, lane)), access.align);
    v = f.builder.CreateInsertElement(v, element, static_cast<uint64_t>(lane));
  }
  return v;
}

// Lanes that meet in one element: the last one stays, as if they were stored in turn.
void emit_store_at(Frame& f, const Access& access, Value* v, Value* index) {
  llvm::StoreInst* store = f.builder.CreateAlignedStore(v, pointer_to(f, access, index), access.align);
  if (!f.is_nontemporal) return;
  llvm::LLVMContext& context = f.builder.getContext();
  store->setMetadata(llvm::LLVMContext::MD_nontemporal, llvm::MDNode::get(context, llvm::ConstantAsMetadata::get(f.builder.getInt32(1))));
  f.has_nontemporal = true;
}

void store_lanes(Frame& f, const Access& access, const Lanes& at, Value* v, int lanes) {
  if (is_run(at)) {
    Value* first = at.stride == 1 ? at.base : lane_index(f, at, lanes - 1);
    emit_store_at(f, access, at.stride == 1 ? v : reversed(f, v, lanes), first);
    return;
  }
  for (int lane = 0; lane < lanes; ++lane) {
    Value* element = f.builder.CreateExtractElement(v, static_cast<uint64_t>(lane));
    emit_store_at(f, access, element, lane_index(f, at, lane));
  }
}

// The lanes of an access: those of its widest index.
int lanes_of_indices(const std::vector<Expr>& indices) {
  int lanes = 1;
  for (const Expr& index : indices) lanes = std::max<int>(lanes, index->dtype.lanes);
  return lanes;
}

}  // namespace

Value* emit_load(Frame& f, const BufferLoad& load) {
  const Access access = access_of(f, *load.buffer);
  const Lanes at = address(f, *load.buffer, load.indices);
  const int lanes = lanes_of_indices(load.indices);
  Value* v = lanes == 1 ? f.builder.CreateAlignedLoad(access.element, pointer_to(f, access, at.base), access.align)
                        : load_lanes(f, access, at, lanes);
  return load.buffer->dtype.is_bool() ? f.builder.CreateICmpNE(v, int_constant(v->getType(), 0)) : v;
}

void emit_store(Frame& f, const BufferStore& store) {
  // Loads of the value come before the store's own address, as they are written.
  Value* v = emit_expr(f, store.value);
  const Access access = access_of(f, *store.buffer);
  const Lanes at = address(f, *store.buffer, store.indices);
  const int lanes = lanes_of_indices(store.indices);
  if (store.buffer->dtype.is_bool()) v = f.builder.CreateZExt(v, with_lanes(access.element, store.value->dtype.lanes));
  if (lanes > 1 && store.value->dtype.is_scalar()) v = f.builder.CreateVectorSplat(lanes, v);
  if (lanes == 1)
    emit_store_at(f, access, v, at.base);
  else
    store_lanes(f, access, at, v, lanes);
}

}  // namespace loopglass::codegen
