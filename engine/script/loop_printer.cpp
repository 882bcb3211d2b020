#include <fmt/format.h>

#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/script/function_printer.h"
#include "engine/script/python_text.h"

namespace loopglass::script {

namespace {

bool has_unit_step(const ir::For& s) { return !s.step || ir::is_one(s.step); }

// Whether the loop may stand in a T.grid below `outer`.
bool joins_grid(const ir::For& s, const std::vector<const ir::For*>& outer) {
  if (s.for_kind != ir::ForKind::Serial || !ir::is_zero(s.min) || !s.annotations.empty() || !has_unit_step(s)) return false;
  return !ir::uses_var(s.extent, [&](const ir::VarNode* v) {
    for (const ir::For* loop : outer)
      if (loop->loop_var.get() == v) return true;
    return false;
  });
}

}  // namespace

void FunctionPrinter::loop(const ir::For& s) {
  std::vector<const ir::For*> chain;
  for (const ir::For* l = &s; l && joins_grid(*l, chain); l = ir::as<ir::For>(l->body)) chain.push_back(l);
  if (chain.size() > 1) return grid(chain);
  const NameTable::Frame frame(names_);
  const size_t node = node_line(loop_head(s));
  loops_.push_back(&s);
  path_.steps.push_back(0);
  indented(s.body);
  path_.steps.pop_back();
  loops_.pop_back();
  end_node(node);
}

void FunctionPrinter::grid(const std::vector<const ir::For*>& chain) {
  const NameTable::Frame frame(names_);
  std::string names, extents;
  std::vector<SourceSpan> places;  // of the variables, from the start of the line
  for (const ir::For* l : chain) {
    if (!names.empty()) names += ", ";
    const std::string& name = define_var(l->loop_var);
    const auto begin = static_cast<uint32_t>(4 + names.size());
    places.push_back({begin, begin + static_cast<uint32_t>(name.size())});
    names += name;
    if (!extents.empty()) extents += ", ";
    expr_.append(extents, l->extent);
  }
  const size_t depth = path_.steps.size();
  const size_t first = node_line(fmt::format("for {} in T.grid({}):", names, extents));
  const NodeSpan whole = nodes_[first];
  for (size_t i = 0; i < chain.size(); ++i) {
    if (i > 0) {
      path_.steps.push_back(0);
      nodes_.push_back({path_, {}, whole.whole});
    }
    nodes_[first + i].head = {whole.head.begin + places[i].begin, whole.head.begin + places[i].end};
    loops_.push_back(chain[i]);
  }
  path_.steps.push_back(0);
  indented(chain.back()->body);
  path_.steps.resize(depth);
  loops_.resize(loops_.size() - chain.size());
  for (size_t i = 0; i < chain.size(); ++i) end_node(first + i);
}

std::string FunctionPrinter::loop_head(const ir::For& s) {
  const bool is_range = s.for_kind == ir::ForKind::Serial && s.annotations.empty();
  std::string text = fmt::format("for {} in ", define_var(s.loop_var));
  text += is_range ? "range(" : fmt::format("T.{}(", ir::to_string(s.for_kind));
  const bool starts_at_zero = ir::is_zero(s.min) && has_unit_step(s);
  if (!starts_at_zero) {
    expr_.append(text, s.min);
    text += ", ";
  }
  expr_.append(text, starts_at_zero ? s.extent : ir::add(s.min, s.extent));
  if (s.for_kind == ir::ForKind::ThreadBinding) {
    text += ", thread=";
    append_string(text, s.thread_tag);
  }
  if (!s.annotations.empty()) {
    const bool is_single = s.annotations.size() == 1;
    if (is_single && s.annotations.contains("disable_unroll")) {
      text += ", unroll=False";
    } else if (is_single && s.annotations.contains("pragma_unroll")) {
      text += ", unroll=";
      expr_.append_attr(text, s.annotations.at("pragma_unroll"));
    } else {
      text += ", annotations=";
      expr_.append_attrs(text, s.annotations);
    }
  }
  if (!has_unit_step(s)) {
    text += is_range ? ", " : ", step=";
    expr_.append(text, s.step);
  }
  return text + "):";
}

}  // namespace loopglass::script
