#include "engine/schedule/disjoint_iterations.h"

#include <algorithm>
#include <optional>

#include "engine/arith/affine.h"
#include "engine/arith/analyzer.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"

namespace loopglass::schedule {
namespace {

struct BufferAccesses {
  const ir::BufferNode* buffer;
  std::vector<std::vector<ir::Expr>> indices;   // of each access, in the loops' variables
  bool is_written = false;
};

// The accesses below the innermost loop of a nest, in the loop variables of the first nest.
class AccessCollector : public ir::Visitor {
 public:
  using Visitor::visit;
  bool visits_regions() const override { return false; }

  void collect(const std::vector<Place>& nest, const std::vector<Place>& first) {
    for (size_t i = 0; i < nest.size(); ++i)
      if (nest[i].loop().loop_var != first[i].loop().loop_var) values_[nest[i].loop().loop_var.get()] = first[i].loop().loop_var;
    for (const ir::Stmt& s : nest.front().above())
      if (const auto* realize = ir::as<ir::BlockRealize>(s)) bind_axes(*realize);
    visit(nest.back().loop().body);
  }

  // Made where it is asked for.
  const arith::Analyzer& analyzer() {
    if (analyzer_) return *analyzer_;
    analyzer_.emplace();
    for (const auto& [var, range] : ranges_) analyzer_->bind(var, range);
    return *analyzer_;
  }

  std::vector<BufferAccesses> buffers;   // few
  bool all_known = true;   // nothing touches memory in another way

 private:
  void visit(const ir::Expr& e) override {
    if (const auto* load = ir::as<ir::BufferLoad>(e)) note(load->buffer, load->indices);
    if (const auto* call = ir::as<ir::Call>(e)) all_known = all_known && !touches_memory(*call);
    Visitor::visit(e);
  }

  void visit(const ir::Stmt& s) override {
    if (const auto* store = ir::as<ir::BufferStore>(s)) {
      note(store->buffer, store->indices).is_written = true;
    } else if (const auto* loop = ir::as<ir::For>(s)) {
      all_known = all_known && !loop->step;
      ranges_.emplace_back(loop->loop_var, ir::Range{ir::substitute(loop->min, values_), ir::substitute(loop->extent, values_)});
    } else if (const auto* let = ir::as<ir::LetStmt>(s)) {
      values_[let->var.get()] = ir::substitute(let->value, values_);
    } else if (const auto* realize = ir::as<ir::BlockRealize>(s)) {
      all_known = all_known && realize->block.match_buffers.empty();
      bind_axes(*realize);
    }
    Visitor::visit(s);
  }

  void bind_axes(const ir::BlockRealize& realize) {
    for (size_t i = 0; i < realize.iter_values.size(); ++i) values_[realize.block.iter_vars[i].var.get()] = ir::substitute(realize.iter_values[i], values_);
  }

  BufferAccesses& note(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) {
    const auto known = std::ranges::find(buffers, buffer.get(), &BufferAccesses::buffer);
    BufferAccesses& accesses = known != buffers.end() ? *known : buffers.emplace_back(BufferAccesses{buffer.get(), {}});
    std::vector<ir::Expr>& own = accesses.indices.emplace_back();
    own.reserve(indices.size());
    for (const ir::Expr& index : indices) own.push_back(ir::substitute(index, values_));
    return accesses;
  }

  static bool touches_memory(const ir::Call& call) {
    return call.op == "address_of" || call.op == "tvm_access_ptr" || call.op.starts_with("call_extern") || call.op.starts_with("call_packed");
  }

  ir::VarMap values_;   // axes, lets and the loops of other nests than the first
  std::vector<std::pair<ir::Var, ir::Range>> ranges_;   // of the loops inside
  std::optional<arith::Analyzer> analyzer_;
};

// The coefficients of the variables in an index; nothing where one is not constant.
std::optional<std::vector<int64_t>> constants(const std::vector<ir::Expr>& exprs) {
  std::vector<int64_t> result;
  for (const ir::Expr& e : exprs) {
    const auto value = ir::as_int(e);
    if (!value) return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

// Whether dimension `d` tells the iterations of the last variable apart: those of the others are known to be equal.
bool tells_apart(const BufferAccesses& accesses, size_t d, std::span<const ir::Var> vars, AccessCollector& collector) {
  const auto is_loop = [&](const std::vector<ir::Expr>& indices) { return indices[d] == vars.back(); };
  if (std::ranges::all_of(accesses.indices, is_loop)) return true;
  std::optional<std::vector<int64_t>> common;
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (const std::vector<ir::Expr>& indices : accesses.indices) {
    const auto equation = arith::detect_linear_equation(indices[d], vars);
    const auto coefficients = equation ? constants(equation->coefficients) : std::nullopt;
    if (!coefficients || (common && *common != *coefficients)) return false;
    common = coefficients;
    const arith::ConstIntBound rest = collector.analyzer().const_int_bound(equation->base);
    if (rest.min == arith::ConstIntBound::kNegInf || rest.max == arith::ConstIntBound::kPosInf) return false;
    low = std::min(low, rest.min);
    high = std::max(high, rest.max);
  }
  return common && common->back() > 0 && high - low < common->back();
}

}  // namespace

bool only_equal_iterations_meet(std::span<const std::vector<Place>> nests) {
  AccessCollector collector;
  for (const std::vector<Place>& nest : nests) collector.collect(nest, nests.front());
  if (!collector.all_known) return false;
  std::vector<ir::Var> around;   // one value for all
  for (const Place& loop : loops_above(nests.front().front())) around.push_back(loop.loop().loop_var);
  for (const BufferAccesses& accesses : collector.buffers) {
    if (!accesses.is_written) continue;
    std::vector<ir::Var> vars = around;
    for (const Place& loop : nests.front()) {
      vars.push_back(loop.loop().loop_var);
      bool apart = false;
      for (size_t d = 0; d < accesses.buffer->shape.size() && !apart; ++d) apart = tells_apart(accesses, d, vars, collector);
      if (!apart) return false;
    }
  }
  return true;
}

}  // namespace loopglass::schedule
