#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/script/json_graph.h"
#include "engine/script/json_graph_names.h"

namespace loopglass::script {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 2000;

double number_of(const json& fields, const char* name) {
  if (!fields.is_object() || !fields.contains(name)) malformed_graph(fmt::format("a node has no \"{}\"", name));
  const json& value = fields[name];
  if (value.is_number()) return value.get<double>();
  if (value == "NaN") return std::nan("");   // as parse_json_graph quotes them
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  if (value == "-Infinity") return -std::numeric_limits<double>::infinity();
  malformed_graph(fmt::format("\"{}\" is no number", name));
}

int64_t number_in(const json& item) {
  if (!item.is_number_integer()) malformed_graph("an array's items are numbers of nodes");
  return item.get<int64_t>();
}

}  // namespace

void malformed_graph(std::string what) { throw MalformedGraph{DiagnosticKind::BadArgument, std::move(what)}; }
void unknown_in_graph(std::string what) { throw MalformedGraph{DiagnosticKind::UnsupportedSyntax, std::move(what)}; }

Result<json> parse_json_graph(const std::string& text) {
  std::string quoted;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      quoted += c;
      quoted += text[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    bool is_word = false;
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
      if (in_string || text.compare(i, word.size(), word) != 0) continue;
      quoted += fmt::format("\"{}\"", word);
      i += word.size() - 1;
      is_word = true;
      break;
    }
    if (!is_word) quoted += c;
  }
  json graph = json::parse(quoted, nullptr, false);
  if (graph.is_discarded()) return fail(DiagnosticKind::BadArgument, "a graph of TVM's nodes is no JSON");
  return graph;
}

JsonGraphReader::JsonGraphReader(const json& graph) {
  if (!graph.is_object() || !graph.contains("nodes") || !graph["nodes"].is_array()) malformed_graph("it has no list of \"nodes\"");
  nodes_ = &graph["nodes"];
  root_ = reference(graph, "root_index");
}

const json& JsonGraphReader::node(int64_t number) const {
  if (number < 0 || number >= static_cast<int64_t>(nodes_->size())) malformed_graph(fmt::format("there is no node {}", number));
  const json& n = (*nodes_)[static_cast<size_t>(number)];
  if (!n.is_object() || !n.contains("type") || !n["type"].is_string()) malformed_graph(fmt::format("node {} has no type", number));
  return n;
}

const std::string& JsonGraphReader::type_of(int64_t number) const { return node(number)["type"].get_ref<const std::string&>(); }

const json& JsonGraphReader::data(int64_t number, const char* type) const {
  const json& n = node(number);
  if (type_of(number) != type) malformed_graph(fmt::format("node {} is a {} where {} belongs", number, type_of(number), type));
  if (!n.contains("data")) malformed_graph(fmt::format("node {} has no data", number));
  return n["data"];
}

int64_t JsonGraphReader::reference(const json& fields, const char* name) {
  if (!fields.is_object() || !fields.contains(name) || !fields[name].is_number_integer()) malformed_graph(fmt::format("a node has no proper \"{}\"", name));
  return fields[name].get<int64_t>();
}

std::vector<int64_t> JsonGraphReader::array(int64_t number) const {
  std::vector<int64_t> items;
  const json& list = data(number, "ffi.Array");
  if (!list.is_array()) malformed_graph("an array is no list");
  for (const json& item : list) items.push_back(number_in(item));
  return items;
}

std::vector<std::pair<std::string, int64_t>> JsonGraphReader::map(int64_t number) const {
  const json& list = data(number, type_of(number) == "ffi.Dict" ? "ffi.Dict" : "ffi.Map");
  if (!list.is_array() || list.size() % 2 != 0) malformed_graph("a map is a list of keys and values");
  std::vector<std::pair<std::string, int64_t>> items;
  for (size_t i = 0; i < list.size(); i += 2) items.emplace_back(string(number_in(list[i])), number_in(list[i + 1]));
  return items;
}

