#include "engine/codegen/llvm/native_kernel.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <cstdlib>

#include "engine/codegen/assembly.h"
#include "engine/codegen/llvm/code_map.h"
#include "engine/codegen/llvm/optimize.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

namespace {

void run_serially(void*, int64_t extent, void (*chunk)(void*, int64_t, int64_t), void* closure) { chunk(closure, 0, extent); }

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using Workspace = std::unique_ptr<void, FreeMemory>;

Listing list(const llvm::Module& source, llvm::TargetMachine& machine) {
  Listing made;
  const std::unique_ptr<llvm::Module> copy = llvm::CloneModule(source);
  const Bytes raw = generate(*copy, machine, llvm::CodeGenFileType::AssemblyFile);
  Assembly readable = readable_assembly({raw.data(), raw.size()});
  made.assembly = std::move(readable.text);
  made.lines = std::move(readable.origins);
  llvm::raw_string_ostream stream(made.llvm_ir);
  source.print(stream, nullptr);
  return made;
}

class NativeKernel final : public Kernel {
 public:
  explicit NativeKernel(KernelParts parts) : parts_(std::move(parts)) {
    if (parts_.known_listing) keep(*std::exchange(parts_.known_listing, std::nullopt));
    if (!parts_.runtime.parallel_for) parts_.runtime = {run_serially, nullptr};
  }

  Status call(void* const* arguments) const override {
    Status status;
    if (parts_.workspace_bytes > 0 && !workspace_) workspace_.reset(std::aligned_alloc(64, static_cast<size_t>(parts_.workspace_bytes)));
    if (parts_.workspace_bytes > 0 && !workspace_) status.site = Status::kOutOfMemory;
    else parts_.code->entry()(arguments, &status, &parts_.runtime, workspace_.get());
    return status;
  }

  Diagnostic diagnose(const Status& status) const override;
  const std::string& target() const override { return target_; }
  const std::string& assembly() const override { return listing().assembly; }
  const std::vector<std::pair<uint32_t, ir::NodePath>>& assembly_lines() const override {
    listing();
    return assembly_lines_;
  }
  const std::string& llvm_ir() const override { return listing().llvm_ir; }
  Image image() const override {
    const bool has_listing = parts_.listing.module || (listing_ && !listing_->assembly.empty());
    return {parts_.object, parts_.sites, has_listing ? std::optional(listing()) : std::nullopt};
  }
  std::pair<uintptr_t, uintptr_t> code() const override {
    const uintptr_t first = reinterpret_cast<uintptr_t>(parts_.code->entry()) - code_map().entry;
    return {first, first + code_map().size};
  }
  std::optional<ir::NodePath> statement_at(uintptr_t address) const override {
    const uint32_t line = code_map().line_at(address - code().first);
    return line > 0 && line <= parts_.origins.size() ? std::optional(parts_.origins[line - 1]) : std::nullopt;
  }

 private:
  const Listing& listing() const;
  void keep(Listing listing) const;
  const CodeMap& code_map() const {
    if (!code_map_) code_map_ = read_code_map({parts_.object, "kernel"});
    return *code_map_;
  }

  KernelParts parts_;
  const std::string target_ = parts_.toolchain->machine->getTargetCPU().str();
  mutable Workspace workspace_;                  // had at the first call, kept for the next
  mutable std::optional<CodeMap> code_map_;      // as the listing
  mutable std::unique_ptr<Listing> listing_;     // made when it is asked for
  mutable std::vector<std::pair<uint32_t, ir::NodePath>> assembly_lines_;   // of the listing
};

Diagnostic plain(DiagnosticKind kind, std::string message, std::string help) {
  return Diagnostic{kind, std::move(message), std::move(help), {}, {}, {}};
}

Diagnostic NativeKernel::diagnose(const Status& status) const {
  CHECK(!status.ok(), "a call that succeeded has no diagnostic");
  if (status.site == Status::kOutOfMemory)
    return plain(DiagnosticKind::KernelMemory, "there is not enough memory for the kernel's own buffers", "make the buffers smaller");
  const FailureSite& site = parts_.sites.at(static_cast<size_t>(status.site) - 1);
  if (site.kind == DiagnosticKind::KernelDivideByZero)
    return plain(site.kind, "an integer was divided by zero", "guard the division, or choose other inputs");
  if (site.kind == DiagnosticKind::KernelAssertion)
    return plain(site.kind, fmt::format("an assertion of the program failed: {}", site.subject), "");
  const std::vector<int64_t> index(status.index, status.index + std::min(site.rank, Status::kMaxRank));
  Diagnostic out = plain(site.kind, fmt::format("{}[{}] is outside of buffer {}", site.subject, fmt::join(index, ", "), site.subject),
                         "mend the index, or guard it with T.if_then_else or T.where");
  out.values = {{"buffer", site.subject}, {"index", fmt::format("{}", fmt::join(index, ", "))}};
  return out;
}

void NativeKernel::keep(Listing listing) const {
  for (const auto& [line, origin] : listing.lines)
    if (origin > 0 && origin <= parts_.origins.size()) assembly_lines_.emplace_back(line, parts_.origins[origin - 1]);
  listing_ = std::make_unique<Listing>(std::move(listing));
}

const Listing& NativeKernel::listing() const {
  if (listing_) return *listing_;
  const llvm::Module* source = parts_.listing.module.get();
  Listing made;
  if (source) made = list(*source, *parts_.toolchain->machine);
  keep(std::move(made));
  return *listing_;
}
}  // namespace

std::unique_ptr<Kernel> make_native_kernel(KernelParts parts) { return std::make_unique<NativeKernel>(std::move(parts)); }

}  // namespace loopglass::codegen
