// reverse_compute_inline: a block goes, and its only producer stores at once what the block would have made of each element.
//
// Before:                                   After reverse_compute_inline(C):
//   for i, j in T.grid(128, 128):             for i, j in T.grid(128, 128):
//       with T.sblock("B"): ...                   with T.sblock("B"):
//           B[vi, vj] = A[vi, vj] * 2                 vi, vj = T.axis.remap("SS", [i, j])
//   for i, j in T.grid(128, 128):                     C[vi, vj] = A[vi, vj] * 2 + 1
//       with T.sblock("C"): ...
//           C[vi, vj] = B[vi, vj] + 1
//
// Requires: HasInitBlock, NotStagePipeline, NotSingleReadWriteBuffer, IncompleteBlock, NonSingleProducer, OutputBlock, BodyNotInlinable,
// OnlyLeaf, OpaqueAccess. Method as in TVM's compute_inline.cc.
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/inverse_iter_map.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/inliner.h"
#include "engine/schedule/lost_writes.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"
#include "engine/script/printer.h"

namespace loopglass::schedule {
namespace {

const char kBodyForm[] =
    "the body has to be `C[...] = g(B[f(axes)])`: one store without T.where, whose loads of B all have the same indices, an invertible map "
    "of the axes";

// The store of a producer's body, which may stand under one `if` without else.
const ir::BufferStore* producer_store(const ir::Block& producer) {
  if (const ir::IfThenElse* branch = ir::as<ir::IfThenElse>(producer.body))
    return branch->else_case ? nullptr : ir::as<ir::BufferStore>(branch->then_case);
  return ir::as<ir::BufferStore>(producer.body);
}

std::vector<const ir::BufferLoad*> loads_of(const ir::Stmt& store, const ir::Buffer& buffer) {
  std::vector<const ir::BufferLoad*> loads;
  ir::for_each_expr(store, [&](const ir::Expr& e) {
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    if (load && load->buffer == buffer) loads.push_back(load);
  });
  return loads;
}

bool same_indices(const ir::BufferLoad& a, const ir::BufferLoad& b) {
  return std::equal(a.indices.begin(), a.indices.end(), b.indices.begin(), b.indices.end(),
                    [](const ir::Expr& x, const ir::Expr& y) { return ir::structural_equal(x, y); });
}

arith::VarRanges axis_ranges(const ir::Block& block) {
  arith::VarRanges ranges;
  for (const ir::IterVar& iter : block.iter_vars) ranges.emplace_back(iter.var, ir::Range{iter.min, iter.extent});
  return ranges;
}

// Every instance of the consumer has a producer instance to run in.
Result<void> check_covered(const Place& consumer, const ir::Block& producer, const ir::VarMap& axes) {
  arith::Analyzer analyzer;
  const arith::IntSetMap domains = arith::as_int_set(axis_ranges(producer));
  for (const ir::IterVar& iter : consumer.block().iter_vars) {
    const auto it = axes.find(iter.var.get());
    if (it == axes.end())
      return body_not_inlinable(consumer, fmt::format("no index of the buffer that it reads says what its axis {} is", iter.var->name), kBodyForm);
    const arith::IntSet range = arith::eval_set(it->second, domains);
    const ir::Expr last = ir::sub(ir::add(iter.min, iter.extent), ir::make_int(1, iter.extent->dtype));
    if ((range.min && analyzer.can_prove(ir::gt(range.min, iter.min))) || (range.max && analyzer.can_prove(ir::lt(range.max, last))))
      return body_not_inlinable(consumer,
                                fmt::format("its axis {} runs from {} to {}, the producer \"{}\" only from {} to {}", iter.var->name,
                                            script::print_expr(iter.min), script::print_expr(last), producer.name,
                                            script::print_expr(range.min), script::print_expr(range.max)),
                                "the producer has to run for every element that the consumer reads");
  }
  return {};
}

// The consumer's axes as functions of the producer's: B's indices in the consumer's load, inverted, at those of the producer's store.
Result<ir::VarMap> consumer_axes(const Place& consumer, const ir::Block& producer, const ir::Buffer& inlined) {
  const auto refuse = [&](std::string why) { return body_not_inlinable(consumer, std::move(why), kBodyForm); };
  if (!ir::is_one(consumer.realize().predicate))
    return refuse(fmt::format("it runs only where {}", script::print_expr(consumer.realize().predicate)));
  if (!ir::as<ir::BufferStore>(consumer.block().body)) return refuse("it is not a single store");
  const std::vector<const ir::BufferLoad*> loads = loads_of(consumer.block().body, inlined);
  if (loads.empty()) return refuse(fmt::format("it does not load {}", inlined->name));
  for (const ir::BufferLoad* load : loads)
    if (!same_indices(*load, *loads[0])) return refuse(fmt::format("it loads {} at different indices", inlined->name));

  ir::VarMap axes;
  for (const ir::IterVar& iter : consumer.block().iter_vars)
    if (ir::is_one(iter.extent) && ir::as_int(iter.min)) axes[iter.var.get()] = iter.min;
  arith::Analyzer analyzer;
  const arith::IterMapResult map = arith::detect_iter_map(loads[0]->indices, axis_ranges(consumer.block()), ir::make_bool(true),
                                                          arith::IterMapLevel::NoCheck, analyzer, false);
  if (map.indices.empty()) return refuse(fmt::format("its indices of {} are no affine map of its axes", inlined->name));
  const ir::BufferStore* store = producer_store(producer);
  if (!store) return refuse(fmt::format("the body of its producer \"{}\" is not a single store", producer.name));
  const auto inverse = arith::inverse_affine_iter_map(map.indices, store->indices);
  if (!inverse) return refuse(fmt::format("its indices of {} cannot be inverted", inlined->name));
  for (const auto& [var, value] : *inverse) axes[var.get()] = value;
  TRY(check_covered(consumer, producer, axes));
  return axes;
}

// Puts the consumer's axes and the producer's value into an expression or store of the consumer.
class Substituter : public ir::Rewriter {
 public:
  Substituter(const ir::VarMap& axes, const ir::Buffer& inlined, ir::Expr value) : axes_(axes), inlined_(inlined), value_(std::move(value)) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    if (const ir::VarNode* var = ir::as<ir::VarNode>(e)) {
      const auto it = axes_.find(var);
      return it == axes_.end() ? e : it->second;
    }
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    return load && load->buffer == inlined_ && value_ ? value_ : Rewriter::rewrite(e);
  }

