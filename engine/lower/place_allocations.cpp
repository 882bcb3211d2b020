#include "engine/lower/place_allocations.h"

#include <algorithm>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/lower/accesses.h"
#include "engine/lower/footprint.h"
#include "engine/lower/written_first.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// What becomes of one buffer: it is allocated around `place` (null: around the whole function's body), and dimension d holds extent[d]
// elements from start[d] on.
struct Placement {
  const StmtNode* place = nullptr;
  std::vector<Expr> start;
  std::vector<int64_t> extent;
};

// The deepest scope that all accesses share, and how deep it is.
size_t common_depth(const std::vector<Access>& accesses) {
  const std::vector<Scope>& first = accesses.front().scopes;
  size_t depth = first.size();
  for (const Access& access : accesses) {
    size_t same = 0;
    while (same < depth && same < access.scopes.size() && first[same].stmt == access.scopes[same].stmt && first[same].child == access.scopes[same].child)
      ++same;
    // A shared statement whose children part there is still shared.
    if (same < depth && same < access.scopes.size() && first[same].stmt == access.scopes[same].stmt) ++same;
    depth = std::min(depth, same);
  }
  return depth;
}

// A buffer may stand right inside a loop (or higher). Goes down from the allocation towards the accesses, into each loop whose iterations are
// independent of each other as far as the buffer goes.
size_t lowest_depth(const std::vector<Access>& accesses, size_t allocation) {
  size_t lowest = allocation;
  const size_t common = common_depth(accesses);
  for (size_t depth = allocation; depth < common; ++depth) {
    const StmtKind kind = accesses.front().scopes[depth].stmt->kind;
    if (kind == StmtKind::While || kind == StmtKind::BufferStore) break;
    if (kind != StmtKind::For) continue;
    // The lanes of a vector share their buffers.
    if (static_cast<const For*>(accesses.front().scopes[depth].stmt)->for_kind == ForKind::Vectorized) break;
    if (depth + 1 >= common || !is_written_first(accesses, depth + 1)) break;
    lowest = depth + 1;
  }
  return lowest;
}

// The smallest box, constant in size, that holds all accesses below `depth`; whole dimensions where there is none.
void shrink(Placement& placement, const std::vector<Access>& accesses, size_t depth) {
  const Buffer& buffer = accesses.front().buffer;
  for (size_t d = 0; d < buffer->shape.size(); ++d) {
    const int64_t whole = *as_int(buffer->shape[d]);
    std::optional<Affine> low, high;
    bool is_bounded = true;
    for (const Access& access : accesses) {
      const Surroundings around = surroundings(access, depth);
      const auto span = span_of((*access.indices)[d], around.runners, around.inner);
      if (!span) {
        is_bounded = false;
        break;
      }
      const auto below = low ? difference(span->low, *low) : std::optional<int64_t>(-1);
      const auto above = high ? difference(span->high, *high) : std::optional<int64_t>(1);
      is_bounded = is_bounded && below && above;
      if (!is_bounded) break;
      if (*below < 0) low = span->low;
      if (*above > 0) high = span->high;
    }
    const auto reach = is_bounded ? difference(*high, *low) : std::nullopt;
    const bool shrinks = reach && *reach >= 0 && *reach + 1 < whole;
    const DataType type = (*accesses.front().indices)[d]->dtype.element();
    placement.start.push_back(shrinks ? to_expr(*low, type) : make_int(0, type));
    placement.extent.push_back(shrinks ? *reach + 1 : whole);
  }
}

bool can_change(const BufferNode& buffer, const Accesses& accesses) {
  const auto it = accesses.by_data.find(buffer.data.get());
  if (it == accesses.by_data.end() || accesses.is_opaque.contains(buffer.data.get())) return false;
  if (!buffer.strides.empty() || (buffer.elem_offset && !is_zero(buffer.elem_offset))) return false;
  return std::ranges::all_of(it->second, [&](const Access& access) {
    return access.buffer.get() == &buffer && std::ranges::all_of(*access.indices, [](const Expr& e) { return e->dtype.is_scalar(); });
  });
}

