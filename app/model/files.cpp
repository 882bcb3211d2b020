#include "app/model/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

namespace loopglass::app {

namespace fs = std::filesystem;

namespace {
constexpr uintmax_t kLargestFile = 64u << 20;

Error too_large(const fs::path& path, uintmax_t size) {
  return fail(DiagnosticKind::FileError,
              fmt::format("{} has {} MB; a program of more than {} MB is not read", path.string(), size >> 20, kLargestFile >> 20),
              "keep the program in a file of its own");
}
}  // namespace

Result<std::string> read_text_file(const fs::path& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return fail(DiagnosticKind::FileError, fmt::format("{} does not exist", path.string()), "check the path");
  if (fs::is_directory(status))
    return fail(DiagnosticKind::FileError, fmt::format("{} is a folder", path.string()), "name a file in it");
  if (const uintmax_t size = fs::is_regular_file(status) ? fs::file_size(path, error) : 0; size > kLargestFile) return too_large(path, size);
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(DiagnosticKind::FileError, fmt::format("{} cannot be read: {}", path.string(), std::strerror(errno)), "check its permissions");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<void> write_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = path.string() + fmt::format(".{}.tmp", getpid());
  std::error_code error;
  {
    std::ofstream out(temporary, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.flush();
    if (!out) {
      const std::string reason = std::strerror(errno);
      fs::remove(temporary, error);
      return fail(DiagnosticKind::FileError, fmt::format("{} cannot be written: {}", path.string(), reason), "choose another folder, or make room");
    }
  }
  fs::rename(temporary, path, error);
  if (!error) return {};
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return fail(DiagnosticKind::FileError, fmt::format("{} cannot be written: {}", path.string(), error.message()), "choose another folder");
}

}  // namespace loopglass::app
