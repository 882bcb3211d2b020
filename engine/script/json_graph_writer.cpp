#include <cmath>

#include <fmt/format.h>

#include "engine/script/json_graph.h"
#include "engine/script/json_graph_names.h"
#include "engine/support/check.h"

namespace loopglass::script {
namespace {

// Writes JSON as TVM's writer does: `indented` with every item on a line of its own.
class TextWriter {
 public:
  explicit TextWriter(bool indented) : indented_(indented) {}

  void open(char bracket) {
    text += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    text += bracket;
    first_ = false;
  }
  void item() {
    if (!first_) text += ',';
    first_ = false;
    line();
  }
  void key(std::string_view name) {
    item();
    text += fmt::format("\"{}\":{}", name, indented_ ? " " : "");
  }
  void value(std::monostate) { text += "null"; }
  void value(int64_t i) { text += std::to_string(i); }
  void value(bool b) { text += b ? "true" : "false"; }
  void value(const std::string& s) { text += nlohmann::json(s).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); }
  void value(double d) {
    if (std::isnan(d) || std::isinf(d))
      text += std::isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity";
    else if (std::fabs(d) < 9007199254740992.0 && std::trunc(d) == d)
      text += fmt::format("{:.1f}", d);
    else
      text += fmt::format("{:.17g}", d);
  }
  void value(const JsonGraph::Numbers& numbers) {
    open('[');
    for (const int64_t number : numbers) {
      item();
      value(number);
    }
    close(']');
  }
  void value(const JsonGraph::Fields& fields) {
    open('{');
    for (const auto& [name, content] : fields) {
      key(name);
      std::visit([&](const auto& v) { value(v); }, content);
    }
    close('}');
  }

  std::string text;

 private:
  void line() {
    if (indented_) text += '\n' + std::string(2 * depth_, ' ');
  }
  const bool indented_;
  int depth_ = 0;
  bool first_ = true;
};

}  // namespace

int64_t JsonGraph::add(std::string type, Data data) {
  nodes_.emplace_back(std::move(type), std::move(data));
  return static_cast<int64_t>(nodes_.size()) - 1;
}

int64_t JsonGraph::once(const std::string& key, const std::string& type, const Data& data) {
  const auto known = by_value_.find(key);
  if (known != by_value_.end()) return known->second;
  return by_value_[key] = add(type, data);
}

int64_t JsonGraph::none() { return once("None", "None", {}); }
int64_t JsonGraph::boolean(bool b) { return once(b ? "true" : "false", "bool", b); }
int64_t JsonGraph::integer(int64_t i) { return once(fmt::format("int {}", i), "int", i); }
int64_t JsonGraph::real(double d) { return once(fmt::format("float {:a}", d), "float", d); }
int64_t JsonGraph::string(const std::string& s) { return once("str " + s, "ffi.String", s); }
int64_t JsonGraph::array(Numbers items) { return add("ffi.Array", std::move(items)); }

int64_t JsonGraph::map(const std::vector<std::pair<std::string, int64_t>>& items) {
  Numbers numbers;
  for (const auto& [key, value] : items) {
    numbers.push_back(string(key));
    numbers.push_back(value);
  }
  return add("ffi.Map", std::move(numbers));
}

int64_t JsonGraph::op(const std::string& name) {
  const bool is_prim = std::find(kPrimOps.begin(), kPrimOps.end(), name) != kPrimOps.end();
  const std::string full = (is_prim ? "prim." : "tirx.") + name;
  return once("op " + full, "ir.Op", full);
}

int64_t JsonGraph::type(ir::DataType t) {
  const std::string name = t.code == ir::TypeCode::Void ? std::string() : ir::to_string(t);
  if (t.code == ir::TypeCode::Handle) return pointer_type(ir::kVoid, "global");
  const int64_t span = none();
  return once("type " + name, "ir.PrimType", Fields{{"span", span}, {"dtype", name}});
}

int64_t JsonGraph::pointer_type(ir::DataType element, const std::string& scope) {
  const int64_t span = none(), to = type(element), in = string(scope);
  return once(fmt::format("pointer {} {}", to, in), "ir.PointerType", Fields{{"span", span}, {"element_type", to}, {"storage_scope", in}});
}

int64_t JsonGraph::string_type() {
  const int64_t span = none();
  return once("string type", "ir.StringType", Fields{{"span", span}});
}

