#include "engine/arith/pattern.h"

#include <algorithm>
#include <cctype>

#include "engine/support/integer.h"
#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

// By precedence, loosest first.
class PatternParser {
 public:
  explicit PatternParser(std::string_view& text) : text_(text) {}

  Pattern parse_or() {
    Pattern left = parse_and();
    while (take_word("or")) left = binary(ExprKind::Or, std::move(left), parse_and());
    return left;
  }

 private:
  Pattern parse_and() {
    Pattern left = parse_not();
    while (take_word("and")) left = binary(ExprKind::And, std::move(left), parse_not());
    return left;
  }

  Pattern parse_not() {
    if (take_word("not")) return {Pattern::Kind::Not, {}, 0, 0, {parse_not()}};
    return parse_comparison();
  }

  Pattern parse_comparison() {
    Pattern left = parse_sum();
    if (take("==")) return binary(ExprKind::EQ, std::move(left), parse_sum());
    if (take("!=")) return binary(ExprKind::NE, std::move(left), parse_sum());
    if (take("<=")) return binary(ExprKind::LE, std::move(left), parse_sum());
    if (take(">=")) return binary(ExprKind::GE, std::move(left), parse_sum());
    if (take("<")) return binary(ExprKind::LT, std::move(left), parse_sum());
    if (!peek(">>") && take(">")) return binary(ExprKind::GT, std::move(left), parse_sum());
    return left;
  }

  Pattern parse_sum() {
    Pattern left = parse_product();
    while (true) {
      if (take("+")) left = binary(ExprKind::Add, std::move(left), parse_product());
      else if (!peek("->") && take("-")) left = binary(ExprKind::Sub, std::move(left), parse_product());
      else return left;
    }
  }

  Pattern parse_product() {
    Pattern left = parse_factor();
    while (true) {
      if (take("*")) left = binary(ExprKind::Mul, std::move(left), parse_factor());
      else if (take("//")) left = binary(ExprKind::FloorDiv, std::move(left), parse_factor());
      else if (take("/")) left = binary(ExprKind::Div, std::move(left), parse_factor());
      else if (take("%")) left = binary(ExprKind::FloorMod, std::move(left), parse_factor());
      else return left;
    }
  }

  Pattern parse_factor() {
    if (take("-")) return binary(ExprKind::Sub, number(0), parse_factor());
    if (take("(")) {
      Pattern inner = parse_or();
      CHECK(take(")"), "a pattern lacks )");
      return inner;
    }
    skip_space();
    if (!text_.empty() && std::isdigit(static_cast<unsigned char>(text_[0]))) return number(take_digits());
    return parse_name();
  }

  Pattern parse_name() {
    static constexpr std::string_view kNames[] = {"x", "y", "z", "b1", "b2", "s1", "s2"};
    const std::string_view word = next_word();
    text_.remove_prefix(word.size());
    if (word == "true" || word == "false") return {Pattern::Kind::Bool, {}, 0, word == "true", {}};
    if (word.size() == 2 && word[0] == 'c' && word[1] >= '1' && word[1] <= '3')
      return {Pattern::Kind::Constant, {}, 7 + (word[1] - '1'), 0, {}};
    const auto* name = std::find(std::begin(kNames), std::end(kNames), word);
    if (name != std::end(kNames)) return {Pattern::Kind::Any, {}, static_cast<int>(name - kNames), 0, {}};
    CHECK(take("("), "a pattern has an unknown name");
    std::vector<Pattern> args;
    do args.push_back(parse_or());
    while (take(","));
    CHECK(take(")"), "a pattern lacks )");
    return function(word, std::move(args));
  }

  static Pattern function(std::string_view name, std::vector<Pattern> args) {
    if (name == "min") return binary(ExprKind::Min, std::move(args[0]), std::move(args[1]));
    if (name == "max") return binary(ExprKind::Max, std::move(args[0]), std::move(args[1]));
    if (name == "truncmod") return binary(ExprKind::Mod, std::move(args[0]), std::move(args[1]));
    if (name == "select") return {Pattern::Kind::Select, {}, 0, 0, std::move(args)};
    if (name == "ramp") return {Pattern::Kind::Ramp, {}, 0, 0, std::move(args)};
    CHECK(name == "broadcast", "a pattern has an unknown function");
    return {Pattern::Kind::Broadcast, {}, 0, 0, std::move(args)};
  }

  static Pattern number(int64_t value) { return {Pattern::Kind::Number, {}, 0, value, {}}; }
  static Pattern binary(ExprKind op, Pattern a, Pattern b) {
    Pattern p{Pattern::Kind::Binary, op, 0, 0, {}};
    p.args.push_back(std::move(a));
    p.args.push_back(std::move(b));
    return p;
  }

