#include "engine/script/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/ir/node_path.h"
#include "engine/ir/well_formed.h"
#include "engine/script/function_reader.h"
#include "engine/script/intrin_registrations.h"
#include "engine/script/lexer.h"
#include "engine/script/schedule_finder.h"
#include "engine/script/syntax_parser.h"

namespace loopglass::script {
namespace {

// Far above any program, and small enough to be read at once.
constexpr size_t kMaxText = size_t{16} << 20;
constexpr size_t kMaxErrors = 100;

Diagnostic at(DiagnosticKind kind, SourceSpan span, std::string message, std::string help = {}) {
  return {kind, std::move(message), std::move(help), {{"", span, ""}}, {}, {}};
}

// The offset of the first byte that no UTF-8 text has there.
std::optional<uint32_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  for (size_t i = 0; i < text.size();) {
    const unsigned c = byte(i);
    const size_t length = c < 0x80 ? 1 : (c >> 5) == 6 && c >= 0xC2 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 && c <= 0xF4 ? 4 : 0;
    if (length == 0) return i;
    for (size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return i;
    if ((c == 0xE0 && byte(i + 1) < 0xA0) || (c == 0xED && byte(i + 1) > 0x9F) || (c == 0xF0 && byte(i + 1) < 0x90) || (c == 0xF4 && byte(i + 1) > 0x8F)) return i;
    i += length;
  }
  return std::nullopt;
}

std::optional<Diagnostic> unreadable(std::string_view text) {
  if (text.size() > kMaxText)
    return Diagnostic{DiagnosticKind::UnsupportedSyntax, fmt::format("the text has {} MB; at most {} MB are read", text.size() >> 20, kMaxText >> 20), "cut the program out of it", {}, {}, {}};
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos)
    return at(DiagnosticKind::SyntaxError, {static_cast<uint32_t>(nul), static_cast<uint32_t>(nul + 1)}, "the text holds a NUL byte: this is no Python file");
  if (const auto offset = first_invalid_utf8(text))
    return at(DiagnosticKind::SyntaxError, {*offset, *offset + 1}, fmt::format("the byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(text[*offset])), "save the file as UTF-8");
  return std::nullopt;
}

class FileReader {
 public:
  explicit FileReader(std::string_view text)
      : text_(text), tokens_(tokenize(text)), parser_(text, tokens_.tokens, arena_), finder_(text, tokens_.tokens, file_.errors) {
    for (const char* name : {"T", "I", "tvm"}) scope_.set(name, {Namespace{name}});
  }

  ParsedFile read() {
    std::stable_sort(tokens_.errors.begin(), tokens_.errors.end(), [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    file_.errors = tokens_.errors;
    // A program pasted with the indentation that it had in its class is taken as it is.
    while (!parser_.at_end())
      if (!parser_.skip_indentation()) read_statement();
    file_.schedules = finder_.take();
    read_schedule_functions();
    check_modules();
    registrations_.resolve(file_);
    report_emptiness();
    std::stable_sort(file_.errors.begin(), file_.errors.end(), [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    if (file_.errors.size() > kMaxErrors) file_.errors.resize(kMaxErrors);
    return std::move(file_);
  }

 private:
  static uint32_t place(const Diagnostic& d) { return d.labels.empty() || !d.labels[0].span ? 0 : d.labels[0].span->begin; }

  std::string_view spelling(size_t token) const {
    const SourceSpan span = tokens_.tokens[token].span;
    return text_.substr(span.begin, span.end - span.begin);
  }

  void read_statement() {
    std::vector<Diagnostic> errors;
    StatementSyntax s = parser_.statement(errors);
    const bool is_script = is_script_definition(s);
    const bool is_python = !is_script && s.kind != StatementKind::Function && s.kind != StatementKind::Class;
    const bool is_schedule = is_python && read_python(s);
    // Mistakes in Python that has nothing to do with programs or schedules are Python's business.
    const size_t before = file_.errors.size();
    if (is_script || is_schedule || (s.kind == StatementKind::Other && finder_.touches_schedule(s)))
      for (Diagnostic& error : errors)
        if (!follows_from_lexer(error)) file_.errors.push_back(std::move(error));
    if (is_script) return read_script(s, before);
    if (s.kind != StatementKind::Function) return;
    if (ScheduleFinder::takes_schedule(s, text_, tokens_.tokens))
      schedule_functions_.push_back(std::move(s));
    else
      finder_.index_function(s);
  }

  // A program with any mistake since `errors_before` is none.
  void read_script(const StatementSyntax& s, size_t errors_before) {
    if (s.kind == StatementKind::Class) read_module(s);
    if (s.kind == StatementKind::Function) read_bare_function(s);
    const auto is_inside = [&](const Diagnostic& e) { return place(e) >= s.span.begin && place(e) <= s.span.end; };
    const bool has_errors = file_.errors.size() != errors_before || std::any_of(tokens_.errors.begin(), tokens_.errors.end(), is_inside);
    if (s.kind != StatementKind::Other && has_errors) file_.modules.back().module = nullptr;
  }

  // Whether a line that could not be read holds what the lexer has reported already.
  bool follows_from_lexer(const Diagnostic& error) const {
    const auto before = [](const Diagnostic& d, uint32_t offset) { return place(d) <= offset; };
    const auto after_it = std::partition_point(tokens_.errors.begin(), tokens_.errors.end(), [&](const Diagnostic& d) { return before(d, place(error)); });
    if (after_it == tokens_.errors.begin()) return false;
    const uint32_t lexical = place(*std::prev(after_it));
    auto token = std::partition_point(tokens_.tokens.begin(), tokens_.tokens.end(), [&](const Token& t) { return t.span.begin <= lexical; });
    for (; token != tokens_.tokens.end() && token->span.begin < place(error); ++token)
      if (token->kind == TokenKind::Newline) return false;
    return true;
  }

  // A definition under @I.ir_module or @T.prim_func; also one whose head could not be read.
  static bool is_script_definition(const StatementSyntax& s) {
    return std::any_of(s.decorators.begin(), s.decorators.end(), [](const Syntax* d) {
      const std::string_view name = decorator_name(*d);
      return name == "ir_module" || name == "prim_func";
    });
  }
  static std::string_view decorator_name(const Syntax& decorator) { return last_name(decorator.kind == SyntaxKind::Call ? *decorator.child(0) : decorator); }

  bool read_python(const StatementSyntax& s) {
    if (s.kind == StatementKind::Import) {
      read_import(s);
      return false;
    }
    Evaluator evaluator(text_, scope_, file_.errors);
    if (registrations_.statement(s, evaluator, file_.errors)) return true;
    remember_constant(s);
    return finder_.statement(s);
  }

  // import numpy as np; from tvm.script import tir as T, ir as I
  void read_import(const StatementSyntax& s) {
    std::string path, name;
    size_t i = s.first_token;
    const auto dotted = [&] {
      std::string result;
      while (tokens_.tokens[i].kind == TokenKind::Name || spelling(i) == ".") result += spelling(i++);
      return result;
    };
    const bool is_from = spelling(i++) == "from";
    if (is_from) path = dotted();
    for (; i < s.end_token && tokens_.tokens[i].kind != TokenKind::Newline; ++i) {
      if (tokens_.tokens[i].kind != TokenKind::Name || spelling(i) == "import") continue;
      const size_t start = i;
      name = std::string(spelling(i));
      if (!is_from) {
        name = std::string(spelling(start));
        while (spelling(i + 1) == "." && tokens_.tokens[i + 2].kind == TokenKind::Name) i += 2;
      }
      const std::string member(spelling(i));
      std::string alias = is_from ? member : name;
      if (spelling(i + 1) == "as") {
        alias = std::string(spelling(i + 2));
        i += 2;
      }
      define_import(path, member, alias);
    }
  }

  void define_import(const std::string& path, const std::string& member, const std::string& alias) {
    finder_.imported(alias);
    const bool is_tvm = path.starts_with("tvm") || (path.empty() && member == "tvm") || alias == "tvm";
    if (!is_tvm) {
      if (alias != "TypeVar") scope_.set(alias, {Unknown{}});
      return;
    }
    if (member == "tir" || member == "tirx" || member == "T") {
      imports_tir_ = imports_tir_ || member == "tir";
      imports_tirx_ = imports_tirx_ || member == "tirx";
      scope_.set(alias, {Namespace{"T"}});
    } else if (member == "ir" || member == "I") {
      scope_.set(alias, {Namespace{"I"}});
    } else if (alias == "tvm") {
      scope_.set(alias, {Namespace{"tvm"}});
    }
  }

  // Constants of the file may be used in its programs: shapes, types.
  void remember_constant(const StatementSyntax& s) {
    for (const Syntax* target : s.targets) {
      if (target->kind != SyntaxKind::Name) continue;
      if (s.kind == StatementKind::Assign && s.value->kind == SyntaxKind::Call && last_name(*s.value->child(0)) == "TypeVar") {
        type_vars_.emplace_back(target->text);
        continue;
      }
      scope_.set(target->text, constant_value(s));
    }
  }

  Value constant_value(const StatementSyntax& s) {
    if (s.kind != StatementKind::Assign) return {Unknown{}};
    std::vector<Diagnostic> ignored;
    try {
      Value value = Evaluator(text_, scope_, ignored).evaluate(*s.value);
      const bool is_known = value.as<int64_t>() || value.as<double>() || value.as<bool>() || value.as<std::string>() || value.as<Sequence>() || value.as<TypeName>();
      return is_known ? value : Value{Unknown{}};
    } catch (const StatementFailed&) {
      return {Unknown{}};
    }
  }

  Dialect dialect_of(const StatementSyntax& s) const {
    bool is_tir = false;
    for (size_t i = s.first_token; i + 1 < s.end_token; ++i) {
      if (tokens_.tokens[i].kind != TokenKind::Name) continue;
      const std::string_view word = spelling(i);
      if (word == "s_tir" && spelling(i + 1) == "=") return Dialect::STir;
      if (i == 0 || spelling(i - 1) != ".") continue;
      if (word.starts_with("sblock")) return Dialect::STir;
      is_tir = is_tir || word == "block" || word == "block_attr";
    }
    if (is_tir) return Dialect::Tir;
    if (imports_tir_ != imports_tirx_) return imports_tir_ ? Dialect::Tir : Dialect::STir;
    // A printed program carries its imports as comments.
    if (text_.find("# from tvm.script import tir as T\n") != std::string_view::npos) return Dialect::Tir;
    for (const Syntax* decorator : s.decorators)
      if (dotted_name(decorator->kind == SyntaxKind::Call ? *decorator->child(0) : *decorator).starts_with("tvm.")) return Dialect::Tir;
    return Dialect::STir;
  }

  std::optional<ir::NamedFunction> read_function(const StatementSyntax& s, ParsedModule& parsed) {
    FunctionReader reader(text_, scope_, file_.errors, parsed.dialect, parsed.spans);
    ir::Function function = reader.read(s, type_vars_);
    if (!function) return std::nullopt;
    return ir::NamedFunction{std::string(s.text), std::move(function)};
  }

  ParsedModule start(const StatementSyntax& s) const { return {std::string(s.text), nullptr, dialect_of(s), s.span, {}}; }

  void read_bare_function(const StatementSyntax& s) {
    ParsedModule parsed = start(s);
    const size_t errors = file_.errors.size();
    ir::ModuleNode module;
    module.name = std::string(s.text);
    module.is_bare_function = true;
    if (auto function = read_function(s, parsed)) module.functions.push_back(std::move(*function));
    if (file_.errors.size() == errors && !module.functions.empty()) parsed.module = ir::make_module(std::move(module));
    file_.modules.push_back(std::move(parsed));
  }

  void read_module(const StatementSyntax& s) {
    ParsedModule parsed = start(s);
    const size_t errors = file_.errors.size();
    const Scope::Frame frame(scope_);
    ir::ModuleNode module;
    module.name = std::string(s.text);
    for (const StatementSyntax& member : s.body) read_member(member, module, parsed);
    if (module.functions.empty() && file_.errors.size() == errors)
      file_.errors.push_back(at(DiagnosticKind::NoProgram, s.head, fmt::format("the module {} has no function", s.text), "add a function with @T.prim_func"));
    if (file_.errors.size() == errors) parsed.module = ir::make_module(std::move(module));
    file_.modules.push_back(std::move(parsed));
  }

  void read_member(const StatementSyntax& s, ir::ModuleNode& module, ParsedModule& parsed) {
    const auto refuse = [&](std::string message, std::string help = {}) { file_.errors.push_back(at(DiagnosticKind::UnsupportedSyntax, s.head, std::move(message), std::move(help))); };
    if (s.kind == StatementKind::Function) {
      const bool is_prim_func = std::any_of(s.decorators.begin(), s.decorators.end(), [](const Syntax* d) { return decorator_name(*d) == "prim_func"; });
      if (!is_prim_func)
        return refuse(fmt::format("the function {} is no T.prim_func", s.text), s.decorators.empty() ? "write @T.prim_func above it" : "only T.prim_func is understood here");
      const auto same = [&](const ir::NamedFunction& f) { return f.name == s.text; };
      if (std::any_of(module.functions.begin(), module.functions.end(), same)) return refuse(fmt::format("the module has two functions named {}", s.text), "rename one of them");
      if (auto function = read_function(s, parsed)) module.functions.push_back(std::move(*function));
      return;
    }
    if (s.kind == StatementKind::Pass || (s.kind == StatementKind::Expression && s.value->kind == SyntaxKind::String)) return;
    if (s.kind == StatementKind::Expression && s.value->kind == SyntaxKind::Call) {
      const std::string_view name = last_name(*s.value->child(0));
      if (name == "module_attrs") return read_module_attrs(s, module);
      if (name == "module_global_infos") return;
    }
    if (s.kind == StatementKind::Assign) return remember_constant(s);
    if (s.kind != StatementKind::Other) refuse("a module holds functions alone");
  }

  void read_module_attrs(const StatementSyntax& s, ir::ModuleNode& module) {
    try {
      Evaluator evaluator(text_, scope_, file_.errors);
      const auto args = evaluator.bind(*s.value, {"attrs", "allow_overwrite"}, 1);
      for (auto& [key, value] : evaluator.attributes(*args[0])) module.attrs[key] = std::move(value);
    } catch (const StatementFailed&) {
    }
  }

  // Functions that take a schedule count where no schedule stands at the top level.
  void read_schedule_functions() {
    if (!file_.schedules.empty()) return;
    for (const StatementSyntax& s : schedule_functions_) finder_.function(s);
    file_.schedules = finder_.take();
  }

  void check_modules() {
    for (ParsedModule& parsed : file_.modules) {
      if (!parsed.module) continue;
      if (auto checked = ir::check_well_formed(parsed.module); !checked) {
        Diagnostic error = std::move(checked).error();
        add_span(error, parsed);
        file_.errors.push_back(std::move(error));
        parsed.module = nullptr;
        parsed.spans.clear();
      }
    }
  }

  static void add_span(Diagnostic& error, const ParsedModule& parsed) {
    SourceSpan span = parsed.span;
    if (!error.labels.empty()) {
      if (const auto path = ir::parse_node_path(error.labels[0].node)) {
        // The narrowest node above the place that has a span of its own.
        for (ir::NodePath p = *path;; p.steps.pop_back()) {
          const ir::Stmt node = ir::node_at(parsed.module, p);
          const auto found = node ? parsed.spans.find(node.get()) : parsed.spans.end();
          if (found != parsed.spans.end()) {
            span = found->second;
            break;
          }
          if (p.steps.empty()) break;
        }
      }
      error.labels[0].span = span;
    } else {
      error.labels.push_back({"", span, ""});
    }
  }

  void report_emptiness() {
    if (!file_.modules.empty() || !file_.schedules.empty() || file_.intrinsics || !file_.errors.empty()) return;
    file_.errors.push_back({DiagnosticKind::NoProgram, text_.find_first_not_of(" \t\r\n") == std::string_view::npos ? "the text is empty" : "the text holds no TVMScript",
                            "a program is a class with @tvm.script.ir_module or @I.ir_module, or a function with @T.prim_func", {}, {}, {}});
  }

  std::string_view text_;
  TokenList tokens_;
  SyntaxArena arena_;
  SyntaxParser parser_;
  Scope scope_;
  ParsedFile file_;
  ScheduleFinder finder_;
  IntrinRegistrations registrations_;
  std::vector<StatementSyntax> schedule_functions_;
  std::vector<std::string> type_vars_;
  bool imports_tir_ = false, imports_tirx_ = false;
};

}  // namespace

ParsedFile parse_file(std::string_view text) {
  if (auto error = unreadable(text)) {
    ParsedFile file;
    file.errors.push_back(std::move(*error));
    return file;
  }
  return FileReader(text).read();
}

Result<ir::Module> parse_module(std::string_view text) {
  ParsedFile file = parse_file(text);
  if (!file.errors.empty()) return Error(std::move(file.errors.front()));
  if (file.modules.empty()) return fail(DiagnosticKind::NoProgram, "the text holds no TVMScript", "a program is a class with @I.ir_module, or a function with @T.prim_func");
  return std::move(file.modules.front().module);
}

}  // namespace loopglass::script
