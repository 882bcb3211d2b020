// The reference held against the interpreter, beside everything else: it runs on a thread of its own from the moment the inputs are there.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "engine/interp/tensor.h"
#include "engine/ir/module.h"
#include "engine/measure/worker/sampled_outputs.h"
#include "engine/support/result.h"

namespace loopglass::measure {

class InterpreterCheck {
 public:
  // After the run.
  struct Interpreted {
    std::vector<interp::Tensor> values;          // of each parameter
    std::vector<OutputElement> only;             // what of them was computed; empty: everything
  };

  // Runs the function on copies of `arguments`: whole, or where there are slices, those alone. Stopped when dropped.
  InterpreterCheck(ir::Function function, std::vector<Slice> slices, std::vector<interp::Tensor> arguments);

  bool done() const { return done_.load(std::memory_order_acquire); }
  // Once done: what it computed, or why it did not.
  const Result<Interpreted>& result() const { return result_; }

 private:
  Result<Interpreted> result_;
  std::atomic<bool> done_ = false;
  std::jthread thread_;   // last: it uses all of the above
};

// Where an element's bytes begin.
int64_t offset_of(const std::vector<int64_t>& index, const interp::Tensor& tensor);

}  // namespace loopglass::measure
