#include "engine/script/schedule_finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace loopglass::script {
namespace {

std::string_view spelling(std::string_view text, const Token& t) { return text.substr(t.span.begin, t.span.end - t.span.begin); }

template <class T>
PyExprPtr make(T value, SourceSpan span) {
  return std::make_shared<const PyExpr>(PyExpr{std::move(value), span});
}

// Python's functions that results of a schedule pass through.
bool is_python_function(std::string_view name) { return name == "len" || name == "list" || name == "tuple" || name == "range"; }

// Calls that a pasted trace begins with: they name the schedule where nothing else does.
bool is_query(std::string_view method) { return method == "get_block" || method == "get_sblock" || method == "get_loops" || method == "work_on"; }

const Syntax* receiver_call(const StatementSyntax& s) {
  if (s.kind != StatementKind::Assign && s.kind != StatementKind::Expression) return nullptr;
  const Syntax* e = s.value;
  if (!e || e->kind != SyntaxKind::Call) return nullptr;
  const Syntax* callee = e->child(0);
  return callee->kind == SyntaxKind::Attribute && callee->child(0)->kind == SyntaxKind::Name ? e : nullptr;
}

const char* statement_words(StatementKind kind) {
  switch (kind) {
    case StatementKind::For: return "a for loop";
    case StatementKind::While: return "a while loop";
    case StatementKind::If: return "an if";
    case StatementKind::With: return "a with statement";
    case StatementKind::Assert: return "an assert";
    case StatementKind::Return: return "a return";
    default: return "this statement";
  }
}

}  // namespace

const std::string* ScheduleFinder::schedule_in(const StatementSyntax& s) const {
  for (size_t i = s.first_token; i < s.end_token; ++i) {
    if (tokens_[i].kind != TokenKind::Name) continue;
    // `x.sch` and `f(sch=1)` are other names.
    if (i > 0 && spelling(text_, tokens_[i - 1]) == ".") continue;
    const auto found = schedules_.find(spelling(text_, tokens_[i]));
    if (found == schedules_.end()) continue;
    const bool is_keyword_argument = spelling(text_, tokens_[i + 1]) == "=" && i > s.first_token && (spelling(text_, tokens_[i - 1]) == "(" || spelling(text_, tokens_[i - 1]) == ",") && s.kind != StatementKind::Assign;
    if (!is_keyword_argument) return &found->first;
  }
  return nullptr;
}

bool ScheduleFinder::touches_schedule(const StatementSyntax& s) const { return schedule_in(s) != nullptr; }

// Whether every mention of the schedule is sch.mod, sch.trace, sch.state or sch.show(), which change nothing.
bool ScheduleFinder::only_looks(const StatementSyntax& s, std::string_view schedule) const {
  if (s.kind != StatementKind::Expression && s.kind != StatementKind::Assign) return false;
  for (size_t i = s.first_token; i < s.end_token; ++i) {
    if (tokens_[i].kind != TokenKind::Name || spelling(text_, tokens_[i]) != schedule) continue;
    const bool is_attribute = spelling(text_, tokens_[i + 1]) == ".";
    const std::string_view member = is_attribute ? spelling(text_, tokens_[i + 2]) : std::string_view{};
    if (member != "mod" && member != "trace" && member != "state" && member != "show" && member != "func_working_on") return false;
  }
  return true;
}

std::string_view ScheduleFinder::implicit_schedule(const StatementSyntax& s) const {
  const Syntax* call = receiver_call(s);
  if (!call || !is_query(call->child(0)->text)) return {};
  const std::string_view name = call->child(0)->child(0)->text;
  return owners_.contains(name) || unknown_.contains(name) || schedules_.contains(name) ? std::string_view{} : name;
}

bool ScheduleFinder::statement(const StatementSyntax& s) {
  if (create(s)) return true;
  if (const std::string_view implicit = implicit_schedule(s); !implicit.empty()) {
    schedules_[std::string(implicit)] = static_cast<int>(scripts_.size());
    ScheduleScript script;
    script.name = script.schedule_variable = implicit;
    script.statements = constants_;
    script.span = s.span;
    scripts_.push_back(std::move(script));
  }
  const std::string* schedule = schedule_in(s);
  if (!schedule) {
    assign_elsewhere(s);
    return false;
  }
  const std::string name = *schedule;
  scripts_[schedules_.find(name)->second].span.end = s.span.end;
  if (only_looks(s, name)) {
    forget_targets(s);
    return true;
  }
  add(s, name);
  return true;
}