 private:
  const ir::VarMap& axes_;
  const ir::Buffer& inlined_;
  const ir::Expr value_;   // null: loads of the inlined buffer stay
};

// Turns the producer's store into the consumer's, and lets the producer run only where the consumer did.
class StoreInliner : public Inliner {
 public:
  StoreInliner(const ir::Buffer& inlined, const Place& consumer, const ir::Block& producer, const ir::BlockRealize& scope, ir::VarMap axes)
      : Inliner(inlined, consumer.block(), scope), consumer_(consumer), producer_(producer.id), axes_(std::move(axes)) {}

  using Inliner::rewrite;
  ir::Stmt rewrite(const ir::Stmt& s) override {
    const ir::Stmt out = Inliner::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(out);
    if (store && store->buffer == inlined_) return inlined_store(*store);
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(out);
    return realize && realize->block.id == producer_ ? with_consumer_bounds(out) : out;
  }

 private:
  ir::Stmt inlined_store(const ir::BufferStore& producer_store) const {
    const ir::BufferStore& mine = ir::get<ir::BufferStore>(consumer_.block().body);
    // In a producer that accumulates, its own element is now the consumer's.
    const ir::Expr own = Substituter(axes_, inlined_, nullptr).rewrite(ir::make_load(mine.buffer, mine.indices));
    const ir::Expr value = Substituter(axes_, inlined_, own).rewrite(producer_store.value);
    return Substituter(axes_, inlined_, value).rewrite(consumer_.block().body);
  }

  // The consumer's axes lie in their domains.
  ir::Expr consumer_bounds() const {
    ir::Expr bounds = ir::make_bool(true);
    for (const ir::IterVar& iter : consumer_.block().iter_vars)
      bounds = ir::logical_and(bounds, ir::logical_and(ir::ge(iter.var, iter.min), ir::lt(iter.var, ir::add(iter.min, iter.extent))));
    return Substituter(axes_, inlined_, nullptr).rewrite(bounds);
  }

  ir::Stmt with_consumer_bounds(const ir::Stmt& s) const {
    arith::Analyzer analyzer;
    ir::BlockRealize realize = ir::get<ir::BlockRealize>(s);
    ir::VarMap bindings;
    for (size_t i = 0; i < realize.iter_values.size(); ++i) {
      const ir::IterVar& iter = realize.block.iter_vars[i];
      bindings[iter.var.get()] = realize.iter_values[i];
      analyzer.bind(iter.var, ir::Range{iter.min, iter.extent});
    }
    ir::Expr predicate = analyzer.simplify(consumer_bounds());
    if (ir::is_one(predicate)) return s;
    const ir::IfThenElse* branch = ir::as<ir::IfThenElse>(realize.block.body);
    if (branch && !branch->else_case && !ir::structural_equal(predicate, analyzer.simplify(branch->condition))) {
      predicate = analyzer.simplify(ir::logical_and(predicate, branch->condition));
      realize.block.body = ir::Stmt(branch->then_case);
    }
    realize.predicate = analyzer.simplify(ir::substitute(predicate, bindings));
    return ir::make_stmt(std::move(realize));
  }

