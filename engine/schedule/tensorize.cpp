// tensorize(block_or_loop, intrin): a piece of the program that computes what an intrinsic's description says becomes its implementation.
//
// Before: for i, j_0, k_0, j_1, k_1 in T.grid(16, 4, 8, 16, 4): with T.sblock("Y"): ... Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vj, vk]
// After tensorize(j_1, "dot_16x4"):
//   for i, j_0, k_0 in T.grid(16, 4, 8):
//       with T.sblock("Y_o"):
//           vi_o, vj_o, vk_o = T.axis.remap("SSR", [i, j_0, k_0])
//           A_1 = T.match_buffer(A[vi_o, vk_o * 4:vk_o * 4 + 4], (4,), offset_factor=1)
//           ...the implementation's statements, on A_1, B_1, C_1
//
// A loop is made a block first (blockize). The block is compared with the description (description_match.h).
// Requires: UnknownIntrinsic, IntrinsicMismatch, RootBlock, what blockize requires of the loop. Keeps: a tensorized block's identity.
// (TVM: src/s_tir/schedule/primitive/blockize_tensorize.cc)
#include <algorithm>

#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/schedule/arguments.h"
#include "engine/schedule/block_scope.h"
#include "engine/schedule/blockize.h"
#include "engine/schedule/description_match.h"
#include "engine/schedule/intrinsic_instance.h"
#include "engine/schedule/shipped_intrinsics.h"
#include "engine/schedule/soundness.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

Result<const ir::TensorIntrin*> required_intrinsic(const Context& context, const std::string& name) {
  if (const ir::TensorIntrin* intrinsic = find_intrinsic(context.intrinsics, name)) return intrinsic;
  const std::string known = fmt::format("{}", fmt::join(known_intrinsics(context.intrinsics), ", "));
  return fail(DiagnosticKind::UnknownIntrinsic, fmt::format("there is no tensor intrinsic \"{}\"", name),
              fmt::format("these are known: {}; a file registers more with TensorIntrin.register(\"{}\", description, implementation)", known, name), {},
              {{"name", name}, {"known", known}});
}

Error mismatch_error(const Context& context, const Place& place, const std::string& intrinsic, const Mismatch& m) {
  std::optional<Place> where;
  if (m.where) where = find(context.module, *m.where);   // not a block that blockize has just made
  return fail(DiagnosticKind::IntrinsicMismatch,
              fmt::format("{} does not compute what \"{}\" describes: {} differ, {} here and {} there", quoted(place), intrinsic, m.what, m.program, m.description),
              "schedule the program until the two agree, or choose another intrinsic",
              {label(where ? *where : place, fmt::format("{} here, {} in the description", m.program, m.description))},
              {{"name", intrinsic}, {"here", m.program}, {"there", m.description}});
}

Error faulty(const Place& place, const std::string& intrinsic, std::string what) {
  return fail(DiagnosticKind::IntrinsicMismatch, fmt::format("the intrinsic \"{}\" cannot be used: {}", intrinsic, what), {}, {label(place, "")},
              {{"name", intrinsic}, {"here", what}, {"there", intrinsic}});
}

ir::DataType index_type(const ir::Block& block) {
  int bits = 32;
  for (const auto* regions : {&block.reads, &block.writes})
    for (const ir::BufferRegion& region : *regions)
      for (const ir::Range& range : region.region) bits = std::max(bits, static_cast<int>(range.min->dtype.bits));
  return bits > 32 ? ir::kInt64 : ir::kInt32;
}

const ir::BufferRegion* region_of(const ir::Block& block, const ir::Buffer& buffer) {
  for (const auto* regions : {&block.reads, &block.writes})
    for (const ir::BufferRegion& region : *regions)
      if (region.buffer == buffer) return &region;
  return nullptr;
}

