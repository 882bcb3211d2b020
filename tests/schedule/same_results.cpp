#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "engine/interp/interpreter.h"
#include "engine/ir/rewriter.h"
#include "engine/ir/op.h"
#include "engine/ir/visitor.h"
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

}  // namespace

std::string difference_in_results(const ir::Module& before, const ir::Module& after, uint64_t seed) {
  for (const ir::NamedFunction& f : before->functions) {
    const ir::Function other = ir::find_function(after, f.name);
    if (!other) return "function " + f.name + " is gone";
    auto want = make_arguments(*f.function, seed);
    if (!want) return fmt::format("no inputs can be made for {}", f.name);
    std::vector<interp::Tensor> got = *want;
    const Result<void> first = interp::run(f.function, *want), second = interp::run(other, got);
    if (!first) return fmt::format("{} did not run before: {}", f.name, first.error().message);
    if (!second) return fmt::format("{} does not run any more: {}", f.name, second.error().message);
    if (std::string text = difference(*f.function, *want, got); !text.empty()) return fmt::format("{}: {}", f.name, text);
  }
  return {};
}

}  // namespace loopglass::tests