int64_t JsonGraph::constant(int64_t value, ir::DataType dtype) {
  const int64_t span = none(), of_type = type(dtype);
  return add("ir.IntImm", Fields{{"span", span}, {"ty", of_type}, {"value", integer(value)}});
}

int64_t JsonGraph::exprs(const std::vector<ir::Expr>& list) {
  Numbers numbers;
  for (const ir::Expr& e : list) numbers.push_back(expr(e));
  return array(std::move(numbers));
}

int64_t JsonGraph::expr(const ir::Expr& e) {
  if (const ir::VarNode* var = ir::as<ir::VarNode>(e); var && owners_.contains(var)) return data_handle(ir::as_var(e));
  const auto known = by_pointer_.find(e.get());
  if (known != by_pointer_.end()) return known->second;
  const int64_t number = new_expr(e);
  return by_pointer_[e.get()] = number;
}

int64_t JsonGraph::new_expr(const ir::Expr& e) {
  if (const auto* c = ir::as<ir::Call>(e)) return call(*c);
  Fields fields{{"span", none()}, {"ty", ir::as<ir::StringImm>(e) ? string_type() : type(e->dtype)}};
  const auto with = [&](const char* name, const ir::Expr& part) { fields.emplace_back(name, expr(part)); };
  switch (e->kind) {
    case ir::ExprKind::IntImm: fields.emplace_back("value", integer(ir::get<ir::IntImm>(e).value)); return add("ir.IntImm", std::move(fields));
    case ir::ExprKind::FloatImm: fields.emplace_back("value", ir::get<ir::FloatImm>(e).value); return add("ir.FloatImm", std::move(fields));
    case ir::ExprKind::StringImm: fields.emplace_back("value", string(ir::get<ir::StringImm>(e).value)); return add("ir.StringImm", std::move(fields));
    case ir::ExprKind::Var: fields.emplace_back("name", string(ir::get<ir::VarNode>(e).name)); return add("ir.Var", std::move(fields));
    case ir::ExprKind::Not: with("a", ir::get<ir::Not>(e).a); return add("prim.Not", std::move(fields));
    case ir::ExprKind::Cast: with("value", ir::get<ir::Cast>(e).value); return add("prim.Cast", std::move(fields));
    case ir::ExprKind::Select:
      with("condition", ir::get<ir::Select>(e).condition);
      with("true_value", ir::get<ir::Select>(e).true_value);
      with("false_value", ir::get<ir::Select>(e).false_value);
      return add("prim.Select", std::move(fields));
    case ir::ExprKind::Ramp:
      with("base", ir::get<ir::Ramp>(e).base);
      with("stride", ir::get<ir::Ramp>(e).stride);
      fields.emplace_back("lanes", constant(e->dtype.lanes, ir::kInt32));
      return add("prim.Ramp", std::move(fields));
    case ir::ExprKind::Broadcast:
      with("value", ir::get<ir::Broadcast>(e).value);
      fields.emplace_back("lanes", constant(e->dtype.lanes, ir::kInt32));
      return add("prim.Broadcast", std::move(fields));
    case ir::ExprKind::Let:
      with("var", ir::get<ir::Let>(e).var);
      with("value", ir::get<ir::Let>(e).value);
      with("body", ir::get<ir::Let>(e).body);
      return add("prim.Let", std::move(fields));
    case ir::ExprKind::BufferLoad:
      fields.emplace_back("source", buffer(ir::get<ir::BufferLoad>(e).buffer));
      fields.emplace_back("indices", exprs(ir::get<ir::BufferLoad>(e).indices));
      return add("ir.TensorLoad", std::move(fields));
    default: break;
  }
  const ir::Binary* binary = ir::as<ir::Binary>(e);
  CHECK(binary, "an expression of a kind that graphs have no name for");
  with("a", binary->a);
  with("b", binary->b);
  const auto name = std::find_if(kBinaryGraphNames.begin(), kBinaryGraphNames.end(), [&](const BinaryGraphName& n) { return n.kind == e->kind; });
  return add(name->type, std::move(fields));
}

