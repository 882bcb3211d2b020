// add_unit_loop(block_or_loop): a loop that runs once, around a block or a loop.
//
// Before: for i in range(16): with T.sblock("C"): ...
// After add_unit_loop(C): for i, u in T.grid(16, 1): with T.sblock("C"): ...
//
// Requires: RootBlock (nothing stands around the root). Keeps: all that there is.
// (TVM: src/s_tir/schedule/primitive/loop_transformation.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tree.h"

namespace loopglass::schedule {
namespace {

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, node_argument(args[0]));
  if (!parent(place))
    return fail(DiagnosticKind::RootBlock, fmt::format("{} is the root block of {}: no loop can stand around it", quoted(place), place.function()),
                "choose a block or a loop below the root", {label(place, "")});
  const ir::Var u = ir::make_var("u");
  ir::Stmt loop = ir::make_for(u, ir::make_int(0), ir::make_int(1), ir::ForKind::Serial, place.stmt());
  return Rewrite{.module = replace(context.module, place, std::move(loop)), .results = {result(LoopRef{u})}, .same_accesses = true};
}

}  // namespace

const PrimitiveSpec kAddUnitLoop = {
    .name = "add_unit_loop",
    .json_kind = "AddUnitLoop",
    .summary = "Puts a loop that runs once around a block or a loop.",
    .params = {{"block_or_loop", ParamKind::BlockOrLoop, "what the new loop goes around", {}, false}},
    .apply = apply,
};

}  // namespace loopglass::schedule