std::optional<size_t> depth_of(const Access& access, const StmtNode* stmt) {
  const auto it = std::ranges::find_if(access.scopes, [&](const Scope& scope) { return scope.stmt == stmt; });
  return it == access.scopes.end() ? std::nullopt : std::optional(static_cast<size_t>(it - access.scopes.begin()));
}

// Takes the allocations of the buffers that change out of their old places and puts them into the new ones.
class Placer : public Rewriter {
 public:
  explicit Placer(const Accesses& accesses) : accesses_(accesses) {}
  using Rewriter::rewrite;

  Expr rewrite(const Expr& e) override {
    const Expr out = Rewriter::rewrite(e);
    const BufferLoad* load = as<BufferLoad>(out);
    const Change* change = load ? find(*load->buffer) : nullptr;
    return change ? make_load(change->buffer, moved(*change, load->indices)) : out;
  }

  Stmt rewrite(const Stmt& s) override {
    if (!s) return s;
    if (const AllocBuffer* alloc = as<AllocBuffer>(s)) {
      const auto used = accesses_.by_data.find(alloc->buffer->data.get());
      const bool is_unused = used == accesses_.by_data.end() && !accesses_.is_opaque.contains(alloc->buffer->data.get());
      if (is_unused) return wrapped(s, rewrite(alloc->body));
      if (can_change(*alloc->buffer, accesses_)) {
        plan(*alloc);
        return wrapped(s, rewrite(alloc->body));
      }
    }
    Stmt out = Rewriter::rewrite(s);
    if (const BufferStore* store = as<BufferStore>(out))
      if (const Change* change = find(*store->buffer)) out = make_store(change->buffer, store->value, moved(*change, store->indices));
    return wrapped(s, std::move(out));
  }

 private:
  struct Change {
    Placement placement;
    Buffer buffer;
  };

  void plan(const AllocBuffer& alloc) {
    const std::vector<Access>& accesses = accesses_.by_data.at(alloc.buffer->data.get());
    const size_t allocation = *depth_of(accesses.front(), &alloc) + 1;
    const size_t depth = lowest_depth(accesses, allocation);
    Change change;
    change.placement.place = accesses.front().scopes[depth].stmt;
    shrink(change.placement, accesses, depth);
    BufferNode fields = *alloc.buffer;
    for (size_t d = 0; d < fields.shape.size(); ++d) fields.shape[d] = make_int(change.placement.extent[d], fields.shape[d]->dtype);
    change.buffer = make_buffer(std::move(fields));
    at_place_[change.placement.place].push_back(change.buffer);
    changes_.emplace(alloc.buffer.get(), std::move(change));
  }

  const Change* find(const BufferNode& buffer) const {
    const auto it = changes_.find(&buffer);
    return it == changes_.end() ? nullptr : &it->second;
  }

  static std::vector<Expr> moved(const Change& change, const std::vector<Expr>& indices) {
    std::vector<Expr> out;
    for (size_t d = 0; d < indices.size(); ++d) {
      const Expr& start = change.placement.start[d];
      const Affine index = plus(affine_of(indices[d]), affine_of(start), -1);
      out.push_back(is_zero(start) ? indices[d] : to_expr(index, indices[d]->dtype));
    }
    return out;
  }

  Stmt wrapped(const Stmt& original, Stmt out) const {
    const auto it = at_place_.find(original.get());
    if (it == at_place_.end()) return out;
    for (const Buffer& buffer : it->second) {
      AllocBuffer node;
      node.buffer = buffer;
      node.body = std::move(out);
      out = make_stmt(std::move(node));
    }
    return out;
  }

  const Accesses& accesses_;
  std::unordered_map<const BufferNode*, Change> changes_;
  std::unordered_map<const StmtNode*, std::vector<Buffer>> at_place_;
};

}  // namespace

Stmt place_allocations(const Stmt& body) {
  const Accesses accesses = collect_accesses(body);
  return Placer(accesses).rewrite(body);
}

}  // namespace loopglass::lower
