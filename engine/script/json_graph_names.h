// The names that TVM's JSON graphs give to expressions.
#pragma once

#include <algorithm>
#include <array>

#include "engine/ir/expr.h"

namespace loopglass::script {

struct BinaryGraphName {
  ir::ExprKind kind;
  const char* type;
};
inline constexpr std::array<BinaryGraphName, 17> kBinaryGraphNames = {{
    {ir::ExprKind::Add, "prim.Add"}, {ir::ExprKind::Sub, "prim.Sub"}, {ir::ExprKind::Mul, "prim.Mul"}, {ir::ExprKind::Div, "prim.Div"},
    {ir::ExprKind::Mod, "prim.Mod"}, {ir::ExprKind::FloorDiv, "prim.FloorDiv"}, {ir::ExprKind::FloorMod, "prim.FloorMod"},
    {ir::ExprKind::Min, "prim.Min"}, {ir::ExprKind::Max, "prim.Max"}, {ir::ExprKind::EQ, "prim.EQ"}, {ir::ExprKind::NE, "prim.NE"},
    {ir::ExprKind::LT, "prim.LT"}, {ir::ExprKind::LE, "prim.LE"}, {ir::ExprKind::GT, "prim.GT"}, {ir::ExprKind::GE, "prim.GE"},
    {ir::ExprKind::And, "prim.And"}, {ir::ExprKind::Or, "prim.Or"},
}};

// Operators that are nodes of their own there, and calls here.
struct CallGraphName {
  const char* op;
  const char* type;
};
inline constexpr std::array<CallGraphName, 6> kCallGraphNames = {{{"bitwise_and", "prim.BitwiseAnd"}, {"bitwise_or", "prim.BitwiseOr"}, {"bitwise_xor", "prim.BitwiseXor"},
                                                                  {"shift_left", "prim.LShift"}, {"shift_right", "prim.RShift"}, {"bitwise_not", "prim.BitwiseNot"}}};

// Operators of calls are "tirx.exp", but for these.
inline constexpr std::array<std::string_view, 6> kPrimOps = {"if_then_else", "vscale", "log2", "likely", "clz", "ceil"};

}  // namespace loopglass::script
