#include "engine/measure/worker/sampled_outputs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/arith/analyzer.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/lower/lower.h"
#include "engine/measure/flop_count.h"

namespace loopglass::measure {
namespace {

constexpr int kRandomElements = 3;   // of each output, beside its first and last

// Inclusive bounds of each dimension.
struct Interval {
  int64_t low, high;
};
using Box = std::vector<Interval>;
using Needed = std::unordered_map<const ir::BufferNode*, Box>;

struct Access {
  ir::Buffer buffer;
  std::vector<ir::Expr> indices;          // in terms of loops: block axes replaced by what they are bound to
  std::vector<const ir::For*> loops;
  bool is_write;
};

class AccessCollector : public ir::Visitor {
 public:
  bool visits_regions() const override { return false; }
  void visit(const ir::Stmt& s) override {
    if (const auto* realize = ir::as<ir::BlockRealize>(s)) {
      for (size_t i = 0; i < realize->iter_values.size(); ++i)
        axes_[realize->block.iter_vars[i].var.get()] = ir::substitute(realize->iter_values[i], axes_);
      ir::Visitor::visit(s);
    } else if (const auto* loop = ir::as<ir::For>(s)) {
      loops_.push_back(loop);
      all_loops.push_back(loop);
      ir::Visitor::visit(s);
      loops_.pop_back();
    } else {
      ir::Visitor::visit(s);
      if (const auto* store = ir::as<ir::BufferStore>(s)) add(store->buffer, store->indices, true);
    }
  }
  void visit(const ir::Expr& e) override {
    ir::Visitor::visit(e);
    if (const auto* load = ir::as<ir::BufferLoad>(e)) add(load->buffer, load->indices, false);
  }
  std::vector<Access> accesses;
  std::vector<const ir::For*> all_loops;

 private:
  void add(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, bool is_write) {
    Access access{buffer, {}, loops_, is_write};
    for (const ir::Expr& index : indices) access.indices.push_back(ir::substitute(index, axes_));
    accesses.push_back(std::move(access));
  }
  ir::VarMap axes_;
  std::vector<const ir::For*> loops_;
};

bool same_indices(const Access& a, const Access& b) {
  return std::equal(a.indices.begin(), a.indices.end(), b.indices.begin(), b.indices.end(),
                    [](const ir::Expr& x, const ir::Expr& y) { return ir::structural_equal(x, y); });
}

// Whether each element that the statement reads of what it writes is the one that the same iteration writes.
bool reads_only_its_own_elements(const std::vector<Access>& accesses) {
  for (const Access& read : accesses)
    for (const Access& write : accesses)
      if (!read.is_write && write.is_write && read.buffer == write.buffer && !same_indices(read, write)) return false;
  return true;
}

// What each loop of the statement may be confined to. A loop is missing where it has to run whole.
std::map<const ir::For*, Interval> confined_loops(const AccessCollector& statement, const Needed& needed) {
  std::map<const ir::For*, Interval> confined;
  if (!reads_only_its_own_elements(statement.accesses)) return confined;
  std::set<const ir::For*> whole;
  for (const Access& write : statement.accesses) {
    const auto box = write.is_write ? needed.find(write.buffer.get()) : needed.end();
    for (const ir::For* loop : write.is_write ? write.loops : std::vector<const ir::For*>{}) {
      const auto at = std::find_if(write.indices.begin(), write.indices.end(), [&](const ir::Expr& index) { return index == loop->loop_var; });
      const auto extent = ir::as_int(loop->extent);
      if (box == needed.end()) continue;   // what it writes is not needed
      if (at == write.indices.end() || !ir::is_zero(loop->min) || loop->step || !extent) {
        whole.insert(loop);
        continue;
      }
      const Interval wanted = box->second[static_cast<size_t>(at - write.indices.begin())];
      const auto [entry, is_new] = confined.try_emplace(loop, wanted);
      if (!is_new) entry->second = {std::min(entry->second.low, wanted.low), std::max(entry->second.high, wanted.high)};
      entry->second.high = std::min(entry->second.high, *extent - 1);
    }
  }
  for (const ir::For* loop : whole) confined.erase(loop);
  std::erase_if(confined, [](const auto& entry) { return entry.second.low > entry.second.high; });
  return confined;
}

class LoopConfiner : public ir::Rewriter {
 public:
  explicit LoopConfiner(const std::map<const ir::For*, Interval>& confined) : confined_(confined) {}
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const auto* loop = ir::as<ir::For>(s);
    const auto interval = loop ? confined_.find(loop) : confined_.end();
    if (interval == confined_.end()) return ir::Rewriter::rewrite(s);
    ir::For copy = *loop;
    copy.min = ir::make_int(interval->second.low, loop->loop_var->dtype);
    copy.extent = ir::make_int(interval->second.high - interval->second.low + 1, loop->loop_var->dtype);
    copy.body = rewrite(loop->body);
    return ir::make_stmt(std::move(copy));
  }

