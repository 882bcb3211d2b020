#include "engine/script/access_region.h"

#include <algorithm>
#include <unordered_map>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/script/linear.h"

namespace loopglass::script {
namespace {

using ir::Expr;
using ir::ExprKind;
using ir::Stmt;

// [lo, hi], both included; null where there is no bound.
struct Interval {
  Expr lo, hi;
  bool is_point() const { return lo && lo == hi; }
};

Interval point(const Expr& e) { return {e, e}; }

using Domains = std::unordered_map<const ir::VarNode*, Interval>;

class IntervalEvaluator {
 public:
  explicit IntervalEvaluator(const Domains& domains) : domains_(domains) {}

  Interval evaluate(const Expr& e) const {
    if (e->kind == ExprKind::IntImm) return point(e);
    if (const auto* v = ir::as<ir::VarNode>(e)) {
      const auto domain = domains_.find(v);
      if (domain == domains_.end()) return point(e);
      // The bounds of an inner loop may name outer ones.
      const Interval& range = domain->second;
      return {range.lo ? evaluate(range.lo).lo : nullptr, range.hi ? evaluate(range.hi).hi : nullptr};
    }
    if (const auto* c = ir::as<ir::Cast>(e)) {
      const Interval a = evaluate(c->value);
      if (a.is_point() && a.lo == c->value) return point(e);
      return {a.lo ? ir::cast(c->dtype, a.lo) : nullptr, a.hi ? ir::cast(c->dtype, a.hi) : nullptr};
    }
    if (e->kind == ExprKind::BufferLoad) {
      const bool is_relaxed = ir::uses_var(e, [&](const ir::VarNode* v) { return domains_.contains(v); });
      return is_relaxed ? Interval{} : point(e);
    }
    if (const auto* s = ir::as<ir::Select>(e)) return unite(evaluate(s->false_value), evaluate(s->true_value));
    if (const auto* b = ir::as<ir::Binary>(e)) return binary(e, *b);
    return {};  // calls and floats have no bounds
  }

  static Interval unite(const Interval& a, const Interval& b) { return {lesser(a.lo, b.lo), greater(a.hi, b.hi)}; }

 private:
  static Expr lesser(const Expr& a, const Expr& b) {
    if (!a || !b) return nullptr;
    if (const auto d = ir::as_int(difference(a, b))) return *d <= 0 ? a : b;
    return ir::min(a, b);
  }
  static Expr greater(const Expr& a, const Expr& b) {
    if (!a || !b) return nullptr;
    if (const auto d = ir::as_int(difference(a, b))) return *d >= 0 ? a : b;
    return ir::max(a, b);
  }
  static Expr combine(ExprKind kind, const Expr& a, const Expr& b) { return a && b ? ir::fold_binary(kind, a, b) : nullptr; }

  Interval binary(const Expr& whole, const ir::Binary& e) const {
    if (e.kind > ExprKind::Max) return {};
    const Interval a = evaluate(e.a), b = evaluate(e.b);
    if (a.is_point() && b.is_point() && a.lo == e.a && b.lo == e.b) return point(whole);
    switch (e.kind) {
      case ExprKind::Add: return {combine(e.kind, a.lo, b.lo), combine(e.kind, a.hi, b.hi)};
      case ExprKind::Sub: return {combine(e.kind, a.lo, b.hi), combine(e.kind, a.hi, b.lo)};
      case ExprKind::Mul: return b.is_point() ? scaled(a, b.lo) : a.is_point() ? scaled(b, a.lo) : Interval{};
      case ExprKind::Min: return {combine(e.kind, a.lo, b.lo), combine(e.kind, a.hi, b.hi)};
      case ExprKind::Max: return {combine(e.kind, a.lo, b.lo), combine(e.kind, a.hi, b.hi)};
      case ExprKind::FloorDiv: {
        const auto divisor = b.is_point() ? ir::as_int(b.lo) : std::nullopt;
        if (!divisor || *divisor <= 0) return {};
        return {combine(e.kind, a.lo, b.lo), combine(e.kind, a.hi, b.lo)};
      }
      case ExprKind::FloorMod: return remainder(a, b);
      default: return {};
    }
  }

