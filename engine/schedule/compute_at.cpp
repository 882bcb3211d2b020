// compute_at and reverse_compute_at: a block moves below a loop of its consumers (of its producers) and runs there over just the part
// that one iteration of the loop needs.
//
// Before:                                     After reverse_compute_at(C, j_0):
//   for i, j_0, j_1 in T.grid(128, 32, 4):      for i, j_0 in T.grid(128, 32):
//       with T.sblock("Y"): ...                     for j_1 in range(4):
//   for i, j in T.grid(128, 128):                       with T.sblock("Y"): ...
//       with T.sblock("C"):                         for ax0 in range(4):
//           vi, vj = T.axis.remap("SS", [i, j])         with T.sblock("C"):
//           C[vi, vj] = T.max(Y[vi, vj], 0)                 vi = T.axis.spatial(128, i)
//                                                           vj = T.axis.spatial(128, j_0 * 4 + ax0)
//                                                           C[vi, vj] = T.max(Y[vi, vj], 0)
//
// Requires: NotStagePipeline, NotCompleteOrReductionBlock, NotInSameScope, OutputBlock (compute_at),
// NotAllRequiredBlocksVisited, RegionPatternMismatch.
// Keeps: the block and its axes; only its loops and bindings are new. Method as in TVM's compute_at.cc.
#include <algorithm>

#include <fmt/format.h>

#include "engine/arith/int_set.h"
#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/axis_domain.h"
#include "engine/schedule/block_position.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/moved_block.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

// compute_at: the block produces for its consumers; reverse_compute_at: it consumes what its producers made.
enum class Direction { ToConsumers, ToProducers };

Result<void> check_same_scope(const Place& block, const Place& loop) {
  const auto refuse = [&](std::string message, std::string help) {
    return fail(DiagnosticKind::NotInSameScope, std::move(message), std::move(help), {label(block, "to be moved"), label(loop, "the loop")});
  };
  const std::optional<Place> a = scope_of(block), b = scope_of(loop);
  if (!a || !b || a->stmt() != b->stmt())
    return refuse(fmt::format("{} and {} are not in the same scope", quoted(block), quoted(loop)), "choose a loop of the block's own scope");
  if (is_below(block, loop))
    return refuse(fmt::format("{} stands below {} already", quoted(block), quoted(loop)), "choose a loop that is not above the block");
  return {};
}

ir::VarMap bindings(const ir::BlockRealize& realize) {
  ir::VarMap map;
  for (size_t i = 0; i < realize.iter_values.size(); ++i) map[realize.block.iter_vars[i].var.get()] = realize.iter_values[i];
  return map;
}

Regions regions_of(const std::vector<ir::Range>& ranges) {
  Regions result;
  for (const ir::Range& r : ranges) result.push_back(arith::IntSet::from_range(r));
  return result;
}

// Adds what a relative touches of each needed buffer while the loops between it and `loop` run.
void add_required(std::vector<Need>& needs, const Place& relative, const Place& loop, Direction direction) {
  const ir::Block& block = relative.block();
  const bool relax_storage = direction == Direction::ToConsumers;
  for (const ir::BufferRegion& touched : relax_storage ? block.reads : block.writes) {
    const auto need = std::find_if(needs.begin(), needs.end(), [&](const Need& n) { return n.buffer == touched.buffer; });
    if (need == needs.end()) continue;
    arith::IntSetMap domains;
    for (const ir::For* l : loops_between(*parent(relative), &loop, relax_storage ? touched.buffer->scope : "global"))
      domains[l->loop_var.get()] = arith::IntSet::from_range({l->min, l->extent});
    need->required.push_back(arith::eval_set(ir::substitute(touched, bindings(relative.realize())).region, domains));
  }
}

std::vector<Need> needs_of(const BlockScope& scope, size_t block, const Place& loop, Direction direction) {
  std::vector<Need> needs;
  const ir::Block& moved = scope.blocks[block].block();
  for (const ir::BufferRegion& given : direction == Direction::ToConsumers ? moved.writes : moved.reads) {
    auto need = std::find_if(needs.begin(), needs.end(), [&](const Need& n) { return n.buffer == given.buffer; });
    if (need == needs.end()) need = needs.insert(needs.end(), Need{given.buffer, {}, {}});
    need->provided.push_back(regions_of(given.region));
  }
  for (size_t i : direction == Direction::ToConsumers ? consumers(scope, block) : producers(scope, block))
    add_required(needs, scope.blocks[i], loop, direction);
  return needs;
}

// The block with new bindings, and one new loop (null: none) for each of its axes.
struct Nest {
  ir::Stmt stmt;
  std::vector<ir::Var> loop_vars;
};