 private:
  const std::map<const ir::For*, Interval>& confined_;
};

void need(Needed& needed, const ir::Buffer& buffer, const Box& box) {
  const auto [entry, is_new] = needed.try_emplace(buffer.get(), box);
  if (is_new) return;
  for (size_t d = 0; d < box.size(); ++d)
    entry->second[d] = {std::min(entry->second[d].low, box[d].low), std::max(entry->second[d].high, box[d].high)};
}

// Adds what the statement reads while its loops run over what they are confined to.
void need_what_is_read(const AccessCollector& statement, const std::map<const ir::For*, Interval>& confined, Needed& needed) {
  arith::Analyzer analyzer;
  for (const ir::For* loop : statement.all_loops) {
    const auto interval = confined.find(loop);
    if (interval == confined.end()) {
      analyzer.bind(loop->loop_var, ir::Range{loop->min, loop->extent});
    } else {
      const ir::DataType type = loop->loop_var->dtype;
      analyzer.bind(loop->loop_var, ir::Range{ir::make_int(interval->second.low, type),
                                              ir::make_int(interval->second.high - interval->second.low + 1, type)});
    }
  }
  for (const Access& read : statement.accesses) {
    if (read.is_write) continue;
    Box box;
    for (size_t d = 0; d < read.indices.size(); ++d) {
      const arith::ConstIntBound bound = analyzer.const_int_bound(read.indices[d]);
      const int64_t last = ir::as_int(read.buffer->shape[d]).value_or(1) - 1;
      box.push_back({std::clamp<int64_t>(bound.min, 0, last), std::clamp<int64_t>(bound.max, 0, last)});
    }
    need(needed, read.buffer, box);
  }
}

// The statement confined to what is needed; null where it writes nothing that is.
ir::Stmt slice_statement(const ir::Stmt& s, Needed& needed) {
  AccessCollector statement;
  statement.visit(s);
  const bool is_needed = std::any_of(statement.accesses.begin(), statement.accesses.end(),
                                     [&](const Access& a) { return a.is_write && needed.contains(a.buffer.get()); });
  if (!is_needed) return nullptr;
  const auto confined = confined_loops(statement, needed);
  need_what_is_read(statement, confined, needed);
  return LoopConfiner(confined).rewrite(s);
}

ir::Stmt slice_statements(const ir::Stmt& body, Needed& needed) {
  const auto* seq = ir::as<ir::Seq>(body);
  std::vector<ir::Stmt> kept;
  const std::vector<ir::Stmt> stmts = seq ? seq->stmts : std::vector<ir::Stmt>{body};
  for (auto s = stmts.rbegin(); s != stmts.rend(); ++s) kept.push_back(slice_statement(*s, needed));
  std::reverse(kept.begin(), kept.end());
  return ir::make_seq(std::move(kept));
}

// Where several names may mean the same memory, boxes of one say nothing of the other.
bool has_views(const ir::PrimFunc& function) {
  std::unordered_map<const ir::VarNode*, const ir::BufferNode*> by_data;
  bool views = false;
  const auto note = [&](const ir::Buffer& buffer) { views |= by_data.try_emplace(buffer->data.get(), buffer.get()).first->second != buffer.get(); };
  for (const ir::Param& param : function.params)
    if (param.buffer) note(param.buffer);
  ir::for_each_expr(function.body, [&](const ir::Expr& e) {
    if (const auto* load = ir::as<ir::BufferLoad>(e)) note(load->buffer);
  });
  ir::for_each_stmt(function.body, [&](const ir::Stmt& s) {
    if (const auto* store = ir::as<ir::BufferStore>(s)) note(store->buffer);
    const auto* realize = ir::as<ir::BlockRealize>(s);
    views |= s->kind == ir::StmtKind::DeclBuffer || (realize && !realize->block.match_buffers.empty());
    return true;
  });
  return views;
}

std::vector<size_t> written_parameters(const ir::PrimFunc& function) {
  std::set<const ir::BufferNode*> written;
  ir::for_each_stmt(function.body, [&](const ir::Stmt& s) {
    if (const auto* store = ir::as<ir::BufferStore>(s)) written.insert(store->buffer.get());
    return true;
  });
  std::vector<size_t> parameters;
  for (size_t i = 0; i < function.params.size(); ++i)
    if (function.params[i].buffer && written.contains(function.params[i].buffer.get())) parameters.push_back(i);
  return parameters;
}

std::vector<OutputElement> elements_of(size_t parameter, const ir::BufferNode& buffer, std::mt19937_64& random) {
  OutputElement first{parameter, {}}, last{parameter, {}};
  std::vector<OutputElement> elements(kRandomElements, {parameter, {}});
  for (const ir::Expr& shape : buffer.shape) {
    const int64_t extent = ir::as_int(shape).value_or(1);
    if (extent == 0) return {};
    first.index.push_back(0);
    last.index.push_back(extent - 1);
    for (OutputElement& element : elements) element.index.push_back(static_cast<int64_t>(random() % static_cast<uint64_t>(extent)));
  }
  elements.insert(elements.begin(), {first, last});
  return elements;
}

}  // namespace

ir::Function slice_for(const ir::Function& function, const OutputElement& element) {
  if (has_views(*function)) return function;
  Needed needed;
  Box& box = needed[function->params[element.parameter].buffer.get()];
  for (const int64_t index : element.index) box.push_back({index, index});
  ir::PrimFunc sliced = *function;
  if (const ir::BlockRealize* root = ir::root_block(*function)) {
    ir::BlockRealize copy = *root;
    copy.block.body = slice_statements(root->block.body, needed);
    sliced.body = ir::make_stmt(std::move(copy));
  } else {
    sliced.body = slice_statements(function->body, needed);
  }
  return std::make_shared<const ir::PrimFunc>(std::move(sliced));
}

std::vector<Slice> sample_outputs(const ir::Function& function, uint64_t seed, int64_t max_accesses) {
  std::mt19937_64 random(seed);
  std::vector<Slice> slices;
  for (const size_t parameter : written_parameters(*function))
    for (OutputElement& element : elements_of(parameter, *function->params[parameter].buffer, random)) {
      ir::Function slice = slice_for(function, element);
      const auto plain = lower::lower(slice, "slice", {.plain = true});
      if (!plain || count_work(plain->function).accesses > max_accesses) continue;
      slices.push_back({std::move(element), std::move(slice)});
    }
  return slices;
}

}  // namespace loopglass::measure