  void skip_space() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  bool peek(std::string_view token) {
    skip_space();
    return text_.starts_with(token);
  }
  bool take(std::string_view token) {
    if (!peek(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  std::string_view next_word() {
    skip_space();
    const auto end = std::find_if(text_.begin(), text_.end(), [](unsigned char c) { return !std::isalnum(c); });
    return text_.substr(0, static_cast<size_t>(end - text_.begin()));
  }
  bool take_word(std::string_view word) { return next_word() == word && take(word); }
  int64_t take_digits() {
    int64_t value = 0;
    while (!text_.empty() && std::isdigit(static_cast<unsigned char>(text_[0]))) {
      value = value * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return value;
  }

  std::string_view& text_;
};

bool bind(const Expr*& slot, const Expr& e) {
  if (slot) return structural_equal(*slot, e);
  slot = &e;
  return true;
}

Expr make_const(DataType type, int64_t value) {
  Expr scalar = type.is_float() ? make_float(static_cast<double>(value), type.element()) : make_int(value, type.element());
  return type.is_scalar() ? scalar : std::make_shared<const Broadcast>(std::move(scalar), type.lanes);
}

Expr build_binary(const Pattern& pattern, const Bindings& bindings, DataType root) {
  const Pattern &a = pattern.args[0], &b = pattern.args[1];
  if (a.kind == Pattern::Kind::Number) {
    Expr right = build(b, bindings, root);
    return fold_binary(pattern.op, make_const(right->dtype, a.value), right);
  }
  Expr left = build(a, bindings, root);
  Expr right = build(b, bindings, left->dtype);
  return fold_binary(pattern.op, std::move(left), std::move(right));
}

Expr build_select(const Pattern& pattern, const Bindings& bindings, DataType root) {
  return std::make_shared<const Select>(build(pattern.args[0], bindings, root), build(pattern.args[1], bindings, root),
                                        build(pattern.args[2], bindings, root));
}

}  // namespace

Pattern parse_pattern(std::string_view& text) { return PatternParser(text).parse_or(); }

bool match(const Pattern& pattern, const Expr& e, Bindings& bindings) {
  switch (pattern.kind) {
    case Pattern::Kind::Any: return bind(bindings[pattern.name], e);
    case Pattern::Kind::Constant:
      if (e->kind != ExprKind::IntImm) return false;
      if (!bindings[pattern.name]) bindings[pattern.name] = &e;
      return get<IntImm>(*bindings[pattern.name]).value == get<IntImm>(e).value;
    case Pattern::Kind::Number:
    case Pattern::Kind::Bool: return is_const_int(e, pattern.value);
    case Pattern::Kind::Binary: {
      if (e->kind != pattern.op) return false;
      const Binary& binary = get<Binary>(e);
      return match(pattern.args[0], binary.a, bindings) && match(pattern.args[1], binary.b, bindings);
    }
    case Pattern::Kind::Not: return e->kind == ExprKind::Not && match(pattern.args[0], get<Not>(e).a, bindings);
    case Pattern::Kind::Select: {
      if (e->kind != ExprKind::Select) return false;
      const Select& select = get<Select>(e);
      return match(pattern.args[0], select.condition, bindings) && match(pattern.args[1], select.true_value, bindings) &&
             match(pattern.args[2], select.false_value, bindings);
    }
    case Pattern::Kind::Ramp:
      return e->kind == ExprKind::Ramp && match(pattern.args[0], get<Ramp>(e).base, bindings) &&
             match(pattern.args[1], get<Ramp>(e).stride, bindings);
    case Pattern::Kind::Broadcast:
      return e->kind == ExprKind::Broadcast && match(pattern.args[0], get<Broadcast>(e).value, bindings);
  }
  return false;
}

Expr build(const Pattern& pattern, const Bindings& bindings, DataType root) {
  switch (pattern.kind) {
    case Pattern::Kind::Any:
    case Pattern::Kind::Constant: return *bindings[pattern.name];
    case Pattern::Kind::Number: return make_const(root, pattern.value);
    case Pattern::Kind::Bool: return make_bool(pattern.value != 0);
    case Pattern::Kind::Binary: return build_binary(pattern, bindings, root);
    case Pattern::Kind::Not: return logical_not(build(pattern.args[0], bindings, root));
    case Pattern::Kind::Select: return build_select(pattern, bindings, root);
    case Pattern::Kind::Ramp: {
      Expr base = build(pattern.args[0], bindings, root);
      Expr stride = build(pattern.args[1], bindings, base->dtype);
      return std::make_shared<const Ramp>(std::move(base), std::move(stride), root.lanes);
    }
    case Pattern::Kind::Broadcast:
      return std::make_shared<const Broadcast>(build(pattern.args[0], bindings, root.element()), root.lanes);
  }
  return nullptr;
}

std::optional<int64_t> evaluate(const Pattern& pattern, const Bindings& bindings) {
  if (pattern.kind == Pattern::Kind::Number) return pattern.value;
  if (pattern.kind == Pattern::Kind::Constant) return get<IntImm>(*bindings[pattern.name]).value;
  if (pattern.kind != Pattern::Kind::Binary) return std::nullopt;
  const std::optional<int64_t> a = evaluate(pattern.args[0], bindings), b = evaluate(pattern.args[1], bindings);
  if (!a || !b) return std::nullopt;
  const bool divides = pattern.op == ExprKind::FloorDiv || pattern.op == ExprKind::FloorMod || pattern.op == ExprKind::Div ||
                       pattern.op == ExprKind::Mod;
  if (divides && *b == 0) return std::nullopt;
  switch (pattern.op) {
    case ExprKind::Add: return wrapping_add(*a, *b);
    case ExprKind::Sub: return wrapping_sub(*a, *b);
    case ExprKind::Mul: return wrapping_mul(*a, *b);
    case ExprKind::FloorDiv: return floor_div(*a, *b);
    case ExprKind::FloorMod: return floor_mod(*a, *b);
    case ExprKind::Div: return trunc_div(*a, *b);
    case ExprKind::Mod: return trunc_mod(*a, *b);
    case ExprKind::EQ: return *a == *b;
    case ExprKind::NE: return *a != *b;
    case ExprKind::LT: return *a < *b;
    case ExprKind::LE: return *a <= *b;
    case ExprKind::GT: return *a > *b;
    case ExprKind::GE: return *a >= *b;
    default: return std::nullopt;
  }
}

}  // namespace loopglass::arith