// sch = tvm.tir.Schedule(MyModule), Schedule(MyModule, enable_check=False), ...
bool ScheduleFinder::create(const StatementSyntax& s) {
  if (s.kind != StatementKind::Assign || s.value->kind != SyntaxKind::Call || last_name(*s.value->child(0)) != "Schedule") return false;
  ScheduleScript script;
  script.span = s.span;
  const auto wrong = [&](SourceSpan span, std::string message, std::string help) {
    errors_.push_back({DiagnosticKind::UnsupportedSyntax, std::move(message), std::move(help), {{"", span, ""}}, {}, {}});
    return true;
  };
  if (s.targets.size() != 1 || s.targets[0]->kind != SyntaxKind::Name) return wrong(s.span, "a schedule needs one name", "write sch = Schedule(MyModule)");
  const Syntax* module = nullptr;
  for (size_t i = 1; i < s.value->children.size(); ++i) {
    const Syntax* argument = s.value->child(i);
    const Syntax* value = argument->kind == SyntaxKind::Keyword ? argument->child(0) : argument;
    const std::string_view name = argument->kind == SyntaxKind::Keyword ? argument->text : i == 1 ? "mod" : "";
    if (name == "mod") {
      module = value;
    } else if (name == "enable_check") {
      if (value->kind != SyntaxKind::True && value->kind != SyntaxKind::False) return wrong(value->span, "enable_check is True or False", "");
      script.enable_check = value->kind == SyntaxKind::True;
    } else if (name != "seed" && name != "debug_mask" && name != "error_render_level") {
      return wrong(argument->span, "Schedule takes a module, enable_check, seed, debug_mask and error_render_level", "");
    }
  }
  if (!module || module->kind != SyntaxKind::Name) return wrong(module ? module->span : s.span, "the module of a schedule has to be a class or function of this file, by its name", "write sch = Schedule(MyModule)");
  script.name = script.schedule_variable = s.targets[0]->text;
  script.module_name = module->text;
  script.statements = constants_;
  owners_.erase(script.name);
  unknown_.erase(script.name);
  schedules_[script.name] = static_cast<int>(scripts_.size());
  scripts_.push_back(std::move(script));
  return true;
}

void ScheduleFinder::refuse(SourceSpan span, std::string_view schedule, std::string what) {
  errors_.push_back({DiagnosticKind::UnsupportedSyntax, std::move(what), fmt::format("write the calls on '{}' one below the other, with plain numbers: nothing is executed", schedule), {{"", span, ""}}, {}, {}});
}

void ScheduleFinder::add(const StatementSyntax& s, std::string_view schedule) {
  const bool is_assign = s.kind == StatementKind::Assign && s.targets.size() == 1;
  if (!is_assign && s.kind != StatementKind::Expression) {
    forget_targets(s);
    return refuse(s.head, schedule, fmt::format("{} touches the schedule '{}'", statement_words(s.kind), schedule));
  }
  try {
    int owner = kConstant;
    PyStatement statement;
    statement.span = s.span;
    std::vector<std::string> names;
    statement.value = convert(*s.value, owner);
    if (is_assign) statement.targets = convert_target(*s.targets[0], names);
    if (owner == kConstant) throw NotUnderstood{s.span, fmt::format("this statement touches the schedule '{}', but calls none of its methods", schedule)};
    scripts_[owner].statements.push_back(std::move(statement));
    bind(names, owner);
  } catch (const NotUnderstood& e) {
    forget_targets(s);
    refuse(e.span, schedule, e.what);
  }
}

// An assignment that mentions no schedule: of constants, of results, or of anything else.
void ScheduleFinder::assign_elsewhere(const StatementSyntax& s) {
  const bool is_plain = s.kind == StatementKind::Assign && s.targets.size() == 1;
  if (!is_plain) return forget_targets(s);
  try {
    int owner = kConstant;
    PyStatement statement;
    statement.span = s.span;
    std::vector<std::string> names;
    statement.value = convert(*s.value, owner);
    statement.targets = convert_target(*s.targets[0], names);
    if (owner == kConstant) {
      constants_.push_back(statement);
      for (ScheduleScript& script : scripts_) script.statements.push_back(statement);
    } else {
      scripts_[owner].statements.push_back(std::move(statement));
    }
    bind(names, owner);
  } catch (const NotUnderstood&) {
    forget_targets(s);
  }
}

