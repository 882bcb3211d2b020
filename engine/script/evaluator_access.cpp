// Indexing: of buffers, and of tuples and types.
#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/script/evaluator.h"
#include "engine/script/linear.h"

namespace loopglass::script {

using ir::Expr;

namespace {
// The lanes of a vector stay far below anything a machine has; a slip must not ask for memory.
constexpr int64_t kMaxLanes = 4096;
}  // namespace

Value Evaluator::index(const Syntax& e) {
  const Value base = evaluate(*e.child(0));
  if (const auto* buffer = base.as<ir::Buffer>()) return access(*buffer, e);
  if (const auto* sequence = base.as<Sequence>()) {
    if (e.children.size() != 2 || e.child(1)->kind == SyntaxKind::Slice)
      fail(DiagnosticKind::UnsupportedSyntax, e.span, "a tuple takes one constant index here");
    int64_t i = constant_integer(*e.child(1));
    const int64_t size = sequence->items.size();
    if (i < -size || i >= size) mismatch(e.child(1)->span, fmt::format("the index {} is outside a tuple of {}", i, size));
    return sequence->items[i < 0 ? i + size : i];
  }
  if (base.as<LetType>()) return {LetType{std::make_shared<const ir::DataType>(type(*e.child(1)))}};
  if (base.as<Builtin>() && base.as<Builtin>()->name == "Buffer")
    fail(DiagnosticKind::UnsupportedSyntax, e.span, "T.Buffer[...] belongs into a parameter's annotation");
  mismatch(e.child(0)->span, fmt::format("{} cannot be indexed", describe(base)));
}

SliceValue Evaluator::slice(const Syntax& e) {
  SliceValue result;
  if (e.child(0)) result.lower = integer(*e.child(0));
  if (e.child(1)) result.upper = integer(*e.child(1));
  if (e.child(2)) result.step = integer(*e.child(2));
  return result;
}

Value Evaluator::access(const ir::Buffer& buffer, const Syntax& e) {
  // A[i, j], A[(i, j)] and A[()] are the same thing to Python.
  std::vector<const Syntax*> items(e.children.begin() + 1, e.children.end());
  if (items.size() == 1 && items[0]->kind == SyntaxKind::Tuple) items = items[0]->children;
  SlicedBuffer result{buffer, {}};
  bool has_slice = false;
  for (const Syntax* item : items) {
    if (item->kind == SyntaxKind::Slice) {
      has_slice = true;
      result.indices.emplace_back(slice(*item));
      continue;
    }
    const bool is_star = item->kind == SyntaxKind::Star;
    const Value value = evaluate(is_star ? *item->child(0) : *item);
    const auto add = [&](const Value& v) {
      const Expr index = to_expr(v, item->span);
      if (!index->dtype.is_integral()) mismatch(item->span, fmt::format("an index of {} has to be an integer, this is {}", buffer->name, describe({index})));
      result.indices.emplace_back(index);
    };
    if (is_star && value.as<Sequence>()) {
      for (const Value& v : value.as<Sequence>()->items) add(v);
    } else {
      add(value);
    }
  }
  const size_t rank = buffer->shape.size();
  const auto plural = [](size_t n, const char* one, const char* many) { return fmt::format("{} {}", n, n == 1 ? one : many); };
  if (result.indices.size() > rank)
    mismatch(e.span, fmt::format("{} has {}, {} given", buffer->name, plural(rank, "dimension", "dimensions"), plural(result.indices.size(), "index is", "indices are")));
  if (has_slice || result.indices.size() < rank) return {std::move(result)};
  std::vector<Expr> indices;
  for (const auto& index : result.indices) indices.push_back(std::get<Expr>(index));
  return {ir::make_load(buffer, std::move(indices))};
}

Expr Evaluator::vector_index(const SliceValue& slice, const Expr& extent, SourceSpan span) {
  const Expr lower = slice.lower ? slice.lower : ir::make_int(0, extent->dtype);
  const Expr upper = slice.upper ? slice.upper : extent;
  const int64_t step = slice.step ? ir::as_int(slice.step).value_or(0) : 1;
  const auto length = ir::as_int(difference(upper, lower));
  if (step <= 0 || !length) mismatch(span, "a vector needs a slice of constant length and positive step", "write start:start + 8");
  const int64_t lanes = (*length + step - 1) / step;
  if (lanes < 1 || lanes > kMaxLanes) mismatch(span, fmt::format("a vector of {} elements", lanes));
  if (lanes == 1) return lower;
  return std::make_shared<const ir::Ramp>(lower, ir::make_int(step, lower->dtype), static_cast<int>(lanes));
}

std::vector<Expr> Evaluator::store_indices(const ir::Buffer& buffer, const Syntax& e) {
  const Value target = access(buffer, e);
  return ir::get<ir::BufferLoad>(to_expr(target, e.span)).indices;
}

ir::BufferRegion Evaluator::region(const Syntax& e) {
  const Value value = evaluate(e);
  if (const auto* buffer = value.as<ir::Buffer>()) {
    ir::BufferRegion whole{*buffer, {}};
    for (const Expr& extent : (*buffer)->shape) whole.region.push_back({ir::make_int(0, extent->dtype), extent});
    return whole;
  }
  if (const auto* sliced = value.as<SlicedBuffer>()) {
    ir::BufferRegion result{sliced->buffer, {}};
    for (size_t i = 0; i < result.buffer->shape.size(); ++i) {
      const Expr& extent = result.buffer->shape[i];
      if (i >= sliced->indices.size()) {
        result.region.push_back({ir::make_int(0, extent->dtype), extent});
      } else if (const auto* slice = std::get_if<SliceValue>(&sliced->indices[i])) {
        const Expr lower = slice->lower ? slice->lower : ir::make_int(0, extent->dtype);
        result.region.push_back({lower, difference(slice->upper ? slice->upper : extent, lower)});
      } else {
        const Expr& point = std::get<Expr>(sliced->indices[i]);
        result.region.push_back({point, ir::make_int(1, point->dtype)});
      }
    }
    return result;
  }
  if (const auto* expr = value.as<Expr>()) {
    if (const auto* load = ir::as<ir::BufferLoad>(*expr)) {
      ir::BufferRegion result{load->buffer, {}};
      for (const Expr& index : load->indices) {
        if (const auto* ramp = ir::as<ir::Ramp>(index)) {
          result.region.push_back({ramp->base, ir::mul(ramp->stride, ir::make_int(ramp->dtype.lanes, ramp->stride->dtype))});
        } else {
          result.region.push_back({index, ir::make_int(1, index->dtype)});
        }
      }
      return result;
    }
  }
  mismatch(e.span, fmt::format("a region such as A[vi, 0:16] is needed, this is {}", describe(value)));
}

}  // namespace loopglass::script