// The part of the program's buffer that a parameter stands for.
ir::BufferRegion part_of(const ir::Buffer& buffer, const std::vector<ir::Expr>& origin, const ir::BufferRegion& wanted) {
  ir::BufferRegion part{buffer, {}};
  const size_t offset = origin.size() - wanted.region.size();
  for (size_t i = 0; i < origin.size(); ++i) {
    const ir::DataType type = origin[i]->dtype;
    part.region.push_back({origin[i], i < offset ? ir::make_int(1, type) : ir::cast(type, wanted.region[i - offset].extent)});
  }
  return part;
}

Result<void> put_in(ir::Block& block, const ir::TensorIntrin& intrinsic, const DescriptionMatch& match, const Place& place) {
  IntrinsicInstance instance = instantiate(*intrinsic.implementation, index_type(block));
  block.match_buffers.clear();
  for (size_t i = 0; i < instance.params.size(); ++i) {
    const ir::Buffer &described = intrinsic.description->params[i].buffer, &param = instance.params[i];
    const auto buffer = match.program_buffers.find(described.get());
    if (buffer == match.program_buffers.end()) return faulty(place, intrinsic.name, fmt::format("its description does not use its parameter {}", described->name));
    const ir::BufferRegion* wanted = region_of(instance.block, param);
    const std::vector<ir::Expr>& origin = match.origins.at(buffer->second.get());
    if (!wanted || wanted->region.size() > origin.size())
      return faulty(place, intrinsic.name, fmt::format("its implementation does not say what it reads or writes of its parameter {}", param->name));
    block.match_buffers.push_back({param, part_of(buffer->second, origin, *wanted)});
  }
  block.body = std::move(instance.block.body);
  for (ir::Buffer& buffer : instance.block.alloc_buffers) block.alloc_buffers.push_back(std::move(buffer));
  block.annotations.insert(instance.block.annotations.begin(), instance.block.annotations.end());   // the schedule's own stay
  return {};
}

// The block itself, or the one that the loop becomes.
Result<Blockized> whole_block(const Place& place, bool preserve_unit_iters) {
  if (place.is_loop()) return blockize_loop(place, preserve_unit_iters);
  return Blockized{place.realize(), {}};
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place place = at(context.module, node_argument(args[0]));
  TRY_ASSIGN(const ir::TensorIntrin* intrinsic, required_intrinsic(context, string_argument(args[1])));
  TRY_ASSIGN(Blockized blockized, whole_block(place, bool_argument(args[2])));
  const auto match = match_description(blockized.realize, simplified_description(*intrinsic->description));
  if (!match) return mismatch_error(context, place, intrinsic->name, match.error());
  if (place.is_block()) TRY(check_scope(context, place, false));
  for (const std::string& block : match->dropped_inits)
    blockized.unsound.push_back(
        unsound_step(DiagnosticKind::LostStatements, fmt::format("tensorize would drop the init of block \"{}\"", block), {label(place, "")}));
  TRY(check_trusted(context, blockized.unsound));
  TRY(put_in(blockized.realize.block, *intrinsic, *match, place));
  std::vector<JudgedAgain> again{{std::get<BlockRef>(ref(*scope_of(place))), JudgedAgain::Below}};
  return Rewrite{replace(context.module, place, ir::make_stmt(std::move(blockized.realize))), {}, {}, std::move(blockized.unsound), std::move(again)};
}

}  // namespace

const PrimitiveSpec kTensorize = {
    .name = "tensorize",
    .json_kind = "Tensorize",
    .summary = "Replaces a piece of the program by a tensor intrinsic that computes the same.",
    .params = {{.name = "block_or_loop", .kind = ParamKind::BlockOrLoop, .summary = "the block, or the loop around what the intrinsic does", .is_attr = false},
               {.name = "tensor_intrin", .kind = ParamKind::String, .summary = "the name of the intrinsic", .is_attr = true},
               {.name = "preserve_unit_iters", .kind = ParamKind::Bool, .summary = "keep axes of extent 1 in the new block's indices",
                .default_value = Value{true}, .is_attr = true, .json_int = true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
