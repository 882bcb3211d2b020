// From lowered loops to machine code: LLVM behind two opaque types. Linked into the worker alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ir/node_path.h"
#include "engine/lower/lower.h"
#include "engine/support/result.h"

namespace loopglass::codegen {

// How much LLVM does for the speed of the code.
enum class Effort {
  None,    // no passes: for tests
  Quick,   // runnable code in a third of the time: what is written as vectors, unrolled loops and tiles is as fast as it will be; no vectorizers
  Full,    // -O3
};

struct Options {
  bool fast = true;             // FMA contraction and vectors of the host; false: the reference, no contraction
  bool want_assembly = false;   // keep what `assembly`, `assembly_lines` and `llvm_ir` need
  Effort effort = Effort::Full;
  bool verify_ir = false;       // run LLVM's verifier on what we emit (tests do)
};

// Runs `chunk(closure, begin, end)` over [0, extent) of a T.parallel loop, in any cut and order, and returns when all of it is done; given by
// the caller, so that the pool is the worker's own.
using ParallelFor = void (*)(void* pool, int64_t extent, void (*chunk)(void* closure, int64_t begin, int64_t end), void* closure);

struct Runtime {
  ParallelFor parallel_for = nullptr;   // null: parallel loops run serially
  void* pool = nullptr;
};

// How a call ended; compiled code writes it. Plain data, cheap to make for each call of a timed loop.
struct Status {
  static constexpr int kMaxRank = 16;
  static constexpr int32_t kOutOfMemory = -1;
  int32_t site = 0;                  // 0: done; else which check failed (Kernel::diagnose says it in words)
  int64_t index[kMaxRank];           // of the element, where a bounds check failed
  bool ok() const { return site == 0; }
};

// A place in the code where a kernel can fail. Status::site is its number from 1.
struct FailureSite {
  DiagnosticKind kind;
  std::string subject;    // the buffer's name; an assertion's message
  int rank = 0;           // how many indices Status::index holds
};

// The listings of a kernel. `lines`: (line of the assembly from 1, number of the statement in Lowered::origins from 1), ascending.
struct Listing {
  std::string assembly, llvm_ir;
  std::vector<std::pair<uint32_t, uint32_t>> lines;
};

// A kernel as bytes, to be kept and loaded again: for the same lowered function, by a compiler of the same identity().
struct Image {
  std::string object;                 // an object file
  std::vector<FailureSite> sites;
  std::optional<Listing> listing;     // where it was compiled with want_assembly
};

// Compiled code, ready to be called as often as wished; owns its memory. One thread at a time calls it.
class Kernel {
 public:
  virtual ~Kernel() = default;
  // One pointer per parameter: to the buffer's first element, or to the scalar. Buffers do not overlap; align them to 64 bytes for speed.
  // Where a check failed, the outputs hold what had been written by then.
  virtual Status call(void* const* arguments) const = 0;
  // The Diagnostic of a status that is not ok: KernelOutOfBounds, KernelDivideByZero, KernelAssertion or KernelMemory.
  virtual Diagnostic diagnose(const Status& status) const = 0;
  virtual const std::string& target() const = 0;      // "znver5"
  // The machine code as text (AT&T syntax off: Intel's), without directives; made at the first call, empty without want_assembly.
  virtual const std::string& assembly() const = 0;
  // Which statement of the scheduled program a line of it belongs to: (line from 1, path), ascending.
  virtual const std::vector<std::pair<uint32_t, ir::NodePath>>& assembly_lines() const = 0;
  // For a profiler: where the machine code lies, [first, last), and the statement that an instruction there belongs to (nothing where it belongs to
  // none, and without want_assembly).
  virtual std::pair<uintptr_t, uintptr_t> code() const = 0;
  virtual std::optional<ir::NodePath> statement_at(uintptr_t address) const = 0;
  // The optimised LLVM IR as text; empty without want_assembly.
  virtual const std::string& llvm_ir() const = 0;
  virtual Image image() const = 0;
};

// LLVM, set up for this CPU and kept warm: making one takes milliseconds, so keep it. One thread at a time uses it; kernels may outlive it.
class Compiler {
 public:
  virtual ~Compiler() = default;
  // Errors: UnsupportedOperation (call_extern, GPU loops, types without code), KernelMemory (buffers beyond the address space).
  virtual Result<std::unique_ptr<Kernel>> compile(const lower::Lowered& lowered, const Options& options = {},
                                                  const Runtime& runtime = {}) = 0;
  // A kernel from the image of one that was compiled from the same `lowered`.
  virtual Result<std::unique_ptr<Kernel>> load(const lower::Lowered& lowered, Image image, const Runtime& runtime = {}) = 0;
  // What code depends on besides our own code: the CPU, its extensions, the version of LLVM.
  virtual std::string identity() const = 0;
};
// `cpu`: one of cpu_levels() (engine/support/cpu_levels.h), for a lesser CPU than this one; empty: this one.
std::unique_ptr<Compiler> make_compiler(const std::string& cpu = {});

// For a single kernel: a compiler made and dropped.
Result<std::unique_ptr<Kernel>> compile(const lower::Lowered& lowered, const Options& options = {}, const Runtime& runtime = {});

}  // namespace loopglass::codegen
