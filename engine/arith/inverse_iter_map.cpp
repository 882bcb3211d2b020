#include "engine/arith/inverse_iter_map.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "engine/ir/op.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

// Sums and splits from the outputs down to the variables: each after all that use it, so that its value is complete when it is split up.
struct Node {
  const IterSum* sum = nullptr;
  const IterSplit* split = nullptr;
  const void* key() const { return sum ? static_cast<const void*>(sum) : split; }
};

const IterSum* sum_of(const IterMarkRef& mark) {
  const auto* sum = std::get_if<std::shared_ptr<const IterSum>>(&mark->source);
  return sum ? sum->get() : nullptr;
}

class Order {
 public:
  void visit(const IterSum& sum) {
    if (!seen_.insert(&sum).second) return;
    for (const IterSplit& split : sum.args) visit(split);
    post_.push_back({&sum, nullptr});
  }
  std::vector<Node> reversed() && {
    std::reverse(post_.begin(), post_.end());
    return std::move(post_);
  }

 private:
  void visit(const IterSplit& split) {
    if (const IterSum* sum = sum_of(split.source)) visit(*sum);
    post_.push_back({nullptr, &split});
  }
  std::unordered_set<const IterSum*> seen_;
  std::vector<Node> post_;
};

class Inverter {
 public:
  void give(const void* node, const ir::Expr& value) {
    ir::Expr& sum = values_[node];
    sum = sum ? ir::add(sum, value) : value;
  }

  // Hands the sum's value on to its splits: alone it gets all, else its digit.
  bool propagate(const IterSum& sum) {
    const ir::Expr input = ir::sub(value(&sum), sum.base);
    if (sum.args.size() == 1) {
      const IterSplit& only = sum.args[0];
      if (!ir::is_one(only.scale) && !ir::is_const_int(only.scale, -1)) return false;
      give(&only, ir::mul(input, only.scale));
      return true;
    }
    if (!is_fusion(sum)) return false;
    for (size_t i = sum.args.size(); i-- > 0;) {
      const IterSplit& split = sum.args[i];
      const ir::Expr quotient = ir::floordiv(input, split.scale);
      give(&split, i == 0 ? quotient : ir::floormod(quotient, split.extent));
    }
    return true;
  }

  // False where the source is no variable (`v - 2` of a variable that starts at 2).
  bool propagate(const IterSplit& split) {
    const ir::Expr input = ir::mul(value(&split), split.lower_factor);
    if (const IterSum* sum = sum_of(split.source)) {
      give(sum, input);
      return true;
    }
    const ir::Var var = ir::as_var(std::get<ir::Expr>(split.source->source));
    if (!var) return false;
    const auto known = std::find_if(inverse.begin(), inverse.end(), [&](const auto& entry) { return entry.first == var; });
    if (known == inverse.end())
      inverse.emplace_back(var, input);
    else
      known->second = ir::add(known->second, input);
    return true;
  }

  Inverse inverse;

 private:
  ir::Expr value(const void* node) const {
    const auto it = values_.find(node);
    return it == values_.end() ? ir::make_int(0) : it->second;
  }
  bool is_fusion(const IterSum& sum) const {
    if (sum.args.empty()) return true;
    ir::Expr expected = sum.args.back().scale;
    for (size_t i = sum.args.size(); i-- > 0;) {
      if (!analyzer_.can_prove_equal(sum.args[i].scale, expected)) return false;
      expected = ir::mul(expected, sum.args[i].extent);
    }
    return true;
  }

  Analyzer analyzer_;
  std::unordered_map<const void*, ir::Expr> values_;
};

}  // namespace

std::optional<Inverse> inverse_affine_iter_map(std::span<const IterSum> map, std::span<const ir::Expr> outputs) {
  CHECK(map.size() == outputs.size(), "an iterator map is inverted for another number of outputs");
  Order order;
  for (const IterSum& sum : map) order.visit(sum);
  Inverter inverter;
  for (size_t i = 0; i < map.size(); ++i) inverter.give(&map[i], outputs[i]);
  for (const Node& node : std::move(order).reversed()) {
    const bool done = node.split ? inverter.propagate(*node.split) : inverter.propagate(*node.sum);
    if (!done) return std::nullopt;
  }
  return std::move(inverter.inverse);
}

}  // namespace loopglass::arith
