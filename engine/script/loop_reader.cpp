#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/script/function_reader.h"
#include "engine/script/linear.h"

namespace loopglass::script {

using ir::Expr;
using ir::Stmt;

namespace {

// The type of a loop variable: as wide as the wider bound, unsigned where one of them is.
ir::DataType loop_type(const Expr& start, const Expr& stop) {
  const bool is_unsigned = start->dtype.is_uint() || stop->dtype.is_uint();
  return {is_unsigned ? ir::TypeCode::UInt : ir::TypeCode::Int, std::max(start->dtype.bits, stop->dtype.bits)};
}

Stmt or_nothing(Stmt body) {
  if (body) return body;
  ir::Evaluate nothing;
  nothing.value = ir::make_int(0);
  return ir::make_stmt(std::move(nothing));
}

ir::ForKind kind_named(std::string_view name) {
  return name == "parallel" ? ir::ForKind::Parallel : name == "vectorized" ? ir::ForKind::Vectorized : name == "unroll" ? ir::ForKind::Unrolled : name == "thread_binding" ? ir::ForKind::ThreadBinding : ir::ForKind::Serial;
}

}  // namespace

void FunctionReader::read_for(const StatementSyntax& s) {
  if (!s.otherwise.empty()) unsupported(s.otherwise[0].span, "a loop has no else in TVMScript");
  const Scope::Frame frame(scope_);
  const Syntax& target = *s.targets[0];
  const std::vector<const Syntax*> targets = target.kind == SyntaxKind::Tuple ? target.children : std::vector<const Syntax*>{&target};
  for (const Syntax* t : targets) target_name(*t);
  const Syntax& iterated = *s.value;
  std::string kind;
  if (iterated.kind == SyntaxKind::Call) {
    const Syntax& callee = *iterated.child(0);
    kind = callee.kind == SyntaxKind::Name && callee.text == "range" && !scope_.find("range") ? "range" : evaluator_.builtin_name(callee);
  }
  if (kind == "grid") return read_grid(s, targets);
  const bool is_loop = kind == "range" || kind == "serial" || kind == "parallel" || kind == "vectorized" || kind == "unroll" || kind == "thread_binding";
  if (!is_loop) {
    if (kind.empty()) evaluator_.evaluate(iterated);
    unsupported(iterated.span, "a loop runs over range(...), T.grid(...), T.serial(...), T.parallel(...), T.vectorized(...), T.unroll(...) or T.thread_binding(...)");
  }
  if (targets.size() != 1)
    evaluator_.fail(DiagnosticKind::SyntaxError, target.span, fmt::format("{}(...) gives one loop, {} variables are named", kind == "range" ? "range" : "T." + kind, targets.size()), "write T.grid(...) for several loops");
  read_single_loop(s, kind, *targets[0]);
}

void FunctionReader::read_grid(const StatementSyntax& s, const std::vector<const Syntax*>& targets) {
  std::vector<OpenLoop> loops;
  for (const Argument& a : evaluator_.positional(*s.value)) {
    OpenLoop loop;
    const auto* pair = a.value.as<Sequence>();
    if (pair && pair->items.size() != 2) evaluator_.mismatch(a.span, "a loop's range is an extent, or (start, extent)");
    loop.extent = evaluator_.to_expr(pair ? pair->items[1] : a.value, a.span);
    loop.min = pair ? evaluator_.to_expr(pair->items[0], a.span) : ir::make_int(0, loop.extent->dtype);
    if (!loop.extent->dtype.is_integral() || !loop.min->dtype.is_integral()) evaluator_.mismatch(a.span, fmt::format("an extent has to be an integer, this is {}", describe(a.value)));
    if (pair) loop.extent = as_type(loop.extent, loop.min->dtype);
    loops.push_back(std::move(loop));
  }
  if (loops.size() != targets.size())
    evaluator_.fail(DiagnosticKind::SyntaxError, s.value->span, fmt::format("T.grid gives {} loop{}, {} variable{} named", loops.size(), loops.size() == 1 ? "" : "s", targets.size(), targets.size() == 1 ? " is" : "s are"));
  if (loops.empty()) evaluator_.fail(DiagnosticKind::SyntaxError, s.value->span, "T.grid needs an extent for each variable");
  const size_t outer = loops_.size();
  for (size_t i = 0; i < loops.size(); ++i) {
    loops[i].var = ir::make_var(std::string(targets[i]->text), loops[i].extent->dtype);
    define(*targets[i], {Expr(loops[i].var)});
    loops_.push_back(loops[i]);
  }
  Stmt body = or_nothing(read_body(s.body));
  loops_.resize(outer);
  for (size_t i = loops.size(); i > 0; --i) {
    body = ir::make_for(loops[i - 1].var, loops[i - 1].min, loops[i - 1].extent, ir::ForKind::Serial, std::move(body));
    spans_[body.get()] = s.span;
  }
  bodies_.back()->push_back({std::move(body)});
}

void FunctionReader::read_single_loop(const StatementSyntax& s, std::string_view kind, const Syntax& target) {
  const Syntax& call = *s.value;
  ir::For loop;
  loop.for_kind = kind_named(kind);
  std::vector<const Syntax*> args;
  if (kind == "thread_binding") {
    args = evaluator_.bind(call, {"start", "stop", "thread", "annotations"}, 1);
    if (!args[2] && args[1]) std::swap(args[1], args[2]);
    if (!args[2]) evaluator_.mismatch(call.span, "T.thread_binding needs thread=\"threadIdx.x\"");
    loop.thread_tag = evaluator_.constant_string(*args[2]);
    args = {args[0], args[1], nullptr, args[3], nullptr, nullptr};
  } else if (kind == "range") {
    args = evaluator_.bind(call, {"start", "stop", "step"}, 1);
    args.resize(6, nullptr);
  } else {
    const auto bound = evaluator_.bind(call, {"start", "stop", "annotations", "step", "unroll", "dtype"}, 1);
    args = {bound[0], bound[1], bound[3], bound[2], bound[4], bound[5]};
  }
  const Expr first = evaluator_.integer(*args[0]);
  const Expr stop = args[1] ? evaluator_.integer(*args[1]) : first;
  const Expr start = args[1] ? first : ir::make_int(0, first->dtype);
  const ir::DataType type = args[5] ? evaluator_.type(*args[5]) : loop_type(start, stop);
  loop.min = as_type(start, type);
  loop.extent = difference(as_type(stop, type), loop.min);
  if (args[2]) {
    loop.step = as_type(evaluator_.integer(*args[2]), type);
    if (const auto step = ir::as_int(loop.step); step && *step <= 0) evaluator_.mismatch(args[2]->span, fmt::format("a loop's step has to be positive, this is {}", *step));
    if (ir::is_one(loop.step)) loop.step = nullptr;
  }
  if (args[3] && args[3]->kind != SyntaxKind::None) loop.annotations = evaluator_.attributes(*args[3]);
  if (args[4]) {
    const Value unroll = evaluator_.evaluate(*args[4]);
    if (unroll.as<bool>() && !*unroll.as<bool>()) loop.annotations["disable_unroll"] = {true};
    else loop.annotations["pragma_unroll"] = evaluator_.attribute(unroll, args[4]->span);
  }
  loop.loop_var = ir::make_var(std::string(target.text), type);
  define(target, {Expr(loop.loop_var)});
  loops_.push_back({loop.loop_var, loop.min, loop.extent});
  loop.body = or_nothing(read_body(s.body));
  loops_.pop_back();
  emit(ir::make_stmt(std::move(loop)), s.span);
}

}  // namespace loopglass::script
