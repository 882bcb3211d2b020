// TVM's JSON graphs: what tvm.ir.save_json writes, and what its traces (index maps) and databases (workloads) hold. A list of nodes that name one
// another by their numbers, a node after those that it names.
//
// Written is what TVM's reader asks for, without spans. (TVM: tvm-ffi's src/ffi/extra/serialization.cc)
#pragma once

#include <map>
#include <unordered_map>
#include <variant>

#include <nlohmann/json.hpp>

#include "engine/ir/module.h"
#include "engine/support/result.h"

namespace loopglass::script {

// A graph under construction. Equal constants, strings and types are one node, so is everything that is one object in memory.
class JsonGraph {
 public:
  using Numbers = std::vector<int64_t>;
  // A field of a node: the number of another node, or a plain value.
  using Field = std::pair<const char*, std::variant<int64_t, double, bool, std::string>>;
  using Fields = std::vector<Field>;
  using Data = std::variant<std::monostate, int64_t, double, bool, std::string, Numbers, Fields>;

  int64_t add(std::string type, Data data);
  int64_t none();
  int64_t boolean(bool b);
  int64_t integer(int64_t i);
  int64_t real(double d);
  int64_t string(const std::string& s);
  int64_t array(Numbers items);
  int64_t map(const std::vector<std::pair<std::string, int64_t>>& items);
  int64_t op(const std::string& name);   // as TVMScript has it, without "T."
  int64_t type(ir::DataType type);
  int64_t pointer_type(ir::DataType element, const std::string& scope);
  int64_t string_type();

  int64_t constant(int64_t value, ir::DataType dtype);
  // Requires of all that is written: it lives as long as the graph (nodes are told apart by their pointers).
  int64_t expr(const ir::Expr& e);
  int64_t exprs(const std::vector<ir::Expr>& list);
  // A buffer is a variable of a buffer's type. The first buffer of a data handle owns it.
  int64_t buffer(const ir::Buffer& buffer);
  // A handle: `owner.data` where it belongs to a buffer of the graph, else a variable.
  int64_t data_handle(const ir::Var& data);
  int64_t attr(const ir::Attr& attr);
  int64_t attrs(const ir::AttrMap& map);

  // `indented`: as TVM's databases and traces hold it, else in one line. Infinities and NaN are bare words, which JSON does not know and TVM does.
  std::string write(int64_t root, bool indented) const;

 private:
  int64_t once(const std::string& key, const std::string& type, const Data& data);
  int64_t new_expr(const ir::Expr& e);
  int64_t call(const ir::Call& call);

  std::vector<std::pair<std::string, Data>> nodes_;
  std::map<std::string, int64_t> by_value_;
  std::unordered_map<const void*, int64_t> by_pointer_;
  std::unordered_map<const ir::VarNode*, ir::Buffer> owners_;   // of data handles
};

// Thrown by readers of graphs, caught where they are entered.
struct MalformedGraph {
  DiagnosticKind kind;
  std::string what;
};
[[noreturn]] void malformed_graph(std::string what);
// Something that TVM can say and this program cannot.
[[noreturn]] void unknown_in_graph(std::string what);

// The nodes of a graph that was read, by number. Expressions, variables and buffers that are one node are one object.
class JsonGraphReader {
 public:
  // Throws MalformedGraph, as all that follow.
  explicit JsonGraphReader(const nlohmann::json& graph);

  int64_t root() const { return root_; }
  const std::string& type_of(int64_t number) const;
  bool is_none(int64_t number) const { return type_of(number) == "None"; }
  // The data of a node, which has to be of a type.
  const nlohmann::json& data(int64_t number, const char* type) const;
  // The node that a field names.
  static int64_t reference(const nlohmann::json& fields, const char* name);
  static int64_t plain_integer(const nlohmann::json& fields, const char* name) { return reference(fields, name); }
  std::vector<int64_t> array(int64_t number) const;
  std::vector<std::pair<std::string, int64_t>> map(int64_t number) const;
  int64_t integer(int64_t number) const;
  const std::string& string(int64_t number) const;
  ir::DataType type(int64_t number) const;   // of values: also a pointer's (handle), a string's

  ir::Expr expr(int64_t number);
  std::vector<ir::Expr> exprs(int64_t number);
  ir::Var var(int64_t number);
  bool is_buffer(int64_t number) const;
  ir::Buffer buffer(int64_t number);
  // A view: its handle is not its own. Call before anything else asks for the buffer.
  ir::Buffer buffer_with_data(int64_t number, ir::Var data);
  ir::Attr attr(int64_t number);
  ir::AttrMap attrs(int64_t number);

 private:
  const nlohmann::json& node(int64_t number) const;
  ir::Expr new_expr(int64_t number);
  ir::Expr call(const nlohmann::json& fields, ir::DataType type);
  ir::BufferNode buffer_fields(int64_t number);

  const nlohmann::json* nodes_;
  int64_t root_;
  int depth_ = 0;
  std::map<int64_t, ir::Expr> exprs_;
  std::map<int64_t, ir::Buffer> buffers_;
};

// A graph's text as JSON: bare infinities and NaN become strings. Errors: BadArgument.
Result<nlohmann::json> parse_json_graph(const std::string& text);

// Whole modules.
std::string module_to_json_graph(const ir::Module& module);
// Errors: BadArgument for what is no graph of a module, UnsupportedSyntax for what this program cannot hold.
Result<ir::Module> module_from_json_graph(const std::string& text);

}  // namespace loopglass::script
