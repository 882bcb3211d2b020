#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/ir/visitor.h"
#include "engine/script/function_printer.h"
#include "engine/script/python_text.h"

namespace loopglass::script {

using ir::Expr;

namespace {

std::string tuple(const std::vector<std::string>& items) {
  std::string text = "(";
  for (size_t i = 0; i < items.size(); ++i) text += i > 0 ? ", " + items[i] : items[i];
  return text + (items.size() == 1 ? ",)" : ")");
}

std::vector<const ir::VarNode*> variables(const Expr& e) {
  std::vector<const ir::VarNode*> found;
  ir::for_each_expr(e, [&](const Expr& x) {
    if (const auto* v = ir::as<ir::VarNode>(x)) found.push_back(v);
  });
  return found;
}

std::string in_quotes(const std::string& text) {
  std::string quoted;
  append_string(quoted, text);
  return quoted;
}

bool equal(const Expr& a, const Expr& b) { return (!a && !b) || (a && b && ir::structural_equal(a, b)); }

bool equal(const std::vector<Expr>& a, const std::vector<Expr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Expr& x, const Expr& y) { return equal(x, y); });
}

}  // namespace

const std::string& FunctionPrinter::define_buffer(const ir::Buffer& buffer) {
  const std::string& name = names_.define(buffer.get(), buffer->name.empty() ? "buffer" : buffer->name);
  // The handle behind it has no name of its own.
  names_.define_as(buffer->data.get(), name + ".data");
  buffers_.push_back(buffer);
  return name;
}

// n = T.int32(), or N, M = T.int32(), T.int32().
void FunctionPrinter::declare_out_of_line() {
  if (new_vars_.empty()) return;
  std::string names, types;
  for (const ir::Var& v : new_vars_) {
    if (!names.empty()) {
      names += ", ";
      types += ", ";
    }
    names += *names_.find(v.get());
    types += fmt::format("T.{}()", type_text(v->dtype));
  }
  new_vars_.clear();
  pending_lines_.push_back(fmt::format("{} = {}", names, types));
}

// In a parameter, the first use of a variable that nothing binds yet is quoted.
std::string FunctionPrinter::shape(const ir::Buffer& buffer, BufferDefines defines, bool is_parameter) {
  std::set<const ir::VarNode*> unbound;
  if (is_parameter)
    for (const Expr& e : buffer->shape)
      for (const ir::VarNode* v : variables(e))
        if (!bound_in_signature_.contains(v) && !type_var_nodes_.contains(v)) unbound.insert(v);
  std::vector<std::string> items;
  for (const Expr& e : buffer->shape) {
    bool is_new = false, has_type_var = false;
    for (const ir::VarNode* v : variables(e)) {
      is_new = is_new || !names_.knows(v) || unbound.contains(v);
      has_type_var = has_type_var || type_var_nodes_.contains(v);
    }
    if (defines == BufferDefines::Shape)
      ir::for_each_expr(e, [&](const Expr& x) {
        const ir::Var v = ir::as_var(x);
        if (!v || names_.knows(v.get())) return;
        define_var(v);
        new_vars_.push_back(v);
      });
    const std::string text = expr_.text(e);
    const bool is_compound_type_var = has_type_var && !ir::as<ir::VarNode>(e);
    items.push_back(is_parameter && (is_new || is_compound_type_var) ? in_quotes(text) : text);
    for (const ir::VarNode* v : variables(e)) unbound.erase(v);
  }
  return tuple(items);
}

