// sample_partitioned_tile(loop, n, partition_pos, innerpart_factor, decision): n factors whose product is the loop's extent, those from
// partition_pos on with a product that innerpart_factor divides.
//
// A decision whose inner part does not divide becomes [extent // innerpart_factor, 1, .., innerpart_factor, .., 1]; else it is made to fit
// (fitted_tile). A loop whose extent is not constant, or that innerpart_factor does not divide, gives [-1, 1, ..., 1]. Changes nothing.
//
// Requires: BadArgument (parts, position, factor, extent), WrongDecision. (TVM: src/s_tir/schedule/primitive/sampling.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tile_sampling.h"

namespace loopglass::schedule {
namespace {

struct Partition {
  int64_t parts, position, inner_factor;
};

bool inner_part_divides(const Tile& tile, const Partition& partition) {
  // Modulo the factor all along: the product of a decision's factors need not fit into 64 bits.
  int64_t rest = 1 % partition.inner_factor;
  for (size_t i = partition.position; i < tile.size(); ++i) rest = rest * (tile[i] % partition.inner_factor) % partition.inner_factor;
  return rest == 0;
}

Result<void> check_partition(const Place& loop, const Partition& partition) {
  TRY(check_parts(loop, partition.parts, 1));
  if (partition.inner_factor < 1 || partition.inner_factor > INT32_MAX)
    return fail(DiagnosticKind::BadArgument, fmt::format("an inner part of {} cannot be a multiple of {}", quoted(loop), partition.inner_factor),
                "give a positive innerpart_factor", {label(loop, bounds_text(loop.loop()))});
  if (partition.position < 0 || (partition.position >= partition.parts && partition.inner_factor > 1))
    return fail(DiagnosticKind::BadArgument, fmt::format("{} parts have no inner part that begins at position {}", partition.parts, partition.position),
                fmt::format("give a partition_pos from 0 to {}", partition.parts - 1), {label(loop, bounds_text(loop.loop()))});
  return {};
}

Tile default_tile(int64_t extent, const Partition& partition) {
  Tile tile(partition.parts, 1);
  tile.front() = extent / partition.inner_factor;
  tile[partition.position] = partition.inner_factor;
  return tile;
}

Result<Tile> tile_of(const Context& context, std::span<const Argument> args) {
  const Place loop = at(context.module, loop_argument(args[0]));
  const Partition partition{int_argument(args[1]), int_argument(args[2]), int_argument(args[3])};
  TRY(check_parts(loop, partition.parts, 1));
  const auto extent = ir::as_int(loop.loop().extent);
  if (!extent || (partition.inner_factor > 0 && *extent % partition.inner_factor != 0)) return open_tile(partition.parts);
  TRY(check_partition(loop, partition));
  if (!is_none(args[4])) {
    TRY_ASSIGN(Tile decision, decided_tile(loop, value_argument(args[4])));
    return inner_part_divides(decision, partition) ? fitted_tile(std::move(decision), *extent) : default_tile(*extent, partition);
  }
  TRY(check_extent(loop, *extent));
  RandomEngine random = random_engine(context);
  while (true) {
    Tile tile = draw_tile(*extent, static_cast<int>(partition.parts), random);
    if (inner_part_divides(tile, partition)) return tile;
  }
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  TRY_ASSIGN(const Tile tile, tile_of(context, args));
  return tile_result(context, tile, false);
}

}  // namespace

const PrimitiveSpec kSamplePartitionedTile = {
    .name = "sample_partitioned_tile",
    .json_kind = "SamplePartitionedTile",
    .summary = "Draws factors whose product is a loop's extent, the inner ones a multiple of a number.",
    .params = {{"loop", ParamKind::Loop, "the loop to tile", {}, false},
               {"n", ParamKind::Int, "the number of factors", {}, true},
               {"partition_pos", ParamKind::Int, "the position at which the inner part begins", Value{int64_t{0}}, true},
               {"innerpart_factor", ParamKind::Int, "what the product of the inner part is a multiple of", Value{int64_t{1}}, true},
               {.name = "decision", .kind = ParamKind::Ints, .summary = "the factors, where they are decided", .default_value = Value{}, .is_attr = false, .is_decision = true}},
    .is_query = true,
    .apply = apply,
    .gives_list = true,
};

}  // namespace loopglass::schedule
