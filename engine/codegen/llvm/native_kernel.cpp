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

class NativeKernel final : public Kernel {
 public:
  explicit NativeKernel(KernelParts parts) : parts_(std::move(parts)) {
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
  const std::vector<std::pair<uint32_t, ir::NodePath>>& assembly_lines() const override { return listing().lines; }
  const std::string& llvm_ir() const override { return listing().llvm_ir; }
  std::pair<uintptr_t, uintptr_t> code() const override {
    const uintptr_t first = reinterpret_cast<uintptr_t>(parts_.code->entry()) - code_map().entry;
    return {first, first + code_map().size};
  }
  std::optional<ir::NodePath> statement_at(uintptr_t address) const override {
    const uint32_t line = code_map().line_at(address - code().first);
    return line > 0 && line <= parts_.origins.size() ? std::optional(parts_.origins[line - 1]) : std::nullopt;
  }

 private:
  struct Listing {
    std::string assembly, llvm_ir;
    std::vector<std::pair<uint32_t, ir::NodePath>> lines;
  };
  const Listing& listing() const;
  const CodeMap& code_map() const {
    if (!code_map_) code_map_ = parts_.object.empty() ? CodeMap{} : read_code_map({parts_.object, "kernel"});
    return *code_map_;
  }

  KernelParts parts_;
  const std::string target_ = parts_.toolchain->machine->getTargetCPU().str();
  mutable Workspace workspace_;                  // had at the first call, kept for the next
  mutable std::optional<CodeMap> code_map_;      // as the listing
  mutable std::unique_ptr<Listing> listing_;     // made when it is asked for
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

const NativeKernel::Listing& NativeKernel::listing() const {
  if (listing_) return *listing_;
  listing_ = std::make_unique<Listing>();
  const llvm::Module* source = parts_.listing.module.get();
  if (!source) return *listing_;
  const std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*source);
  const Bytes raw = generate(*copy, *parts_.toolchain->machine, llvm::CodeGenFileType::AssemblyFile);
  Assembly readable = readable_assembly({raw.data(), raw.size()});
  listing_->assembly = std::move(readable.text);
  for (const auto& [line, origin] : readable.origins)
    if (origin <= parts_.origins.size()) listing_->lines.emplace_back(line, parts_.origins[origin - 1]);
  llvm::raw_string_ostream stream(listing_->llvm_ir);
  source->print(stream, nullptr);
  return *listing_;
}

}  // namespace

std::unique_ptr<Kernel> make_native_kernel(KernelParts parts) { return std::make_unique<NativeKernel>(std::move(parts)); }

}  // namespace loopglass::codegen
