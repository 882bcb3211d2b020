// unsafe_set_dtype(block, buffer_index, dtype): a buffer that the program allocates holds another type; what is stored is converted, and
// back where it is read.
//
// Before: Y = T.sblock_alloc_buffer((16,)) ... Y[vi] = A[vi] ... C[vi] = Y[vi]
// After unsafe_set_dtype(Y, 0, "float16"):
//   Y = T.sblock_alloc_buffer((16,), "float16") ... Y[vi] = T.Cast("float16", A[vi]) ... C[vi] = T.Cast("float32", Y[vi])
//
// Requires: BufferIndexOutOfRange; BadArgument (no scalar type of numbers); NonAllocatedBuffer. The type that it has already: nothing is done.
// Warns: ChangedResults where the new type cannot hold every value of the old one. (TVM: src/s_tir/schedule/primitive/block_annotate.cc)
#include <fmt/format.h>

#include "engine/schedule/arguments.h"
#include "engine/schedule/buffer_allocation.h"
#include "engine/schedule/specs.h"

namespace loopglass::schedule {
namespace {

class Retyper : public ir::Rewriter {
 public:
  Retyper(const ir::BufferMap& map, ir::DataType target) : map_(map), target_(target) {}
  using Rewriter::rewrite;
  ir::Expr rewrite(const ir::Expr& e) override {
    ir::Expr out = Rewriter::rewrite(e);
    const ir::BufferLoad* load = ir::as<ir::BufferLoad>(e);
    return load && map_.contains(load->buffer.get()) ? std::make_shared<const ir::Cast>(e->dtype, std::move(out)) : out;
  }
  ir::Stmt rewrite(const ir::Stmt& s) override {
    ir::Stmt out = Rewriter::rewrite(s);
    const ir::BufferStore* store = ir::as<ir::BufferStore>(s);
    if (!store || !map_.contains(store->buffer.get())) return out;
    ir::BufferStore copy = ir::get<ir::BufferStore>(out);
    copy.value = std::make_shared<const ir::Cast>(target_.with_lanes(copy.value->dtype.lanes), copy.value);
    return ir::make_stmt(std::move(copy));
  }
  ir::Buffer rewrite_buffer(const ir::Buffer& b) override {
    const auto it = map_.find(b.get());
    return it == map_.end() ? b : it->second;
  }

 private:
  const ir::BufferMap& map_;
  const ir::DataType target_;
};

// The bits of an integer that a type holds exactly.
int exact_bits(ir::DataType type) {
  if (type.code == ir::TypeCode::BFloat) return 8;
  if (type.is_float()) return type.bits == 64 ? 53 : type.bits == 32 ? 24 : type.bits == 16 ? 11 : 0;
  return type.is_int() ? type.bits - 1 : type.bits;
}

bool holds_every(ir::DataType target, ir::DataType source) {
  if (source.is_float()) return target.is_float() && target.bits > source.bits && exact_bits(target) >= exact_bits(source);
  if (source.is_int() && target.is_uint()) return false;
  return !target.is_bool() && exact_bits(target) >= exact_bits(source);
}

Diagnostic lossy(const Place& block, const ir::Buffer& buffer, ir::DataType target) {
  return {DiagnosticKind::ChangedResults,
          fmt::format("unsafe_set_dtype keeps {} as {}, which cannot hold every {}: the results change", buffer->name, ir::to_string(target), ir::to_string(buffer->dtype)),
          "compare the results with those of the unscheduled program, and take the step back where they differ too much",
          {label(block, "writes it")},
          std::nullopt,
          {}};
}

Result<ir::DataType> element_type(const std::string& text, const Place& block) {
  const std::optional<ir::DataType> type = ir::parse_data_type(text);
  if (type && type->is_scalar() && (type->is_float() || type->is_integral() || type->is_bool())) return *type;
  return fail(DiagnosticKind::BadArgument, fmt::format("\"{}\" is no type of a buffer's elements", text), "give a type such as \"float16\" or \"int32\"", {label(block, "")});
}

Result<Rewrite> apply(const Context& context, std::span<const Argument> args) {
  const Place block = at(context.module, block_argument(args[0]));
  TRY_ASSIGN(const WrittenBuffer written, written_buffer(args[1], block));
  TRY_ASSIGN(const ir::DataType target, element_type(string_argument(args[2]), block));
  if (written.buffer->dtype == target) return Rewrite{context.module, {}, {}, {}};
  TRY_ASSIGN(const Place site, allocation_site(block, written.buffer));
  const ir::BufferMap map = changed_buffers(site, written.buffer, [&](const ir::Buffer& old) {
    ir::BufferNode fields = *old;
    fields.dtype = target;
    return ir::make_buffer(std::move(fields));
  });
  Rewrite rewrite{replace(context.module, site, Retyper(map, target).rewrite(site.stmt())), {}, {}, {}};
  if (!holds_every(target, written.buffer->dtype)) rewrite.warnings.push_back(lossy(block, written.buffer, target));
  return rewrite;
}

}  // namespace

const PrimitiveSpec kUnsafeSetDtype = {
    .name = "unsafe_set_dtype",
    .json_kind = "UnsafeSetDType",
    .summary = "Keeps a buffer's elements in another type, which may change the results.",
    .params = {{"block", ParamKind::Block, "a block that writes the buffer", {}, false},
               {"buffer_index", ParamKind::Index, "which of the buffers that it writes: its place in T.writes", {}, true},
               {"dtype", ParamKind::String, "the new type of its elements: \"float16\"", {}, true}},
    .apply = apply,
};

}  // namespace loopglass::schedule