  static Interval scaled(const Interval& a, const Expr& factor) {
    const auto value = ir::as_int(factor);
    if (!value) return {};
    const Expr lo = combine(ExprKind::Mul, a.lo, factor), hi = combine(ExprKind::Mul, a.hi, factor);
    return *value >= 0 ? Interval{lo, hi} : Interval{hi, lo};
  }

  static Interval remainder(const Interval& a, const Interval& b) {
    const auto divisor = b.is_point() ? ir::as_int(b.lo) : std::nullopt;
    if (!divisor || *divisor <= 0) return {};
    if (a.lo && a.hi) {
      const Expr first = ir::floordiv(a.lo, b.lo), last = ir::floordiv(a.hi, b.lo);
      if (ir::structural_equal(first, last)) {
        const Expr whole = ir::mul(b.lo, first);
        return {ir::sub(a.lo, whole), ir::sub(a.hi, whole)};
      }
    }
    return {ir::make_int(0, b.lo->dtype), ir::sub(b.lo, ir::make_int(1, b.lo->dtype))};
  }

  const Domains& domains_;
};

struct Touched {
  ir::Buffer buffer;
  std::vector<Interval> region;
};

class Detector : public ir::Visitor {
 public:
  Detector(const ir::Block& block, const std::vector<const ir::BufferNode*>& buffers) : block_(block), buffers_(buffers) {}

  using ir::Visitor::visit;

  void visit(const Expr& e) override {
    if (const auto* load = ir::as<ir::BufferLoad>(e)) touch(reads_, load->buffer, relax(load->indices));
    ir::Visitor::visit(e);
  }

  void visit(const Stmt& s) override {
    if (const auto* loop = ir::as<ir::For>(s)) return visit_loop(*loop, s);
    if (const auto* let = ir::as<ir::LetStmt>(s)) {
      lets_[let->var.get()] = let->value;
      return ir::Visitor::visit(s);
    }
    if (const auto* store = ir::as<ir::BufferStore>(s)) {
      touch(writes_, store->buffer, relax(store->indices));
      // TVM visits the value before the indices.
      visit(store->value);
      for (const Expr& index : store->indices) visit(index);
      return;
    }
    if (const auto* realize = ir::as<ir::BlockRealize>(s)) return visit_inner_block(*realize);
    ir::Visitor::visit(s);
  }

  AccessRegions result() const {
    AccessRegions found;
    found.writes = collect(writes_);
    found.reads = collect(reads_);
    if (block_.init)
      std::erase_if(found.reads, [&](const ir::BufferRegion& r) {
        return std::any_of(found.writes.begin(), found.writes.end(), [&](const ir::BufferRegion& w) { return w.buffer == r.buffer; });
      });
    return found;
  }

 private:
  void visit_loop(const ir::For& loop, const Stmt& s) {
    const Expr last = ir::is_one(loop.extent) ? loop.min : ir::sub(ir::add(loop.extent, loop.min), ir::make_int(1, loop.extent->dtype));
    domains_[loop.loop_var.get()] = {loop.min, last};
    ir::Visitor::visit(s);
    domains_.erase(loop.loop_var.get());
  }

