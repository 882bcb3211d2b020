#include "engine/lower/lower.h"

#include <fmt/format.h>

#include "engine/ir/rewriter.h"
#include "engine/ir/visitor.h"
#include "engine/lower/byte_dot.h"
#include "engine/lower/check_bounds.h"
#include "engine/lower/hoist_first.h"
#include "engine/lower/inline_blocks.h"
#include "engine/lower/let_vectors.h"
#include "engine/lower/partition_loops.h"
#include "engine/lower/place_allocations.h"
#include "engine/lower/simplify_conditions.h"
#include "engine/lower/vectorize_loops.h"

namespace loopglass::lower {

using namespace ir;

namespace {

Error unsupported(std::string message, std::string help) {
  return fail(DiagnosticKind::UnsupportedOperation, std::move(message), std::move(help));
}

Result<void> check_constant_shape(const BufferNode& buffer) {
  for (const auto* extents : {&buffer.shape, &buffer.strides})
    for (const Expr& extent : *extents)
      if (!as_int(extent))
        return unsupported(fmt::format("the shape of buffer {} is not constant", buffer.name), "bind its symbols to numbers first (--set n=128)");
  return {};
}

Result<void> check_lowerable(const PrimFunc& function) {
  Result<void> result;
  for (const Param& param : function.params)
    if (param.buffer) TRY(check_constant_shape(*param.buffer));
  for_each_stmt(function.body, [&](const Stmt& s) {
    const For* loop = as<For>(s);
    if (loop && loop->for_kind == ForKind::ThreadBinding && result)
      result = unsupported(fmt::format("loop {} is bound to {}, which a CPU does not have", loop->loop_var->name, loop->thread_tag),
                           "use parallel instead of bind");
    if (const BlockRealize* realize = as<BlockRealize>(s))
      for (const Buffer& buffer : realize->block.alloc_buffers)
        if (result) result = check_constant_shape(*buffer);
    if (const AllocBuffer* alloc = as<AllocBuffer>(s); alloc && result) result = check_constant_shape(*alloc->buffer);
    if (const DeclBuffer* decl = as<DeclBuffer>(s); decl && result) result = check_constant_shape(*decl->buffer);
    return result.has_value();
  });
  return result;
}

class Serializer : public Rewriter {
 public:
  using Rewriter::rewrite;
  Expr rewrite(const Expr& e) override { return e; }
  Stmt rewrite(const Stmt& s) override {
    const For* loop = as<For>(s);
    if (!loop || loop->for_kind == ForKind::Serial) return Rewriter::rewrite(s);
    For serial = *loop;
    serial.for_kind = ForKind::Serial;
    return Rewriter::rewrite(make_stmt(std::move(serial)));
  }
};

Stmt nothing() {
  Evaluate node;
  node.value = make_int(0);
  return make_stmt(std::move(node));
}

}  // namespace

Result<Lowered> lower(const Function& function, const std::string& name, const Options& options) {
  TRY(check_lowerable(*function));
  TRY_ASSIGN(Lowered lowered, inline_blocks(function, name));
  Stmt body = let_vectors(lowered.function->body);
  if (options.plain) body = Serializer().rewrite(body);
  body = simplify_conditions(body);
  if (body) {
    body = check_bounds(body);
    if (!options.plain) {
      body = place_allocations(body);
      body = partition_loops(body);
      body = vectorize_loops(body);
      if (options.hoist_first) body = hoist_first(body);
      body = find_byte_dots(body);
    }
  }
  PrimFunc out = *lowered.function;
  out.body = body ? std::move(body) : nothing();
  lowered.function = std::make_shared<const PrimFunc>(std::move(out));
  return lowered;
}

}  // namespace loopglass::lower
