#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "app/command_line/commands.h"
#include "app/model/files.h"
#include "engine/locality/access.h"
#include "engine/measure/npy.h"

namespace loopglass::app {

namespace {

using nlohmann::ordered_json;

std::map<std::string, int64_t> row_pitches(const std::vector<std::string>& strides) {
  std::map<std::string, int64_t> pitches;
  for (const std::string& stride : strides) {
    const size_t equals = stride.find('=');
    const int64_t bytes = equals == std::string::npos ? 0 : std::strtoll(stride.c_str() + equals + 1, nullptr, 10);
    if (bytes <= 0) throw CommandFailure{kUsageWrong, fmt::format("--stride takes BUFFER=BYTES, not {}\n", stride)};
    pitches[stride.substr(0, equals)] = bytes;
  }
  return pitches;
}

ordered_json to_json(const locality::BufferAccess& buffer) {
  return {{"name", buffer.buffer->name}, {"dtype", ir::to_string(buffer.buffer->dtype)},
          {"shape", buffer.shape},       {"base", buffer.base},
          {"strides", buffer.strides},   {"reads", buffer.reads},
          {"writes", buffer.writes},     {"lines", buffer.lines},
          {"bytes_used", buffer.bytes_used}};
}

ordered_json to_json(const locality::Reference& reference) {
  return {{"block", reference.block},
          {"buffer", reference.buffer->name},
          {"text", reference.text},
          {"kind", reference.is_write ? "write" : "read"},
          {"count", reference.count}};
}

ordered_json to_json(const locality::LoopFootprint& loop) {
  ordered_json bytes = ordered_json::object();
  for (const auto& [buffer, n] : loop.footprint_bytes) bytes[buffer->name] = n;
  return {{"path", loop.path}, {"var", loop.var->name}, {"extent", loop.extent}, {"footprint_bytes", bytes}, {"total_bytes", loop.total_bytes}};
}

template <class T>
ordered_json list(const std::vector<T>& items) {
  ordered_json out = ordered_json::array();
  for (const T& item : items) out.push_back(to_json(item));
  return out;
}

ordered_json to_json(const std::string& function, int64_t line, const locality::Access& access) {
  return {{"function", function},
          {"exact", true},
          {"line", line},
          {"accesses", access.accesses},
          {"elapsed_ms", {{"counts", access.counts_ms}, {"total", access.total_ms}}},
          {"buffers", list(access.buffers)},
          {"references", list(access.references)},
          {"loops", list(access.loops)}};
}

std::string to_text(const std::string& function, const locality::Access& access) {
  std::string text = fmt::format("{}: {} accesses\n", function, access.accesses);
  for (const locality::BufferAccess& b : access.buffers)
    text += fmt::format("  {:12} {:>14} reads {:>14} writes {:>10} lines {:>12} bytes used\n", b.buffer->name, b.reads, b.writes, b.lines, b.bytes_used);
  return text;
}

interp::Tensor int64_tensor(const std::vector<int64_t>& shape, const std::vector<int64_t>& values) {
  interp::Tensor tensor = interp::make_tensor(ir::kInt64, shape);
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

void dump(const std::filesystem::path& directory, const locality::Access& access) {
  std::filesystem::create_directories(directory);
  for (const locality::BufferAccess& b : access.buffers) {
    const std::pair<const char*, const std::vector<int64_t>*> quantities[] = {
        {"reads", &b.read_counts}, {"writes", &b.write_counts}, {"first", &b.first}, {"last", &b.last}};
    for (const auto& [name, values] : quantities) {
      const std::filesystem::path path = directory / fmt::format("{}.{}.npy", b.buffer->name, name);
      if (Result<void> written = measure::write_npy(path, int64_tensor(b.shape, *values)); !written)
        throw CommandFailure{kInputWrong, render(written.error(), path.string(), {})};
    }
  }
}

}  // namespace

int access_command(const AccessOptions& options) {
  const Program program = load_program(options.input);
  const locality::Options counting{.row_pitch = row_pitches(options.strides), .line = options.line};
  ordered_json all = ordered_json::array();
  for (const std::string& name : chosen_functions(program, options.input.function)) {
    const Result<locality::Access> access = locality::count_accesses(ir::find_function(program.schedule.module(), name), counting);
    if (!access) throw CommandFailure{kInputWrong, render(access.error(), program.path, {})};
    all.push_back(to_json(name, options.line, *access));
    if (!options.json) fmt::print("{}", to_text(name, *access));
    if (!options.dump.empty()) dump(options.dump, *access);
  }
  if (options.json) fmt::print("{}\n", (options.input.function == "all" ? all : all.front()).dump(1));
  return kDone;
}

}  // namespace loopglass::app
