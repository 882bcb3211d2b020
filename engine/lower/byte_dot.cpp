#include "engine/lower/byte_dot.h"

#include <algorithm>
#include <optional>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/strides.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/lower/checks.h"
#include "engine/lower/lanes.h"

namespace loopglass::lower {

using namespace ir;

namespace {

constexpr int kGroup = 4;

// A vector index as its first lane and the step to the next one; a scalar is the same in all lanes.
struct LaneIndex {
  Expr first;
  int64_t step = 0;
};

std::optional<LaneIndex> lane_index(const Expr& index) {
  if (index->dtype.is_scalar()) return LaneIndex{index};
  if (const Broadcast* broadcast = as<Broadcast>(index)) return LaneIndex{broadcast->value};
  const Ramp* ramp = as<Ramp>(index);
  const auto step = ramp ? as_int(ramp->stride) : std::nullopt;
  return step ? std::optional(LaneIndex{ramp->base, *step}) : std::nullopt;
}

// An index over the lanes of a vector and the four iterations of `k`.
struct Index {
  Expr first;   // in the first lane of the first iteration
  int64_t step_of_k = 0, step_of_lane = 0;
};

std::optional<Index> index_of(const Expr& index, const Var& k) {
  const auto over_vector = lane_index(index);
  if (!over_vector) return std::nullopt;
  Lanes iterations{k, make_int(0, k->dtype), kGroup, {}};
  const auto over_group = over_lanes(over_vector->first, iterations);
  const auto group = over_group ? lane_index(*over_group) : std::nullopt;
  return group ? std::optional(Index{group->first, group->step, over_vector->step}) : std::nullopt;
}

// A load's elements in memory.
struct Elements {
  std::vector<Expr> first;   // indices of the first lane of the first iteration
  int64_t step_of_k = 0, step_of_lane = 0;
};

std::optional<Elements> elements_of(const BufferLoad& load, const Var& k) {
  const std::vector<int64_t> strides = constant_strides(*load.buffer);
  Elements elements;
  for (size_t d = 0; d < load.indices.size(); ++d) {
    const auto index = index_of(load.indices[d], k);
    if (!index) return std::nullopt;
    elements.first.push_back(index->first);
    elements.step_of_k += strides[d] * index->step_of_k;
    elements.step_of_lane += strides[d] * index->step_of_lane;
  }
  return elements;
}

// int32(load of bytes), the same in all lanes or not.
const BufferLoad* bytes_of(const Expr& factor) {
  const Broadcast* broadcast = as<Broadcast>(factor);
  const Cast* cast = as<Cast>(broadcast ? broadcast->value : factor);
  if (!cast || cast->dtype.element() != kInt32) return nullptr;
  const Broadcast* inner = as<Broadcast>(cast->value);
  const BufferLoad* load = as<BufferLoad>(inner ? inner->value : cast->value);
  return load && load->dtype.bits == 8 && load->dtype.is_integral() && !load->dtype.is_bool() && !load->indices.empty() ? load : nullptr;
}

// The bytes that the iterations of `k` read, as one vector: neighbours, of four for each step between lanes. Null where they do not lie so.
Expr run_of(const BufferLoad& load, const Var& k, int64_t step_of_lane, int lanes) {
  const auto elements = elements_of(load, k);
  if (!elements || elements->step_of_k != 1 || elements->step_of_lane != step_of_lane) return nullptr;
  std::vector<Expr> indices = elements->first;
  indices.back() = std::make_shared<const Ramp>(indices.back(), make_int(1, indices.back()->dtype), lanes);
  return make_load(load.buffer, std::move(indices));
}

bool is_same_element(const Expr& e, const BufferStore& store) {
  const BufferLoad* load = as<BufferLoad>(e);
  return load && load->buffer == store.buffer && std::ranges::equal(load->indices, store.indices, [](const Expr& a, const Expr& b) { return structural_equal(a, b); });
}

// The product that is added to what the store replaces; null for another store.
const Binary* added_product(const BufferStore& store) {
  const Binary* sum = as<Binary>(store.value);
  if (!sum || store.value->kind != ExprKind::Add) return nullptr;
  const Expr& product = is_same_element(sum->a, store) ? sum->b : sum->a;
  const bool is_update = is_same_element(sum->a, store) || is_same_element(sum->b, store);
  return is_update && product->kind == ExprKind::Mul ? as<Binary>(product) : nullptr;
}

// The store of all four iterations; null where they are no such sum.
Stmt dot_of(const For& loop, const BufferStore& store) {
  const Var& k = loop.loop_var;
  const int lanes = store.value->dtype.lanes;
  if (store.value->dtype.element() != kInt32 || lanes % kGroup != 0) return nullptr;
  if (std::ranges::any_of(store.indices, [&](const Expr& index) { return uses_var(index, k); })) return nullptr;
  const Binary* product = added_product(store);
  if (!product) return nullptr;
  const BufferLoad *four = bytes_of(product->a), *many = bytes_of(product->b);
  if (!four || !many || four->dtype.element() == many->dtype.element()) return nullptr;
  if (many->dtype.is_scalar()) std::swap(four, many);
  const Expr four_bytes = run_of(*four, k, 0, kGroup), many_bytes = run_of(*many, k, kGroup, kGroup * lanes);
  if (!four_bytes || !many_bytes) return nullptr;
  const Expr sum = make_load(store.buffer, store.indices);
  return make_store(store.buffer, make_call(store.value->dtype, kByteDot, {sum, four_bytes, many_bytes}), store.indices);
}

class DotFinder : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    const For* loop = as<For>(s);
    const bool is_group = loop && is_zero(loop->min) && as_int(loop->extent) == kGroup && (!loop->step || is_one(loop->step)) &&
                          (loop->for_kind == ForKind::Serial || loop->for_kind == ForKind::Unrolled);
    const Stmt found = is_group ? of_body(*loop, loop->body) : nullptr;
    return found ? found : Rewriter::rewrite(s);
  }

 private:
  static Stmt of_body(const For& loop, const Stmt& body) {
    if (const BufferStore* store = as<BufferStore>(body)) return dot_of(loop, *store);
    const AttrStmt* attr = as<AttrStmt>(body);
    const Stmt inner = attr && attr->key == kOrigin ? of_body(loop, attr->body) : nullptr;
    return inner ? make_origin(*as_int(attr->value), inner) : nullptr;
  }
};

}  // namespace

Stmt find_byte_dots(const Stmt& body) { return DotFinder().rewrite(body); }

}  // namespace loopglass::lower
