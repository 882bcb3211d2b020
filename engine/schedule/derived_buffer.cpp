#include "engine/schedule/derived_buffer.h"

namespace loopglass::schedule {
namespace {

// The type of an offset that is left out.
ir::DataType offset_type(const std::vector<ir::Expr>& shape) { return shape.empty() ? ir::kInt64 : shape[0]->dtype; }

}  // namespace

ir::Buffer derived_buffer(const ir::Buffer& buffer, std::string name, std::vector<ir::Expr> shape, std::vector<ir::Expr> strides) {
  ir::BufferNode fields = *buffer;
  fields.name = std::move(name);
  fields.shape = std::move(shape);
  fields.strides = std::move(strides);
  fields.data = nullptr;
  if (const ir::DataType type = offset_type(buffer->shape); !fields.elem_offset && type != offset_type(fields.shape)) fields.elem_offset = ir::make_int(0, type);
  return ir::make_buffer(std::move(fields));
}

}  // namespace loopglass::schedule
