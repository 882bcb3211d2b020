#include "engine/measure/worker/interpreter_check.h"

#include <cstring>
#include <new>

#include "engine/interp/interpreter.h"
#include "engine/measure/worker/crash_report.h"
#include "engine/measure/worker/thread_pool.h"

namespace loopglass::measure {
namespace {

using Interpreted = InterpreterCheck::Interpreted;

Result<Interpreted> interpret_slices(const std::vector<Slice>& slices, const std::vector<interp::Tensor>& arguments, const interp::Limits& limits) {
  Interpreted interpreted{arguments, {}};
  for (const Slice& slice : slices) {
    std::vector<interp::Tensor> values = arguments;
    TRY(interp::run(slice.function, values, limits));
    const size_t p = slice.element.parameter;
    const int64_t at = offset_of(slice.element.index, values[p]);
    std::memcpy(interpreted.values[p].bytes.data() + at, values[p].bytes.data() + at, static_cast<size_t>(values[p].dtype.bytes()));
    interpreted.only.push_back(slice.element);
  }
  return interpreted;
}

Result<Interpreted> interpret(const ir::Function& function, const std::vector<Slice>& slices, std::vector<interp::Tensor> arguments, std::stop_token stop) {
  interp::Limits limits;
  limits.stop = std::move(stop);
  try {
    if (!slices.empty()) return interpret_slices(slices, arguments, limits);
    TRY(interp::run(function, arguments, limits));
  } catch (const std::bad_alloc&) {
    return fail(DiagnosticKind::KernelMemory, "there is no memory left for the interpreter", "use smaller buffers");
  }
  return Interpreted{std::move(arguments), {}};
}

}  // namespace

InterpreterCheck::InterpreterCheck(ir::Function function, std::vector<Slice> slices, std::vector<interp::Tensor> arguments)
    : thread_([this, function = std::move(function), slices = std::move(slices), arguments = std::move(arguments)](std::stop_token stop) mutable {
        keep_off_last_cpu();
        const AlternateStack stack;
        result_ = interpret(function, slices, std::move(arguments), std::move(stop));
        done_.store(true, std::memory_order_release);
      }) {}

int64_t offset_of(const std::vector<int64_t>& index, const interp::Tensor& tensor) {
  int64_t flat = 0;
  for (size_t d = 0; d < index.size(); ++d) flat = flat * tensor.shape[d] + index[d];
  return flat * tensor.dtype.bytes();
}

}  // namespace loopglass::measure
