#include "engine/arith/rule.h"

#include <algorithm>

#include "engine/support/check.h"

namespace loopglass::arith {
namespace {

using namespace ir;

bool take(std::string_view& text, std::string_view token) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (!text.starts_with(token)) return false;
  text.remove_prefix(token.size());
  return true;
}

Rule parse_rule(std::string_view line) {
  Rule rule;
  do rule.patterns.push_back(parse_pattern(line));
  while (take(line, "|"));
  rule.again = take(line, "=>");
  CHECK(rule.again || take(line, "->"), "a rule lacks its arrow");
  rule.result = parse_pattern(line);
  if (take(line, "if")) rule.condition = parse_pattern(line);
  CHECK(take(line, "") && line.empty(), "a rule goes on after its end");
  return rule;
}

bool is_constant(const Pattern& pattern) {
  return pattern.kind != Pattern::Kind::Any && std::all_of(pattern.args.begin(), pattern.args.end(), is_constant);
}

bool holds(const Pattern& condition, const Bindings& bindings, Prover& prover, DataType type) {
  const Pattern &a = condition.args[0], &b = condition.args[1];
  if (condition.op == ExprKind::And) return holds(a, bindings, prover, type) && holds(b, bindings, prover, type);
  if (condition.op == ExprKind::Or) return holds(a, bindings, prover, type) || holds(b, bindings, prover, type);
  if (is_constant(condition)) return evaluate(condition, bindings).value_or(0) != 0;
  const std::optional<int64_t> bound = evaluate(b, bindings);
  if (!bound || condition.op == ExprKind::NE) return false;
  const Expr e = build(a, bindings, type);
  if (condition.op == ExprKind::GE) return prover.proves_greater_equal(e, *bound);
  if (condition.op == ExprKind::LT) return prover.proves_less(e, *bound);
  CHECK(condition.op == ExprKind::EQ, "a rule's condition asks what is not proved");
  return prover.proves_equal(e, *bound);
}

// Comparisons give bool; their numbers have the type of what is compared, their vectors its lanes.
DataType operand_type(const Expr& e) { return is_comparison(e->kind) ? get<Binary>(e).a->dtype : e->dtype; }

std::vector<Rule> parse_rules(std::string_view text) {
  std::vector<Rule> rules;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(' ') != std::string_view::npos && line[line.find_first_not_of(' ')] != '#') rules.push_back(parse_rule(line));
  }
  return rules;
}

constexpr size_t kKinds = static_cast<size_t>(ExprKind::BufferLoad) + 1;

bool may_match(const Pattern& pattern, ExprKind kind) {
  switch (pattern.kind) {
    case Pattern::Kind::Any: return true;
    case Pattern::Kind::Constant: case Pattern::Kind::Number: case Pattern::Kind::Bool: return kind == ExprKind::IntImm;
    case Pattern::Kind::Binary: return kind == pattern.op;
    case Pattern::Kind::Not: return kind == ExprKind::Not;
    case Pattern::Kind::Select: return kind == ExprKind::Select;
    case Pattern::Kind::Ramp: return kind == ExprKind::Ramp;
    case Pattern::Kind::Broadcast: return kind == ExprKind::Broadcast;
  }
  return true;
}

}  // namespace

Rules::Rules(std::string_view text) : rules_(parse_rules(text)), by_kinds_(kKinds * kKinds) {
  for (const Rule& rule : rules_)
    for (const Pattern& pattern : rule.patterns) {
      if (pattern.kind != Pattern::Kind::Binary) {
        others_.push_back({&rule, &pattern});
        continue;
      }
      for (size_t a = 0; a < kKinds; ++a)
        for (size_t b = 0; b < kKinds; ++b)
          if (may_match(pattern.args[0], static_cast<ExprKind>(a)) && may_match(pattern.args[1], static_cast<ExprKind>(b)))
            by_kinds_[a * kKinds + b].push_back({&rule, &pattern});
    }
}

const std::vector<Rules::Candidate>& Rules::candidates(const Expr& e) const {
  const Binary* binary = as<Binary>(e);
  return binary ? by_kinds_[static_cast<size_t>(binary->a->kind) * kKinds + static_cast<size_t>(binary->b->kind)] : others_;
}

Rewritten apply_rules(const Rules& rules, const Expr& e, Prover& prover) {
  const DataType type = operand_type(e);
  for (const auto& [rule, pattern] : rules.candidates(e)) {
    Bindings bindings{};
    if (!match(*pattern, e, bindings)) continue;
    if (rule->condition && !holds(*rule->condition, bindings, prover, type)) continue;
    return {build(rule->result, bindings, type), rule->again};
  }
  return {};
}

}  // namespace loopglass::arith
