#include "engine/lower/partition_loops.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/lower/affine.h"
#include "engine/lower/simplify_conditions.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// Inclusive.
struct Span {
  int64_t first, last;
  int64_t length() const { return last - first + 1; }
};

// Where loops with constant bounds run; nothing for others.
std::optional<Span> span_of(const For& loop) {
  const std::optional<int64_t> min = as_int(loop.min), extent = as_int(loop.extent);
  constexpr int64_t kFarthest = int64_t{1} << 40;
  if (!min || !extent || *extent < 2 || (loop.step && !is_one(loop.step))) return std::nullopt;
  if (std::abs(*min) > kFarthest || *extent > kFarthest) return std::nullopt;
  return Span{*min, *min + *extent - 1};
}

int64_t floor_of(__int128 a, int64_t b) {
  const __int128 q = a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  return static_cast<int64_t>(std::clamp<__int128>(q, INT64_MIN / 2, INT64_MAX / 2));
}
int64_t ceil_of(__int128 a, int64_t b) { return -floor_of(-a, b); }

bool has_loop(const Stmt& s) {
  bool found = false;
  for_each_stmt(s, [&](const Stmt& part) { return !(found = found || as<For>(part)); });
  return found;
}

// The values of `var` from which on the truth of the conditions below a loop changes.
class Cuts : public Visitor {
 public:
  Cuts(const For& loop, Span span, Ranges ranges)
      : loop_(loop), span_(span), ranges_(std::move(ranges)), is_innermost_(!has_loop(loop.body)) {
    ranges_.bind_loop(loop);
    visit(loop.body);
  }
  std::set<int64_t> points;   // first values of new parts

  using Visitor::visit;
  bool visits_regions() const override { return false; }
  void visit(const Stmt& s) override {
    if (const For* loop = as<For>(s)) ranges_.bind_loop(*loop);
    if (const IfThenElse* branch = as<IfThenElse>(s)) find(branch->condition, kBranch);
    Visitor::visit(s);
  }
  void visit(const Expr& e) override {
    const bool is_vector = loop_.for_kind == ForKind::Vectorized;
    if (const Call* call = as<Call>(e); call && call->op == "if_then_else") find(call->args[0], is_vector ? kBranch : kChoice);
    if (const Select* select = as<Select>(e); select && !is_vector) find(select->condition, kChoice);
    Visitor::visit(e);
  }

 private:
  // What is gained by a cut. A choice between two values costs little where LLVM makes vectors with masks of it: a cut has to decide it nearly
  // everywhere, and must not take a vector or two off a short innermost loop. A branch costs more.
  struct Gain {
    int64_t least_share;       // 1 / share of the loop may stay undecided
    int64_t least_innermost;   // iterations
  };
  static constexpr Gain kBranch{2, 2}, kChoice{8, 256};

  void find(const Expr& condition, const Gain& gain) {
    if (!condition->dtype.is_scalar()) return;
    if (const Not* node = as<Not>(condition)) return find(node->a, gain);
    if (const Call* call = as<Call>(condition); call && call->op == "likely") return find(call->args[0], gain);
    const Binary* node = as<Binary>(condition);
    if (!node) return;
    switch (condition->kind) {
      case ExprKind::And:
      case ExprKind::Or: return find(node->a, gain), find(node->b, gain);
      case ExprKind::LT:
      case ExprKind::GE: return find_sign(node->a, node->b, 0, gain);
      case ExprKind::LE:
      case ExprKind::GT: return find_sign(node->a, node->b, -1, gain);
      default: return;
    }
  }

  // Where a - b + margin changes from negative to not negative, or back, whatever the values of the other variables.
  void find_sign(const Expr& a, const Expr& b, int64_t margin, const Gain& gain) {
    if (!a->dtype.is_int()) return;
    const Affine sum = plus(affine_of(a), affine_of(b), -1);
    int64_t c = coefficient_of(sum, loop_.loop_var);
    if (c == 0) return;
    __int128 low = sum.constant + margin, high = low;   // of all but c * var
    for (const Term& term : sum.terms) {
      if (term.atom == loop_.loop_var) continue;
      const ValueRange range = ranges_.of(term.atom);
      const __int128 ends[] = {__int128{term.coefficient} * range.min, __int128{term.coefficient} * range.max};
      low += std::min(ends[0], ends[1]);
      high += std::max(ends[0], ends[1]);
    }
    // Undecided in [begin, end): before and behind it one of the two is certain.
    const int64_t begin = c > 0 ? ceil_of(-high, c) : floor_of(low, -c) + 1;
    const int64_t end = c > 0 ? ceil_of(-low, c) : floor_of(high, -c) + 1;
    const int64_t undecided = std::min(end, span_.last + 1) - std::max(begin, span_.first);
    if (gain.least_share * std::max<int64_t>(undecided, 0) > span_.length()) return;
    if (is_innermost_ && span_.length() < gain.least_innermost) return;
    for (const int64_t point : {begin, end})
      if (point > span_.first && point <= span_.last) points.insert(point);
  }

