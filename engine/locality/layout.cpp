#include "engine/locality/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/ir/strides.h"
#include "engine/ir/visitor.h"

namespace loopglass::locality {

namespace {

constexpr int64_t kFirstAddress = 0x10000000;
constexpr int64_t kPage = 4096;
constexpr int64_t kLeastBytes = sizeof(float);   // of an element: as much as in a picture

std::vector<ir::Buffer> declared_buffers(const ir::Function& function) {
  std::vector<ir::Buffer> buffers;
  for (const ir::Param& param : function->params)
    if (param.buffer) buffers.push_back(param.buffer);
  ir::for_each_stmt(function->body, [&](const ir::Stmt& s) {
    if (const auto* realize = ir::as<ir::BlockRealize>(s))
      buffers.insert(buffers.end(), realize->block.alloc_buffers.begin(), realize->block.alloc_buffers.end());
    if (const auto* alloc = ir::as<ir::AllocBuffer>(s)) buffers.push_back(alloc->buffer);
    return true;
  });
  return buffers;
}

Error not_constant(const ir::Buffer& buffer, const char* what) {
  return fail(DiagnosticKind::UnsupportedOperation, fmt::format("the {} of {} is not constant", what, buffer->name),
              "bind its symbols to numbers first (--set n=128)");
}

Result<std::vector<int64_t>> constants(const ir::Buffer& buffer, const std::vector<ir::Expr>& exprs, const char* what) {
  std::vector<int64_t> values;
  for (const ir::Expr& e : exprs) {
    const auto value = ir::as_int(e);
    if (!value) return not_constant(buffer, what);
    values.push_back(*value);
  }
  return values;
}

std::vector<int64_t> row_major(const std::vector<int64_t>& shape, int64_t element) {
  std::vector<int64_t> strides(shape.size(), element);
  for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

Result<void> set_pitch(PlacedBuffer& placed, int64_t pitch) {
  const std::string& name = placed.buffer->name;
  const int64_t element = placed.buffer->dtype.bytes();
  const size_t rank = placed.shape.size();
  if (rank < 2)
    return fail(DiagnosticKind::BadArgument, fmt::format("{} has {} dimension{}, so it has no row pitch", name, rank, rank == 1 ? "" : "s"));
  const int64_t row = placed.shape.back() * element;
  if (pitch < row || pitch % element != 0)
    return fail(DiagnosticKind::BadArgument,
                fmt::format("a row pitch of {} bytes does not fit {}: a row is {} bytes, an element {}", pitch, name, row, element),
                fmt::format("choose a multiple of {} that is {} or more", element, row));
  placed.strides[rank - 2] = pitch;
  for (size_t d = rank - 2; d-- > 0;) placed.strides[d] = placed.strides[d + 1] * placed.shape[d + 1];
  return {};
}

Result<PlacedBuffer> place(const ir::Buffer& buffer, const Options& options) {
  PlacedBuffer placed;
  placed.buffer = buffer;
  TRY_ASSIGN(placed.shape, constants(buffer, buffer->shape, "shape"));
  placed.element_strides = row_major(placed.shape, 1);
  placed.strides = row_major(placed.shape, buffer->dtype.bytes());
  const std::vector<ir::Expr> stated = ir::stated_strides(*buffer);
  if (!stated.empty() && std::ranges::all_of(stated, [](const ir::Expr& e) { return ir::as_int(e).has_value(); })) {
    TRY_ASSIGN(placed.strides, constants(buffer, stated, "stride"));
    for (int64_t& stride : placed.strides) stride *= buffer->dtype.bytes();
  }
  if (const auto pitch = options.row_pitch.find(buffer->name); pitch != options.row_pitch.end()) TRY(set_pitch(placed, pitch->second));
  __int128 elements = 1;
  for (int64_t extent : placed.shape) elements = std::min(elements * std::max<int64_t>(extent, 0), __int128{INT64_MAX} / 64);
  placed.elements = static_cast<int64_t>(elements);
  placed.is_memory = buffer->scope != "local" && buffer->scope != "register";
  return placed;
}

}  // namespace

PlacedBuffer placed(const BufferAccess& buffer) {
  PlacedBuffer placed{buffer.buffer, buffer.shape, row_major(buffer.shape, 1), buffer.strides, buffer.base, buffer.base + buffer.buffer->dtype.bytes()};
  for (size_t d = 0; d < buffer.shape.size(); ++d) {
    placed.elements *= buffer.shape[d];
    placed.end += std::max<int64_t>(buffer.shape[d] - 1, 0) * buffer.strides[d];
  }
  return placed;
}

int64_t PlacedBuffer::address(int64_t element) const {
  int64_t at = base;
  for (size_t d = 0; d < shape.size(); ++d) {
    at += element / element_strides[d] * strides[d];
    element %= element_strides[d];
  }
  return at;
}

int Layout::index_of(const ir::Buffer& buffer) const {
  const auto it = by_data.find(buffer->data.get());
  return it == by_data.end() ? -1 : it->second;
}

std::map<std::string, int64_t> fitting_row_pitches(const ir::Function& function, const std::map<std::string, int64_t>& wanted) {
  std::map<std::string, int64_t> fitting;
  for (const ir::Buffer& buffer : declared_buffers(function)) {
    const auto pitch = wanted.find(buffer->name);
    if (pitch != wanted.end() && place(buffer, {.row_pitch = {*pitch}})) fitting.insert(*pitch);
  }
  return fitting;
}

Error no_room(const ir::Buffer& buffer, int64_t max_bytes) {
  return fail(DiagnosticKind::KernelMemory, fmt::format("with {} the counts of all elements need more than the {} bytes that are allowed", buffer->name, max_bytes),
              "make the buffers smaller");
}

Result<void> require_room(const Layout& layout, int64_t bytes_per_element, const Options& options) {
  __int128 bytes = 0;
  for (const PlacedBuffer& buffer : layout.buffers) {
    bytes += __int128{buffer.elements} * (buffer.is_memory ? bytes_per_element : 0);
    if (bytes > options.max_bytes) return no_room(buffer.buffer, options.max_bytes);
  }
  return {};
}

Result<Layout> lay_out(const ir::Function& function, const Options& options) {
  Layout layout;
  int64_t next = kFirstAddress;
  for (const ir::Buffer& buffer : declared_buffers(function)) {
    TRY_ASSIGN(PlacedBuffer placed, place(buffer, options));
    placed.base = next;
    placed.end = next + (placed.shape.empty() ? buffer->dtype.bytes() : placed.strides[0] * placed.shape[0]);
    next = (placed.end + kPage - 1) / kPage * kPage;
    layout.by_data.emplace(buffer->data.get(), static_cast<int>(layout.buffers.size()));
    layout.buffers.push_back(std::move(placed));
  }
  TRY(require_room(layout, kLeastBytes, options));
  ir::for_each_stmt(function->body, [&](const ir::Stmt& s) {   // T.match_buffer: a window of the buffer behind it
    if (const auto* realize = ir::as<ir::BlockRealize>(s))
      for (const ir::MatchBuffer& match : realize->block.match_buffers)
        if (const int source = layout.index_of(match.source.buffer); source >= 0) layout.by_data.emplace(match.buffer->data.get(), source);
    return true;
  });
  for (const auto& [name, pitch] : options.row_pitch)
    if (std::ranges::none_of(layout.buffers, [&](const PlacedBuffer& b) { return b.buffer->name == name; }))
      return fail(DiagnosticKind::BadArgument, fmt::format("there is no buffer {} whose row pitch could be {}", name, pitch));
  return layout;
}

}  // namespace loopglass::locality
