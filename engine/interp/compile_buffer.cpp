// Variables, buffers and the memory behind them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/interp/compiler.h"
#include "engine/interp/element.h"
#include "engine/interp/scalar.h"
#include "engine/ir/strides.h"

namespace loopglass::interp {

Compiler::Compiler(std::string function_name) { path_.function = std::move(function_name); }

int Compiler::new_slots(int count) {
  next_slot_ += count;
  return next_slot_ - count;
}

int Compiler::slot_of(const ir::VarNode* var) {
  if (const auto it = slots_.find(var); it != slots_.end()) return it->second;
  return slots_[var] = new_slots(var->dtype.lanes);
}

int Compiler::view_of(const ir::Buffer& buffer) {
  const auto [it, is_new] = views_.try_emplace(buffer.get(), next_view_);
  if (is_new) ++next_view_;
  return it->second;
}

int Compiler::storage_of(const ir::Buffer& buffer) {
  const auto [it, is_new] = storages_.try_emplace(buffer->data.get(), static_cast<int>(storages.size()));
  if (is_new) storages.push_back(buffer);
  return it->second;
}

std::shared_ptr<const Place> Compiler::place() {
  if (!place_) place_ = std::make_shared<const Place>(Place{ir::to_string(path_), loop_slots_});
  return place_;
}

void Compiler::unsupported(const std::string& what) {
  throw Stopped{fail(DiagnosticKind::UnsupportedOperation, fmt::format("{} cannot be run by the interpreter", what), {},
                     {Label{ir::to_string(path_), {}, {}}})
                    .error()};
}

ElementCode Compiler::compile_element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, bool is_write) {
  std::vector<IntPtr> code;
  for (const ir::Expr& index : indices) code.push_back(compile_int(index));
  return make_element(buffer, indices, std::move(code), is_write);
}

ElementCode Compiler::make_element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, std::vector<IntPtr> code, bool is_write) {
  if (!views_.contains(buffer.get())) unsupported("the undeclared buffer " + buffer->name);
  if (indices.size() != buffer->shape.size()) unsupported(fmt::format("an access of {} with {} indices", buffer->name, indices.size()));
  references.push_back({buffer, &indices, block_, is_write});
  ElementCode element;
  element.view = view_of(buffer);
  element.reference = static_cast<int>(references.size()) - 1;
  element.dtype = buffer->dtype.element();
  element.lanes = buffer->dtype.lanes;
  element.buffer = buffer;
  element.indices = std::move(code);
  if (element.indices.size() < indices.size()) element.indices.push_back(nullptr);   // the vector index
  element.place = place();
  return element;
}

namespace {
using Code = std::vector<IntPtr>;
std::vector<int64_t> evaluate(const Code& code, Frame& f) {
  std::vector<int64_t> values;
  for (const IntPtr& one : code) values.push_back((*one)(f));
  return values;
}

std::vector<int64_t> row_major(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}
}  // namespace

StmtPtr Compiler::bind_view(const ir::Buffer& buffer) {
  const int view = view_of(buffer), storage = storage_of(buffer);
  Code shape, strides;
  for (const ir::Expr& extent : buffer->shape) shape.push_back(compile_int(extent));
  for (const ir::Expr& stride : ir::stated_strides(*buffer)) strides.push_back(compile_int(stride));
  auto offset = buffer->elem_offset ? compile_int(buffer->elem_offset) : int_code([](Frame&) { return int64_t{0}; });
  return stmt_code([=, shape = std::move(shape), strides = std::move(strides), offset = std::move(offset)](Frame& f) {
    View& v = f.views[view];
    v.storage = storage;
    v.offset = (*offset)(f);
    v.shape = evaluate(shape, f);
    v.low.assign(v.shape.size(), 0);
    v.high = v.shape;
    v.strides = strides.empty() ? row_major(v.shape) : evaluate(strides, f);
  });
}

