#include "engine/lower/checks.h"

namespace loopglass::lower {

namespace {
ir::Stmt evaluate(ir::Expr value) {
  ir::Evaluate node;
  node.value = std::move(value);
  return ir::make_stmt(std::move(node));
}
}  // namespace

ir::Stmt make_bounds_check(ir::Expr condition, const ir::Buffer& buffer, std::vector<ir::Expr> indices) {
  std::vector<ir::Expr> args{std::move(condition), std::make_shared<const ir::StringImm>(buffer->name)};
  args.insert(args.end(), indices.begin(), indices.end());
  return evaluate(ir::make_call(ir::kVoid, kCheckBounds, std::move(args)));
}

ir::Stmt make_divisor_check(ir::Expr condition) {
  return evaluate(ir::make_call(ir::kVoid, kCheckDivisor, {std::move(condition)}));
}

ir::Stmt make_origin(int64_t id, ir::Stmt body) {
  ir::AttrStmt node;
  node.key = kOrigin;
  node.value = ir::make_int(id, ir::kInt64);
  node.body = std::move(body);
  return ir::make_stmt(std::move(node));
}

}  // namespace loopglass::lower
