#include "engine/schedule/dependence.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/disjoint_iterations.h"

namespace loopglass::schedule {
namespace {

using LoopValues = std::vector<std::pair<std::string, int64_t>>;

struct Element {
  const ir::BufferNode* buffer;
  std::vector<int64_t> index;
  auto operator<=>(const Element&) const = default;
};

// Who touched an element: the values of the loops around, and the block.
struct Toucher {
  LoopValues loops;
  ir::BlockId block;
  int64_t iteration = 0;   // of the loop in question
  std::vector<int64_t> merged;   // of the loops that would be merged
};

struct Touchers {
  std::optional<Toucher> writer, reader;   // the first of each
};

bool has_loops_above(const Place& place) {
  return std::ranges::any_of(place.above(), [](const ir::Stmt& s) { return ir::as<ir::For>(s) != nullptr; });
}

// All loop variables that may be around an access below a place, outermost first.
std::vector<ir::Var> loop_vars(const Place& place) {
  std::vector<ir::Var> vars;
  for (const ir::Stmt& s : place.chain())
    if (const ir::For* loop = ir::as<ir::For>(s)) vars.push_back(loop->loop_var);
  ir::for_each_stmt(place.stmt(), [&](const ir::Stmt& s) {
    const ir::For* loop = ir::as<ir::For>(s);
    if (loop && s != place.stmt()) vars.push_back(loop->loop_var);
    return true;
  });
  return vars;
}

LoopValues values_of(const std::vector<ir::Var>& vars, const Bindings& bindings) {
  LoopValues values;
  for (const ir::Var& var : vars)
    if (const auto value = bindings[var.get()]) values.emplace_back(var->name, *value);
  return values;
}

// Buffers that each iteration has for itself: allocated below the loop.
std::unordered_set<const ir::BufferNode*> private_buffers(const Place& loop) {
  std::unordered_set<const ir::BufferNode*> result;
  ir::for_each_stmt(loop.stmt(), [&](const ir::Stmt& s) {
    if (const ir::AllocBuffer* alloc = ir::as<ir::AllocBuffer>(s)) result.insert(alloc->buffer.get());
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::Buffer& buffer : realize->block.alloc_buffers) result.insert(buffer.get());
    return true;
  });
  return result;
}

// Buffers that are allocated around the loop and that nothing outside it uses.
class OutsideUses : public ir::Visitor {
 public:
  explicit OutsideUses(const Place& loop) : loop_(loop.stmt()) {
    for (const ir::Stmt& s : loop.upwards())
      if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
        for (const ir::Buffer& buffer : realize->block.alloc_buffers) unused_.insert(buffer.get());
    visit(loop.ancestor(0).stmt());
  }
  using Visitor::visit;
  bool visits_regions() const override { return false; }
  void visit(const ir::Expr& e) override {
    if (const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e)) unused_.erase(load->buffer.get());
    Visitor::visit(e);
  }
  void visit(const ir::Stmt& s) override {
    if (s == loop_) return;
    if (const ir::BufferStore* store = ir::as<ir::BufferStore>(s)) unused_.erase(store->buffer.get());
    if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::MatchBuffer& match : realize->block.match_buffers) unused_.erase(match.source.buffer.get());
    Visitor::visit(s);
  }
  std::unordered_set<const ir::BufferNode*> unused() && { return std::move(unused_); }

 private:
  const ir::Stmt& loop_;
  std::unordered_set<const ir::BufferNode*> unused_;
};

Collision make_collision(const Access& access, const Toucher& first, bool first_writes, Toucher second) {
  return {Witness{access.buffer->name, access.index, first.loops, std::move(second.loops)}, first_writes, access.is_write, first.block,
          std::move(second.block)};
}

ir::BlockId block_id(const Access& access) { return access.block ? access.block->block.id : nullptr; }

// One look at the loop, with so many iterations of each loop inside it.
class CarriedSearch {
 public:
  // `own`: buffers of which each iteration has its own part; there a value has to pass from one iteration to another.
  explicit CarriedSearch(const Place& loop, std::unordered_set<const ir::BufferNode*> own = {})
      : loop_(loop), vars_(loop_vars(loop)), private_(private_buffers(loop)), own_(std::move(own)) {}

