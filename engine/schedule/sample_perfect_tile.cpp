// sample_perfect_tile(loop, n, max_innermost_factor, decision): n factors whose product is the loop's extent, for split.
//
// Without a decision they are drawn, the innermost at most max_innermost_factor (-1: any). A decision that does not fit the loop is made
// to fit (fitted_tile). A loop whose extent is not constant gives [None, 1, ..., 1]. Changes nothing.
//
// Requires: BadArgument (parts, extent, max_innermost_factor), WrongDecision. (TVM: src/s_tir/schedule/primitive/sampling.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/specs.h"
#include "engine/schedule/tile_sampling.h"

namespace loopglass::schedule {
namespace {

Result<Tile> drawn_tile(const Context& context, const Place& loop, int64_t extent, int64_t parts, int64_t max_innermost_factor) {
  TRY(check_parts(loop, parts, max_innermost_factor == -1 ? 1 : 2));
  TRY(check_extent(loop, extent));
  if (max_innermost_factor < 1 && max_innermost_factor != -1)
    return fail(DiagnosticKind::BadArgument, fmt::format("no tile of {} has an innermost factor of at most {}", quoted(loop), max_innermost_factor),
                "give a positive max_innermost_factor, or -1 for any", {label(loop, bounds_text(loop.loop()))});
  RandomEngine random = random_engine(context);
  while (true) {
    Tile tile = draw_tile(extent, static_cast<int>(parts), random);
    if (max_innermost_factor == -1 || tile.back() <= max_innermost_factor) return tile;
  }
}

Result<Tile> tile_of(const Context& context, std::span<const Argument> args) {
  const Place loop = at(context.module, loop_argument(args[0]));
  const int64_t parts = int_argument(args[1]), max_innermost_factor = int_argument(args[2]);
  const auto extent = ir::as_int(loop.loop().extent);
  if (!extent) {
    TRY(check_parts(loop, parts, 1));
    return open_tile(parts);
  }
  if (is_none(args[3])) return drawn_tile(context, loop, *extent, parts, max_innermost_factor);
  TRY_ASSIGN(Tile decision, decided_tile(loop, value_argument(args[3])));
  return fitted_tile(std::move(decision), *extent);
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  TRY_ASSIGN(const Tile tile, tile_of(context, args));
  return tile_result(context, tile, true);
}

}  // namespace

const PrimitiveSpec kSamplePerfectTile = {
    .name = "sample_perfect_tile",
    .json_kind = "SamplePerfectTile",
    .summary = "Draws factors whose product is a loop's extent.",
    .params = {{"loop", ParamKind::Loop, "the loop to tile", {}, false},
               {"n", ParamKind::Int, "the number of factors", {}, true},
               {"max_innermost_factor", ParamKind::Int, "the largest innermost factor; -1 for any", Value{int64_t{16}}, true},
               {.name = "decision", .kind = ParamKind::Ints, .summary = "the factors, where they are decided", .default_value = Value{}, .is_attr = false, .is_decision = true}},
    .is_query = true,
    .apply = apply,
    .gives_list = true,
};

}  // namespace loopglass::schedule