int64_t JsonGraph::call(const ir::Call& call) {
  Fields fields{{"span", none()}};
  const ir::BufferLoad* load = call.op == "address_of" && !call.args.empty() ? ir::as<ir::BufferLoad>(call.args[0]) : nullptr;
  const bool is_typed = call.op == "tvm_access_ptr" && !call.args.empty();   // by T.type_annotation
  fields.emplace_back("ty", load ? pointer_type(load->dtype, load->buffer->scope) : is_typed ? pointer_type(call.args[0]->dtype, "global") : type(call.dtype));
  const auto node = std::find_if(kCallGraphNames.begin(), kCallGraphNames.end(), [&](const CallGraphName& n) { return call.op == n.op; });
  if (node != kCallGraphNames.end()) {
    fields.emplace_back("a", expr(call.args[0]));
    if (call.args.size() > 1) fields.emplace_back("b", expr(call.args[1]));
    return add(node->type, std::move(fields));
  }
  fields.emplace_back("op", op(call.op));
  fields.emplace_back("args", exprs(call.args));
  fields.emplace_back("attrs", none());
  fields.emplace_back("ty_args", array({}));
  return add("ir.Call", std::move(fields));
}

int64_t JsonGraph::buffer(const ir::Buffer& buffer) {
  const auto known = by_pointer_.find(buffer.get());
  if (known != by_pointer_.end()) return known->second;
  const ir::BufferNode& b = *buffer;
  const int64_t span = none(), dtype = type(b.dtype), scope = string(b.scope), shape = exprs(b.shape), strides = exprs(b.strides);
  const ir::DataType index = b.shape.empty() ? ir::kInt64 : b.shape.front()->dtype;
  const int64_t offset = b.elem_offset ? expr(b.elem_offset) : constant(0, index), address = array({});
  const int64_t of_type = add("tirx.BufferType", Fields{{"span", span}, {"dtype", dtype}, {"storage_scope", scope}, {"shape", shape}, {"strides", strides},
                                                        {"elem_offset", offset}, {"data_alignment", int64_t{b.data_alignment}},
                                                        {"offset_factor", int64_t{b.offset_factor}}, {"layout", span}, {"allocated_addr", address}});
  const int64_t number = add("ir.Var", Fields{{"span", span}, {"ty", of_type}, {"name", string(b.name)}});
  by_pointer_[buffer.get()] = number;
  // A handle that stands in the graph as a variable is a parameter's, not the buffer's.
  if (!by_pointer_.contains(b.data.get())) owners_.emplace(b.data.get(), buffer);
  return number;
}

int64_t JsonGraph::data_handle(const ir::Var& data) {
  const auto owner = owners_.find(data.get());
  if (owner == owners_.end()) return expr(data);
  const int64_t span = none(), of_type = pointer_type(owner->second->dtype, owner->second->scope), nothing = none();
  const int64_t function = op("buffer_data"), args = array({buffer(owner->second)}), type_args = array({});
  return add("ir.Call", Fields{{"span", span}, {"ty", of_type}, {"op", function}, {"args", args}, {"attrs", nothing}, {"ty_args", type_args}});
}

int64_t JsonGraph::attr(const ir::Attr& attr) {
  struct Visitor {
    JsonGraph& graph;
    int64_t operator()(std::monostate) const { return graph.none(); }
    int64_t operator()(bool b) const { return graph.boolean(b); }
    int64_t operator()(int64_t i) const { return graph.integer(i); }
    int64_t operator()(double d) const { return graph.real(d); }
    int64_t operator()(const std::string& s) const { return graph.string(s); }
    int64_t operator()(const ir::Expr& e) const { return graph.expr(e); }
    int64_t operator()(const ir::AttrMap& map) const { return graph.attrs(map); }
    int64_t operator()(const ir::AttrList& list) const {
      Numbers numbers;
      for (const ir::Attr& item : list) numbers.push_back(graph.attr(item));
      return graph.array(std::move(numbers));
    }
  };
  return std::visit(Visitor{*this}, attr.value);
}

int64_t JsonGraph::attrs(const ir::AttrMap& map) {
  std::vector<std::pair<std::string, int64_t>> items;
  for (const auto& [key, value] : map) items.emplace_back(key, attr(value));
  return this->map(items);
}

std::string JsonGraph::write(int64_t root, bool indented) const {
  TextWriter w(indented);
  w.open('{');
  w.key("root_index");
  w.value(root);
  w.key("nodes");
  w.open('[');
  for (const auto& [type, data] : nodes_) {
    w.item();
    w.open('{');
    w.key("type");
    w.value(type);
    if (data.index() != 0) {
      w.key("data");
      std::visit([&](const auto& d) { w.value(d); }, data);
    }
    w.close('}');
  }
  w.close(']');
  w.key("metadata");
  w.value(Fields{{"tvm_version", std::string("0.27.0.post1")}});
  w.close('}');
  return std::move(w.text);
}

}  // namespace loopglass::script