  WalkEnd run(int64_t inner_iterations, int64_t accesses) {
    seen_.clear();
    candidate_.reset();
    WalkLimits limits;
    limits.accesses = accesses;
    limits.iterations = inner_iterations;
    limits.unlimited = loop_.loop().loop_var.get();
    return walk_accesses(loop_.stmt(), iterations(loop_, 0), limits,
                         [&](const Access& access, const Bindings& bindings) { return look(access, bindings); });
  }
  std::optional<Collision> found() const { return candidate_; }

 private:
  // Goes on after a write and a read have met, to the end of that iteration, for two writes.
  bool look(const Access& access, const Bindings& bindings) {
    const int64_t iteration = bindings[loop_.loop().loop_var.get()].value_or(0);
    if (candidate_ && iteration != candidate_iteration_) return false;
    if (!access.known || private_.contains(access.buffer)) return true;
    Touchers& touchers = seen_[{access.buffer, access.index}];
    const Toucher self{values_of(vars_, bindings), block_id(access), iteration, {}};
    const auto meets = [&](const std::optional<Toucher>& t) { return t && t->iteration != iteration; };
    if (own_.contains(access.buffer)) {
      if (access.is_write) touchers.writer = self;
      else if (meets(touchers.writer)) candidate_ = make_collision(access, *touchers.writer, true, self);
      return !candidate_;
    }
    if (access.is_write && meets(touchers.writer)) {
      candidate_ = make_collision(access, *touchers.writer, true, self);
      return false;
    }
    if (!candidate_ && (meets(touchers.writer) || (access.is_write && meets(touchers.reader)))) {
      const bool after_write = meets(touchers.writer);
      candidate_ = make_collision(access, after_write ? *touchers.writer : *touchers.reader, after_write, self);
      candidate_iteration_ = iteration;
    }
    std::optional<Toucher>& mine = access.is_write ? touchers.writer : touchers.reader;
    if (!mine) mine = self;
    return true;
  }

  const Place& loop_;
  const std::vector<ir::Var> vars_;
  const std::unordered_set<const ir::BufferNode*> private_, own_;
  std::map<Element, Touchers> seen_;
  std::optional<Collision> candidate_;
  int64_t candidate_iteration_ = 0;
};

std::string element_text(const Witness& w) { return fmt::format("{}[{}]", w.buffer, fmt::join(w.index, ", ")); }

// "k=0", or all of "i=0, j=1" where several differ; the values that both share are left out.
std::string differing(const LoopValues& values, const LoopValues& other) {
  std::vector<std::string> parts;
  for (const auto& value : values)
    if (std::find(other.begin(), other.end(), value) == other.end()) parts.push_back(fmt::format("{}={}", value.first, value.second));
  return fmt::format("{}", fmt::join(parts, ", "));
}

// Two blocks or nests in program order, and which of their accesses collide.
struct Pair {
  const Place &earlier, &later;
  std::function<bool(const Access&)> counts_earlier, counts_later;
  // The loops that both would run in together: then what collides has to be of a later iteration of these in `earlier`. Empty: anything does.
  std::vector<ir::Var> earlier_loops, later_loops;
};

std::vector<int64_t> iteration_of(const std::vector<ir::Var>& loops, const Bindings& bindings) {
  std::vector<int64_t> iteration;
  for (const ir::Var& loop : loops) iteration.push_back(bindings[loop.get()].value_or(0));
  return iteration;
}

// The statement that holds the place, below the last that holds both.
Place subtree_of(const Place& place, const Place& other) {
  size_t depth = 1;
  while (place.ancestor(depth).stmt() == other.ancestor(depth).stmt()) ++depth;
  return place.ancestor(depth);
}