void ScheduleFinder::bind(const std::vector<std::string>& names, int owner) {
  for (const std::string& name : names) {
    owners_[name] = owner;
    unknown_.erase(name);
    schedules_.erase(name);
  }
}

// Names that the statement assigns have values that are not known here.
void ScheduleFinder::forget_targets(const StatementSyntax& s) {
  const auto forget = [&](std::string_view name) {
    if (schedules_.contains(name)) return;
    if (const auto found = owners_.find(name); found != owners_.end()) owners_.erase(found);
    unknown_.emplace(name);
  };
  for (size_t i = s.first_token; i + 1 < s.end_token; ++i) {
    if (tokens_[i].kind != TokenKind::Name) continue;
    const std::string_view before = i > s.first_token ? spelling(text_, tokens_[i - 1]) : std::string_view{};
    const std::string_view after = spelling(text_, tokens_[i + 1]);
    const bool is_target = (tokens_[i + 1].kind == TokenKind::Operator && (after == "=" || (after.size() > 1 && after.back() == '=' && after != "==" && after != "!=" && after != "<=" && after != ">="))) ||
                           before == "for" || before == "as" || after == "in";
    if (is_target && before != ".") forget(spelling(text_, tokens_[i]));
  }
  for (const Syntax* target : s.targets) {
    std::vector<const Syntax*> stack{target};
    while (!stack.empty()) {
      const Syntax* e = stack.back();
      stack.pop_back();
      if (e->kind == SyntaxKind::Name) forget(e->text);
      if (e->kind == SyntaxKind::Tuple || e->kind == SyntaxKind::List || e->kind == SyntaxKind::Star) stack.insert(stack.end(), e->children.begin(), e->children.end());
    }
  }
}

PyExprPtr ScheduleFinder::convert_target(const Syntax& e, std::vector<std::string>& names) const {
  switch (e.kind) {
    case SyntaxKind::Name:
      names.emplace_back(e.text);
      return make(PyName{std::string(e.text)}, e.span);
    case SyntaxKind::Star: return make(PyStar{convert_target(*e.child(0), names)}, e.span);
    case SyntaxKind::Tuple:
    case SyntaxKind::List: {
      PyTuple tuple;
      for (const Syntax* item : e.children) tuple.items.push_back(convert_target(*item, names));
      return make(std::move(tuple), e.span);
    }
    default: throw NotUnderstood{e.span, "a result is given to a name, or unpacked into several"};
  }
}

