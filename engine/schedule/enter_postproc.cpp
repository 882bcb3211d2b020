// enter_postproc(): a mark in the trace. What stands before it is the search's part of a schedule, what follows is done to every result of the
// search; without_postproc (replay.h) takes the first part. Changes nothing in the program. (TVM: src/s_tir/schedule/trace.cc)
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

Result<Rewrite> apply(const Context& context, std::span<const Argument>) { return Rewrite{context.module, {}, {}, {}}; }

}  // namespace

const PrimitiveSpec kEnterPostproc = {
    .name = "enter_postproc",
    .json_kind = "EnterPostproc",
    .summary = "Marks where a tuned schedule's search ends and its post-processing starts.",
    .params = {},
    .apply = apply,
};

}  // namespace loopglass::schedule