  const For& loop_;
  const Span span_;
  Ranges ranges_;
  const bool is_innermost_;
};

// How much code a statement becomes, in stores.
int64_t stores_in(const Stmt& s) {
  int64_t count = 0;
  constexpr int64_t kLanes = 16, kMost = 1 << 20;
  for_each_stmt(s, [&](const Stmt& part) {
    count += part->kind == StmtKind::BufferStore;
    const For* loop = as<For>(part);
    const bool is_written_out = loop && (loop->for_kind == ForKind::Unrolled || loop->for_kind == ForKind::Vectorized);
    if (!is_written_out) return true;
    const int64_t times = as_int(loop->extent).value_or(1) / (loop->for_kind == ForKind::Vectorized ? kLanes : 1);
    count = std::min(kMost, count + std::clamp<int64_t>(times, 1, kMost) * stores_in(loop->body));
    return false;
  });
  return count;
}

// Each part would have a buffer of its own for every one that is allocated inside: not where they are large, or have views.
bool has_buffers_to_keep_single(const Stmt& s) {
  constexpr int64_t kLargest = 1 << 16;   // bytes
  bool found = false;
  for_each_stmt(s, [&](const Stmt& part) {
    const AllocBuffer* alloc = as<AllocBuffer>(part);
    double bytes = alloc ? alloc->buffer->dtype.bytes() : 0;
    if (alloc)
      for (const Expr& extent : alloc->buffer->shape) bytes *= static_cast<double>(as_int(extent).value_or(kLargest));
    found = found || part->kind == StmtKind::DeclBuffer || bytes > kLargest;
    return !found;
  });
  return found;
}

// Costs nothing to evaluate where it was not evaluated before, and has the same value there.
bool is_free(const Expr& e) {
  bool free = true;
  for_each_expr(e, [&](const Expr& part) {
    const Call* call = as<Call>(part);
    const bool divides = part->kind == ExprKind::Div || part->kind == ExprKind::Mod || part->kind == ExprKind::FloorDiv || part->kind == ExprKind::FloorMod;
    free = free && part->kind != ExprKind::BufferLoad && part->kind != ExprKind::Let && (!call || call->op == "likely") &&
           (!divides || as_int(get<Binary>(part).b).value_or(0) != 0);
  });
  return free;
}

void split_conjunction(const Expr& condition, const Var& var, Expr& constant, Expr& varying) {
  if (condition->kind == ExprKind::And) {
    split_conjunction(get<Binary>(condition).a, var, constant, varying);
    return split_conjunction(get<Binary>(condition).b, var, constant, varying);
  }
  Expr& side = is_free(condition) && !uses_var(condition, var) ? constant : varying;
  side = side ? logical_and(side, condition) : condition;
}

Stmt make_if(Expr condition, Stmt then_case, Stmt else_case = nullptr) {
  IfThenElse node;
  node.condition = std::move(condition);
  node.then_case = std::move(then_case);
  node.else_case = std::move(else_case);
  return make_stmt(std::move(node));
}

