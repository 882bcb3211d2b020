#include "engine/schedule/evaluate.h"

#include <fmt/format.h>

#include "engine/schedule/check_arguments.h"

namespace loopglass::schedule {
namespace {

using script::PyExpr;
using script::PyExprPtr;

Error wrong(DiagnosticKind kind, const SourceSpan& span, std::string message, std::string help = {}) {
  return fail(kind, std::move(message), std::move(help), {Label{{}, span, {}}});
}

const char* type_name(const Value& value) {
  static const char* const names[] = {"None", "a bool", "an integer", "a float", "a string", "a block", "a loop", "a random variable", "a list", "a dictionary", "an index map", "an index map"};
  return names[value.v.index()];
}

// Python's // and %: towards minus infinity, the remainder with the divisor's sign.
int64_t floor_quotient(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

std::optional<int64_t> power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(result, base, &result)) return std::nullopt;
  return result;
}

std::optional<int64_t> integer_result(const std::string& op, int64_t a, int64_t b) {
  int64_t result = 0;
  if (op == "+") return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
  if (op == "-") return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
  if (op == "*") return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
  if ((op == "//" || op == "%") && b == -1) return op == "%" ? std::optional<int64_t>(0) : integer_result("-", 0, a);
  if (op == "//") return floor_quotient(a, b);
  if (op == "%") return a - floor_quotient(a, b) * b;
  return power(a, b);
}

Result<Value> binary(const script::PyBinary& e, const SourceSpan& span, const Value& left, const Value& right) {
  const ValueList *a = left.as<ValueList>(), *b = right.as<ValueList>();
  if (e.op == "+" && a && b) {
    ValueList joined = *a;
    joined.insert(joined.end(), b->begin(), b->end());
    return Value{std::move(joined)};
  }
  const int64_t *x = left.as<int64_t>(), *y = right.as<int64_t>();
  if (!x || !y)
    return wrong(DiagnosticKind::UnsupportedSyntax, span, fmt::format("{} {} {} is not computed here", type_name(left), e.op, type_name(right)),
                 "schedule statements compute with integers; write the value");
  if ((e.op == "//" || e.op == "%") && *y == 0) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} {} 0 divides by zero", *x, e.op));
  if (e.op == "**" && *y < 0) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} ** {} is no integer", *x, *y));
  const bool known = e.op == "+" || e.op == "-" || e.op == "*" || e.op == "//" || e.op == "%" || e.op == "**";
  if (!known) return wrong(DiagnosticKind::UnsupportedSyntax, span, fmt::format("the operator {} is not computed here", e.op));
  if (e.op == "**" && *y > 64 && *x != 0 && *x != 1 && *x != -1)
    return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} ** {} does not fit into 64 bits", *x, *y));
  const auto result = e.op == "**" && *y > 64 ? power(*x, *y % 2 + 2) : integer_result(e.op, *x, *y);
  if (!result) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} {} {} does not fit into 64 bits", *x, e.op, *y));
  return Value{*result};
}

Result<Value> unary(const script::PyUnary& e, const SourceSpan& span, const Value& value) {
  if (const bool* b = value.as<bool>(); b && e.op == "not") return Value{!*b};
  if (const int64_t* i = value.as<int64_t>(); i && *i != INT64_MIN) {
    if (e.op == "-") return Value{-*i};
    if (e.op == "+") return value;
  }
  if (const double* d = value.as<double>(); d && e.op == "-") return Value{-*d};
  return wrong(DiagnosticKind::UnsupportedSyntax, span, fmt::format("{} {} is not computed here", e.op, type_name(value)));
}

Result<Value> index(const SourceSpan& span, const Value& value, const Value& index) {
  const ValueList* list = value.as<ValueList>();
  const int64_t* i = index.as<int64_t>();
  if (!list) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} has no items to choose from", type_name(value)));
  if (!i) return wrong(DiagnosticKind::BadArgument, span, fmt::format("an item is chosen by an integer, not by {}", type_name(index)));
  const int64_t n = static_cast<int64_t>(list->size());
  if (*i < -n || *i >= n)
    return wrong(DiagnosticKind::BadArgument, span, fmt::format("there is no item {}: the list has {}", *i, n), n ? fmt::format("items are numbered 0 to {}", n - 1) : std::string());
  return (*list)[*i < 0 ? *i + n : *i];
}

