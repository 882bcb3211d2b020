#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/interp/interpreter.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
#include "engine/schedule/index_map.h"
#include "engine/schedule/replay.h"
#include "engine/schedule/specs.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

// An extent with its symbolic variables given a value each, by the order in which they first occur.
class Extents {
 public:
  std::optional<int64_t> value(const ir::Expr& extent) {
    ir::for_each_expr(extent, [&](const ir::Expr& e) {
      if (const ir::Var var = ir::as_var(e); var && !values_.contains(var.get())) values_[var.get()] = ir::make_int(13 + 7 * values_.size(), var->dtype);
    });
    return ir::as_int(ir::substitute(extent, values_, true));
  }

 private:
  ir::VarMap values_;
};

// Inputs for every parameter; nothing where a parameter's shape cannot be made up.
std::optional<std::vector<interp::Tensor>> make_arguments(const ir::PrimFunc& function, uint64_t seed) {
  std::vector<interp::Tensor> arguments;
  Extents extents;
  for (const ir::Param& param : function.params) {
    if (!param.buffer) {
      if (param.var->dtype.code == ir::TypeCode::Handle) return std::nullopt;
      interp::Tensor scalar = interp::make_tensor(param.var->dtype, {});
      const auto value = extents.value(param.var);
      if (!value || !param.var->dtype.is_int()) return std::nullopt;
      for (int byte = 0; byte < param.var->dtype.bytes(); ++byte) scalar.bytes[byte] = static_cast<std::byte>(*value >> (8 * byte));
      arguments.push_back(std::move(scalar));
      continue;
    }
    std::vector<int64_t> shape;
    for (const ir::Expr& extent : param.buffer->shape) {
      const auto value = extents.value(extent);
      if (!value) return std::nullopt;
      shape.push_back(*value);
    }
    arguments.push_back(interp::make_tensor(param.buffer->dtype, std::move(shape)));
    interp::fill_random(arguments.back(), seed++);
  }
  return arguments;
}

std::string difference(const ir::PrimFunc& function, const std::vector<interp::Tensor>& want, const std::vector<interp::Tensor>& got) {
  for (size_t p = 0; p < want.size(); ++p) {
    const double tolerance = want[p].dtype.is_float() ? (want[p].dtype.bits == 16 ? 2e-2 : 1e-4) : 0;
    for (int64_t i = 0; i < want[p].size(); ++i) {
      const double a = want[p].at(i), b = got[p].at(i);
      if (a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(a))) continue;
      return fmt::format("{}: element {} is {} and was {}", function.params[p].buffer ? function.params[p].buffer->name : function.params[p].var->name, i, b, a);
    }
  }
  return {};
}

// What the interpreter cannot run.
bool calls_foreign_code(const ir::PrimFunc& function) {
  bool found = false;
  ir::for_each_expr(function.body, [&](const ir::Expr& e) {
    const ir::Call* call = ir::as<ir::Call>(e);
    found = found || (call && (call->op == "call_extern" || call->op == "call_llvm_pure_intrin"));
  });
  return found;
}

// A step that changed a parameter's layout.
struct ParameterLayout {
  std::string function;
  size_t parameter;
  schedule::IndexMapRef map, pad_value;
};

std::vector<ParameterLayout> parameter_layouts(const schedule::Schedule& schedule) {
  std::vector<ParameterLayout> layouts;
  const nlohmann::json trace = schedule::trace_to_json(schedule.trace());
  const auto& steps = schedule.trace().instructions;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].primitive != &schedule::kTransformLayout) continue;
    const schedule::Schedule before = schedule::replay(trace, schedule.original(), schedule.options(), static_cast<int>(i)).schedule;
    const auto step = before.apply(*steps[i].primitive, steps[i].args);
    if (!step) continue;
    const ir::Module &old = before.module(), &now = step->schedule.module();
    const auto* pad = steps[i].args[3].as<schedule::IndexMapRef>();
    for (const ir::NamedFunction& f : old->functions)
      for (size_t p = 0; p < f.function->params.size(); ++p) {
        const ir::Buffer &was = f.function->params[p].buffer, &is = ir::find_function(now, f.name)->params[p].buffer;
        if (was != is) layouts.push_back({f.name, p, *steps[i].args[2].as<schedule::IndexMapRef>(), pad ? *pad : nullptr});
      }
  }
  return layouts;
}

