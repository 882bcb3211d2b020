#include "engine/interp/interpreter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/interp/compiler.h"
#include "engine/interp/program.h"
#include "engine/interp/scalar.h"

namespace loopglass::interp {

struct Program::Parameter {
  ir::Param param;
  int slot = 0;                                   // of a scalar
  int view = 0, storage = 0;                      // of a buffer
  std::vector<std::pair<int, size_t>> shape_vars; // slots that take the argument's extents
  std::vector<std::pair<int, size_t>> stride_vars;
  int offset_var = -1;
  StmtPtr bind;
};

namespace {

std::string function_name(const ir::Function& function) {
  const auto it = function->attrs.find("global_symbol");
  const auto* name = it == function->attrs.end() ? nullptr : std::get_if<std::string>(&it->second.value);
  return name ? *name : "";
}

std::vector<int64_t> compact_strides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

// Calls f(flat index, strided index) for every element.
template <class F>
void for_each_element(const View& view, const F& f) {
  const auto compact = compact_strides(view.shape);
  int64_t size = 1;
  for (int64_t extent : view.shape) size *= extent;
  for (int64_t flat = 0; flat < size; ++flat) {
    int64_t strided = view.offset;
    for (size_t d = 0; d < view.shape.size(); ++d) strided += flat / compact[d] % view.shape[d] * view.strides[d];
    f(flat, strided);
  }
}

bool is_compact(const View& view) { return view.offset == 0 && view.strides == compact_strides(view.shape); }

Error wrong_argument(std::string message) { return fail(DiagnosticKind::TypeMismatch, std::move(message), "give arguments of the parameters' types and shapes"); }

}  // namespace

Result<Program> Program::compile(const ir::Function& function) try {
  Program program;
  program.function_ = function;
  Compiler compiler(function_name(function));
  auto parameters = std::make_shared<std::vector<Parameter>>();
  for (const ir::Param& param : function->params) {
    Parameter& p = parameters->emplace_back();
    p.param = param;
    if (!param.buffer) {
      p.slot = compiler.slot_of(param.var.get());
      continue;
    }
    const ir::Buffer& buffer = param.buffer;
    const auto vars_of = [&](const std::vector<ir::Expr>& exprs) {
      std::vector<std::pair<int, size_t>> vars;
      for (size_t d = 0; d < exprs.size(); ++d)
        if (const auto* var = ir::as<ir::VarNode>(exprs[d])) vars.emplace_back(compiler.slot_of(var), d);
      return vars;
    };
    p.shape_vars = vars_of(buffer->shape);
    p.stride_vars = vars_of(buffer->strides);
    if (const auto* var = ir::as<ir::VarNode>(buffer->elem_offset)) p.offset_var = compiler.slot_of(var);
    p.view = compiler.view_of(buffer);
    p.storage = compiler.storage_of(buffer);
    p.bind = compiler.bind_view(buffer);
  }
  program.code_ = compiler.compile(function->body);
  program.references_ = std::move(compiler.references);
  program.storages_ = std::move(compiler.storages);
  program.loops_ = std::move(compiler.loops);
  program.kept_ = compiler.take_kept();
  program.parameters_ = std::move(parameters);
  program.slots_ = compiler.slots();
  program.views_ = compiler.views();
  return program;
} catch (Stopped& stopped) {
  return std::unexpected(std::move(stopped.diagnostic));
}

namespace {

Result<void> check_type(const ir::Param& param, const Tensor& argument) {
  const ir::DataType wanted = param.buffer ? param.buffer->dtype : param.var->dtype;
  const std::string& name = param.buffer ? param.buffer->name : param.var->name;
  const size_t rank = param.buffer ? param.buffer->shape.size() : 0;
  if (argument.dtype != wanted)
    return wrong_argument(fmt::format("the argument for {} is {}, the parameter {}", name, ir::to_string(argument.dtype), ir::to_string(wanted)));
  if (argument.shape.size() != rank)
    return wrong_argument(fmt::format("the argument for {} has {} dimensions, the parameter {}", name, argument.shape.size(), rank));
  return {};
}

}  // namespace

Result<void> Program::run(std::span<Tensor> arguments, const Limits& limits, Observer* observer) const {
  const std::vector<Parameter>& parameters = *parameters_;
  if (arguments.size() != parameters.size())
    return wrong_argument(fmt::format("{} arguments for {} parameters", arguments.size(), parameters.size()));
  Frame frame;
  frame.slots.resize(slots_);
  frame.views.resize(views_);
  frame.storages.resize(storages_.size());
  frame.limits = limits;
  frame.observer = observer;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    TRY(check_type(p.param, arguments[i]));
    if (!p.param.buffer) {
      if (p.param.var->dtype.is_float()) frame.slots[p.slot].f = arguments[i].at(0);
      else frame.slots[p.slot].i = arguments[i].int_at(0);
      continue;
    }
    const auto strides = compact_strides(arguments[i].shape);
    for (const auto& [slot, d] : p.shape_vars) frame.slots[slot].i = arguments[i].shape[d];
    for (const auto& [slot, d] : p.stride_vars) frame.slots[slot].i = strides[d];
    if (p.offset_var >= 0) frame.slots[p.offset_var].i = 0;
  }

  // The arguments' memory is lent to the frame; one that is laid out with gaps is copied there and back.
  const auto lend = [&](bool back) {
    for (size_t i = 0; i < parameters.size(); ++i) {
      const Parameter& p = parameters[i];
      if (!p.param.buffer) continue;
      const View& view = frame.views[p.view];
      std::vector<std::byte>& memory = frame.storages[p.storage].bytes;
      if (is_compact(view)) {
        std::swap(memory, arguments[i].bytes);
        continue;
      }
      const int width = arguments[i].dtype.bytes();
      int64_t end = 0;
      for_each_element(view, [&](int64_t, int64_t strided) { end = std::max(end, strided + 1); });
      memory.resize(static_cast<size_t>(end * width));
      for_each_element(view, [&](int64_t flat, int64_t strided) {
        std::byte* dense = arguments[i].bytes.data() + flat * width;
        std::byte* spread = memory.data() + strided * width;
        back ? std::copy_n(spread, width, dense) : std::copy_n(dense, width, spread);
      });
    }
  };
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (!p.param.buffer) continue;
    try {
      (*p.bind)(frame);
    } catch (Stopped& stopped) {
      return std::unexpected(std::move(stopped.diagnostic));
    }
    if (const View& view = frame.views[p.view]; view.shape != arguments[i].shape)
      return wrong_argument(fmt::format("the argument for {} has the shape ({}), the parameter ({})", p.param.buffer->name,
                                        fmt::join(arguments[i].shape, ", "), fmt::join(view.shape, ", ")));
  }
  lend(false);
  Result<void> result;
  try {
    (*code_)(frame);
  } catch (Stopped& stopped) {
    result = std::unexpected(std::move(stopped.diagnostic));
  } catch (const std::bad_alloc&) {
    result = fail(DiagnosticKind::KernelMemory, "there is not enough memory to run the kernel", "make its buffers smaller");
  }
  lend(true);
  return result;
}

Result<void> run(const ir::Function& function, std::span<Tensor> arguments, const Limits& limits) {
  TRY_ASSIGN(const Program program, Program::compile(function));
  return program.run(arguments, limits);
}

}  // namespace loopglass::interp