PyExprPtr ScheduleFinder::convert(const Syntax& e, int& owner) const {
  const auto child = [&](size_t i) -> PyExprPtr { return e.child(i) ? convert(*e.child(i), owner) : nullptr; };
  switch (e.kind) {
    case SyntaxKind::Name: {
      if (const auto found = owners_.find(e.text); found != owners_.end()) {
        if (found->second != kConstant) owner = found->second;
        return make(PyName{std::string(e.text)}, e.span);
      }
      if (schedules_.contains(e.text)) throw NotUnderstood{e.span, fmt::format("the schedule '{}' itself is handed on here", e.text)};
      throw NotUnderstood{e.span, unknown_.contains(e.text) ? fmt::format("'{}' gets its value from Python code, which is not executed", e.text) : fmt::format("'{}' is not defined", e.text)};
    }
    case SyntaxKind::Integer: {
      std::string digits;
      for (char c : e.text)
        if (c != '_') digits += c;
      const int base = digits.size() > 1 && digits[0] == '0' ? (digits[1] | 0x20) == 'x' ? 16 : (digits[1] | 0x20) == 'o' ? 8 : (digits[1] | 0x20) == 'b' ? 2 : 10 : 10;
      int64_t value = 0;
      const char* first = digits.data() + (base == 10 ? 0 : 2);
      const auto [end, error] = std::from_chars(first, digits.data() + digits.size(), value, base);
      if (error != std::errc{} || end != digits.data() + digits.size()) throw NotUnderstood{e.span, fmt::format("{} is no integer of 64 bits", e.text)};
      return make(value, e.span);
    }
    case SyntaxKind::Float: {
      double value = 0;
      std::from_chars(e.text.data(), e.text.data() + e.text.size(), value);
      return make(value, e.span);
    }
    case SyntaxKind::String: return make(string_value(e), e.span);
    case SyntaxKind::True: return make(true, e.span);
    case SyntaxKind::False: return make(false, e.span);
    case SyntaxKind::None: return make(PyNone{}, e.span);
    case SyntaxKind::Tuple:
    case SyntaxKind::List: {
      PyTuple tuple;
      for (size_t i = 0; i < e.children.size(); ++i) tuple.items.push_back(child(i));
      return make(std::move(tuple), e.span);
    }
    case SyntaxKind::Dict: {
      PyDict dict;
      for (size_t i = 0; i + 1 < e.children.size(); i += 2) dict.items.emplace_back(child(i), child(i + 1));
      return make(std::move(dict), e.span);
    }
    case SyntaxKind::Star: return make(PyStar{child(0)}, e.span);
    case SyntaxKind::Index:
      if (e.children.size() != 2) throw NotUnderstood{e.span, "one index is needed"};
      if (const Syntax& i = *e.child(1); i.kind == SyntaxKind::Slice) {
        const auto bound = [&](const Syntax* b) { return b ? convert(*b, owner) : nullptr; };
        return make(PySlice{child(0), bound(i.child(0)), bound(i.child(1)), bound(i.child(2))}, e.span);
      }
      return make(PyIndex{child(0), child(1)}, e.span);
    case SyntaxKind::Unary:
      if (e.text == "+") return child(0);
      if (e.text != "-") throw NotUnderstood{e.span, fmt::format("'{}' is not understood in a schedule", e.text)};
      return make(PyUnary{"-", child(0)}, e.span);
    case SyntaxKind::Not: return make(PyUnary{"not", child(0)}, e.span);
    case SyntaxKind::Binary: {
      constexpr std::string_view kOperators[] = {"+", "-", "*", "//", "%", "**"};
      if (std::find(std::begin(kOperators), std::end(kOperators), e.text) == std::end(kOperators)) throw NotUnderstood{e.span, fmt::format("'{}' is not understood in a schedule", e.text)};
      return make(PyBinary{std::string(e.text), child(0), child(1)}, e.span);
    }
    case SyntaxKind::Lambda: return make(PyLambda{std::string(e.text), e.span.begin}, e.span);
    case SyntaxKind::Call: return convert_call(e, owner);
    case SyntaxKind::Attribute: throw NotUnderstood{e.span, fmt::format("'{}' is a value that only Python knows", text_.substr(e.span.begin, e.span.end - e.span.begin))};
    default: throw NotUnderstood{e.span, "this expression is not understood in a schedule"};
  }
}

PyExprPtr ScheduleFinder::convert_call(const Syntax& e, int& owner) const {
  const Syntax& callee = *e.child(0);
  if (dotted_name(callee).ends_with("IndexMap.from_func"))
    return make(PyLambda{std::string(text_.substr(e.span.begin, e.span.end - e.span.begin)), e.span.begin}, e.span);
  PyCall call;
  if (callee.kind == SyntaxKind::Name && is_python_function(callee.text) && !owners_.contains(callee.text)) {
    call.method = callee.text;
  } else if (callee.kind == SyntaxKind::Attribute && callee.child(0)->kind == SyntaxKind::Name && schedules_.contains(callee.child(0)->text)) {
    owner = schedules_.find(callee.child(0)->text)->second;
    call.receiver = make(PyName{std::string(callee.child(0)->text)}, callee.child(0)->span);
    call.method = callee.text;
  } else {
    throw NotUnderstood{e.span, fmt::format("'{}(...)' would have to be executed", text_.substr(callee.span.begin, callee.span.end - callee.span.begin))};
  }
  const int own = owner;
  for (size_t i = 1; i < e.children.size(); ++i) {
    const Syntax& argument = *e.child(i);
    if (argument.kind == SyntaxKind::DoubleStar) throw NotUnderstood{argument.span, "'**' is not understood in a schedule"};
    int other = own;
    if (argument.kind == SyntaxKind::Keyword) call.keywords.emplace_back(std::string(argument.text), convert(*argument.child(0), other));
    else call.args.push_back(convert(argument, other));
    if (call.receiver && other != own) throw NotUnderstood{argument.span, "this is a result of another schedule"};
    if (!call.receiver) owner = other;
  }
  return make(std::move(call), e.span);
}

