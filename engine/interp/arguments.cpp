// Seeded arguments for a function.
#include <fmt/format.h>

#include <map>

#include "engine/interp/interpreter.h"
#include "engine/ir/visitor.h"

namespace loopglass::interp {

namespace {

// For each integer buffer that is read inside another's index: the number of values that keep that access inside.
using IndexRanges = std::map<const ir::BufferNode*, int64_t>;

void note_indices(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, IndexRanges& ranges) {
  for (size_t d = 0; d < indices.size() && d < buffer->shape.size(); ++d) {
    const auto extent = ir::as_int(buffer->shape[d]);
    if (!extent) continue;
    ir::Expr direct = indices[d];
    while (const auto* cast = ir::as<ir::Cast>(direct)) direct = cast->value;
    ir::for_each_expr(indices[d], [&](const ir::Expr& e) {
      const auto* load = ir::as<ir::BufferLoad>(e);
      if (!load || !load->dtype.is_integral()) return;
      const int64_t count = std::max<int64_t>(1, e == direct ? *extent : *extent / 2);   // inside a sum: room for the rest
      const auto [it, is_new] = ranges.try_emplace(load->buffer.get(), count);
      if (!is_new) it->second = std::min(it->second, count);
    });
  }
}

IndexRanges index_ranges(const ir::Function& function) {
  IndexRanges ranges;
  ir::for_each_stmt(function->body, [&](const ir::Stmt& s) {
    if (const auto* store = ir::as<ir::BufferStore>(s)) note_indices(store->buffer, store->indices, ranges);
    return true;
  });
  ir::for_each_expr(function->body, [&](const ir::Expr& e) {
    if (const auto* load = ir::as<ir::BufferLoad>(e)) note_indices(load->buffer, load->indices, ranges);
  });
  return ranges;
}

}  // namespace

Result<std::vector<Tensor>> make_arguments(const ir::Function& function, uint64_t seed, int64_t max_bytes) {
  const IndexRanges ranges = index_ranges(function);
  std::vector<Tensor> arguments;
  __int128 total = 0;
  for (const ir::Param& param : function->params) {
    std::vector<int64_t> shape;
    const std::string& name = param.buffer ? param.buffer->name : param.var->name;
    const ir::DataType dtype = param.buffer ? param.buffer->dtype : param.var->dtype;
    __int128 bytes = dtype.bytes();
    if (param.buffer)
      for (const ir::Expr& extent : param.buffer->shape) {
        const auto value = ir::as_int(extent);
        if (!value)
          return fail(DiagnosticKind::UnsupportedOperation, fmt::format("the shape of {} is not constant", name),
                      "bind its symbols to numbers first (--set n=128)");
        shape.push_back(*value);
        bytes = std::min(bytes * *value, __int128{INT64_MAX});
      }
    total += bytes;
    if (total > max_bytes)
      return fail(DiagnosticKind::KernelMemory, fmt::format("with {} the arguments need more than the {} bytes that are allowed", name, max_bytes),
                  "make the buffers smaller");
    Tensor& tensor = arguments.emplace_back(make_tensor(dtype, std::move(shape)));
    const uint64_t own_seed = seed * 1000003 + arguments.size();
    const auto range = param.buffer ? ranges.find(param.buffer.get()) : ranges.end();
    if (range != ranges.end()) fill_random_integers(tensor, own_seed, 0, range->second);
    else fill_random(tensor, own_seed);
  }
  return arguments;
}

}  // namespace loopglass::interp
