#include "tests/arith/expr_text.h"

#include <stdexcept>
#include <vector>

namespace loopglass::arith_test {
namespace {

using namespace ir;

const std::map<std::string, ExprKind, std::less<>> kOperators = {
    {"+", ExprKind::Add}, {"-", ExprKind::Sub}, {"*", ExprKind::Mul}, {"/", ExprKind::Div}, {"tmod", ExprKind::Mod},
    {"//", ExprKind::FloorDiv}, {"%", ExprKind::FloorMod}, {"min", ExprKind::Min}, {"max", ExprKind::Max},
    {"==", ExprKind::EQ}, {"!=", ExprKind::NE}, {"<", ExprKind::LT}, {"<=", ExprKind::LE}, {">", ExprKind::GT},
    {">=", ExprKind::GE}, {"and", ExprKind::And}, {"or", ExprKind::Or}};

class Reader {
 public:
  Reader(std::string_view text, const VarTable& vars)
      : text_(text), vars_(vars), type_(vars.empty() ? kInt32 : vars.begin()->second->dtype) {}

  Expr read() {
    skip_space();
    if (text_.empty()) throw std::runtime_error("an expression ends too early");
    if (text_[0] != '(') return atom(word());
    text_.remove_prefix(1);
    const std::string name(word());
    std::vector<Expr> args;
    for (skip_space(); text_[0] != ')'; skip_space()) args.push_back(read());
    text_.remove_prefix(1);
    return node(name, std::move(args));
  }

 private:
  void skip_space() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }
  std::string_view word() {
    skip_space();
    const size_t end = std::min(text_.find_first_of(" ()"), text_.size());
    std::string_view w = text_.substr(0, end);
    text_.remove_prefix(end);
    return w;
  }
  Expr atom(std::string_view w) {
    if (w == "true" || w == "false") return make_bool(w == "true");
    if (auto var = vars_.find(w); var != vars_.end()) return var->second;
    return make_int(std::stoll(std::string(w)), type_);
  }
  static Expr node(const std::string& name, std::vector<Expr> args) {
    if (name == "not") return std::make_shared<const Not>(args[0]);
    if (name == "select") return std::make_shared<const Select>(args[0], args[1], args[2]);
    if (name == "int32") return std::make_shared<const Cast>(kInt32, args[0]);
    if (name == "int64") return std::make_shared<const Cast>(kInt64, args[0]);
    return make_binary(kOperators.at(name), args[0], args[1]);
  }

  std::string_view text_;
  const VarTable& vars_;
  DataType type_;
};

std::string operator_name(ExprKind kind) {
  for (const auto& [name, op] : kOperators)
    if (op == kind) return name;
  return "?";
}

}  // namespace

Expr parse_expr(std::string_view text, const VarTable& vars) { return Reader(text, vars).read(); }

std::string to_text(const Expr& e) {
  if (const IntImm* i = as<IntImm>(e)) return e->dtype.is_bool() ? (i->value != 0 ? "true" : "false") : std::to_string(i->value);
  if (const VarNode* v = as<VarNode>(e)) return v->name;
  if (const Not* n = as<Not>(e)) return "(not " + to_text(n->a) + ")";
  if (const Cast* c = as<Cast>(e)) return "(" + to_string(e->dtype) + " " + to_text(c->value) + ")";
  if (const Select* s = as<Select>(e))
    return "(select " + to_text(s->condition) + " " + to_text(s->true_value) + " " + to_text(s->false_value) + ")";
  if (!Binary::is(e->kind)) return "?";
  return "(" + operator_name(e->kind) + " " + to_text(get<Binary>(e).a) + " " + to_text(get<Binary>(e).b) + ")";
}

}  // namespace loopglass::arith_test
