// Statements and blocks.
#include <fmt/format.h>

#include "engine/interp/compiler.h"
#include "engine/interp/element.h"
#include "engine/interp/scalar.h"

namespace loopglass::interp {

using ir::StmtKind;

StmtPtr Compiler::compile_child(const ir::Stmt& s, uint32_t step) {
  path_.steps.push_back(step);
  place_.reset();
  StmtPtr code = compile(s);
  path_.steps.pop_back();
  place_.reset();
  return code;
}

StmtPtr Compiler::compile(const ir::Stmt& s) {
  if (!s) return stmt_code([](Frame&) {});
  switch (s->kind) {
    case StmtKind::For: return compile_for(ir::get<ir::For>(s));
    case StmtKind::BlockRealize: return compile_block(ir::get<ir::BlockRealize>(s));
    case StmtKind::BufferStore: return compile_store(ir::get<ir::BufferStore>(s));
    case StmtKind::Seq: {
      std::vector<StmtPtr> parts;
      for (const ir::Stmt& part : ir::get<ir::Seq>(s).stmts) parts.push_back(compile_child(part, static_cast<uint32_t>(parts.size())));
      return stmt_code([parts = std::move(parts)](Frame& f) {
        for (const StmtPtr& part : parts) (*part)(f);
      });
    }
    case StmtKind::IfThenElse: {
      const auto& node = ir::get<ir::IfThenElse>(s);
      auto c = compile_int(node.condition);
      auto t = compile_child(node.then_case, 0);
      return stmt_code([c = std::move(c), t = std::move(t), o = compile_child(node.else_case, 1)](Frame& f) { (*c)(f) ? (*t)(f) : (*o)(f); });
    }
    case StmtKind::LetStmt: {
      const auto& let = ir::get<ir::LetStmt>(s);
      auto value = compile_into(let.value, slot_of(let.var.get()));
      return stmt_code([value = std::move(value), body = compile_child(let.body, 0)](Frame& f) {
        (*value)(f);
        (*body)(f);
      });
    }
    case StmtKind::While: {
      const auto& loop = ir::get<ir::While>(s);
      auto c = compile_int(loop.condition);
      auto at = place();
      return stmt_code([at, c = std::move(c), body = compile_child(loop.body, 0)](Frame& f) {
        while ((*c)(f)) {
          f.count_step(*at);
          (*body)(f);
        }
      });
    }
    case StmtKind::Assert: {
      const auto& node = ir::get<ir::Assert>(s);
      std::string message;
      for (const std::string& part : node.messages) message += part;
      return stmt_code([c = compile_int(node.condition), at = place(), message](Frame& f) {
        if (!(*c)(f)) stop(f, *at, DiagnosticKind::KernelAssertion, "an assertion of the kernel failed: " + message);
      });
    }
    case StmtKind::Evaluate: {
      const ir::Expr& value = ir::get<ir::Evaluate>(s).value;
      if (const auto* call = ir::as<ir::Call>(value); call && call->op == "assume") return stmt_code([](Frame&) {});   // a promise, no work
      if (const auto* call = ir::as<ir::Call>(value); call && call->dtype == ir::kVoid) unsupported("T." + call->op);
      return compile_into(value, new_slots(value->dtype.lanes));
    }
    case StmtKind::DeclBuffer: {
      const auto& node = ir::get<ir::DeclBuffer>(s);
      auto bind = bind_view(node.buffer);
      return stmt_code([bind = std::move(bind), body = compile_child(node.body, 0)](Frame& f) {
        (*bind)(f);
        (*body)(f);
      });
    }
    case StmtKind::AllocBuffer: {
      const auto& node = ir::get<ir::AllocBuffer>(s);
      auto make = allocate(node.buffer);
      return stmt_code([make = std::move(make), body = compile_child(node.body, 0)](Frame& f) {
        (*make)(f);
        (*body)(f);
      });
    }
    case StmtKind::AttrStmt: return compile_child(ir::get<ir::AttrStmt>(s).body, 0);
  }
  unsupported("a statement");
}

StmtPtr Compiler::compile_for(const ir::For& loop) {
  const int id = static_cast<int>(loops.size());
  loops.push_back(&loop);
  auto min = compile_int(loop.min);
  auto extent = compile_int(loop.extent);
  auto step = loop.step ? compile_int(loop.step) : int_code([](Frame&) { return int64_t{1}; });
  const int slot = slot_of(loop.loop_var.get());
  loop_slots_.emplace_back(loop.loop_var->name, slot);
  place_.reset();
  auto at = place();
  StmtPtr body = compile_child(loop.body, 0);
  loop_slots_.pop_back();
  place_.reset();
  return stmt_code([=, min = std::move(min), extent = std::move(extent), step = std::move(step), body = std::move(body)](Frame& f) {
    const int64_t from = (*min)(f), to = from + (*extent)(f), by = (*step)(f);
    for (int64_t v = from; v < to; v += by) {
      f.slots[slot].i = v;
      f.count_step(*at);
      if (f.observer) f.observer->iteration(id, v);
      (*body)(f);
    }
    if (f.observer) f.observer->loop_end(id);
  });
}

// Init runs where every reduction axis is at the minimum of its domain, before the body; the predicate guards both.
StmtPtr Compiler::compile_block(const ir::BlockRealize& realize) {
  const ir::Block& block = realize.block;
  std::vector<StmtPtr> bindings;
  for (size_t i = 0; i < block.iter_vars.size(); ++i)
    bindings.push_back(compile_into(realize.iter_values[i], slot_of(block.iter_vars[i].var.get())));
  auto predicate = compile_int(realize.predicate);

  const ir::Block* outer = std::exchange(block_, &block);
  std::vector<StmtPtr> entry;
  for (const ir::Buffer& buffer : block.alloc_buffers) entry.push_back(allocate(buffer));
  for (const ir::MatchBuffer& match : block.match_buffers) entry.push_back(bind_match(match));
  std::vector<std::pair<int, IntPtr>> reductions;   // slot of the axis, minimum of its domain
  if (block.init)
    for (const ir::IterVar& axis : block.iter_vars)
      if (axis.type == ir::IterType::Reduction) reductions.emplace_back(slot_of(axis.var.get()), compile_int(axis.min));
  StmtPtr init = block.init ? compile_child(block.init, 1) : nullptr;
  StmtPtr body = compile_child(block.body, 0);
  block_ = outer;

  return stmt_code([bindings = std::move(bindings), predicate = std::move(predicate), entry = std::move(entry),
                    reductions = std::move(reductions), init = std::move(init), body = std::move(body)](Frame& f) {
    if (!(*predicate)(f)) return;
    for (const StmtPtr& binding : bindings) (*binding)(f);
    for (const StmtPtr& part : entry) (*part)(f);
    if (init) {
      bool at_start = true;
      for (const auto& [slot, min] : reductions) at_start = at_start && f.slots[slot].i == (*min)(f);
      if (at_start) (*init)(f);
    }
    (*body)(f);
  });
}

StmtPtr Compiler::compile_store(const ir::BufferStore& store) {
  const int lanes = store.value->dtype.lanes;
  const bool is_vector = !store.indices.empty() && store.indices.back()->dtype.lanes != 1;
  const bool holds_vectors = store.buffer->dtype.lanes != 1;
  const bool fits = holds_vectors ? !is_vector && store.buffer->dtype.lanes == lanes : is_vector == (lanes != 1);
  if (!fits) unsupported("a vector store whose index and value differ in length");
  std::vector<IntPtr> indices;
  for (size_t d = 0; d + is_vector < store.indices.size(); ++d) indices.push_back(compile_int(store.indices[d]));
  StmtPtr fill_index;
  int index_first = 0;
  if (is_vector) {
    VectorCode index = compile_vector(store.indices.back());
    if (index.lanes != lanes) unsupported("a vector store whose index and value differ in length");
    require_rows(*store.buffer, lanes);
    fill_index = std::move(index.fill);
    index_first = index.first;
  }
  const int value_slot = new_slots(lanes);
  StmtPtr value = compile_into(store.value, value_slot);
  auto element = std::make_shared<ElementCode>(make_element(store.buffer, store.indices, std::move(indices), true));
  const auto write = [element](Frame& f, int64_t at, Slot v) {
    std::byte* data = element->storage(f).bytes.data() + at;
    if (element->dtype.is_float()) store_float(element->dtype, data, v.f);
    else store_int(element->dtype, data, v.i);
  };
  if (holds_vectors)
    return stmt_code([element, write, lanes, value_slot, value = std::move(value)](Frame& f) {
      std::vector<int64_t> bytes(lanes);
      element->locate_vector(f, bytes);
      (*value)(f);
      f.count_step(*element->place);
      element->report(f, bytes);
      for (int lane = 0; lane < lanes; ++lane) write(f, bytes[lane], f.slots[value_slot + lane]);
    });
  if (!is_vector)
    return stmt_code([element, write, value_slot, value = std::move(value)](Frame& f) {
      const int64_t at = element->locate(f);   // first: loads in the indices come before those of the value
      (*value)(f);
      f.count_step(*element->place);
      element->report(f, {&at, 1});
      write(f, at, f.slots[value_slot]);
    });
  return stmt_code([element, write, lanes, value_slot, index_first, fill_index = std::move(fill_index), value = std::move(value)](Frame& f) {
    (*fill_index)(f);
    std::vector<int64_t> bytes(lanes);
    element->locate_lanes(f, index_first, bytes);
    (*value)(f);
    f.count_step(*element->place);
    element->report(f, bytes);
    for (int lane = 0; lane < lanes; ++lane) write(f, bytes[lane], f.slots[value_slot + lane]);
  });
}

}  // namespace loopglass::interp