std::vector<int64_t> constants(const std::vector<ir::Expr>& exprs) {
  std::vector<int64_t> result;
  for (const ir::Expr& e : exprs) result.push_back(ir::as_int(e).value_or(-1));
  return result;
}

std::vector<ir::Expr> exprs(const std::vector<int64_t>& numbers) {
  std::vector<ir::Expr> result;
  for (int64_t n : numbers) result.push_back(ir::make_int(n));
  return result;
}

std::vector<int64_t> index_of(int64_t flat, const std::vector<int64_t>& shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}

int64_t flat_of(const std::vector<int64_t>& index, const std::vector<int64_t>& shape) {
  int64_t flat = 0;
  for (size_t d = 0; d < shape.size(); ++d) flat = flat * shape[d] + index[d];
  return flat;
}

// For each element of the old tensor the place in one of the new shape.
std::vector<int64_t> places(const ParameterLayout& layout, const std::vector<int64_t>& from, const std::vector<int64_t>& to) {
  const arith::Analyzer analyzer;
  std::vector<int64_t> result;
  int64_t size = 1;
  for (int64_t extent : from) size *= extent;
  for (int64_t i = 0; i < size; ++i) result.push_back(flat_of(constants(schedule::map_indices(*layout.map, exprs(index_of(i, from)), analyzer)), to));
  return result;
}

interp::Tensor laid_out(const interp::Tensor& tensor, const ParameterLayout& layout) {
  arith::Analyzer analyzer;
  const std::vector<int64_t> shape = constants(*schedule::map_shape(*layout.map, exprs(tensor.shape), analyzer));
  interp::Tensor result = interp::make_tensor(tensor.dtype, shape);
  for (int64_t i = 0; layout.pad_value && i < result.size(); ++i) {
    const ir::Expr value = schedule::map_indices(*layout.pad_value, exprs(index_of(i, shape)), analyzer)[0];
    if (const auto* f = ir::as<ir::FloatImm>(value)) result.set(i, f->value);
    if (const auto integer = ir::as_int(value)) result.set(i, static_cast<double>(*integer));
  }
  const std::vector<int64_t> to = places(layout, tensor.shape, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) result.set(to[static_cast<size_t>(i)], tensor.at(i));
  return result;
}

interp::Tensor laid_back(const interp::Tensor& tensor, const ParameterLayout& layout, const std::vector<int64_t>& shape) {
  interp::Tensor result = interp::make_tensor(tensor.dtype, shape);
  const std::vector<int64_t> from = places(layout, shape, tensor.shape);
  for (int64_t i = 0; i < result.size(); ++i) result.set(i, tensor.at(from[static_cast<size_t>(i)]));
  return result;
}

std::string difference_in_results(const ir::Module& before, const ir::Module& after, uint64_t seed, const std::vector<ParameterLayout>& layouts) {
  for (const ir::NamedFunction& f : before->functions) {
    const ir::Function other = ir::find_function(after, f.name);
    if (!other) return "function " + f.name + " is gone";
    auto want = make_arguments(*f.function, seed);
    if (!want) return fmt::format("no inputs can be made for {}", f.name);
    std::vector<interp::Tensor> got = *want;
    std::vector<std::pair<const ParameterLayout*, std::vector<int64_t>>> changed;
    for (const ParameterLayout& layout : layouts) {
      if (layout.function != f.name) continue;
      changed.emplace_back(&layout, got[layout.parameter].shape);
      got[layout.parameter] = laid_out(got[layout.parameter], layout);
    }
    const Result<void> first = interp::run(f.function, *want), second = interp::run(other, got);
    if (!first) return fmt::format("{} did not run before: {}", f.name, first.error().message);
    if (!second && calls_foreign_code(*other)) continue;   // a tensor intrinsic
    if (!second) return fmt::format("{} does not run any more: {}", f.name, second.error().message);
    for (auto it = changed.rbegin(); it != changed.rend(); ++it) got[it->first->parameter] = laid_back(got[it->first->parameter], *it->first, it->second);
    if (std::string text = difference(*f.function, *want, got); !text.empty()) return fmt::format("{}: {}", f.name, text);
  }
  return {};
}

}  // namespace

std::string difference_in_results(const ir::Module& before, const ir::Module& after, uint64_t seed) { return difference_in_results(before, after, seed, {}); }

std::string difference_in_results(const schedule::Schedule& schedule, uint64_t seed) {
  return difference_in_results(schedule.original(), schedule.module(), seed, parameter_layouts(schedule));
}

}  // namespace loopglass::tests
