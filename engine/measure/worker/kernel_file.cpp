#include "engine/measure/worker/kernel_file.h"

#include <elf.h>
#include <fmt/ranges.h>
#include <link.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace loopglass::measure {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "loopglass kernel 1\n";
constexpr size_t kMostBytes = size_t{64} << 20;

// FNV-1a over words of 8 bytes: against damage, not against malice.
uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<size_t>(8, bytes.size() - at));
    hash = (hash ^ word) * 0x100000001b3;
    hash ^= hash >> 29;
  }
  return hash ^ bytes.size();
}

Json to_json(const codegen::Image& image) {
  Json sites = Json::array();
  for (const codegen::FailureSite& site : image.sites) sites.push_back({static_cast<int>(site.kind), site.subject, site.rank});
  Json json{{"sites", sites}, {"object", Json::binary({image.object.begin(), image.object.end()})}};
  if (image.listing) json["listing"] = {{"assembly", image.listing->assembly}, {"llvm_ir", image.listing->llvm_ir}, {"lines", image.listing->lines}};
  return json;
}

codegen::Image image_from(const Json& json) {
  codegen::Image image;
  const Json::binary_t& object = json.at("object").get_binary();
  image.object.assign(object.begin(), object.end());
  for (const Json& site : json.at("sites")) image.sites.push_back({static_cast<DiagnosticKind>(site.at(0).get<int>()), site.at(1), site.at(2)});
  if (const auto listing = json.find("listing"); listing != json.end())
    image.listing = codegen::Listing{listing->at("assembly"), listing->at("llvm_ir"), listing->at("lines")};
  return image;
}

// Of a segment of ELF notes: each is a head, a name and a description, these two filled up to words of 4 bytes.
std::string build_id_in(std::string_view notes) {
  const auto filled = [](size_t bytes) { return (bytes + 3) / 4 * 4; };
  ElfW(Nhdr) head;
  for (; notes.size() >= sizeof head; notes.remove_prefix(std::min(notes.size(), sizeof head + filled(head.n_namesz) + filled(head.n_descsz)))) {
    std::memcpy(&head, notes.data(), sizeof head);
    if (head.n_type != NT_GNU_BUILD_ID) continue;
    const std::string_view id = notes.substr(std::min(notes.size(), sizeof head + filled(head.n_namesz)), head.n_descsz);
    return fmt::format("{:02x}", fmt::join(std::span(reinterpret_cast<const uint8_t*>(id.data()), id.size()), ""));
  }
  return "";
}

Json to_json(const KernelSource& source) { return {source.identity, source.function, source.program, source.kind}; }

}  // namespace

std::string encode_kernel(const KernelSource& source, const codegen::Image& image) {
  const std::vector<uint8_t> body = Json::to_cbor({{"source", to_json(source)}, {"image", to_json(image)}});
  const std::string_view bytes(reinterpret_cast<const char*>(body.data()), body.size());
  return fmt::format("{}{:016x}\n", kMagic, checksum(bytes)).append(bytes);
}

std::optional<codegen::Image> decode_kernel(const std::string& bytes, const KernelSource& source) {
  const size_t head = kMagic.size() + 17;
  if (bytes.size() < head || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::string_view body = std::string_view(bytes).substr(head);
  if (bytes.substr(kMagic.size(), 17) != fmt::format("{:016x}\n", checksum(body))) return std::nullopt;
  try {
    const Json json = Json::from_cbor(body.begin(), body.end());
    if (json.at("source") != to_json(source)) return std::nullopt;
    return image_from(json.at("image"));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<std::string> read_whole(const FileDescriptor& file) {
  std::string bytes;
  char chunk[1 << 16];
  while (bytes.size() <= kMostBytes) {
    const ssize_t got = ::pread(file.get(), chunk, sizeof chunk, static_cast<off_t>(bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return bytes;
    bytes.append(chunk, static_cast<size_t>(got));
  }
  return std::nullopt;
}

bool write_whole(const FileDescriptor& file, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t written = ::write(file.get(), bytes.data() + at, bytes.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += static_cast<size_t>(written);
  }
  return true;
}

std::string identity_of_this_program() {
  std::string id;
  const auto look = [](dl_phdr_info* program, size_t, void* found) {
    for (const ElfW(Phdr)& part : std::span(program->dlpi_phdr, program->dlpi_phnum))
      if (part.p_type == PT_NOTE && static_cast<std::string*>(found)->empty())
        *static_cast<std::string*>(found) = build_id_in({reinterpret_cast<const char*>(program->dlpi_addr + part.p_vaddr), part.p_memsz});
    return 1;   // the first is the program itself
  };
  ::dl_iterate_phdr(look, &id);
  return id;
}

}  // namespace loopglass::measure