// One look at a pair, with the loops around both at one iteration.
class PairSearch {
 public:
  PairSearch(const Pair& pair, int64_t nth)
      : pair_(pair), nth_(nth), first_(subtree_of(pair.earlier, pair.later)), second_(subtree_of(pair.later, pair.earlier)),
        first_vars_(loop_vars(first_)), second_vars_(loop_vars(second_)) {}

  // True where every access was looked at.
  bool run(const WalkLimits& limits) {
    seen_.clear();
    const WalkEnd a = walk_accesses(first_.stmt(), iterations(first_, nth_), limits, [&](const Access& access, const Bindings& bindings) {
      if (!pair_.counts_earlier(access)) return true;
      Touched& touched = touched_[access.buffer];
      (access.is_write ? touched.written : touched.read) = true;
      if (!access.known) (access.is_write ? touched.written_by_data : touched.read_by_data) = true;
      else remember(access, bindings);
      return true;
    });
    const WalkEnd b = walk_accesses(second_.stmt(), iterations(second_, nth_), limits, [&](const Access& access, const Bindings& bindings) {
      if (!pair_.counts_later(access)) return true;
      const auto touched = touched_.find(access.buffer);
      if (touched != touched_.end()) by_data = by_data || may_meet(touched->second, access);
      if (access.known) look(access, bindings);
      return !found;
    });
    return a == WalkEnd::Complete && b == WalkEnd::Complete;
  }
  bool is_whole_program() const { return !has_loops_above(first_); }

  std::optional<Collision> found;
  bool by_data = false;

 private:
  // How the earlier one touches a buffer; by data: at indices that are not known.
  struct Touched {
    bool read = false, written = false, read_by_data = false, written_by_data = false;
  };
  static bool may_meet(const Touched& earlier, const Access& access) {
    const bool any = access.known ? earlier.read_by_data || earlier.written_by_data : earlier.read || earlier.written;
    const bool writes = access.is_write || (access.known ? earlier.written_by_data : earlier.written);
    return any && writes;
  }

  // Keeps the first that touches an element, or the last where only those of later iterations collide.
  void remember(const Access& access, const Bindings& bindings) {
    Touchers& touchers = seen_[{access.buffer, access.index}];
    std::optional<Toucher>& mine = access.is_write ? touchers.writer : touchers.reader;
    std::vector<int64_t> merged = iteration_of(pair_.earlier_loops, bindings);
    if (!mine || merged > mine->merged) mine = Toucher{values_of(first_vars_, bindings), block_id(access), 0, std::move(merged)};
  }

  void look(const Access& access, const Bindings& bindings) {
    const auto it = seen_.find({access.buffer, access.index});
    if (it == seen_.end()) return;
    const std::vector<int64_t> merged = iteration_of(pair_.later_loops, bindings);
    const auto collides = [&](const std::optional<Toucher>& t) { return t && (pair_.later_loops.empty() || t->merged > merged); };
    const bool after_write = collides(it->second.writer);
    if (!after_write && !(access.is_write && collides(it->second.reader))) return;
    const Toucher& first = after_write ? *it->second.writer : *it->second.reader;
    found = make_collision(access, first, after_write, {values_of(second_vars_, bindings), block_id(access), 0, {}});
  }

  const Pair& pair_;
  const int64_t nth_;
  const Place first_, second_;
  const std::vector<ir::Var> first_vars_, second_vars_;
  std::map<Element, Touchers> seen_;
  std::map<const ir::BufferNode*, Touched> touched_;
};

// With the loops around both at one iteration.
DependenceAnswer conflict_at(const Pair& pair, int64_t nth, const DependenceLimits& limits) {
  PairSearch search(pair, nth);
  for (int64_t steps = 4;; steps *= 16) {
    const bool complete = search.run({limits.accesses / 2, steps, nullptr, 4});
    if (search.found) return {std::move(search.found), false, search.by_data};
    if (complete) return {std::nullopt, search.is_whole_program(), search.by_data};
    if (steps > 1024) return {std::nullopt, false, search.by_data};
  }
}

