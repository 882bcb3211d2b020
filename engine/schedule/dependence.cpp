#include "engine/schedule/dependence.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/ir/visitor.h"
#include "engine/schedule/access_walk.h"

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
};

struct Touchers {
  std::optional<Toucher> writer, reader;   // the first of each
};

// The loops around a place, `nth` iterations after their first (the last where there are fewer).
Bindings iterations(const Place& place, int64_t nth) {
  Bindings bindings;
  for (size_t depth = 0; depth + 1 < place.chain.size(); ++depth) {
    if (const ir::For* loop = ir::as<ir::For>(place.chain[depth])) {
      const int64_t last = evaluate(loop->extent, bindings).value_or(1) - 1;
      bindings.push(loop->loop_var.get(), evaluate(loop->min, bindings).value_or(0) + std::clamp<int64_t>(nth, 0, std::max<int64_t>(last, 0)));
    } else if (const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(place.chain[depth])) {
      for (size_t i = 0; i < realize->iter_values.size(); ++i)
        bindings.push(realize->block.iter_vars[i].var.get(), evaluate(realize->iter_values[i], bindings));
    } else if (const ir::LetStmt* let = ir::as<ir::LetStmt>(place.chain[depth])) {
      bindings.push(let->var.get(), evaluate(let->value, bindings));
    }
  }
  return bindings;
}

bool has_loops_above(const Place& place) {
  return std::any_of(place.chain.begin(), place.chain.end() - 1, [](const ir::Stmt& s) { return ir::as<ir::For>(s) != nullptr; });
}

// All loop variables that may be around an access below a place, outermost first.
std::vector<ir::Var> loop_vars(const Place& place) {
  std::vector<ir::Var> vars;
  for (const ir::Stmt& s : place.chain)
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

Collision make_collision(const Access& access, const Toucher& first, bool first_writes, Toucher second) {
  return {Witness{access.buffer->name, access.index, first.loops, std::move(second.loops)}, first_writes, access.is_write, first.block,
          std::move(second.block)};
}

ir::BlockId block_id(const Access& access) { return access.block ? access.block->block.id : nullptr; }

// One look at the loop, with so many iterations of each loop inside it.
class CarriedSearch {
 public:
  CarriedSearch(const Place& loop) : loop_(loop), vars_(loop_vars(loop)), private_(private_buffers(loop)) {}

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
    const Toucher self{values_of(vars_, bindings), block_id(access), iteration};
    const auto meets = [&](const std::optional<Toucher>& t) { return t && t->iteration != iteration; };
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
  const std::unordered_set<const ir::BufferNode*> private_;
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

// With the loops around both blocks at one iteration.
DependenceAnswer conflict_at(const Place& earlier, const Place& later, int64_t nth, const DependenceLimits& limits) {
  // The statements that hold the one and the other block, below the last that holds both.
  size_t common = 0;
  while (earlier.chain[common + 1] == later.chain[common + 1]) ++common;
  const auto subtree = [&](const Place& place) {
    Place result{place.path, {place.chain.begin(), place.chain.begin() + common + 2}};
    result.path.steps.resize(common + 1);
    return result;
  };
  const Place first = subtree(earlier), second = subtree(later);
  const std::vector<ir::Var> first_vars = loop_vars(first), second_vars = loop_vars(second);
  for (int64_t steps = 4;; steps *= 16) {
    WalkLimits walk{limits.accesses / 2, steps, nullptr, 4};
    std::map<Element, Touchers> seen;
    const WalkEnd a = walk_accesses(first.stmt(), iterations(first, nth), walk, [&](const Access& access, const Bindings& bindings) {
      if (!access.known || block_id(access) != earlier.block().id) return true;
      Touchers& touchers = seen[{access.buffer, access.index}];
      std::optional<Toucher>& mine = access.is_write ? touchers.writer : touchers.reader;
      if (!mine) mine = Toucher{values_of(first_vars, bindings), block_id(access), 0};
      return true;
    });
    std::optional<Collision> found;
    const WalkEnd b = walk_accesses(second.stmt(), iterations(second, nth), walk, [&](const Access& access, const Bindings& bindings) {
      if (!access.known || block_id(access) != later.block().id) return true;
      const auto it = seen.find({access.buffer, access.index});
      if (it == seen.end() || (!access.is_write && !it->second.writer)) return true;
      const bool after_write = it->second.writer.has_value();
      const Toucher& first_toucher = after_write ? *it->second.writer : *it->second.reader;
      found = make_collision(access, first_toucher, after_write, {values_of(second_vars, bindings), block_id(access), 0});
      return false;
    });
    if (found) return {std::move(found), false};
    if (a == WalkEnd::Complete && b == WalkEnd::Complete) return {std::nullopt, !has_loops_above(first)};
    if (steps > 1024) return {};
  }
}

}  // namespace

DependenceAnswer carried_dependence(const Place& loop, const DependenceLimits& limits) {
  CarriedSearch search(loop);
  for (int64_t inner = 2; inner <= 32; inner *= 4) {
    const WalkEnd end = search.run(inner, limits.accesses);
    if (search.found()) return {search.found(), false};
    // Complete here speaks of the first iterations of the loops around alone; where there are any, more may differ.
    if (end == WalkEnd::Complete) return {std::nullopt, !has_loops_above(loop)};
  }
  return {};
}

DependenceAnswer conflict(const Place& earlier, const Place& later, const DependenceLimits& limits) {
  DependenceAnswer answer;
  for (int64_t nth = 0; nth < 3; ++nth) {   // the first iterations of the loops around both: at the very first, a border may hide it
    answer = conflict_at(earlier, later, nth, limits);
    if (answer.collision || answer.exhaustive) break;
  }
  return answer;
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
