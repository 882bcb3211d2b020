#include "engine/lower/inline_blocks.h"

#include <fmt/format.h>

#include <unordered_map>

#include "engine/ir/op.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/strides.h"
#include "engine/lower/checks.h"

namespace loopglass::lower {

using namespace ir;

namespace {

// The statements of a function with the number that their path has in `paths`.
struct Numbering {
  std::vector<NodePath> paths;
  std::unordered_map<const StmtNode*, int64_t> number;
};

void number_below(const Stmt& s, NodePath& path, Numbering& numbering) {
  if (!s) return;
  if (numbering.number.try_emplace(s.get(), static_cast<int64_t>(numbering.paths.size())).second) numbering.paths.push_back(path);
  const Children below = children(s);
  for (uint32_t i = 0; i < below.size(); ++i) {
    path.steps.push_back(i);
    number_below(below[i], path, numbering);
    path.steps.pop_back();
  }
}

// Where the elements of a match_buffer lie in the buffer that it views: after `skipped` dimensions, each index counts from a start.
struct View {
  Buffer source;
  std::vector<Expr> start;   // one per dimension of the source
  bool is_contiguous = true;
};

bool is_longer_than_rows(const BufferNode& buffer, const std::vector<Expr>& indices) {
  const auto row = buffer.shape.empty() ? std::nullopt : as_int(buffer.shape.back());
  return indices.size() > 1 && row && indices.back()->dtype.lanes > *row;
}

std::vector<Expr> strides_of(const BufferNode& buffer) {
  if (std::vector<Expr> stated = stated_strides(buffer); !stated.empty()) return stated;
  std::vector<Expr> strides(buffer.shape.size(), make_int(1));
  for (size_t d = strides.size(); d-- > 1;) strides[d - 1] = mul(strides[d], buffer.shape[d]);
  return strides;
}

Stmt make_if(Expr condition, Stmt then_case) {
  if (const auto value = as_int(condition)) return *value != 0 ? then_case : nullptr;
  IfThenElse node;
  node.condition = std::move(condition);
  node.then_case = std::move(then_case);
  return make_stmt(std::move(node));
}

bool is_nontemporal(const AttrMap& annotations) {
  const auto it = annotations.find(kNontemporal);
  if (it == annotations.end()) return false;
  if (const auto* flag = std::get_if<bool>(&it->second.value)) return *flag;
  if (const auto* number = std::get_if<int64_t>(&it->second.value)) return *number != 0;
  const auto* value = std::get_if<Expr>(&it->second.value);
  return value && as_int(*value).value_or(0) != 0;
}

Stmt make_nontemporal(Stmt body) {
  AttrStmt node;
  node.key = kNontemporal;
  node.value = make_int(1);
  node.body = std::move(body);
  return make_stmt(std::move(node));
}

Stmt allocate(const Buffer& buffer, Stmt body) {
  AllocBuffer node;
  node.buffer = buffer;
  node.body = std::move(body);
  return make_stmt(std::move(node));
}

class BlockInliner : public Rewriter {
 public:
  explicit BlockInliner(const Numbering& numbering) : numbering_(numbering) {}
  std::optional<Diagnostic> error;

  Expr rewrite(const Expr& e) override {
    if (const VarNode* var = as<VarNode>(e)) {
      const auto it = values_.find(var);
      return it == values_.end() ? e : it->second;
    }
    const Expr out = Rewriter::rewrite(e);
    const BufferLoad* load = as<BufferLoad>(out);
    if (!load || !views_.contains(load->buffer.get())) return out;
    auto [buffer, indices] = seen_through(load->buffer, load->indices);
    return make_load(std::move(buffer), std::move(indices));
  }

  Stmt rewrite(const Stmt& s) override {
    if (!s) return s;
    const BlockRealize* realize = as<BlockRealize>(s);
    Stmt out = realize ? inlined(*realize) : Rewriter::rewrite(s);
    const BufferStore* store = as<BufferStore>(out);
    if (store && views_.contains(store->buffer.get())) {
      auto [buffer, indices] = seen_through(store->buffer, store->indices);
      out = make_store(std::move(buffer), store->value, std::move(indices));
    }
    const For* loop = as<For>(out);
    if (loop && is_nontemporal(loop->annotations)) out = make_nontemporal(std::move(out));
    return out && s->kind != StmtKind::Seq ? make_origin(numbering_.number.at(s.get()), std::move(out)) : out;
  }

  Expr rebuild_binary(ExprKind kind, Expr a, Expr b) override { return fold_binary(kind, std::move(a), std::move(b)); }