Nest make_nest(const Place& block, const std::vector<AxisDomain>& domains, bool preserve_unit_loops, arith::Analyzer& analyzer) {
  ir::BlockRealize realize = block.realize();
  Nest nest;
  std::vector<std::pair<ir::Var, ir::Expr>> loops;
  ir::Expr predicate = ir::make_bool(true);
  const auto require = [&](const ir::Expr& condition) {
    if (!analyzer.can_prove(condition, arith::ProofStrength::SymbolicBound)) predicate = ir::logical_and(predicate, condition);
  };
  for (size_t i = 0; i < domains.size(); ++i) {
    const ir::IterVar& axis = realize.block.iter_vars[i];
    const ir::Range range = arith::cover_range(domains[i].dom, {axis.min, axis.extent});
    ir::Expr& value = realize.iter_values[i];
    nest.loop_vars.push_back(nullptr);
    if (!preserve_unit_loops && ir::is_one(range.extent)) {
      value = range.min;
    } else {
      const ir::DataType type{ir::TypeCode::Int, std::max(range.min->dtype.bits, range.extent->dtype.bits)};
      const ir::Var var = ir::make_var(fmt::format("ax{}", loops.size()), type);
      value = ir::add(range.min, var);
      loops.emplace_back(var, ir::cast(type, analyzer.simplify(range.extent)));
      nest.loop_vars.back() = var;
      analyzer.bind(var, ir::Range{ir::make_int(0, type), range.extent});
    }
    const arith::IntSet& bound = domains[i].bound;
    if (bound.is_nothing) continue;
    if (bound.min) require(ir::ge(value, bound.min));
    if (bound.max) require(ir::lt(value, ir::add(bound.max, ir::make_int(1, bound.max->dtype))));
  }
  realize.predicate = analyzer.simplify(predicate);
  nest.stmt = ir::make_stmt(std::move(realize));
  for (auto it = loops.rbegin(); it != loops.rend(); ++it)
    nest.stmt = ir::make_for(it->first, ir::make_int(0, it->first->dtype), it->second, ir::ForKind::Serial, nest.stmt);
  return nest;
}

// Loops that went away with the block's old place: what stands for them now.
Forwarding forward_loops(const Place& block, const Nest& nest, const ir::Module& after) {
  Forwarding forwarding;
  for (const Place& loop : loops_above(block)) {
    const ir::Var& old = loop.loop().loop_var;
    if (find(after, LoopRef{old})) continue;
    NodeRef now = ref(block);
    for (size_t i = 0; i < nest.loop_vars.size(); ++i)
      if (nest.loop_vars[i] && ir::uses_var(block.realize().iter_values[i], old))
        now = LoopRef{nest.loop_vars[i]};
    forwarding.moved.emplace_back(LoopRef{old}, now);
  }
  return forwarding;
}

// What sample_compute_location chose in the place of a loop.
template <Direction direction>
Result<Rewrite> apply_mark(const Context& context, const Argument& block, LocationMark mark) {
  if (mark == LocationMark::Root) return Rewrite{context.module, {}, {}, {}};
  const PrimitiveSpec& inlining = direction == Direction::ToConsumers ? kComputeInline : kReverseComputeInline;
  return inlining.apply(context, {&block, 1});
}

template <Direction direction>
Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  if (const LocationMark* mark = std::get_if<LocationMark>(&args[1].v)) return apply_mark<direction>(context, args[0], *mark);
  const Place block = at(context.module, block_argument(args[0])), loop = at(context.module, loop_argument(args[1]));
  TRY_ASSIGN(const Place root, check_scope(context, block, true));
  const BlockScope scope = make_block_scope(root);
  const size_t self = scope.index_of(block);
  TRY(check_complete_or_reduction_block(block, &context));
  TRY(check_same_scope(block, loop));
  if (direction == Direction::ToConsumers) TRY(check_not_output_block(block, root));
  TRY(check_removable(block));
  const Required required = direction == Direction::ToConsumers ? Required::Consumers : Required::Producers;
  TRY_ASSIGN(const size_t position, insertion_position(loop, scope, self, required, int_argument(args[3])));

  arith::Analyzer analyzer;
  bind_context(analyzer, context.module, loop);
  auto domains = covering_domains(block.block(), needs_of(scope, self, loop, direction), analyzer);
  if (!domains) {
    domains.error().labels = {label(block, "to be moved"), label(loop, "the loop")};
    return Error(std::move(domains).error());
  }
  const Nest nest = make_nest(block, *domains, bool_argument(args[2]), analyzer);
  std::vector<ir::Stmt> body = statements(loop.loop().body);
  body.insert(body.begin() + position, nest.stmt);
  ir::For grown = loop.loop();
  grown.body = ir::make_seq(std::move(body));
  Rewrite rewrite{replace(context.module, loop.function(), {{block.stmt().get(), nullptr}, {loop.stmt().get(), ir::make_stmt(std::move(grown))}}),
                  {}, {}, {}};
  const char* primitive = direction == Direction::ToConsumers ? "compute_at" : "reverse_compute_at";
  TRY(refuse_or_warn(context, unsound_move(context.module, rewrite.module, block_argument(args[0]), primitive), rewrite.warnings));
  rewrite.forwarding = forward_loops(block, nest, rewrite.module);
  rewrite.judged_again.push_back({block_argument(args[0]), JudgedAgain::Binding});
  return rewrite;
}

std::vector<ParamSpec> parameters(const char* block_summary, const char* loop_summary) {
  return {{"block", ParamKind::Block, block_summary, std::nullopt, false},
          {"loop", ParamKind::Loop, loop_summary, std::nullopt, false},
          {"preserve_unit_loops", ParamKind::Bool, "keep loops that run once", Value{false}, true, true},
          {"index", ParamKind::Int, "where in the loop's body: -1 as late as possible, -2 as early as possible, else the position",
           Value{int64_t{-1}}, true}};
}

}  // namespace

const PrimitiveSpec kComputeAt{
    "compute_at", "ComputeAt", "Moves a block below a loop of its consumers, to compute there just what one iteration needs.",
    parameters("the producer to move", "the loop to move it below; all consumers stand below it"), false, apply<Direction::ToConsumers>,
    nullptr, false, Gesture::DragBlock, false, true};

const PrimitiveSpec kReverseComputeAt{
    "reverse_compute_at", "ReverseComputeAt",
    "Moves a block below a loop of its producers, to consume there what one iteration has made.",
    parameters("the consumer to move", "the loop to move it below; all producers stand below it"), false, apply<Direction::ToProducers>,
    nullptr, false, Gesture::DragBlock, false, true};

}  // namespace loopglass::schedule
