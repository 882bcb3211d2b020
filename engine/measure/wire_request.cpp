#include "engine/measure/wire_request.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "engine/script/printer.h"

namespace loopglass::measure {
namespace {

constexpr size_t kMaxInputs = 250;   // the kernel passes at most 253 descriptors at once

// The one function that is needed, as the worker's parser reads it.
std::string text_of(const std::string& name, const ir::Function& function) {
  ir::ModuleNode alone;
  alone.functions = {{name, function}};
  return script::print(ir::make_module(std::move(alone))).text;
}

Result<FileDescriptor> open_input(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0)
    return fail(DiagnosticKind::FileError, fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  if (!S_ISREG(info.st_mode)) return fail(DiagnosticKind::FileError, fmt::format("{} is not a regular file", path.string()));
  return file;
}

Result<std::string> text_with(const ir::Module& module, const std::string& function, std::string_view what) {
  if (const ir::Function found = ir::find_function(module, function)) return text_of(function, found);
  return fail(DiagnosticKind::BadArgument, fmt::format("{} has no function {}", what, function));
}

// Where it has one function alone, that one is meant, whatever its name.
Result<std::string> text_to_compare_with(const ir::Module& module, const std::string& function) {
  if (module->functions.size() == 1) return text_of(function, module->functions.front().function);
  return text_with(module, function, "the program to compare with");
}

}  // namespace

Result<Outbound> to_wire(uint64_t id, const Request& request) {
  Outbound out;
  WireRequest& wire = out.request;
  wire.id = id;
  wire.op = request.compile_only ? Op::Compile : request.against ? Op::Ab : Op::Run;
  wire.function = request.function;
  TRY_ASSIGN(wire.module, text_with(request.module, request.function, "the program"));
  if (request.reference && request.reference != request.module) {
    TRY_ASSIGN(wire.reference, text_with(request.reference, request.function, "the unscheduled program"));
  }
  if (wire.op == Op::Ab) {
    TRY_ASSIGN(wire.against, text_to_compare_with(request.against, request.function));
  }
  if (request.inputs.size() > kMaxInputs)
    return fail(DiagnosticKind::BadArgument, fmt::format("{} inputs are more than {}", request.inputs.size(), kMaxInputs));
  for (const auto& [name, path] : request.inputs) {
    TRY_ASSIGN(FileDescriptor file, open_input(path));
    wire.inputs.push_back(name);
    out.files.push_back(std::move(file));
  }
  wire.threads = request.threads;
  wire.budget_s = request.budget_s;
  wire.seed = request.seed;
  wire.want_assembly = request.want_assembly;
  wire.cold = request.cold;
  return out;
}

}  // namespace loopglass::measure