// def f(i, j): return i // 4, j, i % 4
void ScheduleFinder::index_function(const StatementSyntax& definition) {
  const auto text = [&](SourceSpan span) { return text_.substr(span.begin, span.end - span.begin); };
  const bool is_docstring = definition.body.size() == 2 && definition.body[0].kind == StatementKind::Expression && definition.body[0].value->kind == SyntaxKind::String;
  const bool gives_value = !definition.body.empty() && definition.body.back().kind == StatementKind::Return && definition.body.back().value;
  const std::string name(definition.text);
  if (!gives_value || (definition.body.size() != 1 && !is_docstring) || schedules_.contains(name)) {
    unknown_.insert(name);
    return;
  }
  std::string parameters;
  for (const ParameterSyntax& p : definition.parameters) parameters += fmt::format("{}{}{}", parameters.empty() ? "" : ", ", text(p.span).starts_with("*") ? "*" : "", p.name);
  PyStatement statement;
  statement.span = definition.span;
  statement.targets = make(PyName{name}, definition.span);
  statement.value = make(PyLambda{fmt::format("lambda {}: ({})", parameters, text(definition.body.back().value->span)), std::nullopt}, definition.span);
  constants_.push_back(statement);
  for (ScheduleScript& script : scripts_) script.statements.push_back(statement);
  bind({name}, kConstant);
}

bool ScheduleFinder::takes_schedule(const StatementSyntax& definition, std::string_view text, const std::vector<Token>& tokens) {
  for (const ParameterSyntax& p : definition.parameters) {
    if (p.annotation && last_name(*p.annotation) == "Schedule") return true;
    for (size_t i = definition.first_token; i + 2 < definition.end_token; ++i)
      if (tokens[i].kind == TokenKind::Name && spelling(text, tokens[i]) == p.name && spelling(text, tokens[i + 1]) == "." && is_query(spelling(text, tokens[i + 2]))) return true;
  }
  return false;
}

void ScheduleFinder::function(const StatementSyntax& definition) {
  ScheduleFinder inner(text_, tokens_, errors_);
  inner.constants_ = constants_;
  inner.unknown_ = unknown_;
  for (const auto& [name, owner] : owners_)
    if (owner == kConstant) inner.owners_[name] = kConstant;
  ScheduleScript script;
  script.name = definition.text;
  script.span = definition.span;
  script.statements = constants_;
  const auto is_schedule = [&](const ParameterSyntax& p) {
    if (p.annotation && last_name(*p.annotation) == "Schedule") return true;
    StatementSyntax one = definition;
    one.parameters = {p};
    return takes_schedule(one, text_, tokens_);
  };
  for (const ParameterSyntax& p : definition.parameters) {
    inner.owners_.erase(std::string(p.name));
    if (script.schedule_variable.empty() && is_schedule(p)) {
      script.schedule_variable = p.name;
      continue;
    }
    try {
      if (!p.default_value) throw NotUnderstood{p.span, ""};
      int owner = kConstant;
      PyStatement statement{make(PyName{std::string(p.name)}, p.span), inner.convert(*p.default_value, owner), p.span};
      script.statements.push_back(std::move(statement));
      inner.owners_[std::string(p.name)] = kConstant;
    } catch (const NotUnderstood&) {
      inner.unknown_.emplace(p.name);
    }
  }
  inner.schedules_[script.schedule_variable] = 0;
  inner.scripts_.push_back(std::move(script));
  for (const StatementSyntax& s : definition.body) {
    const bool is_harmless = s.kind == StatementKind::Pass || s.kind == StatementKind::Return || s.kind == StatementKind::Import ||
                             (s.kind == StatementKind::Expression && s.value->kind == SyntaxKind::String);
    if (!is_harmless) inner.statement(s);
  }
  for (ScheduleScript& found : inner.scripts_) {
    if (found.name == found.schedule_variable && found.span == definition.span) found.name = definition.text;
    scripts_.push_back(std::move(found));
  }
}

}  // namespace loopglass::script
