#include "engine/measure/worker/reference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/interp/interpreter.h"
#include "engine/ir/structural_equal.h"
#include "engine/measure/touched_bytes.h"
#include "engine/measure/worker/magnitudes.h"
#include "engine/measure/worker/sampler.h"
#include "engine/measure/worker/memory_need.h"

namespace loopglass::measure {
namespace {

std::string type_of(const interp::Tensor& tensor) { return fmt::format("{} ({})", ir::to_string(tensor.dtype), fmt::join(tensor.shape, ", ")); }

Result<void> put_inputs(const Reference::Inputs& inputs, const std::vector<std::string>& names, std::vector<interp::Tensor>& values) {
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const auto name = std::find(names.begin(), names.end(), inputs.names[i]);
    if (name == names.end())
      return fail(DiagnosticKind::BadArgument, fmt::format("there is no parameter {}", inputs.names[i]), fmt::format("the parameters are {}", fmt::join(names, ", ")));
    interp::Tensor& place = values[static_cast<size_t>(name - names.begin())];
    const interp::Tensor& value = inputs.values[i];
    if (value.dtype != place.dtype || value.shape != place.shape)
      return fail(DiagnosticKind::TypeMismatch, fmt::format("the input for {} is {}, the parameter is {}", *name, type_of(value), type_of(place)));
    place = value;
  }
  return {};
}

std::vector<double> absolute_values(const interp::Tensor& tensor) {
  std::vector<double> values(static_cast<size_t>(tensor.size()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::abs(tensor.at(static_cast<int64_t>(i)));
  return values;
}

interp::Tensor as_tensor(const std::vector<double>& values, const std::vector<int64_t>& shape) {
  interp::Tensor tensor{ir::kFloat64, shape, {}};
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  tensor.bytes.assign(bytes, bytes + values.size() * sizeof(double));
  return tensor;
}

std::vector<double> as_doubles(const interp::Tensor& tensor) {
  std::vector<double> values(tensor.bytes.size() / sizeof(double));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

// With samples alone, the rest is taken to be as expected.
std::vector<interp::Tensor> what_was_interpreted(const InterpreterCheck::Interpreted& result, const Expected& expected) {
  if (result.only.empty()) return result.values;
  std::vector<interp::Tensor> values = expected.values;
  for (const OutputElement& element : result.only) {
    const interp::Tensor& from = result.values[element.parameter];
    const int64_t at = offset_of(element.index, from);
    std::memcpy(values[element.parameter].bytes.data() + at, from.bytes.data() + at, static_cast<size_t>(from.dtype.bytes()));
  }
  return values;
}

bool same_tensor(const interp::Tensor& a, const interp::Tensor& b) { return a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes; }

}  // namespace

Result<std::unique_ptr<Reference>> Reference::begin(ir::Function function, const std::string& name, Inputs inputs, int64_t memory_bytes) {
  std::unique_ptr<Reference> reference(new Reference);
  Reference& r = *reference;
  r.function_ = std::move(function);
  r.name_ = name;
  r.inputs_ = std::move(inputs);
  TRY_ASSIGN(r.plain_, lower::lower(r.function_, name, {.plain = true}));
  TRY(check_memory(*r.plain_.function, memory_bytes));
  r.names_ = parameter_names(*r.function_);
  TRY_ASSIGN(r.initial_, interp::make_arguments(r.function_, r.inputs_.seed, memory_bytes));
  TRY(put_inputs(r.inputs_, r.names_, r.initial_));
  r.work_ = count_work(r.plain_.function);
  r.bytes_min_ = distinct_parameter_bytes(r.plain_.function);
  const bool whole = r.work_.accesses <= kFullCheck;
  std::vector<Slice> slices = whole ? std::vector<Slice>{} : sample_outputs(r.function_, r.inputs_.seed, kSampleCheck);
  if (whole || !slices.empty()) r.check_ = std::make_unique<InterpreterCheck>(r.function_, std::move(slices), r.initial_);
  return reference;
}

Result<void> Reference::finish(KernelCache& kernels, std::optional<codegen::Image> kept) {
  const WithMagnitudes with = with_magnitudes(plain_.function);
  std::vector<interp::Tensor> values = initial_;
  for (const int original : with.companion_of)
    values.push_back(as_tensor(absolute_values(initial_[static_cast<size_t>(original)]), initial_[static_cast<size_t>(original)].shape));
  {
    TRY_ASSIGN(const auto kernel, kernels.compile_reference({with.function, plain_.origins}, std::move(kept)));
    image_ = kernel->image();
    TRY_ASSIGN(const Arguments arguments, Arguments::make(values));
    const double start = steady_seconds();
    const codegen::Status status = kernel->call(arguments.pointers().data());
    seconds_ = steady_seconds() - start;
    if (!status.ok()) return Error(kernel->diagnose(status));
    expected_.tolerance = relative_tolerance(*plain_.function);
    expected_.magnitudes.resize(initial_.size());
    for (size_t i = 0; i < initial_.size(); ++i) expected_.values.push_back(arguments.get(i));
    for (size_t i = 0; i < with.companion_of.size(); ++i)
      expected_.magnitudes[static_cast<size_t>(with.companion_of[i])] = as_doubles(arguments.get(initial_.size() + i));
  }
  TRY_ASSIGN(arguments_, Arguments::make(initial_));
  return {};
}

bool Reference::matches(const ir::Function& function, const Inputs& inputs) const {
  return inputs.seed == inputs_.seed && inputs.names == inputs_.names && parameter_names(*function) == names_ &&
         std::equal(inputs.values.begin(), inputs.values.end(), inputs_.values.begin(), inputs_.values.end(), same_tensor) &&
         ir::structural_equal(function, function_);
}

Result<void> Reference::check_signature(const ir::PrimFunc& function) const {
  bool same = function.params.size() == initial_.size();
  for (size_t i = 0; same && i < initial_.size(); ++i) {
    const ir::Buffer& buffer = function.params[i].buffer;
    same = (buffer ? buffer->dtype : function.params[i].var->dtype) == initial_[i].dtype;
    if (!buffer) continue;
    same = same && buffer->shape.size() == initial_[i].shape.size();
    for (size_t d = 0; same && d < buffer->shape.size(); ++d) same = ir::is_const_int(buffer->shape[d], initial_[i].shape[d]);
  }
  if (same) return {};
  return fail(DiagnosticKind::BadArgument, fmt::format("{} takes other parameters than the program it is held against", name_),
              "both need the same number of parameters, of the same types and shapes");
}

bool Reference::interpreter_is_done() const { return !check_ || check_->done(); }

Result<void> Reference::check_against_interpreter() {
  if (is_checked_ || !check_) return {};
  if (!check_->result()) return Error(check_->result().error());
  std::vector<interp::Tensor> interpreted = what_was_interpreted(*check_->result(), expected_);
  std::vector<void*> pointers;
  for (interp::Tensor& tensor : interpreted) pointers.push_back(tensor.bytes.data());
  const Verified verified = verify(expected_, pointers, names_);
  if (!verified.ok)
    return fail(DiagnosticKind::KernelWrongResult,
                fmt::format("{} gives {}[{}] = {} compiled and {} interpreted, before any schedule", name_, verified.first_wrong->buffer,
                            fmt::join(verified.first_wrong->index, ", "), verified.first_wrong->expected, verified.first_wrong->got),
                "it may read what it never wrote; if not, this is a mistake of ours");
  is_checked_ = true;
  check_.reset();
  return {};
}

}  // namespace loopglass::measure