 private:
  Stmt inlined(const BlockRealize& realize) {
    const Block& block = realize.block;
    Expr predicate = rewrite(realize.predicate);
    for (size_t i = 0; i < block.iter_vars.size(); ++i) {
      const VarNode* axis = block.iter_vars[i].var.get();
      values_[axis] = cast(axis->dtype, rewrite(realize.iter_values[i]));
    }
    for (const MatchBuffer& match : block.match_buffers) bind(match);
    Stmt init = block.init ? make_if(reduction_starts(block), rewrite(block.init)) : nullptr;
    Stmt body = make_seq({std::move(init), rewrite(block.body)});
    if (is_nontemporal(block.annotations)) body = make_nontemporal(std::move(body));
    for (size_t i = block.alloc_buffers.size(); i-- > 0;) body = allocate(block.alloc_buffers[i], std::move(body));
    return make_if(std::move(predicate), std::move(body));
  }

  // All reduction axes at the minimum of their domains.
  Expr reduction_starts(const Block& block) {
    Expr condition = make_bool(true);
    for (const IterVar& axis : block.iter_vars)
      if (axis.type == IterType::Reduction) condition = logical_and(std::move(condition), eq(rewrite(axis.var), rewrite(axis.min)));
    return condition;
  }

  void bind(const MatchBuffer& match) {
    const BufferRegion source = rewrite_region(match.source);
    if (match.buffer->dtype != source.buffer->dtype || match.buffer->shape.size() > source.region.size()) {
      error = Diagnostic{DiagnosticKind::UnsupportedOperation,
                         fmt::format("T.match_buffer gives {} another type or more dimensions than {} has", match.buffer->name, source.buffer->name),
                         "match a region of the same type", {}, {}, {}};
      return;
    }
    std::vector<Expr> start;
    for (const Range& range : source.region) start.push_back(range.min);
    const bool is_contiguous = ir::is_contiguous(match.source) && (!views_.contains(source.buffer.get()) || views_.at(source.buffer.get()).is_contiguous);
    auto [buffer, whole_start] = views_.contains(source.buffer.get()) ? seen_through(source.buffer, start) : std::pair(source.buffer, start);
    bind_layout(*match.buffer, *buffer, whole_start);
    views_[match.buffer.get()] = {std::move(buffer), std::move(whole_start), is_contiguous};
  }

  // The variables that a match_buffer names its strides and its offset with get the source's values.
  void bind_layout(const BufferNode& view, const BufferNode& source, const std::vector<Expr>& start) {
    const std::vector<Expr> strides = strides_of(source);
    const size_t skipped = strides.size() - view.shape.size();
    for (size_t d = 0; d < view.strides.size(); ++d)
      if (const VarNode* var = as<VarNode>(view.strides[d])) values_[var] = cast(var->dtype, strides[skipped + d]);
    const VarNode* offset = as<VarNode>(view.elem_offset);
    if (!offset) return;
    Expr value = source.elem_offset ? source.elem_offset : make_int(0);
    for (size_t d = 0; d < start.size(); ++d) value = add(std::move(value), mul(start[d], strides[d]));
    values_[offset] = cast(offset->dtype, std::move(value));
  }

  std::pair<Buffer, std::vector<Expr>> seen_through(const Buffer& view_buffer, const std::vector<Expr>& indices) {
    const View& view = views_.at(view_buffer.get());
    if (!view.is_contiguous && is_longer_than_rows(*view_buffer, indices))
      error = Diagnostic{DiagnosticKind::UnsupportedOperation, fmt::format("a vector of {} is longer than its rows, which lie apart in {}", view_buffer->name, view.source->name),
                         "pack the buffer so that the region's rows follow one another (cache_read and transform_layout)", {}, {}, {}};
    std::vector<Expr> out = view.start;
    const size_t skipped = out.size() - indices.size();
    for (size_t d = 0; d < indices.size(); ++d) out[skipped + d] = add(out[skipped + d], indices[d]);
    return {view.source, std::move(out)};
  }

  const Numbering& numbering_;
  VarMap values_;   // axes and layout variables
  std::unordered_map<const BufferNode*, View> views_;
};

}  // namespace

Result<Lowered> inline_blocks(const Function& function, const std::string& name) {
  Numbering numbering;
  NodePath path{name, {}};
  number_below(function->body, path, numbering);
  BlockInliner inliner(numbering);
  PrimFunc out = *function;
  out.body = inliner.rewrite(function->body);
  if (inliner.error) return std::unexpected(*std::move(inliner.error));
  return Lowered{std::make_shared<const PrimFunc>(std::move(out)), std::move(numbering.paths)};
}

}  // namespace loopglass::lower
