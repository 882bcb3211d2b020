// Expressions as C99: integers wrap through unsigned arithmetic, // and % floor, casts do what the kernel's do.
#pragma once

#include <map>
#include <set>

#include "engine/emit/plain.h"
#include "engine/emit/spelled.h"

namespace loopglass::emit {

// How a buffer is reached: a pointer and the strides, in elements, as C text.
struct CBuffer {
  std::string name;
  std::vector<std::string> strides;
  bool is_wide = false;   // more elements than int counts
};

class CExpressions {
 public:
  std::string value(const ir::Expr& e) { return print(without_lets(e)).text; }
  Spelled spelled(const ir::Expr& e) { return print(without_lets(e)); }
  std::string element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices);
  std::string offset(const CBuffer& buffer, const std::vector<ir::Expr>& indices);

  std::map<const ir::BufferNode*, CBuffer> buffers;
  std::set<const ir::VarNode*> non_negative;     // variables that are never below 0
  std::set<std::string> helpers;                 // definitions that the text needs
  bool is_non_negative(const ir::Expr& e) const;

 private:
  Spelled print(const ir::Expr& e);
  Spelled print_binary(const ir::Binary& e);
  Spelled print_division(const ir::Binary& e);
  Spelled print_cast(const ir::Cast& cast);
  Spelled print_call(const ir::Call& call);
  Spelled print_shift(const ir::Call& call);
  Spelled helper_call(const std::string& name, const std::string& definition, const std::string& arguments);
};

// "float", "int8_t", "bool". Throws NotEmitted for what C99 has not (float16).
std::string c_type(ir::DataType type);

}  // namespace loopglass::emit
