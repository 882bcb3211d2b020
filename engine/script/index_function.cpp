#include "engine/script/index_function.h"

#include <fmt/format.h>

#include "engine/script/evaluator.h"
#include "engine/script/lexer.h"
#include "engine/script/syntax_parser.h"

namespace loopglass::script {
namespace {

const char* const kFormulaNames[] = {"i", "j", "k", "l", "m", "n", "o", "p"};

class Reader {
 public:
  // Inside brackets the text may go over several lines.
  Reader(std::string_view text, const IndexFunctionContext& context) : text_(fmt::format("({})", text)), context_(context), evaluator_(text_, scope_, errors_) {
    scope_.set("T", {Namespace{"T"}});
    scope_.set("tvm", {Namespace{"tvm"}});
    scope_.set("tir", {Namespace{"T"}});
    scope_.set("tirx", {Namespace{"T"}});
    for (const auto& [name, value] : context.known) scope_.set(name, std::visit([](const auto& v) { return Value{v}; }, value));
  }

  Result<IndexFunction> read() {
    const TokenList tokens = tokenize(text_);
    errors_ = tokens.errors;
    if (!errors_.empty()) return Error(in_text(std::move(errors_.front())));
    const Syntax* e = SyntaxParser(text_, tokens.tokens, arena_).whole_expression(errors_);
    try {
      if (e) return e->kind == SyntaxKind::Call && last_name(*e->child(0)) == "from_func" ? from_func(*e) : function(*e, context_.index_type);
    } catch (const StatementFailed&) {
      // recorded in errors_
    }
    return Error(in_text(std::move(errors_.front())));
  }

 private:
  static Diagnostic in_text(Diagnostic error) {
    for (Label& label : error.labels)
      if (label.span && label.span->begin > 0) label.span = SourceSpan{label.span->begin - 1, label.span->end - 1};
    return error;
  }

  // IndexMap.from_func(function, ndim, inverse_index_map, index_dtype="int64")
  IndexFunction from_func(const Syntax& call) {
    const auto args = evaluator_.bind(call, {"mapping_function", "ndim", "inverse_index_map", "index_dtype"}, 1);
    const ir::DataType type = args[3] ? evaluator_.type(*args[3]) : ir::kInt64;
    IndexFunction result = function(*args[0], type);
    if (args[2] && args[2]->kind != SyntaxKind::None) {
      const bool is_map = args[2]->kind == SyntaxKind::Call && last_name(*args[2]->child(0)) == "from_func";
      result.inverse = std::make_shared<const IndexFunction>(is_map ? from_func(*args[2]) : function(*args[2], ir::kInt64));
    }
    return result;
  }

  IndexFunction function(const Syntax& e, ir::DataType type) {
    const Scope::Frame frame(scope_);
    IndexFunction result;
    const bool is_lambda = e.kind == SyntaxKind::Lambda;
    if (is_lambda) {
      bind_parameters(e, type, result.params);
    } else {
      for (size_t i = 0; i < context_.count.value_or(context_.names.size()); ++i)
        add_parameter(i < context_.names.size() ? context_.names[i] : i < std::size(kFormulaNames) ? kFormulaNames[i] : fmt::format("i{}", i), type, result.params);
    }
    const Syntax& body = is_lambda ? *e.children.back() : e;
    const Value value = evaluator_.evaluate(body);
    const Sequence* sequence = value.as<Sequence>();
    if (!sequence) {
      result.items.push_back({{evaluator_.to_expr(value, body.span)}});
      return result;
    }
    for (size_t i = 0; i < sequence->items.size(); ++i) {
      const bool has_own_place = sequence->items.size() == body.children.size();
      result.items.push_back(item(sequence->items[i], has_own_place ? body.child(i)->span : body.span));
    }
    return result;
  }

  // As inspect.signature counts them: keyword-only parameters come last, and defaults are as good as absent.
  void bind_parameters(const Syntax& lambda, ir::DataType type, std::vector<ir::Var>& params) {
    const size_t named = lambda.children.size() - 1;
    const Syntax* rest = nullptr;
    for (size_t i = 0; i < named; ++i) rest = lambda.child(i)->kind == SyntaxKind::Star ? lambda.child(i) : rest;
    for (size_t i = 0; i < named; ++i) {
      const Syntax& parameter = *lambda.child(i);
      if (&parameter != rest) {
        if (parameter.kind == SyntaxKind::Star) evaluator_.fail(DiagnosticKind::SyntaxError, parameter.span, "a function takes one *parameter at most");
        add_parameter(parameter.text, type, params);
        continue;
      }
      if (!context_.count)
        evaluator_.fail(DiagnosticKind::UnsupportedSyntax, parameter.span, "how many indices there are is not known here, so that *parameters cannot stand for them",
                        "name each index");
      Sequence indices;
      for (size_t k = 0; k + named - 1 < *context_.count; ++k) {
        add_parameter(fmt::format("{}_{}", parameter.child(0)->text, k), type, params);
        indices.items.push_back({ir::Expr(params.back())});
      }
      scope_.set(parameter.child(0)->text, {std::move(indices)});
    }
  }

  void add_parameter(std::string_view name, ir::DataType type, std::vector<ir::Var>& params) {
    params.push_back(ir::make_var(std::string(name), type));
    scope_.set(name, {ir::Expr(params.back())});
  }

  IndexItem item(const Value& value, SourceSpan span) {
    const Sequence* sequence = value.as<Sequence>();
    if (!sequence) return {{evaluator_.to_expr(value, span)}};
    IndexItem result{{}, true};
    for (const Value& part : sequence->items) result.parts.push_back(evaluator_.to_expr(part, span));
    return result;
  }

  const std::string text_;
  const IndexFunctionContext& context_;
  SyntaxArena arena_;
  Scope scope_;
  std::vector<Diagnostic> errors_;
  Evaluator evaluator_;
};

}  // namespace

Result<IndexFunction> read_index_function(std::string_view text, const IndexFunctionContext& context) { return Reader(text, context).read(); }

}  // namespace loopglass::script