std::string FunctionPrinter::declaration(const ir::Buffer& buffer, std::string_view function, std::string_view first, BufferDefines defines, bool is_parameter) {
  const ir::BufferNode& b = *buffer;
  std::string text = fmt::format("T.{}(", function);
  if (!first.empty()) text += fmt::format("{}, ", first);
  text += shape(buffer, defines, is_parameter);
  if (is_parameter || b.dtype != ir::kFloat32) text += fmt::format(", \"{}\"", type_text(b.dtype));
  if (function == "decl_buffer") append_data(text, buffer);
  const std::string* own = names_.find(buffer.get());
  const std::string name = own ? *own : b.name;
  if (!b.strides.empty()) {
    std::map<const ir::VarNode*, int> uses;
    for (const auto* list : {&b.strides, &b.shape})
      for (const Expr& e : *list)
        for (const ir::VarNode* v : variables(e)) ++uses[v];
    std::vector<std::string> items;
    for (size_t i = 0; i < b.strides.size(); ++i) {
      const ir::Var v = ir::as_var(b.strides[i]);
      if (v && !names_.knows(v.get()) && uses[v.get()] == 1) {
        // The only mention of it: its name in quotes, and from here on it is called by the buffer.
        items.push_back(fmt::format("\"{}\"", v->name));
        names_.define_as(v.get(), fmt::format("{}.strides[{}]", name, i));
        continue;
      }
      if (v && !names_.knows(v.get())) {
        define_var(v);
        new_vars_.push_back(v);
      }
      items.push_back(expr_.text(b.strides[i]));
    }
    text += fmt::format(", strides={}", tuple(items));
  }
  bool has_new_offset = false;
  if (b.elem_offset) {
    const ir::Var v = ir::as_var(b.elem_offset);
    if (v && !names_.knows(v.get())) {
      names_.define_as(v.get(), name + ".elem_offset");
      has_new_offset = true;
    } else {
      text += fmt::format(", elem_offset={}", expr_.text(b.elem_offset));
    }
  }
  const bool says_scope = b.scope != "global" && function != "alloc_local" && function != "alloc_shared";
  if (says_scope) text += fmt::format(", scope={}", in_quotes(b.scope));
  if (b.data_alignment != 64) text += fmt::format(", align={}", b.data_alignment);
  if (has_new_offset || b.offset_factor != 1) text += fmt::format(", offset_factor={}", b.offset_factor);
  declare_out_of_line();
  return text + ")";
}

void FunctionPrinter::append_data(std::string& out, const ir::Buffer& buffer) const {
  const std::string* data = names_.find(buffer->data.get());
  if (data) out += fmt::format(", data={}", *data);
}

// A.view(8, 8), A.view("int32"): where the buffer differs from the one that owns its data in shape or type alone.
std::string FunctionPrinter::view_of_parent(const ir::Buffer& buffer) const {
  const auto parent = std::find_if(buffers_.begin(), buffers_.end(), [&](const ir::Buffer& b) { return b->data == buffer->data && b != buffer && names_.knows(b.get()); });
  if (parent == buffers_.end()) return {};
  const ir::BufferNode &child = *buffer, &owner = **parent;
  const bool same_rest = child.scope == owner.scope && child.data_alignment == owner.data_alignment && child.offset_factor == owner.offset_factor && equal(child.elem_offset, owner.elem_offset);
  if (!same_rest) return {};
  const std::string& name = *names_.find(parent->get());
  if (child.dtype != owner.dtype) {
    if (child.shape.size() != owner.shape.size() || child.shape.empty()) return {};
    for (size_t i = 0; i + 1 < child.shape.size(); ++i)
      if (!equal(child.shape[i], owner.shape[i])) return {};
    const auto a = ir::as_int(child.shape.back()), b = ir::as_int(owner.shape.back());
    if (!a || !b || *a * child.dtype.bits != *b * owner.dtype.bits) return {};
    return fmt::format("{}.view(\"{}\")", name, type_text(child.dtype));
  }
  if (equal(child.shape, owner.shape) || !equal(child.strides, owner.strides)) return {};
  std::string text = fmt::format("{}.view(", name);
  for (size_t i = 0; i < child.shape.size(); ++i) {
    if (i > 0) text += ", ";
    expr_.append(text, child.shape[i]);
  }
  return text + ")";
}

}  // namespace loopglass::script