// A slice's end clamped into [lowest, n], as Python does; `absent` where it is not given.
Result<int64_t> slice_end(const PyExprPtr& e, int64_t absent, int64_t lowest, int64_t highest, int64_t n, const Names& names, const CallHandler& call) {
  if (!e) return absent;
  TRY_ASSIGN(const Value value, evaluate(*e, names, call));
  if (value.is_none()) return absent;
  const int64_t* i = value.as<int64_t>();
  if (!i) return wrong(DiagnosticKind::BadArgument, e->span, fmt::format("a slice goes between integers, not to {}", type_name(value)));
  const int64_t from_start = *i < 0 ? *i + n : *i;
  return std::min(std::max(from_start, lowest), highest);
}

Result<Value> slice(const script::PySlice& e, const SourceSpan& span, const Names& names, const CallHandler& call) {
  TRY_ASSIGN(const Value value, evaluate(*e.value, names, call));
  const ValueList* list = value.as<ValueList>();
  if (!list) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{} has no items to choose from", type_name(value)));
  const int64_t n = static_cast<int64_t>(list->size());
  TRY_ASSIGN(const int64_t step, slice_end(e.step, 1, INT64_MIN, INT64_MAX, 0, names, call));
  if (step == 0) return wrong(DiagnosticKind::BadArgument, span, "a slice's step cannot be 0");
  const bool forward = step > 0;
  TRY_ASSIGN(const int64_t first, slice_end(e.lower, forward ? 0 : n - 1, forward ? 0 : -1, forward ? n : n - 1, n, names, call));
  TRY_ASSIGN(const int64_t last, slice_end(e.upper, forward ? n : -1, forward ? 0 : -1, forward ? n : n - 1, n, names, call));
  ValueList chosen;
  const int64_t stride = std::min(std::max<int64_t>(step, -n - 1), n + 1);   // a step past the end takes one item
  for (int64_t i = first; forward ? i < last : i > last; i += stride) chosen.push_back((*list)[i]);
  return Value{std::move(chosen)};
}

Result<Value> builtin(const script::PyCall& e, const SourceSpan& span, const Names& names, const CallHandler& call) {
  TRY_ASSIGN(const ValueList args, evaluate_items(e.args, names, call));
  const ValueList* list = args.size() == 1 && e.keywords.empty() ? args[0].as<ValueList>() : nullptr;
  if (!list) return wrong(DiagnosticKind::BadArgument, span, fmt::format("{}() takes one list", e.method));
  if (e.method == "len") return Value{static_cast<int64_t>(list->size())};
  return Value{*list};
}

struct Evaluator {
  const SourceSpan& span;
  const Names& names;
  const CallHandler& call;

  Result<Value> operator()(const script::PyNone&) const { return Value{}; }
  Result<Value> operator()(bool b) const { return Value{b}; }
  Result<Value> operator()(int64_t i) const { return Value{i}; }
  Result<Value> operator()(double d) const { return Value{d}; }
  Result<Value> operator()(const std::string& s) const { return Value{s}; }
  // The numbers that the names around it stand for now go with it.
  Result<Value> operator()(const script::PyLambda& lambda) const {
    Value::Lambda result{lambda.text, {}, lambda.begin};
    for (const auto& [name, value] : names)
      if (value.as<bool>() || value.as<int64_t>() || value.as<double>() || value.as<ExprRV>()) result.known[name] = value;
    return Value{std::move(result)};
  }
  Result<Value> operator()(const script::PyName& name) const {
    const auto known = names.find(name.name);
    if (known != names.end()) return known->second;
    return wrong(DiagnosticKind::UndefinedName, span, fmt::format("\"{}\" has no value here", name.name),
                 "schedule statements know what the statements before them assigned, nothing else of the file");
  }
  Result<Value> operator()(const script::PyTuple& tuple) const {
    TRY_ASSIGN(ValueList items, evaluate_items(tuple.items, names, call));
    return Value{std::move(items)};
  }
  Result<Value> operator()(const script::PyDict& dict) const {
    ValueDict values;
    for (const auto& [key, item] : dict.items) {
      TRY_ASSIGN(const Value name, evaluate(*key, names, call));
      TRY_ASSIGN(Value value, evaluate(*item, names, call));
      const std::string* text = name.as<std::string>();
      if (!text) return wrong(DiagnosticKind::BadArgument, key->span, fmt::format("a dictionary's keys are strings, not {}", type_name(name)));
      values[*text] = std::move(value);
    }
    return Value{std::move(values)};
  }
  Result<Value> operator()(const script::PyStar&) const {
    return wrong(DiagnosticKind::UnsupportedSyntax, span, "* spreads a list inside a list or among a call's arguments only");
  }
  Result<Value> operator()(const script::PyIndex& e) const {
    TRY_ASSIGN(const Value value, evaluate(*e.value, names, call));
    TRY_ASSIGN(const Value position, evaluate(*e.index, names, call));
    return index(span, value, position);
  }
  Result<Value> operator()(const script::PySlice& e) const { return slice(e, span, names, call); }
  Result<Value> operator()(const script::PyUnary& e) const {
    TRY_ASSIGN(const Value value, evaluate(*e.value, names, call));
    return unary(e, span, value);
  }
  Result<Value> operator()(const script::PyBinary& e) const {
    TRY_ASSIGN(const Value left, evaluate(*e.left, names, call));
    TRY_ASSIGN(const Value right, evaluate(*e.right, names, call));
    return binary(e, span, left, right);
  }
  Result<Value> operator()(const script::PyCall& e) const {
    if (!e.receiver && (e.method == "len" || e.method == "list" || e.method == "tuple")) return builtin(e, span, names, call);
    return call(e, span);
  }
};

