// The compiler: a lowered function becomes LLVM IR, is optimised, becomes an object file and is loaded.
#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "engine/codegen/llvm/function.h"
#include "engine/codegen/llvm/host.h"
#include "engine/codegen/llvm/native_kernel.h"
#include "engine/codegen/llvm/optimize.h"
#include "engine/codegen/llvm/short_chains.h"
#include "engine/codegen/llvm/vector_math.h"
#include "engine/codegen/supported.h"
#include "engine/ir/visitor.h"
#include "engine/support/check.h"

namespace loopglass::codegen {

namespace {

std::unique_ptr<llvm::Module> make_module(llvm::LLVMContext& context, const llvm::TargetMachine& machine) {
  auto module = std::make_unique<llvm::Module>("kernel", context);
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  module->setPICLevel(llvm::PICLevel::BigPIC);
  return module;
}

// LLVM 19.1.7 joins straight integer code into wrong vectors where sums and shifts are mixed (tests/cases/codegen/joined_integers.py).
bool stores_integers(const ir::Stmt& body) {
  bool found = false;
  ir::for_each_stmt(body, [&](const ir::Stmt& s) {
    const auto* store = ir::as<ir::BufferStore>(s);
    found = found || (store && !store->buffer->dtype.is_float());
    return !found;
  });
  return found;
}

// Makes every instruction carry a line, which is the number of the statement that it comes from.
class LineLinks {
 public:
  LineLinks(KernelModule& kernel, bool wanted) {
    if (!wanted) return;
    kernel.module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
    kernel.module.addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
    builder_ = std::make_unique<llvm::DIBuilder>(kernel.module);
    kernel.debug = builder_.get();
    kernel.debug_file = builder_->createFile("statements", "");
    builder_->createCompileUnit(llvm::dwarf::DW_LANG_C99, kernel.debug_file, "loopglass", true, "", 0, "",
                                llvm::DICompileUnit::LineTablesOnly);
  }
  void finish() {
    if (builder_) builder_->finalize();
  }

 private:
  std::unique_ptr<llvm::DIBuilder> builder_;
};

void verify(const llvm::Module& module) {
  std::string complaint;
  llvm::raw_string_ostream stream(complaint);
  if (llvm::verifyModule(module, &stream)) {
    module.print(stream, nullptr);
    CHECK(false, stream.str());
  }
}

class HostCompiler final : public Compiler {
 public:
  explicit HostCompiler(const std::string& cpu) : toolchain_(std::make_shared<Toolchain>()) {
    llvm::orc::JITTargetMachineBuilder target = host_target(cpu);
    toolchain_->machine = llvm::cantFail(target.createTargetMachine());
    vector_math_bits_ = vector_math_bits(*toolchain_->machine);
    toolchain_->jit = make_jit(std::move(target));
  }

  Result<std::unique_ptr<Kernel>> compile(const lower::Lowered& lowered, const Options& options, const Runtime& runtime) override {
    TRY(check_supported(*lowered.function));
    TRY_ASSIGN(const MemoryPlan plan, plan_function(lowered.function->body));
    llvm::TargetMachine& machine = *toolchain_->machine;
    auto context = std::make_unique<llvm::LLVMContext>();
    std::unique_ptr<llvm::Module> module = make_module(*context, machine);
    KernelModule kernel{*module, options, {}, machine, options.fast ? vector_math_bits_ : 0};
    LineLinks links(kernel, options.want_assembly);
    emit_kernel(kernel, *lowered.function, plan);
    links.finish();
    for (llvm::Function& function : *module)
      if (!function.isDeclaration()) mark_for_target(function, machine);
    if (options.verify_ir) verify(*module);
    optimize(*module, machine, options.effort, !stores_integers(lowered.function->body));
    if (options.fast) unfuse_short_chains(*module);

    KernelParts parts;
    parts.toolchain = toolchain_;
    if (options.want_assembly) parts.listing.module = llvm::CloneModule(*module);
    Bytes object = generate(*module, machine, llvm::CodeGenFileType::ObjectFile, options.effort);
    parts.object.assign(object.begin(), object.end());
    parts.code = link(std::move(object));
    module.reset();
    if (options.want_assembly) parts.listing.context = std::move(context);
    parts.origins = lowered.origins;
    parts.sites = std::move(kernel.sites);
    parts.workspace_bytes = plan.workspace_bytes;
    parts.runtime = runtime;
    return make_native_kernel(std::move(parts));
  }

  Result<std::unique_ptr<Kernel>> load(const lower::Lowered& lowered, Image image, const Runtime& runtime) override {
    TRY_ASSIGN(const MemoryPlan plan, plan_function(lowered.function->body));
    KernelParts parts;
    parts.toolchain = toolchain_;
    parts.code = link(Bytes(image.object.begin(), image.object.end()));
    parts.object = std::move(image.object);
    parts.known_listing = std::move(image.listing);
    parts.origins = lowered.origins;
    parts.sites = std::move(image.sites);
    parts.workspace_bytes = plan.workspace_bytes;
    parts.runtime = runtime;
    return make_native_kernel(std::move(parts));
  }

  std::string identity() const override {
    const llvm::TargetMachine& machine = *toolchain_->machine;
    return fmt::format("LLVM {} {} {} {}", LLVM_VERSION_STRING, machine.getTargetTriple().str(), machine.getTargetCPU().str(), machine.getTargetFeatureString().str());
  }

 private:
  std::unique_ptr<LoadedObject> link(Bytes object) {
    const std::string name = fmt::format("kernel{}", loaded_++);
    auto buffer = std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(object), name, false);
    return std::make_unique<LoadedObject>(toolchain_->jit, name, std::move(buffer));
  }

  std::shared_ptr<Toolchain> toolchain_;
  int64_t loaded_ = 0;
  int vector_math_bits_ = 0;
};

}  // namespace

std::unique_ptr<Compiler> make_compiler(const std::string& cpu) { return std::make_unique<HostCompiler>(cpu); }

Result<std::unique_ptr<Kernel>> compile(const lower::Lowered& lowered, const Options& options, const Runtime& runtime) {
  return make_compiler()->compile(lowered, options, runtime);
}

}  // namespace loopglass::codegen
