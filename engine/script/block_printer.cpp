#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"
#include "engine/script/function_printer.h"
#include "engine/script/python_text.h"

namespace loopglass::script {

void FunctionPrinter::block(const ir::BlockRealize& s) {
  const ir::Block& b = s.block;
  const NameTable::Frame frame(names_);
  std::string head = fmt::format("with T.{}(", block_word());
  append_string(head, b.name);
  const size_t node = node_line(head + "):");
  ++indent_;
  axes(s);
  if (!ir::is_one(s.predicate)) line(fmt::format("T.where({})", expr_.text(s.predicate)));
  if (options_.show_regions) regions(b);
  if (!b.annotations.empty()) {
    std::string text = is_s_tir() ? "T.sblock_attr(" : "T.block_attr(";
    expr_.append_attrs(text, b.annotations);
    line(text + ")");
  }
  allocations(b);
  for (const ir::MatchBuffer& m : b.match_buffers) {
    const std::string name = define_buffer(m.buffer);
    std::string source;
    expr_.append_region(source, m.source);
    const std::string text = declaration(m.buffer, "match_buffer", source, BufferDefines::Shape);
    for (const std::string& pending : pending_lines_) line(pending);
    pending_lines_.clear();
    line(fmt::format("{} = {}", name, text));
  }
  if (b.init) {
    line("with T.init():");
    path_.steps.push_back(1);
    indented(b.init);
    path_.steps.pop_back();
  }
  child(b.body, 0);
  --indent_;
  end_node(node);
}

// T.axis.remap for each run of axes that are bound to bare loop variables of their own domain; single lines for the rest.
void FunctionPrinter::axes(const ir::BlockRealize& s) {
  const auto is_remapped = [&](size_t i) {
    const ir::IterVar& axis = s.block.iter_vars[i];
    if (axis.type != ir::IterType::Spatial && axis.type != ir::IterType::Reduction) return false;
    for (const ir::For* loop : loops_)
      if (loop->loop_var.get() == s.iter_values[i].get())
        return ir::structural_equal(loop->min, axis.min) && ir::structural_equal(loop->extent, axis.extent);
    return false;
  };
  const size_t n = s.block.iter_vars.size();
  for (size_t i = 0; i < n;) {
    size_t end = i;
    while (end < n && is_remapped(end)) ++end;
    if (end - i >= 2) {
      remap(s, i, end - i);
      i = end;
    } else {
      axis(s, i++);
    }
  }
}

void FunctionPrinter::remap(const ir::BlockRealize& s, size_t first, size_t count) {
  std::string names, kinds, bindings;
  for (size_t i = first; i < first + count; ++i) {
    const ir::IterVar& axis = s.block.iter_vars[i];
    if (i > first) {
      names += ", ";
      bindings += ", ";
    }
    names += define_var(axis.var);
    kinds += axis.type == ir::IterType::Spatial ? 'S' : 'R';
    expr_.append(bindings, s.iter_values[i]);
  }
  line(fmt::format("{} = T.axis.remap(\"{}\", [{}])", names, kinds, bindings));
}

void FunctionPrinter::axis(const ir::BlockRealize& s, size_t i) {
  const ir::IterVar& axis = s.block.iter_vars[i];
  std::string domain;
  if (ir::is_zero(axis.min)) {
    expr_.append(domain, axis.extent);
  } else {
    domain = fmt::format("({}, {})", expr_.text(axis.min), expr_.text(ir::add(axis.min, axis.extent)));
  }
  const std::string binding = expr_.text(s.iter_values[i]);
  line(fmt::format("{} = T.axis.{}({}, {})", define_var(axis.var), ir::to_string(axis.type), domain, binding));
}

void FunctionPrinter::regions(const ir::Block& b) {
  const auto call = [&](std::string_view function, const std::vector<ir::BufferRegion>& list) {
    std::string text = fmt::format("T.{}(", function);
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) text += ", ";
      expr_.append_region(text, list[i]);
    }
    line(text + ")");
  };
  call("reads", b.reads);
  call("writes", b.writes);
}

void FunctionPrinter::allocations(const ir::Block& b) {
  for (const ir::Buffer& buffer : b.alloc_buffers) {
    const std::string name = define_buffer(buffer);
    line(fmt::format("{} = {}", name, declaration(buffer, is_s_tir() ? "sblock_alloc_buffer" : "alloc_buffer", "", BufferDefines::Nothing)));
  }
}

}  // namespace loopglass::script