  void visit_inner_block(const ir::BlockRealize& realize) {
    ir::VarMap bindings;
    for (size_t i = 0; i < realize.block.iter_vars.size(); ++i) bindings[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
    const auto add = [&](std::vector<Touched>& touched, const ir::BufferRegion& region) {
      std::vector<Interval> relaxed;
      for (const ir::Range& r : region.region) {
        const Expr min = ir::substitute(r.min, bindings, true), extent = ir::substitute(r.extent, bindings, true);
        const IntervalEvaluator evaluator(domains_);
        if (ir::is_one(extent)) {
          relaxed.push_back(evaluator.evaluate(min));
        } else {
          const Expr last = ir::sub(ir::add(extent, min), ir::make_int(1, extent->dtype));
          relaxed.push_back({evaluator.evaluate(min).lo, evaluator.evaluate(last).hi});
        }
      }
      touch(touched, region.buffer, std::move(relaxed));
    };
    for (const ir::BufferRegion& r : realize.block.reads) add(reads_, r);
    for (const ir::BufferRegion& r : realize.block.writes) add(writes_, r);
  }

  std::vector<Interval> relax(const std::vector<Expr>& indices) const {
    std::vector<Interval> region;
    for (Expr index : indices) {
      for (Expr next = ir::substitute(index, lets_); next != index; next = ir::substitute(index, lets_)) index = next;
      const IntervalEvaluator evaluator(domains_);
      if (const auto* ramp = ir::as<ir::Ramp>(index)) {
        const Interval base = evaluator.evaluate(ramp->base);
        const Expr reach = ir::mul(ramp->stride, ir::make_int(ramp->dtype.lanes - 1, ramp->stride->dtype));
        region.push_back({base.lo, base.hi ? ir::add(base.hi, reach) : nullptr});
      } else {
        region.push_back(evaluator.evaluate(index));
      }
    }
    return region;
  }

  void touch(std::vector<Touched>& touched, ir::Buffer buffer, std::vector<Interval> region) {
    for (const ir::MatchBuffer& match : block_.match_buffers) {
      if (match.buffer != buffer) continue;
      // A matched buffer counts as the region that it stands for.
      buffer = match.source.buffer;
      region = to_source(match, region);
      break;
    }
    if (std::find(buffers_.begin(), buffers_.end(), buffer.get()) == buffers_.end()) return;
    for (Touched& t : touched) {
      if (t.buffer != buffer) continue;
      for (size_t i = 0; i < region.size(); ++i) t.region[i] = IntervalEvaluator::unite(t.region[i], region[i]);
      return;
    }
    touched.push_back({std::move(buffer), std::move(region)});
  }

  // Indices of the matched buffer added to the region's start; leading dimensions that it drops keep theirs.
  static std::vector<Interval> to_source(const ir::MatchBuffer& match, const std::vector<Interval>& region) {
    std::vector<Interval> result;
    const size_t dropped = match.source.region.size() - region.size();
    for (size_t i = 0; i < match.source.region.size(); ++i) {
      const ir::Range& r = match.source.region[i];
      if (i < dropped) {
        result.push_back({r.min, ir::sub(ir::add(r.extent, r.min), ir::make_int(1, r.extent->dtype))});
      } else {
        const Interval& inner = region[i - dropped];
        result.push_back({inner.lo ? ir::add(r.min, inner.lo) : nullptr, inner.hi ? ir::add(r.min, inner.hi) : nullptr});
      }
    }
    return result;
  }

  static std::vector<ir::BufferRegion> collect(const std::vector<Touched>& touched) {
    std::vector<ir::BufferRegion> result;
    for (const Touched& t : touched) {
      ir::BufferRegion region{t.buffer, {}};
      for (size_t i = 0; i < t.region.size(); ++i) {
        const Interval& r = t.region[i];
        const Expr& extent = t.buffer->shape[i];
        if (!r.lo || !r.hi) {
          region.region.push_back({ir::make_int(0, extent->dtype), extent});
        } else {
          region.region.push_back({r.lo, r.is_point() ? ir::make_int(1, r.lo->dtype) : difference(ir::add(r.hi, ir::make_int(1, r.hi->dtype)), r.lo)});
        }
      }
      result.push_back(std::move(region));
    }
    return result;
  }

  const ir::Block& block_;
  const std::vector<const ir::BufferNode*>& buffers_;
  std::vector<Touched> reads_, writes_;
  Domains domains_;
  ir::VarMap lets_;
};

}  // namespace

AccessRegions detect_access_regions(const ir::Block& block, const std::vector<const ir::BufferNode*>& buffers) {
  Detector detector(block, buffers);
  if (block.init) detector.visit(block.init);
  detector.visit(block.body);
  return detector.result();
}

}  // namespace loopglass::script
