// (TVM: tvm-ffi's extra/serialization.cc and json_writer.cc.)
#include "engine/schedule/index_map_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ir/op.h"
#include "engine/support/check.h"

namespace loopglass::schedule {
namespace {

using nlohmann::json;

// --- names of TVM's nodes

struct BinaryName {
  ir::ExprKind kind;
  const char* type;
};
constexpr std::array<BinaryName, 17> kBinary = {{
    {ir::ExprKind::Add, "prim.Add"}, {ir::ExprKind::Sub, "prim.Sub"}, {ir::ExprKind::Mul, "prim.Mul"}, {ir::ExprKind::Div, "prim.Div"},
    {ir::ExprKind::Mod, "prim.Mod"}, {ir::ExprKind::FloorDiv, "prim.FloorDiv"}, {ir::ExprKind::FloorMod, "prim.FloorMod"},
    {ir::ExprKind::Min, "prim.Min"}, {ir::ExprKind::Max, "prim.Max"}, {ir::ExprKind::EQ, "prim.EQ"}, {ir::ExprKind::NE, "prim.NE"},
    {ir::ExprKind::LT, "prim.LT"}, {ir::ExprKind::LE, "prim.LE"}, {ir::ExprKind::GT, "prim.GT"}, {ir::ExprKind::GE, "prim.GE"},
    {ir::ExprKind::And, "prim.And"}, {ir::ExprKind::Or, "prim.Or"},
}};

// Operators that are nodes of their own there, and calls here.
struct CallName {
  const char* op;
  const char* type;
};
constexpr std::array<CallName, 6> kNodes = {{{"bitwise_and", "prim.BitwiseAnd"}, {"bitwise_or", "prim.BitwiseOr"}, {"bitwise_xor", "prim.BitwiseXor"},
                                             {"shift_left", "prim.LShift"}, {"shift_right", "prim.RShift"}, {"bitwise_not", "prim.BitwiseNot"}}};
constexpr const char* kPrimOps[] = {"if_then_else", "vscale", "log2", "likely", "clz", "ceil"};

std::string op_name(const std::string& op) {
  const bool is_prim = std::find(std::begin(kPrimOps), std::end(kPrimOps), op) != std::end(kPrimOps);
  return (is_prim ? "prim." : "tirx.") + op;
}

// --- writing

// An attribute of a node: another node's number, or a float.
using Field = std::pair<const char*, std::variant<int64_t, double, std::string>>;
using Data = std::variant<std::monostate, int64_t, std::string, std::vector<int64_t>, std::vector<Field>>;

// Writes a graph as TVM's writer does: `indented` with every item on a line of its own.
class Writer {
 public:
  explicit Writer(bool indented) : indented_(indented) {}