int64_t JsonGraphReader::integer(int64_t number) const {
  const json& value = data(number, "int");
  if (!value.is_number_integer()) malformed_graph("an integer is none");
  return value.get<int64_t>();
}

const std::string& JsonGraphReader::string(int64_t number) const {
  const json& value = data(number, "ffi.String");
  if (!value.is_string()) malformed_graph("a string is none");
  return value.get_ref<const std::string&>();
}

ir::DataType JsonGraphReader::type(int64_t number) const {
  const std::string& kind = type_of(number);
  if (kind == "ir.PointerType" || kind == "ir.StringType") return ir::kHandle;
  const json& fields = data(number, "ir.PrimType");
  if (!fields.is_object() || !fields.contains("dtype") || !fields["dtype"].is_string()) malformed_graph("a type has no name");
  const std::string& name = fields["dtype"].get_ref<const std::string&>();
  if (name.empty() || name == "void") return ir::kVoid;
  if (const auto type = ir::parse_data_type(name)) return *type;
  unknown_in_graph(fmt::format("the type {} is not known here", name));
}

ir::Expr JsonGraphReader::expr(int64_t number) {
  const auto known = exprs_.find(number);
  if (known != exprs_.end()) return known->second;
  if (++depth_ > kMaxDepth) malformed_graph("its nodes name one another in a circle, or are nested too deep");
  ir::Expr e = new_expr(number);
  --depth_;
  return exprs_[number] = e;
}

std::vector<ir::Expr> JsonGraphReader::exprs(int64_t number) {
  std::vector<ir::Expr> list;
  for (const int64_t item : array(number)) list.push_back(expr(item));
  return list;
}

ir::Var JsonGraphReader::var(int64_t number) {
  const ir::Var v = ir::as_var(expr(number));
  if (!v) malformed_graph(fmt::format("node {} is no variable", number));
  return v;
}

ir::Expr JsonGraphReader::new_expr(int64_t number) {
  const std::string& kind = type_of(number);
  const json& fields = data(number, kind.c_str());
  const ir::DataType dtype = type(reference(fields, "ty"));
  const auto part = [&](const char* name) { return expr(reference(fields, name)); };
  if (kind == "ir.IntImm") return ir::make_int(integer(reference(fields, "value")), dtype);
  if (kind == "ir.FloatImm") return ir::make_float(number_of(fields, "value"), dtype);
  if (kind == "ir.StringImm") return std::make_shared<const ir::StringImm>(string(reference(fields, "value")));
  if (kind == "ir.Var") return ir::make_var(string(reference(fields, "name")), dtype);
  if (kind == "ir.TensorLoad") {
    ir::Buffer source = buffer(reference(fields, "source"));
    return ir::make_load(std::move(source), exprs(reference(fields, "indices")));
  }
  if (kind == "ir.Call") return call(fields, dtype);
  if (kind == "prim.Not") return std::make_shared<const ir::Not>(part("a"));
  if (kind == "prim.Cast") return std::make_shared<const ir::Cast>(dtype, part("value"));
  if (kind == "prim.Select") {
    const ir::Expr condition = part("condition"), yes = part("true_value"), no = part("false_value");
    return std::make_shared<const ir::Select>(condition, yes, no);
  }
  if (kind == "prim.Ramp") {
    const ir::Expr base = part("base"), stride = part("stride");
    return std::make_shared<const ir::Ramp>(base, stride, dtype.lanes);
  }
  if (kind == "prim.Broadcast") return std::make_shared<const ir::Broadcast>(part("value"), dtype.lanes);
  if (kind == "prim.Let") {
    const ir::Var variable = var(reference(fields, "var"));
    const ir::Expr value = part("value"), body = part("body");
    return std::make_shared<const ir::Let>(variable, value, body);
  }
  for (const BinaryGraphName& n : kBinaryGraphNames) {
    if (kind != n.type) continue;
    const ir::Expr a = part("a"), b = part("b");
    if (a->dtype != b->dtype) malformed_graph(fmt::format("it computes with {} and {}", ir::to_string(a->dtype), ir::to_string(b->dtype)));
    return ir::make_binary(n.kind, a, b);
  }
  for (const CallGraphName& n : kCallGraphNames) {
    if (kind != n.type) continue;
    std::vector<ir::Expr> args{part("a")};
    if (fields.contains("b")) args.push_back(part("b"));
    return ir::make_call(dtype, n.op, std::move(args));
  }
  unknown_in_graph(fmt::format("an expression {} is not known here", kind));
}