StmtPtr Compiler::allocate(const ir::Buffer& buffer) {
  auto bind = bind_view(buffer);
  const int view = view_of(buffer), storage = storage_of(buffer);
  return stmt_code([=, bind = std::move(bind), type = buffer->dtype.element(), lanes = buffer->dtype.lanes, name = buffer->name, at = place()](Frame& f) {
    (*bind)(f);
    const View& v = f.views[view];
    __int128 elements = v.offset + 1;
    for (size_t d = 0; d < v.shape.size(); ++d) elements += __int128{v.shape[d] - 1} * v.strides[d];
    if (std::ranges::any_of(v.shape, [](int64_t extent) { return extent <= 0; })) elements = 0;
    elements *= lanes;
    const __int128 bytes = elements * type.bytes();
    int64_t held = 0;
    for (size_t i = 0; i < f.storages.size(); ++i) held += static_cast<int>(i) == storage ? 0 : static_cast<int64_t>(f.storages[i].bytes.size());
    if (bytes < 0 || bytes + held > f.limits.max_bytes)
      stop(f, *at, DiagnosticKind::KernelMemory,
           fmt::format("the buffer {} needs more than the {} bytes that are allowed", name, f.limits.max_bytes), "make the buffer smaller");
    // 0x7f.. is the largest integer of most types; as a float, NaN is written.
    std::vector<std::byte>& memory = f.storages[storage].bytes;
    memory.assign(static_cast<size_t>(bytes), std::byte{0x7f});
    if (type.is_bool()) memory.assign(memory.size(), std::byte{1});
    if (type.is_float())
      for (int64_t i = 0; i < static_cast<int64_t>(elements); ++i) store_float(type, memory.data() + i * type.bytes(), NAN);
  });
}

// The view's dimensions are the last ones of the region; its index 0 is the region's start. What the region promises and the source does
// not have stays out of bounds. Variables in the view's shape, strides and elem_offset are bound to what they turn out to be.
void Compiler::require_rows(const ir::BufferNode& buffer, int lanes) {
  const auto row = ir::as_int(buffer.shape.back());
  if (buffer.shape.size() > 1 && row && *row < lanes && scattered_.contains(&buffer)) unsupported("a vector longer than the rows of a region whose rows lie apart");
}

StmtPtr Compiler::bind_match(const ir::MatchBuffer& match) {
  if (!ir::is_contiguous(match.source) || scattered_.contains(match.source.buffer.get())) scattered_.insert(match.buffer.get());
  const int view = view_of(match.buffer), source = view_of(match.source.buffer);
  Code mins, shape;
  for (const ir::Range& range : match.source.region) mins.push_back(compile_int(range.min));
  for (const ir::Expr& extent : match.buffer->shape) shape.push_back(compile_int(extent));
  std::vector<int> stride_slots;
  for (const ir::Expr& stride : match.buffer->strides)
    stride_slots.push_back(ir::as<ir::VarNode>(stride) ? slot_of(&ir::get<ir::VarNode>(stride)) : -1);
  const auto* offset_var = ir::as<ir::VarNode>(match.buffer->elem_offset);
  const int offset_slot = offset_var ? slot_of(offset_var) : -1;
  storages_[match.buffer->data.get()] = storage_of(match.source.buffer);
  if (match.buffer->shape.size() > match.source.region.size()) unsupported("T.match_buffer with more dimensions than its region");
  return stmt_code([=, mins = std::move(mins), shape = std::move(shape)](Frame& f) {
    const std::vector<int64_t> start = evaluate(mins, f);
    View v{f.views[source].storage, f.views[source].offset, evaluate(shape, f), {}, {}, {}};
    const View& from = f.views[source];
    const size_t skipped = start.size() - v.shape.size();
    for (size_t d = 0; d < start.size(); ++d) {
      v.offset += start[d] * from.strides[d];
      if (d < skipped) continue;
      v.low.push_back(std::max<int64_t>(0, from.low[d] - start[d]));
      v.high.push_back(std::min(v.shape[d - skipped], from.high[d] - start[d]));
      v.strides.push_back(from.strides[d]);
    }
    for (size_t d = 0; d < stride_slots.size(); ++d)
      if (stride_slots[d] >= 0) f.slots[stride_slots[d]].i = v.strides[d];
    if (offset_slot >= 0) f.slots[offset_slot].i = v.offset;
    f.views[view] = std::move(v);
  });
}

}  // namespace loopglass::interp
