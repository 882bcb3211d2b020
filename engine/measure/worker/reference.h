// What a schedule's results are held against: the unscheduled program, compiled plainly and itself held against the interpreter. Made once for a
// program and its inputs; every later version of the program finds it there.
#pragma once

#include <optional>
#include <vector>

#include "engine/measure/flop_count.h"
#include "engine/measure/worker/arguments.h"
#include "engine/measure/worker/interpreter_check.h"
#include "engine/measure/worker/kernel_cache.h"
#include "engine/measure/worker/verify.h"

namespace loopglass::measure {

class Reference {
 public:
  struct Inputs {
    std::vector<std::string> names;
    std::vector<interp::Tensor> values;
    uint64_t seed = 0;
  };
  // Up to this many accesses the interpreter runs the whole program; above, it computes sampled outputs of at most so many each. (A program no
  // part of which is that small, a recurrence over millions of steps, is not held against the interpreter.)
  static constexpr int64_t kFullCheck = 10'000'000;
  static constexpr int64_t kSampleCheck = 2'000'000;

  // Lowers, counts, makes the inputs and starts the interpreter; nothing is compiled yet. Memory is checked against `memory_bytes` before any is
  // taken. Errors: those of lowering; KernelMemory; BadArgument and TypeMismatch (inputs).
  static Result<std::unique_ptr<Reference>> begin(ir::Function function, const std::string& name, Inputs inputs, int64_t memory_bytes);
  // Compiles (or loads, where it was kept) and runs it. Errors: those of code generation and of the kernel.
  Result<void> finish(KernelCache& kernels, std::optional<codegen::Image> kept = {});
  // Of the kernel that was compiled for it, once: to be kept.
  std::optional<codegen::Image> take_image() { return std::exchange(image_, std::nullopt); }
  bool finished() const { return arguments_.has_value(); }
  double seconds() const { return seconds_; }   // that its run took

  bool matches(const ir::Function& function, const Inputs& inputs) const;
  // Error: BadArgument where the function's parameters are others.
  Result<void> check_signature(const ir::PrimFunc& function) const;

  bool interpreter_is_done() const;
  // Once the interpreter is done: whether it agrees. Errors: its own; KernelWrongResult.
  Result<void> check_against_interpreter();

  const std::vector<interp::Tensor>& initial() const { return initial_; }
  const Arguments& arguments() const { return *arguments_; }    // to run kernels on
  const Expected& expected() const { return expected_; }
  const std::vector<std::string>& names() const { return names_; }
  const WorkCount& work() const { return work_; }
  int64_t bytes_min() const { return bytes_min_; }

 private:
  Reference() = default;

  ir::Function function_;
  std::string name_;
  Inputs inputs_;
  lower::Lowered plain_;
  std::vector<std::string> names_;
  std::vector<interp::Tensor> initial_;
  WorkCount work_;
  int64_t bytes_min_ = 0;
  Expected expected_;
  double seconds_ = 0;
  std::optional<codegen::Image> image_;
  std::optional<Arguments> arguments_;
  bool is_checked_ = false;
  std::unique_ptr<InterpreterCheck> check_;
};

}  // namespace loopglass::measure