ir::Expr JsonGraphReader::call(const json& fields, ir::DataType type) {
  const json& name = data(reference(fields, "op"), "ir.Op");
  if (!name.is_string()) malformed_graph("an operator has no name");
  const std::string& full = name.get_ref<const std::string&>();
  const size_t dot = full.find('.');
  const std::string op = dot == std::string::npos ? full : full.substr(dot + 1);
  const int64_t args = reference(fields, "args");
  if (op == "buffer_data") {
    const std::vector<int64_t> of = array(args);
    if (of.size() != 1) malformed_graph("the data of a buffer has one argument");
    return buffer(of.front())->data;
  }
  return ir::make_call(type, op, exprs(args));
}

bool JsonGraphReader::is_buffer(int64_t number) const {
  return type_of(number) == "ir.Var" && type_of(reference(data(number, "ir.Var"), "ty")) == "tirx.BufferType";
}

ir::Buffer JsonGraphReader::buffer(int64_t number) { return buffer_with_data(number, nullptr); }

ir::Buffer JsonGraphReader::buffer_with_data(int64_t number, ir::Var handle) {
  const auto known = buffers_.find(number);
  if (known != buffers_.end()) return known->second;
  if (!is_buffer(number)) malformed_graph(fmt::format("node {} is no buffer", number));
  ir::BufferNode fields = buffer_fields(number);
  fields.data = std::move(handle);
  return buffers_[number] = ir::make_buffer(std::move(fields));
}

ir::BufferNode JsonGraphReader::buffer_fields(int64_t number) {
  const json& variable = data(number, "ir.Var");
  const json& of_type = data(reference(variable, "ty"), "tirx.BufferType");
  ir::BufferNode b;
  b.name = string(reference(variable, "name"));
  b.dtype = type(reference(of_type, "dtype"));
  b.scope = string(reference(of_type, "storage_scope"));
  b.shape = exprs(reference(of_type, "shape"));
  b.strides = exprs(reference(of_type, "strides"));
  b.data_alignment = static_cast<int>(reference(of_type, "data_alignment"));
  b.offset_factor = static_cast<int>(reference(of_type, "offset_factor"));
  b.elem_offset = expr(reference(of_type, "elem_offset"));
  const ir::DataType index = b.shape.empty() ? ir::kInt64 : b.shape.front()->dtype;
  if (ir::is_zero(b.elem_offset) && b.elem_offset->dtype == index) b.elem_offset = nullptr;
  return b;
}

ir::Attr JsonGraphReader::attr(int64_t number) {
  const std::string& kind = type_of(number);
  if (kind == "None") return {};
  if (kind == "bool") return {data(number, "bool") == true};
  if (kind == "int") return {integer(number)};
  if (kind == "float") return {number_of((*nodes_)[static_cast<size_t>(number)], "data")};
  if (kind == "ffi.String") return {string(number)};
  if (kind == "ffi.Map" || kind == "ffi.Dict") return {attrs(number)};
  if (kind != "ffi.Array" && kind != "ffi.List") return {expr(number)};
  ir::AttrList list;
  if (++depth_ > kMaxDepth) malformed_graph("a list holds itself");
  for (const json& item : data(number, kind.c_str())) list.push_back(attr(number_in(item)));
  --depth_;
  return {std::move(list)};
}

ir::AttrMap JsonGraphReader::attrs(int64_t number) {
  ir::AttrMap attrs;
  if (++depth_ > kMaxDepth) malformed_graph("a dictionary holds itself");
  for (const auto& [key, value] : map(number)) attrs[key] = attr(value);
  --depth_;
  return attrs;
}

}  // namespace loopglass::script
