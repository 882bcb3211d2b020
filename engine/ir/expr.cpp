#include "engine/ir/expr.h"

#include "engine/support/check.h"

namespace loopglass::ir {

namespace {
DataType load_type(const BufferNode& buffer, const std::vector<Expr>& indices) {
  return indices.empty() ? buffer.dtype : buffer.dtype.with_lanes(buffer.dtype.lanes * indices.back()->dtype.lanes);
}
}  // namespace

BufferLoad::BufferLoad(Buffer buffer, std::vector<Expr> indices)
    : ExprNode(ExprKind::BufferLoad, load_type(*buffer, indices)), buffer(std::move(buffer)), indices(std::move(indices)) {}

Var make_var(std::string name, DataType dtype) { return std::make_shared<const VarNode>(std::move(name), dtype); }

Var as_var(const Expr& e) { return as<VarNode>(e) ? std::static_pointer_cast<const VarNode>(e) : nullptr; }

Buffer make_buffer(BufferNode fields) {
  if (!fields.data) fields.data = make_var(fields.name, kHandle);
  return std::make_shared<const BufferNode>(std::move(fields));
}

Expr make_int(int64_t value, DataType dtype) { return std::make_shared<const IntImm>(dtype, value); }
Expr make_bool(bool value) { return make_int(value ? 1 : 0, kBool); }
Expr make_float(double value, DataType dtype) { return std::make_shared<const FloatImm>(dtype, value); }

Expr make_binary(ExprKind kind, Expr a, Expr b) {
  CHECK(Binary::is(kind));
  const DataType type = is_comparison(kind) ? kBool.with_lanes(a->dtype.lanes) : a->dtype;
  return std::make_shared<const Binary>(kind, type, std::move(a), std::move(b));
}

Expr make_load(Buffer buffer, std::vector<Expr> indices) {
  return std::make_shared<const BufferLoad>(std::move(buffer), std::move(indices));
}

Expr make_call(DataType dtype, std::string op, std::vector<Expr> args) {
  return std::make_shared<const Call>(dtype, std::move(op), std::move(args));
}

std::optional<int64_t> as_int(const Expr& e) {
  const IntImm* imm = as<IntImm>(e);
  return imm ? std::optional(imm->value) : std::nullopt;
}

bool is_const_int(const Expr& e, int64_t value) { return as_int(e) == value; }

}  // namespace loopglass::ir
