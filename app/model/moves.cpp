#include "app/model/moves.h"

#include <algorithm>

#include "engine/ir/visitor.h"

namespace loopglass::app {

namespace {

using schedule::ParamKind;
using schedule::PrimitiveSpec;
using schedule::Value;

// The one block with an init inside a loop; nothing where there is none or more than one.
std::optional<ir::NodePath> reduction_block_inside(const ir::Module& module, const ir::NodePath& loop) {
  const ir::BlockRealize* found = nullptr;
  int count = 0;
  ir::for_each_stmt(ir::node_at(module, loop), [&](const ir::Stmt& s) {
    const ir::BlockRealize* realize = ir::as<ir::BlockRealize>(s);
    if (!realize || !realize->block.init) return true;
    found = realize;
    ++count;
    return false;
  });
  return count == 1 ? ir::path_of(module, found) : std::nullopt;
}

// The loop that a loop has as its only child, for fuse; nothing where there is none.
std::optional<ir::NodePath> only_child_loop(const ir::Module& module, ir::NodePath path) {
  const ir::Stmt node = ir::node_at(module, path);
  const ir::For* loop = ir::as<ir::For>(node);
  if (!loop || !ir::as<ir::For>(loop->body)) return std::nullopt;
  path.steps.push_back(0);
  return path;
}

std::optional<Value> first_factors(const ir::Stmt& node) {
  const ir::For* loop = ir::as<ir::For>(node);
  const std::optional<int64_t> extent = loop ? ir::as_int(loop->extent) : std::nullopt;
  if (!extent) return std::nullopt;
  const std::vector<int64_t> offered = divisors(*extent);
  const int64_t factor = *extent % 4 == 0 && *extent > 4 ? 4 : offered.empty() ? 2 : offered.front();
  return Value{schedule::ValueList{Value{}, Value{factor}}};
}

// What a person would try first for a parameter; nothing where it has to be asked.
std::optional<Value> first_value(const schedule::ParamSpec& param, const ir::Stmt& node) {
  if (param.default_value) return param.default_value;
  switch (param.kind) {
    case ParamKind::Factors: return first_factors(node);
    case ParamKind::StringOrInt: return Value{int64_t{0}};
    case ParamKind::Index: return Value{int64_t{param.name == std::string_view("factor") ? 16 : 0}};   // storage_align
    case ParamKind::Int: return param.name == std::string_view("factor_axis") ? std::optional(Value{int64_t{0}}) : std::nullopt;
    case ParamKind::String: return std::string_view(param.name).ends_with("scope") ? std::optional(Value{std::string("global")}) : std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace

bool takes_first(const PrimitiveSpec& primitive, const ir::Stmt& node) {
  if (primitive.is_query || primitive.params.empty()) return false;
  const bool is_loop = ir::as<ir::For>(node) != nullptr, is_block = ir::as<ir::BlockRealize>(node) != nullptr;
  if (primitive.gesture == schedule::Gesture::BlockInsideLoop) return is_loop;
  switch (primitive.params.front().kind) {
    case ParamKind::Loop:
    case ParamKind::LoopOrBlocks:
    case ParamKind::Loops: return is_loop;
    case ParamKind::Block: return is_block;
    case ParamKind::BlockOrLoop: return is_loop || is_block;
    default: return false;
  }
}

bool takes_no_node(const PrimitiveSpec& primitive) {
  using enum ParamKind;
  return !primitive.is_query && std::ranges::none_of(primitive.params, [](const schedule::ParamSpec& param) {
    return param.kind == Block || param.kind == Loop || param.kind == Loops || param.kind == BlockOrLoop || param.kind == LoopOrBlocks;
  });
}

std::vector<int64_t> divisors(int64_t extent) {
  std::vector<int64_t> found;
  for (int64_t d = 2; d < extent && d <= 4096; ++d)
    if (extent % d == 0) found.push_back(d);
  return found;
}

std::optional<StepRequest> default_request(const schedule::Schedule& schedule, const PrimitiveSpec& primitive, const ir::NodePath& path) {
  const ir::Stmt node = ir::node_at(schedule.module(), path);
  if (!node || !takes_first(primitive, node)) return std::nullopt;
  if (primitive.gesture == schedule::Gesture::DragLoop || primitive.gesture == schedule::Gesture::DragBlock) return std::nullopt;
  StepRequest request{&primitive, {}};
  size_t next = 1;
  if (primitive.gesture == schedule::Gesture::BlockInsideLoop) {
    const std::optional<ir::NodePath> block = reduction_block_inside(schedule.module(), path);
    if (!block) return std::nullopt;
    request.args = {*block, path};
    next = 2;
  } else if (primitive.params.front().kind == ParamKind::Loops) {
    const std::optional<ir::NodePath> inner = only_child_loop(schedule.module(), path);
    if (!inner) return std::nullopt;
    request.args.emplace_back(std::vector<ir::NodePath>{path, *inner});
  } else {
    request.args.emplace_back(path);
  }
  for (const schedule::ParamSpec& param : std::span(primitive.params).subspan(next)) {
    const std::optional<Value> value = first_value(param, node);
    if (!value) return std::nullopt;
    request.args.emplace_back(*value);
  }
  return request;
}

std::vector<Move> legal_moves(const schedule::Schedule& schedule, const ir::NodePath& path) {
  const ir::Stmt node = ir::node_at(schedule.module(), path);
  std::vector<Move> moves;
  for (const PrimitiveSpec* primitive : schedule::primitives()) {
    if (!node || !takes_first(*primitive, node)) continue;
    Move move{primitive, {}};
    if (const std::optional<StepRequest> request = default_request(schedule, *primitive, path)) {
      if (Result<AppliedStep> step = apply_step(schedule, *request); !step) move.refusal = std::move(step).error();
    }
    moves.push_back(std::move(move));
  }
  return moves;
}

}  // namespace loopglass::app