  const Place& consumer_;
  const ir::BlockId producer_;
  const ir::VarMap axes_;
};

// The one buffer that the block reads of those that its scope's blocks write.
Result<ir::Buffer> single_read(const Place& block, const BlockScope& scope) {
  std::vector<ir::Buffer> buffers;
  for (const ir::BufferRegion& read : block.block().reads)
    if (scope.writers_of(read.buffer.get()) && std::find(buffers.begin(), buffers.end(), read.buffer) == buffers.end())
      buffers.push_back(read.buffer);
  if (buffers.size() == 1) return buffers[0];
  std::string names;
  for (const ir::Buffer& b : buffers) names += (names.empty() ? "" : ", ") + b->name;
  return fail(DiagnosticKind::NotSingleReadWriteBuffer,
              buffers.empty() ? fmt::format("{} reads nothing that a block of its scope writes", quoted(block))
                              : fmt::format("{} reads {} buffers that blocks of its scope write: {}", quoted(block), buffers.size(), names),
              "it can be inlined into the producer of exactly one buffer", {label(block, "")});
}

// The innermost blocks below the scope that write the buffer.
std::vector<Place> leaf_writers(const Place& root, const ir::Buffer& buffer) {
  std::vector<Place> result;
  for (const Place& child : child_blocks(root)) {
    const std::vector<Place> inner = leaf_writers(child, buffer);
    result.insert(result.end(), inner.begin(), inner.end());
    const auto& writes = child.block().writes;
    if (inner.empty() && std::any_of(writes.begin(), writes.end(), [&](const ir::BufferRegion& w) { return w.buffer == buffer; }))
      result.push_back(child);
  }
  return result;
}

Result<Place> single_producer(const Place& block, const Place& scope, const ir::Buffer& buffer) {
  const char help[] = "the buffer has to be written by one complete block, and read by the block to be inlined alone";
  const std::vector<Place> writers = leaf_writers(scope, buffer);
  for (const Place& writer : writers)
    if (const Violation v = complete_violation(writer, scope); v.condition != 0)
      return fail(DiagnosticKind::NonSingleProducer,
                  fmt::format("{}, which produces {} for {}, is not a complete block (condition {}: {})", quoted(writer), buffer->name,
                              quoted(block), v.condition, v.reason),
                  help, {label(block, "to be inlined"), label(writer, "its producer")});
  if (writers.size() == 1) return writers[0];
  std::vector<Label> labels{label(block, "to be inlined")};
  for (const Place& writer : writers) labels.push_back(label(writer, "a producer"));
  return fail(DiagnosticKind::NonSingleProducer, fmt::format("{} has {} producers of {}", quoted(block), writers.size(), buffer->name), help,
              std::move(labels));
}

// The buffer goes with the block, so nobody else may read it. TVM does not look, and ends at a program without the buffer that it reads.
Result<void> check_single_reader(const Place& block, const Place& producer, const Place& scope, const ir::Buffer& buffer) {
  for (const Place& other : child_blocks(scope)) {
    if (other.block().id == block.block().id || is_below(producer, other)) continue;
    const auto& reads = other.block().reads;
    if (std::none_of(reads.begin(), reads.end(), [&](const ir::BufferRegion& r) { return r.buffer == buffer; })) continue;
    return fail(DiagnosticKind::NonSingleProducer,
                fmt::format("{} reads {} too, which would be gone with {}", quoted(other), buffer->name, quoted(block)),
                "inline the block where it is the only reader; compute_inline of the producer reaches every reader",
                {label(block, "to be inlined"), label(other, "another reader")});
  }
  return {};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY(check_no_init(block));
  TRY_ASSIGN(const Place scope, check_scope(context, block, true));
  TRY_ASSIGN(const ir::Buffer inlined, single_read(block, make_block_scope(scope)));
  TRY(check_complete_block(block));
  TRY_ASSIGN(const Place producer, single_producer(block, scope, inlined));
  TRY(check_not_output_block(producer, scope));
  TRY(check_single_reader(block, producer, scope, inlined));
  TRY_ASSIGN(ir::VarMap axes, consumer_axes(block, producer.block(), inlined));
  StoreInliner inliner(inlined, block, producer.block(), scope.realize(), std::move(axes));
  TRY_ASSIGN(ir::Stmt result, inline_away(scope, block, inliner));
  Rewrite rewrite{replace(context.module, scope, std::move(result)), {}, {}, {}};
  // TVM knows no bounds of the axes of blocks around, and puts its condition in the place of the producer's; it asks nothing of a nest's axes.
  if (scope_of(scope) || !scope_of(producer)->is_at(scope) || !ir::is_one(producer.realize().predicate) || !ir::as<ir::BufferStore>(producer.block().body))
    for (const ir::BufferRegion& write : block.block().writes)
      TRY(refuse_or_warn(context, lost_writes(scope, rewrite.module, write.buffer, "reverse_compute_inline"), rewrite.warnings));
  rewrite.forwarding.moved.emplace_back(ref(block), ref(producer));
  rewrite.judged_again.push_back({std::get<BlockRef>(ref(producer)), JudgedAgain::Binding});
  return rewrite;
}

}  // namespace

const PrimitiveSpec kReverseComputeInline{
    "reverse_compute_inline", "ReverseComputeInline", "Removes a block by letting its only producer store its value at once.",
    {{"block", ParamKind::Block, "the consumer to inline into its producer", std::nullopt, false}}, false, apply};

}  // namespace loopglass::schedule
