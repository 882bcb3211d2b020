#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/script/function_reader.h"
#include "engine/script/lexer.h"
#include "engine/script/syntax_parser.h"

namespace loopglass::script {

using ir::Expr;
using ir::Stmt;

namespace {

Stmt wrap_decl(const Stmt& opener, Stmt body) {
  ir::DeclBuffer whole = ir::get<ir::DeclBuffer>(opener);
  whole.body = std::move(body);
  return ir::make_stmt(std::move(whole));
}

Stmt wrap_alloc(const Stmt& opener, Stmt body) {
  ir::AllocBuffer whole = ir::get<ir::AllocBuffer>(opener);
  whole.body = std::move(body);
  return ir::make_stmt(std::move(whole));
}

}  // namespace

// `args`: shape, dtype, data, strides, elem_offset, scope, align, offset_factor, as bind() gives them.
ir::BufferNode FunctionReader::read_buffer(const Syntax& call, std::vector<const Syntax*> args, std::string_view name) {
  ir::BufferNode b;
  b.name = name;
  const auto dimensions = [&](const Syntax& shape) {
    // A quoted dimension is an expression in quotes.
    std::vector<Expr> result;
    const auto one = [&](const Syntax& e) {
      if (e.kind != SyntaxKind::String) return evaluator_.integer(e);
      const uint32_t quote = e.span.begin + e.text.find_first_of("'\"");
      const TokenList part = tokenize(evaluator_.text(), {quote + 1, e.span.end - 1});
      SyntaxArena arena;
      std::vector<Diagnostic> errors = part.errors;
      SyntaxParser parser(evaluator_.text(), part.tokens, arena);
      const Syntax* quoted = errors.empty() ? parser.whole_expression(errors) : nullptr;
      if (!quoted) {
        errors_.push_back(errors.front());
        throw StatementFailed{};
      }
      return evaluator_.integer(*quoted);
    };
    if (shape.kind != SyntaxKind::Tuple && shape.kind != SyntaxKind::List) return shape.kind == SyntaxKind::String ? std::vector<Expr>{one(shape)} : evaluator_.integers(shape);
    for (const Syntax* e : shape.children) {
      if (e->kind == SyntaxKind::Star) return evaluator_.integers(shape);
      result.push_back(one(*e));
    }
    return result;
  };
  b.shape = dimensions(*args[0]);
  for (const Expr& extent : b.shape)
    if (const auto n = ir::as_int(extent); n && *n < 0) evaluator_.mismatch(args[0]->span, fmt::format("a dimension of {} is {}", name, *n));
  b.dtype = args[1] ? evaluator_.type(*args[1]) : ir::kFloat32;
  const auto is_given = [&](const Syntax* e) { return e && e->kind != SyntaxKind::None; };
  if (is_given(args[2])) {
    b.data = ir::as_var(evaluator_.expression(*args[2]));
    if (!b.data) evaluator_.mismatch(args[2]->span, "the data of a buffer is A.data of another one, or a handle");
  }
  if (is_given(args[3])) {
    // A quoted stride is a new variable.
    const Syntax& strides = *args[3];
    const bool is_list = strides.kind == SyntaxKind::Tuple || strides.kind == SyntaxKind::List;
    if (!is_list) {
      b.strides = evaluator_.integers(strides);
    } else {
      for (const Syntax* e : strides.children) {
        if (e->kind == SyntaxKind::String) {
          const std::string stride = string_value(*e);
          b.strides.push_back(ir::make_var(stride, b.shape.empty() ? ir::kInt32 : b.shape[0]->dtype));
        } else {
          b.strides.push_back(evaluator_.integer(*e));
        }
      }
    }
  }
  if (is_given(args[4])) {
    const bool is_quoted = args[4]->kind == SyntaxKind::String;
    b.elem_offset = is_quoted ? Expr(ir::make_var(string_value(*args[4]), ir::kInt32)) : evaluator_.integer(*args[4]);
    const ir::DataType index_type = b.shape.empty() ? ir::kInt32 : b.shape[0]->dtype;
    if (ir::is_zero(b.elem_offset) && b.elem_offset->dtype == index_type) b.elem_offset = nullptr;
  }
  if (args[5]) b.scope = evaluator_.constant_string(*args[5]);
  if (b.scope.empty()) b.scope = "global";
  const int64_t align = args[6] ? evaluator_.constant_integer(*args[6]) : 0;
  const int64_t factor = args[7] ? evaluator_.constant_integer(*args[7]) : 0;
  if (align > 1 << 20 || factor > 1 << 20) evaluator_.mismatch(call.span, "an alignment above 1048576");
  if (align > 0) b.data_alignment = static_cast<int>(align);
  if (factor > 0) {
    b.offset_factor = static_cast<int>(factor);
    if (!b.elem_offset && !is_given(args[4])) b.elem_offset = ir::make_var("elem_offset", b.shape.empty() ? ir::kInt32 : b.shape[0]->dtype);
  }
  return b;
}

ir::Buffer FunctionReader::parameter_buffer(const Syntax& a, std::string_view name) {
  std::vector<const Syntax*> args(8, nullptr);
  Syntax shape{SyntaxKind::Tuple, a.span, {}, {}, 1};
  if (a.kind == SyntaxKind::Call) {
    const auto bound = evaluator_.bind(a, {"shape", "dtype", "data", "strides", "elem_offset", "byte_offset", "scope", "align", "offset_factor", "layout", "buffer_type", "axis_separators"}, 1);
    args = {bound[0], bound[1], bound[2], bound[3], bound[4], bound[6], bound[7], bound[8]};
  } else {
    // T.Buffer[(128, 128), "float32"], T.Buffer[(128, 128)], T.Buffer[128, 128].
    std::vector<const Syntax*> items(a.children.begin() + 1, a.children.end());
    if (items.size() == 1 && items[0]->kind == SyntaxKind::Tuple && items[0]->children.size() == 2 && items[0]->child(1)->kind == SyntaxKind::String && items[0]->child(0)->kind == SyntaxKind::Tuple)
      items = items[0]->children;
    if (items.size() == 2 && items[1]->kind == SyntaxKind::String) {
      args[0] = items[0];
      args[1] = items[1];
    } else if (items.size() == 1) {
      args[0] = items[0];
    } else {
      shape.children = items;
      args[0] = &shape;
    }
  }
  return ir::make_buffer(read_buffer(a, args, name));
}

void FunctionReader::alloc_in_block(const Syntax& target, const Syntax& call) {
  const auto bound = evaluator_.bind(call, {"shape", "dtype", "data", "strides", "elem_offset", "scope", "align", "offset_factor", "layout", "allocated_addr"}, 1);
  const ir::Buffer buffer = ir::make_buffer(read_buffer(call, {bound.begin(), bound.begin() + 8}, target_name(target)));
  if (!is_s_tir_) evaluator_.fail(DiagnosticKind::UnsupportedSyntax, call.span, "a block's buffer needs a function with blocks", "write @T.prim_func(s_tir=True)");
  define(target, {buffer});
  if (blocks_.empty()) {
    root_allocs_.push_back(buffer);
    visible_.push_back(buffer.get());
  } else {
    blocks_.back().block.alloc_buffers.push_back(buffer);
  }
}

void FunctionReader::alloc_statement(const Syntax& target, const Syntax& call, std::string_view scope, SourceSpan span) {
  const auto bound = evaluator_.bind(call, {"shape", "dtype", "data", "strides", "elem_offset", "byte_offset", "scope", "align", "offset_factor", "layout", "allocated_addr", "annotations"}, 1);
  ir::BufferNode fields = read_buffer(call, {bound[0], bound[1], bound[2], bound[3], bound[4], bound[6], bound[7], bound[8]}, target_name(target));
  if (!scope.empty()) fields.scope = scope;
  ir::AllocBuffer alloc;
  alloc.buffer = ir::make_buffer(std::move(fields));
  define(target, {alloc.buffer});
  emit_scope(ir::make_stmt(std::move(alloc)), wrap_alloc, span);
}

void FunctionReader::match_buffer(const Syntax& target, const Syntax& call) {
  const auto bound = evaluator_.bind(call, {"param", "shape", "dtype", "data", "strides", "elem_offset", "scope", "align", "offset_factor", "layout", "buffer_type", "axis_separators"}, 2);
  ir::BufferNode fields = read_buffer(call, {bound.begin() + 1, bound.begin() + 9}, target_name(target));
  const Value source = evaluator_.evaluate(*bound[0]);
  if (const auto* e = source.as<Expr>()) {
    if (const ir::Var var = ir::as_var(*e)) {
      for (ir::Param& param : params_) {
        if (param.var != var) continue;
        if (param.buffer) evaluator_.mismatch(bound[0]->span, fmt::format("{} has a buffer already", var->name));
        if (var->dtype.code != ir::TypeCode::Handle) evaluator_.mismatch(bound[0]->span, fmt::format("{} is no handle", var->name));
        param.buffer = ir::make_buffer(std::move(fields));
        visible_.push_back(param.buffer.get());
        define(target, {param.buffer});
        return;
      }
      evaluator_.mismatch(bound[0]->span, fmt::format("{} is no parameter of this function", var->name));
    }
  }
  const ir::BufferRegion region = evaluator_.region(*bound[0]);
  OpenBlock& block = current_block(call, "T.match_buffer of a region");
  if (!bound[2]) fields.dtype = region.buffer->dtype;
  if (fields.dtype != region.buffer->dtype)
    evaluator_.mismatch(call.span, fmt::format("{} holds {}, the region of {} holds {}", fields.name, ir::to_string(fields.dtype), region.buffer->name, ir::to_string(region.buffer->dtype)));
  const ir::Buffer buffer = ir::make_buffer(std::move(fields));
  block.block.match_buffers.push_back({buffer, region});
  define(target, {buffer});
}

void FunctionReader::decl_buffer(const Syntax& target, const Syntax& call, SourceSpan span) {
  const auto bound = evaluator_.bind(call, {"shape", "dtype", "data", "strides", "elem_offset", "byte_offset", "scope", "align", "offset_factor", "layout"}, 1);
  ir::BufferNode fields = read_buffer(call, {bound[0], bound[1], bound[2], bound[3], bound[4], bound[6], bound[7], bound[8]}, target_name(target));
  if (!fields.data) return alloc_statement(target, call, "", span);
  ir::DeclBuffer decl;
  decl.buffer = ir::make_buffer(std::move(fields));
  define(target, {decl.buffer});
  emit_scope(ir::make_stmt(std::move(decl)), wrap_decl, span);
}

// B = A.view(8, 8), or A.view("int32"): the same data with another shape or type.
void FunctionReader::view(const Syntax& target, const Syntax& call, const ir::Buffer& parent, SourceSpan span) {
  ir::BufferNode fields = *parent;
  fields.name = target_name(target);
  const std::vector<Argument> args = evaluator_.positional(call);
  if (args.empty()) evaluator_.mismatch(call.span, "a view needs a shape or a type");
  if (args.size() == 1 && (args[0].value.as<std::string>() || args[0].value.as<TypeName>())) {
    fields.dtype = evaluator_.type(*call.child(1));
    const auto last = fields.shape.empty() ? std::nullopt : ir::as_int(fields.shape.back());
    const int64_t bits = last ? *last * parent->dtype.bits : 0;
    if (!last || fields.dtype.bits == 0 || bits % fields.dtype.bits != 0)
      evaluator_.mismatch(call.span, fmt::format("the last dimension of {} cannot be seen as {}", parent->name, ir::to_string(fields.dtype)));
    fields.shape.back() = ir::make_int(bits / fields.dtype.bits, fields.shape.back()->dtype);
  } else {
    fields.shape.clear();
    for (const Argument& a : args) {
      const Expr extent = evaluator_.to_expr(a.value, a.span);
      if (!extent->dtype.is_integral()) evaluator_.mismatch(a.span, fmt::format("an integer is needed, this is {}", describe({extent})));
      fields.shape.push_back(extent);
    }
  }
  ir::DeclBuffer decl;
  decl.buffer = ir::make_buffer(std::move(fields));
  define(target, {decl.buffer});
  emit_scope(ir::make_stmt(std::move(decl)), wrap_decl, span);
}

}  // namespace loopglass::script