Error wrong_count(const PyExpr& target, size_t wanted, size_t got, bool at_least) {
  return wrong(DiagnosticKind::BadArgument, target.span, fmt::format("{}{} names for {} values", at_least ? "at least " : "", wanted, got),
               fmt::format("unpack into {} names", got));
}

}  // namespace

Result<Value> evaluate(const PyExpr& e, const Names& names, const CallHandler& call) {
  return std::visit(Evaluator{e.span, names, call}, e.value);
}

Result<ValueList> evaluate_items(const std::vector<PyExprPtr>& items, const Names& names, const CallHandler& call) {
  ValueList values;
  for (const PyExprPtr& item : items) {
    const script::PyStar* star = std::get_if<script::PyStar>(&item->value);
    TRY_ASSIGN(Value value, evaluate(star ? *star->value : *item, names, call));
    if (!star) {
      values.push_back(std::move(value));
      continue;
    }
    const ValueList* list = value.as<ValueList>();
    if (!list) return wrong(DiagnosticKind::BadArgument, item->span, fmt::format("* spreads a list, not {}", type_name(value)));
    values.insert(values.end(), list->begin(), list->end());
  }
  return values;
}

Result<void> assign(const PyExpr& target, const Value& value, Names& names) {
  if (const script::PyName* name = std::get_if<script::PyName>(&target.value)) {
    names[name->name] = value;
    return {};
  }
  const script::PyTuple* tuple = std::get_if<script::PyTuple>(&target.value);
  if (!tuple) return wrong(DiagnosticKind::UnsupportedSyntax, target.span, "only names are assigned to");
  const ValueList* list = value.as<ValueList>();
  if (!list) return wrong(DiagnosticKind::BadArgument, target.span, fmt::format("{} cannot be unpacked into {} names", type_name(value), tuple->items.size()));
  const size_t wanted = tuple->items.size(), got = list->size();
  const auto star = std::find_if(tuple->items.begin(), tuple->items.end(), [](const PyExprPtr& e) { return std::holds_alternative<script::PyStar>(e->value); });
  if (star == tuple->items.end() ? wanted != got : wanted - 1 > got) {
    const bool starred = star != tuple->items.end();
    return wrong_count(target, starred ? wanted - 1 : wanted, got, starred);
  }
  size_t next = 0;
  for (auto item = tuple->items.begin(); item != tuple->items.end(); ++item) {
    if (item != star) {
      TRY(assign(**item, (*list)[next++], names));
      continue;
    }
    const size_t taken = got - (wanted - 1);
    TRY(assign(*std::get<script::PyStar>((*item)->value).value, Value{ValueList(list->begin() + next, list->begin() + next + taken)}, names));
    next += taken;
  }
  return {};
}

}  // namespace loopglass::schedule