// At the first iterations of the loops around both: at the very first, a border may hide it.
DependenceAnswer conflict_of(const Pair& pair, const DependenceLimits& limits) {
  DependenceAnswer answer;
  for (int64_t nth = 0; nth < 3; ++nth) {
    answer = conflict_at(pair, nth, limits);
    if (answer.collision || answer.exhaustive) break;
  }
  return answer;
}

std::vector<ir::Var> vars_of(const std::vector<Place>& loops) {
  std::vector<ir::Var> vars;
  for (const Place& loop : loops) vars.push_back(loop.loop().loop_var);
  return vars;
}

DependenceAnswer answer_of(CarriedSearch search, const Place& loop, const DependenceLimits& limits) {
  for (int64_t inner = 2; inner <= 32; inner *= 4) {
    const WalkEnd end = search.run(inner, limits.accesses);
    if (search.found()) return {search.found(), false};
    // Complete here speaks of the first iterations of the loops around alone; where there are any, more may differ.
    if (end == WalkEnd::Complete) return {std::nullopt, !has_loops_above(loop)};
  }
  return {};
}

}  // namespace

Bindings iterations(const Place& place, int64_t nth) {
  Bindings bindings;
  std::vector<ir::Stmt> around = place.chain();
  around.pop_back();
  for (const ir::Stmt& s : around) {
    if (const ir::For* loop = ir::as<ir::For>(s)) {
      const int64_t last = evaluate(loop->extent, bindings).value_or(1) - 1;
      bindings.push(loop->loop_var.get(), evaluate(loop->min, bindings).value_or(0) + std::clamp<int64_t>(nth, 0, std::max<int64_t>(last, 0)));
    } else if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s)) {
      for (size_t i = 0; i < realize->iter_values.size(); ++i)
        bindings.push(realize->block.iter_vars[i].var.get(), evaluate(realize->iter_values[i], bindings));
    } else if (const ir::LetStmt* let = ir::as<ir::LetStmt>(s)) {
      bindings.push(let->var.get(), evaluate(let->value, bindings));
    }
  }
  return bindings;
}

DependenceAnswer carried_dependence(const Place& loop, const DependenceLimits& limits) { return answer_of(CarriedSearch(loop), loop, limits); }

DependenceAnswer concurrent_conflict(const Place& loop, const DependenceLimits& limits) {
  const std::vector<Place> nest[] = {{loop}};
  if (only_equal_iterations_meet(nest)) return {std::nullopt, true};
  return answer_of(CarriedSearch(loop, OutsideUses(loop).unused()), loop, limits);
}

DependenceAnswer conflict(const Place& earlier, const Place& later, const DependenceLimits& limits) {
  const auto is_in = [](const Place& block) { return [id = block.block().id](const Access& access) { return block_id(access) == id; }; };
  return conflict_of({earlier, later, is_in(earlier), is_in(later), {}, {}}, limits);
}

DependenceAnswer merged_conflict(const std::vector<Place>& earlier, const std::vector<Place>& later, const DependenceLimits& limits) {
  const std::vector<Place> nests[] = {earlier, later};
  if (only_equal_iterations_meet(nests)) return {std::nullopt, true};
  const auto any = [](const Access&) { return true; };
  return conflict_of({earlier.front(), later.front(), any, any, vars_of(earlier), vars_of(later)}, limits);
}

std::string describe(const Collision& c) {
  const Witness& w = c.witness;
  std::string first = differing(w.first, w.second), second = differing(w.second, w.first);
  first = first.empty() ? "" : " " + first;
  second = second.empty() ? "" : " " + second;
  if (c.first_writes && c.second_writes) return fmt::format("iterations{} and{} both write {}", first, second, element_text(w));
  return fmt::format("iteration{} {} {}, which iteration{} {} before it", second, c.second_writes ? "writes" : "reads", element_text(w), first,
                     c.first_writes ? "writes" : "reads");
}

void add_carried_witness(Diagnostic& diagnostic, const Place& loop) {
  const DependenceAnswer answer = carried_dependence(loop);
  if (!answer.collision) return;
  diagnostic.message += ": " + describe(*answer.collision);
  diagnostic.witness = answer.collision->witness;
}

}  // namespace loopglass::schedule
