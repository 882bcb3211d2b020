#include "engine/measure/npy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {
namespace {

using ir::DataType;
using ir::TypeCode;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kAlignment = 64;         // of the data in the file
constexpr size_t kMaxHeader = 1 << 16;    // bytes; a header of one array needs some 100

struct NamedType {
  std::string_view descr;
  DataType type;
};
constexpr std::array<NamedType, 12> kTypes = {{{"<f2", {TypeCode::Float, 16}},
                                               {"<f4", {TypeCode::Float, 32}},
                                               {"<f8", {TypeCode::Float, 64}},
                                               {"|i1", {TypeCode::Int, 8}},
                                               {"<i2", {TypeCode::Int, 16}},
                                               {"<i4", {TypeCode::Int, 32}},
                                               {"<i8", {TypeCode::Int, 64}},
                                               {"|u1", {TypeCode::UInt, 8}},
                                               {"<u2", {TypeCode::UInt, 16}},
                                               {"<u4", {TypeCode::UInt, 32}},
                                               {"<u8", {TypeCode::UInt, 64}},
                                               {"|b1", {TypeCode::Bool, 1}}}};

Error bad(const std::string& name, std::string_view what, std::string help = {}) {
  return fail(DiagnosticKind::FileError, fmt::format("{}: {}", name, what), std::move(help));
}

// The Python literal of a header: a dict of 'descr', 'fortran_order' and 'shape'.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  struct Header {
    std::string descr;
    bool fortran_order = false;
    std::vector<int64_t> shape;
  };
  // Nothing where the text is of another form.
  std::optional<Header> read() {
    Header header;
    int fields = 0;
    if (!take("{")) return std::nullopt;
    while (!take("}")) {
      const auto key = string();
      if (!key || !take(":") || !value(*key, header)) return std::nullopt;
      ++fields;
      take(",");
    }
    return fields == 3 ? std::optional(header) : std::nullopt;
  }

 private:
  bool take(std::string_view token) {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string> string() {
    const char quote = take("'") ? '\'' : take("\"") ? '"' : 0;
    const size_t end = quote ? rest_.find(quote) : std::string_view::npos;
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool value(const std::string& key, Header& header) {
    if (key == "descr") {
      const auto text = string();
      header.descr = text.value_or("a structure");
      return text.has_value();
    }
    if (key == "fortran_order") return (header.fortran_order = take("True")) || take("False");
    return key == "shape" && shape(header.shape);
  }
  bool shape(std::vector<int64_t>& extents) {
    if (!take("(")) return false;
    while (!take(")")) {
      int64_t extent = 0;
      take("");   // leading blanks
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extent < 0) return false;
      rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
      take("L");
      take(",");
      extents.push_back(extent);
    }
    return true;
  }
  std::string_view rest_;
};

// Bytes of the whole array; nothing where they are more than can be counted.
std::optional<int64_t> bytes_of(const DataType& type, const std::vector<int64_t>& shape) {
  int64_t bytes = type.bytes();
  for (const int64_t extent : shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes)) return std::nullopt;
  return bytes;
}

bool read_exactly(int fd, void* to, size_t count, off_t at) {
  for (size_t done = 0; done < count;) {
    const ssize_t got = ::pread(fd, static_cast<char*>(to) + done, count - done, at + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

struct HeaderPlace {
  off_t begin = 0;
  size_t length = 0;
};

// Where the header's text stands; nothing where the file is no .npy.
std::optional<HeaderPlace> find_header(int fd) {
  unsigned char start[12] = {};
  if (!read_exactly(fd, start, 10, 0) || std::memcmp(start, kMagic.data(), kMagic.size()) != 0) return std::nullopt;
  if (start[6] == 1) return HeaderPlace{10, static_cast<size_t>(start[8] | start[9] << 8)};
  if (start[6] > 3 || !read_exactly(fd, start, 12, 0)) return std::nullopt;
  return HeaderPlace{12, start[8] | static_cast<size_t>(start[9]) << 8 | static_cast<size_t>(start[10]) << 16 | static_cast<size_t>(start[11]) << 24};
}

std::string header_text(const interp::Tensor& tensor, std::string_view descr) {
  const std::string shape = fmt::format("({}{})", fmt::join(tensor.shape, ", "), tensor.shape.size() == 1 ? "," : "");
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr, shape);
  const size_t unpadded = kMagic.size() + 4 + dict.size() + 1;
  dict.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  dict += '\n';
  std::string text(kMagic);
  text += '\x01';
  text += '\x00';
  text += static_cast<char>(dict.size() & 0xFF);
  text += static_cast<char>(dict.size() >> 8);
  return text + dict;
}

bool write_exactly(int fd, const void* from, size_t count) {
  for (size_t done = 0; done < count;) {
    const ssize_t put = ::write(fd, static_cast<const char*>(from) + done, count - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    done += static_cast<size_t>(put);
  }
  return true;
}

}  // namespace

Result<interp::Tensor> read_npy(int fd, const std::string& name) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return bad(name, std::strerror(errno));
  const auto place = find_header(fd);
  if (!place) return bad(name, "this is no .npy file", "write it with numpy.save");
  std::string text(std::min(place->length, kMaxHeader), '\0');
  if (place->length > kMaxHeader || !read_exactly(fd, text.data(), text.size(), place->begin)) return bad(name, "its header is cut off");
  const auto header = HeaderReader(text).read();
  if (!header) return bad(name, "its header does not describe a plain array", "save one array of numbers");
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& t) {
    return t.descr == header->descr || (t.type.bytes() == 1 && header->descr.size() == 3 && header->descr.ends_with(t.descr.substr(1)));
  });
  if (type == kTypes.end())
    return bad(name, fmt::format("its type {} has no equal here", header->descr), "use a.astype('<f4') or another little-endian number type");
  if (header->fortran_order) return bad(name, "its order is Fortran's", "save numpy.ascontiguousarray(a)");
  const off_t begin = place->begin + static_cast<off_t>(place->length);
  const auto bytes = bytes_of(type->type, header->shape);
  if (!bytes || info.st_size - begin != *bytes)
    return bad(name, fmt::format("it has {} bytes of data, its shape ({}) needs {}", info.st_size - begin, fmt::join(header->shape, ", "),
                                 bytes ? fmt::to_string(*bytes) : "more than there can be"));
  interp::Tensor tensor = interp::make_tensor(type->type, header->shape);
  if (!read_exactly(fd, tensor.bytes.data(), tensor.bytes.size(), begin)) return bad(name, "it was cut off while it was read");
  return tensor;
}

Result<interp::Tensor> read_npy(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return bad(path.string(), std::strerror(errno));
  return read_npy(file.get(), path.string());
}

Result<void> write_npy(const std::filesystem::path& path, const interp::Tensor& tensor) {
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& t) { return t.type == tensor.dtype; });
  if (type == kTypes.end()) return bad(path.string(), fmt::format("NumPy has no type {}", ir::to_string(tensor.dtype)));
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) return bad(path.string(), std::strerror(errno));
  const std::string header = header_text(tensor, type->descr);
  if (!write_exactly(file.get(), header.data(), header.size()) || !write_exactly(file.get(), tensor.bytes.data(), tensor.bytes.size()))
    return bad(path.string(), std::strerror(errno));
  return {};
}

}  // namespace loopglass::measure