class Partition : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    if (const LetStmt* let = as<LetStmt>(s); let && let->value->dtype.is_integral() && let->value->dtype.is_scalar())
      ranges_.bind(let->var.get(), ranges_.of(let->value));
    const For* loop = as<For>(s);
    if (!loop) return Rewriter::rewrite(s);
    if (Stmt parts = in_parts(*loop)) return parts;
    ranges_.bind_loop(*loop);
    For copy = *loop;
    copy.body = rewrite(loop->body);
    if (rare_ > 0) copy.annotations[kRunsRarely] = {true};
    return tested_before(std::move(copy));
  }

 private:
  // Null where the loop stays whole.
  Stmt in_parts(const For& loop) {
    const std::optional<Span> span = span_of(loop);
    if (!span) return nullptr;
    const std::set<int64_t> cuts = Cuts(loop, *span, ranges_).points;
    if (cuts.empty() || has_buffers_to_keep_single(loop.body)) return nullptr;
    std::vector<Part> parts = simplified(loop, *span, cuts);
    if (!is_affordable(parts)) return nullptr;
    // The longest part first: it is the one that should get what there is to get.
    std::vector<size_t> order(parts.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater<>(), [&](size_t i) { return parts[i].span.length(); });
    for (const size_t i : order) {
      const bool is_rare = parts[i].span.length() * kRare <= span->length();
      rare_ += is_rare;
      parts[i].body = part_of(loop, parts[i]);
      rare_ -= is_rare;
    }
    return loop.for_kind == ForKind::Parallel ? chosen_inside(loop, parts) : one_after_the_other(parts);
  }

  struct Part {
    Span span;
    Stmt body;   // null where nothing is left
  };

  // The loop's body as each part has it, with fresh bindings but in the first one.
  std::vector<Part> simplified(const For& loop, Span whole, const std::set<int64_t>& cuts) const {
    std::vector<Part> parts;
    bool is_first = true;
    int64_t first = whole.first;
    const auto add = [&](int64_t last) {
      Ranges ranges = ranges_;
      ranges.bind(loop.loop_var.get(), {first, last});
      Stmt body = simplify_conditions(loop.body, ranges);
      if (body && !std::exchange(is_first, false)) body = with_fresh_bindings(body);
      parts.push_back({{first, last}, std::move(body)});
      first = last + 1;
    };
    for (const int64_t cut : cuts) add(cut - 1);
    add(whole.last);
    return parts;
  }

  // Takes what the parts add from what is left.
  bool is_affordable(const std::vector<Part>& parts) {
    int64_t total = 0, largest = 0;
    for (const Part& part : parts) {
      const int64_t stores = part.body ? stores_in(part.body) : 0;
      total += stores;
      largest = std::max(largest, stores);
    }
    if (total == 0 || total - largest > left_) return false;
    left_ -= total - largest;
    return true;
  }

  Stmt part_of(const For& loop, const Part& part) {
    if (!part.body) return nullptr;
    const bool is_parallel = loop.for_kind == ForKind::Parallel;   // keeps its variable
    For copy = loop;
    copy.loop_var = is_parallel ? loop.loop_var : make_var(loop.loop_var->name, loop.loop_var->dtype);
    copy.min = make_int(part.span.first, loop.loop_var->dtype);
    copy.extent = make_int(part.span.length(), loop.extent->dtype);
    if (rare_ > 0) copy.annotations[kRunsRarely] = {true};
    ranges_.bind_loop(copy);
    copy.body = rewrite(is_parallel ? part.body : substitute(part.body, {{loop.loop_var.get(), copy.loop_var}}));
    return is_parallel ? copy.body : tested_before(std::move(copy));
  }

  static Stmt one_after_the_other(const std::vector<Part>& parts) {
    std::vector<Stmt> loops;
    for (const Part& part : parts) loops.push_back(part.body);
    return make_seq(std::move(loops));
  }

  static Stmt chosen_inside(const For& loop, const std::vector<Part>& parts) {
    For copy = loop;
    copy.body = parts.back().body;
    for (size_t i = parts.size() - 1; i-- > 0;) {
      const Expr is_here = lt(loop.loop_var, make_int(parts[i].span.last + 1, loop.loop_var->dtype));
      if (parts[i].body) copy.body = make_if(is_here, parts[i].body, std::move(copy.body));
      else if (copy.body) copy.body = make_if(logical_not(is_here), std::move(copy.body));
    }
    return make_stmt(std::move(copy));
  }

  // `for k: if j < 5: s` becomes `if j < 5: for k: s`.
  static Stmt tested_before(For loop) {
    std::vector<const AttrStmt*> attributes;
    Stmt inside = loop.body;
    while (const AttrStmt* attr = as<AttrStmt>(inside)) attributes.push_back(attr), inside = attr->body;
    const IfThenElse* branch = as<IfThenElse>(inside);
    if (!branch || branch->else_case) return make_stmt(std::move(loop));
    Expr constant, varying;
    split_conjunction(branch->condition, loop.loop_var, constant, varying);
    if (!constant) return make_stmt(std::move(loop));
    Stmt body = varying ? make_if(std::move(varying), branch->then_case) : branch->then_case;
    for (size_t i = attributes.size(); i-- > 0;) {
      AttrStmt copy = *attributes[i];
      copy.body = std::move(body);
      body = make_stmt(std::move(copy));
    }
    loop.body = std::move(body);
    return make_if(std::move(constant), make_stmt(std::move(loop)));
  }

  static constexpr int64_t kRare = 4;   // this part of the iterations, or less

  Ranges ranges_;
  int rare_ = 0;   // the number of such parts around
  int64_t left_ = kMostAddedStores;
};

}  // namespace

Stmt partition_loops(const Stmt& body) { return Partition().rewrite(body); }

}  // namespace loopglass::lower