  void open(char bracket) {
    text += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    line();
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
  void string(const std::string& s) { text += json(s).dump(-1, ' ', true); }
  void number(int64_t i) { text += std::to_string(i); }
  void number(double d) {
    if (std::isnan(d) || std::isinf(d))
      text += std::isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity";
    else if (std::fabs(d) < 9007199254740992.0 && std::trunc(d) == d)
      text += fmt::format("{:.1f}", d);
    else
      text += fmt::format("{:.17g}", d);
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

// Numbers the nodes in the order in which TVM comes to them: a node after those that it names. Equal numbers, strings and types are one node.
class Graph {
 public:
  int64_t index_map(const IndexMap& map) {
    const int64_t initial = array(map.initial_indices), final = array(map.final_indices);
    return add("tirx.IndexMap", std::vector<Field>{{"initial_indices", initial}, {"final_indices", final}, {"inverse_index_map", map.inverse ? index_map(*map.inverse) : none()}});
  }

  std::string write(int64_t root, bool indented) const {
    Writer w(indented);
    w.open('{');
    w.key("root_index");
    w.number(root);
    w.key("nodes");
    w.open('[');
    for (const auto& [type, data] : nodes_) {
      w.item();
      write_node(w, type, data);
    }
    w.close(']');
    w.key("metadata");
    w.open('{');
    w.key("tvm_version");
    w.string("0.27.0.post1");
    w.close('}');
    w.close('}');
    return std::move(w.text);
  }

 private:
  static void write_node(Writer& w, const std::string& type, const Data& data) {
    w.open('{');
    w.key("type");
    w.string(type);
    if (data.index() != 0) w.key("data");
    if (const auto* i = std::get_if<int64_t>(&data)) w.number(*i);
    if (const auto* s = std::get_if<std::string>(&data)) w.string(*s);
    if (const auto* items = std::get_if<std::vector<int64_t>>(&data)) {
      w.open('[');
      for (const int64_t item : *items) {
        w.item();
        w.number(item);
      }
      w.close(']');
    }
    if (const auto* fields = std::get_if<std::vector<Field>>(&data)) {
      w.open('{');
      for (const auto& [name, value] : *fields) {
        w.key(name);
        if (const auto* s = std::get_if<std::string>(&value)) w.string(*s);
        if (const auto* i = std::get_if<int64_t>(&value)) w.number(*i);
        if (const auto* d = std::get_if<double>(&value)) w.number(*d);
      }
      w.close('}');
    }
    w.close('}');
  }

  int64_t add(std::string type, Data data) {
    nodes_.emplace_back(std::move(type), std::move(data));
    return static_cast<int64_t>(nodes_.size()) - 1;
  }
  // A node that is there once, by its key.
  int64_t once(const std::string& key, const std::string& type, const Data& data) {
    const auto known = by_value_.find(key);
    if (known != by_value_.end()) return known->second;
    return by_value_[key] = add(type, data);
  }
  int64_t none() { return once("None", "None", {}); }
  int64_t integer(int64_t i) { return once(fmt::format("int {}", i), "int", i); }
  int64_t string(const std::string& s) { return once("str " + s, "ffi.String", s); }
  int64_t type(ir::DataType t) {
    const int64_t span = none();
    return once("type " + ir::to_string(t), "ir.PrimType", std::vector<Field>{{"span", span}, {"dtype", ir::to_string(t)}});
  }
  template <class T>
  int64_t array(const std::vector<T>& items) {
    std::vector<int64_t> numbers;
    for (const T& item : items) numbers.push_back(expr(item));
    return add("ffi.Array", std::move(numbers));
  }

  int64_t expr(const ir::Expr& e) {
    const auto known = by_pointer_.find(e.get());
    if (known != by_pointer_.end()) return known->second;
    const int64_t number = new_expr(e);
    return by_pointer_[e.get()] = number;
  }

  int64_t new_expr(const ir::Expr& e) {
    std::vector<Field> fields{{"span", none()}};
    fields.emplace_back("ty", type(e->dtype));
    const auto with = [&](const char* name, const ir::Expr& part) { fields.emplace_back(name, expr(part)); };
    if (const auto* i = ir::as<ir::IntImm>(e)) {
      fields.emplace_back("value", integer(i->value));
      return add("ir.IntImm", std::move(fields));
    }
    if (const auto* f = ir::as<ir::FloatImm>(e)) {
      fields.emplace_back("value", f->value);
      return add("ir.FloatImm", std::move(fields));
    }
    if (const auto* v = ir::as<ir::VarNode>(e)) {
      fields.emplace_back("name", string(v->name));
      return add("ir.Var", std::move(fields));
    }
    if (const auto* b = ir::as<ir::Binary>(e)) {
      with("a", b->a);
      with("b", b->b);
      const auto name = std::find_if(kBinary.begin(), kBinary.end(), [&](const BinaryName& n) { return n.kind == b->kind; });
      return add(name->type, std::move(fields));
    }
    if (const auto* n = ir::as<ir::Not>(e)) {
      with("a", n->a);
      return add("prim.Not", std::move(fields));
    }
    if (const auto* s = ir::as<ir::Select>(e)) {
      with("condition", s->condition);
      with("true_value", s->true_value);
      with("false_value", s->false_value);
      return add("prim.Select", std::move(fields));
    }
    if (const auto* c = ir::as<ir::Cast>(e)) {
      with("value", c->value);
      return add("prim.Cast", std::move(fields));
    }
    const auto* call = ir::as<ir::Call>(e);
    CHECK(call, "an expression of an index map that has no place in a trace");
    return new_call(*call, std::move(fields));
  }

  int64_t new_call(const ir::Call& call, std::vector<Field> fields) {
    const auto node = std::find_if(kNodes.begin(), kNodes.end(), [&](const CallName& n) { return call.op == n.op; });
    if (node != kNodes.end()) {
      fields.emplace_back("a", expr(call.args[0]));
      if (call.args.size() > 1) fields.emplace_back("b", expr(call.args[1]));
      return add(node->type, std::move(fields));
    }
    const std::string op = op_name(call.op);
    fields.emplace_back("op", once("op " + op, "ir.Op", op));
    fields.emplace_back("args", array(call.args));
    fields.emplace_back("attrs", none());
    fields.emplace_back("ty_args", add("ffi.Array", std::vector<int64_t>{}));
    return add("ir.Call", std::move(fields));
  }

  std::vector<std::pair<std::string, Data>> nodes_;
  std::map<std::string, int64_t> by_value_;
  std::unordered_map<const void*, int64_t> by_pointer_;
};

// --- reading

struct Malformed {   // thrown inside this file alone
  DiagnosticKind kind;
  std::string what;
};

class GraphReader {
 public:
  explicit GraphReader(const json& graph) : nodes_(member(graph, "nodes", &json::is_array)), root_(member(graph, "root_index", &json::is_number_integer).get<int64_t>()) {}

  IndexMapRef read() { return index_map(root_); }

 private:
  using Check = bool (json::*)() const noexcept;
  static const json& member(const json& object, const char* name, Check check) {
    if (!object.is_object() || !object.contains(name) || !(object[name].*check)()) throw Malformed{DiagnosticKind::BadArgument, fmt::format("it has no proper \"{}\"", name)};
    return object[name];
  }

  const json& node(int64_t number) const {
    if (number < 0 || number >= static_cast<int64_t>(nodes_.size())) throw Malformed{DiagnosticKind::BadArgument, fmt::format("there is no node {}", number)};
    return nodes_[static_cast<size_t>(number)];
  }
  static std::string type_of(const json& node) { return member(node, "type", &json::is_string).get<std::string>(); }
  // The data of the node, which has to be of a type.
  const json& data(int64_t number, const char* type, Check check) const {
    const json& n = node(number);
    if (type_of(n) != type) throw Malformed{DiagnosticKind::BadArgument, fmt::format("node {} is a {} where {} belongs", number, type_of(n), type)};
    return member(n, "data", check);
  }
  static int64_t reference(const json& fields, const char* name) { return member(fields, name, &json::is_number_integer).get<int64_t>(); }

  IndexMapRef index_map(int64_t number) {
    const json& fields = data(number, "tirx.IndexMap", &json::is_object);
    auto map = std::make_shared<IndexMap>();
    for (const ir::Expr& e : array(reference(fields, "initial_indices"))) {
      const ir::Var var = ir::as_var(e);
      if (!var) throw Malformed{DiagnosticKind::BadArgument, "an initial index is no variable"};
      map->initial_indices.push_back(var);
    }
    map->final_indices = array(reference(fields, "final_indices"));
    const int64_t inverse = reference(fields, "inverse_index_map");
    if (type_of(node(inverse)) != "None" && inverse < number) map->inverse = index_map(inverse);
    return map;
  }

  std::vector<ir::Expr> array(int64_t number) {
    std::vector<ir::Expr> result;
    for (const json& item : data(number, "ffi.Array", &json::is_array)) {
      if (!item.is_number_integer()) throw Malformed{DiagnosticKind::BadArgument, "an array's items are numbers of nodes"};
      result.push_back(expr(item.get<int64_t>()));
    }
    return result;
  }

  ir::Expr expr(int64_t number) {
    const auto known = exprs_.find(number);
    if (known != exprs_.end()) return known->second;
    if (++depth_ > kMaxDepth) throw Malformed{DiagnosticKind::BadArgument, "its nodes name one another in a circle, or are nested too deep"};
    ir::Expr e = new_expr(number);
    --depth_;
    exprs_[number] = e;
    return e;
  }

  ir::Expr new_expr(int64_t number) {
    const std::string type = type_of(node(number));
    const json& fields = member(node(number), "data", &json::is_object);
    const ir::DataType dtype = data_type(reference(fields, "ty"));
    const auto part = [&](const char* name) { return expr(reference(fields, name)); };
    if (type == "ir.IntImm") return ir::make_int(data(reference(fields, "value"), "int", &json::is_number_integer).get<int64_t>(), dtype);
    if (type == "ir.FloatImm") return ir::make_float(number_of(fields), dtype);
    if (type == "ir.Var") return ir::make_var(data(reference(fields, "name"), "ffi.String", &json::is_string).get<std::string>(), dtype);
    if (type == "prim.Not") return std::make_shared<const ir::Not>(part("a"));
    if (type == "prim.Cast") return std::make_shared<const ir::Cast>(dtype, part("value"));
    if (type == "prim.Select") {
      const ir::Expr condition = part("condition"), yes = part("true_value"), no = part("false_value");
      return std::make_shared<const ir::Select>(condition, yes, no);
    }
    if (type == "ir.Call") return ir::make_call(dtype, op(reference(fields, "op")), array(reference(fields, "args")));
    for (const BinaryName& n : kBinary)
      if (type == n.type) return binary(n.kind, part("a"), part("b"));
    for (const CallName& n : kNodes)
      if (type == n.type) return type == "prim.BitwiseNot" ? ir::make_call(dtype, n.op, {part("a")}) : ir::make_call(dtype, n.op, {part("a"), part("b")});
    throw Malformed{DiagnosticKind::UnsupportedSyntax, fmt::format("a node {} has no place in an index map here", type)};
  }

  static ir::Expr binary(ir::ExprKind kind, const ir::Expr& a, const ir::Expr& b) {
    if (a->dtype != b->dtype) throw Malformed{DiagnosticKind::BadArgument, fmt::format("it computes with {} and {}", ir::to_string(a->dtype), ir::to_string(b->dtype))};
    return ir::make_binary(kind, a, b);
  }

  static double number_of(const json& fields) {
    if (fields.contains("value") && fields["value"].is_string()) {   // as quoted below
      const std::string& text = fields["value"].get_ref<const std::string&>();
      if (text == "NaN") return std::nan("");
      if (text == "Infinity" || text == "-Infinity") return text == "Infinity" ? HUGE_VAL : -HUGE_VAL;
    }
    return member(fields, "value", &json::is_number).get<double>();
  }

  std::string op(int64_t number) const {
    const std::string name = data(number, "ir.Op", &json::is_string).get<std::string>();
    const size_t dot = name.find('.');
    return dot == std::string::npos ? name : name.substr(dot + 1);
  }

  ir::DataType data_type(int64_t number) const {
    const std::string name = member(data(number, "ir.PrimType", &json::is_object), "dtype", &json::is_string).get<std::string>();
    if (const auto type = ir::parse_data_type(name)) return *type;
    throw Malformed{DiagnosticKind::BadArgument, fmt::format("\"{}\" is no type", name)};
  }

  static constexpr int kMaxDepth = 500;
  const json& nodes_;
  const int64_t root_;
  int depth_ = 0;
  std::map<int64_t, ir::Expr> exprs_;
};

// JSON knows no infinities: TVM's are put into quotes.
std::string with_quoted_infinities(const std::string& text) {
  std::string result;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) in_string = !in_string;
    bool found = false;
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
      if (in_string || text.compare(i, word.size(), word) != 0) continue;
      result += fmt::format("\"{}\"", word);
      i += word.size() - 1;
      found = true;
      break;
    }
    if (!found) result += text[i];
  }
  return result;
}

}  // namespace

std::string to_json_graph(const IndexMap& map, bool indented) {
  Graph graph;
  const int64_t root = graph.index_map(map);
  return graph.write(root, indented);
}

bool is_json_graph(std::string_view text) { return text.size() >= 2 && text.front() == '{' && text.back() == '}'; }

Result<IndexMapRef> from_json_graph(const std::string& text) {
  const json graph = json::parse(with_quoted_infinities(text), nullptr, false);
  if (graph.is_discarded()) return fail(DiagnosticKind::BadArgument, "the text of an index map in a trace is no JSON");
  try {
    return GraphReader(graph).read();
  } catch (const Malformed& problem) {
    return fail(problem.kind, fmt::format("the graph of an index map in a trace cannot be read: {}", problem.what));
  }
}

}  // namespace loopglass::schedule
