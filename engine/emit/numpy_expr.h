// Expressions as Python over NumPy scalars: every operation keeps its type, so that integers wrap and float32 rounds as in the kernel.
#pragma once

#include <set>
#include <unordered_map>

#include "engine/emit/plain.h"
#include "engine/emit/spelled.h"

namespace loopglass::emit {

class NumpyExpressions {
 public:
  explicit NumpyExpressions(const std::unordered_map<const ir::BufferNode*, std::string>& buffers) : buffers_(buffers) {}

  // The value of a store: its constants need no type, the array gives it.
  std::string stored(const ir::Expr& e) { return print_stored(without_lets(e)).text; }
  std::string value(const ir::Expr& e) { return print(without_lets(e)).text; }
  std::string element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices);
  const std::string& name(const ir::Buffer& buffer) const { return buffers_.at(buffer.get()); }

  // What the text needs besides numpy.
  bool needs_math = false, needs_truncdiv = false;

 private:
  Spelled print(const ir::Expr& e);
  Spelled print_stored(const ir::Expr& e);
  Spelled print_binary(const ir::Binary& e);
  Spelled print_call(const ir::Call& call);
  Spelled print_cast(const ir::Cast& cast);
  Spelled branch(const Spelled& condition, const Spelled& yes, const Spelled& no, bool is_vector);
  Spelled typed(const ir::Expr& e);   // as an operand: plain numbers get their NumPy type
  std::string index(const ir::Expr& e);

  const std::unordered_map<const ir::BufferNode*, std::string>& buffers_;
};

// "float32", "bool", ...: the name under np. Throws NotEmitted for what NumPy has not (bfloat16).
std::string numpy_type(ir::DataType type);

}  // namespace loopglass::emit
