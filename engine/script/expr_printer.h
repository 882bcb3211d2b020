// Expressions as text, with Python's precedence and TVM's choice between operators and function calls.
#pragma once

#include "engine/ir/stmt.h"
#include "engine/script/name_table.h"

namespace loopglass::script {

class ExprPrinter {
 public:
  // `scalars_by_name`: what `x: T.int32` declares is written x, not x[0].
  explicit ExprPrinter(const NameTable& names, bool scalars_by_name = true) : names_(names), scalars_by_name_(scalars_by_name) {}

  void append(std::string& out, const ir::Expr& e) const { append(out, e, 0); }
  std::string text(const ir::Expr& e) const;
  // "A[vi, 0:4]", with the buffer's name.
  void append_access(std::string& out, const ir::Buffer& buffer, const std::vector<ir::Expr>& indices) const;
  void append_region(std::string& out, const ir::BufferRegion& region) const;
  void append_attr(std::string& out, const ir::Attr& value) const;
  void append_attrs(std::string& out, const ir::AttrMap& attrs) const;

 private:
  void append(std::string& out, const ir::Expr& e, int least_precedence) const;
  void append_call(std::string& out, std::string_view function, std::initializer_list<ir::Expr> args) const;
  void append_binary(std::string& out, const ir::Binary& e, int precedence) const;
  void append_intrinsic(std::string& out, const ir::Call& e, int precedence) const;
  void append_name(std::string& out, const void* object, std::string_view otherwise) const;
  int precedence(const ir::Expr& e) const;
  bool is_written_by_name(const ir::BufferNode& buffer) const;

  const NameTable& names_;
  bool scalars_by_name_;
};

// "int32", "boolx4", "void": a type as T.xxx spells it.
std::string type_text(ir::DataType type);
// A buffer of one element that `x: T.int32` declares and that is read by its name alone.
bool is_scalar_variable(const ir::BufferNode& buffer);

}  // namespace loopglass::script
