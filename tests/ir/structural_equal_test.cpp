// Equality and hash of programs: what counts, what does not, and that the two agree.
#include <gtest/gtest.h>

#include <functional>

#include "engine/ir/op.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::ir {
namespace {

// What the program below is made of; each field is something that a test may change.
struct Recipe {
  std::string function = "scale", buffer = "A", loop = "i", axis = "vi", block = "B", module_name = "Module";
  int64_t extent = 16, block_extent = 16;
  double factor = 2.0;
  DataType dtype = kFloat32;
  ForKind for_kind = ForKind::Serial;
  IterType axis_type = IterType::Spatial;
  bool swaps_operands = false, has_annotation = false, writes_in_reads = false;
  int64_t step = 0;  // 0: none given
  std::string scope = "global";
};

// for i: with block: B[vi] = A[vi] * 2.0, and a second read of A.
Module make_program(const Recipe& r) {
  const Buffer a = make_buffer({.name = r.buffer, .dtype = r.dtype, .shape = {make_int(16)}, .scope = r.scope});
  const Buffer b = make_buffer({.name = r.buffer + "_out", .dtype = r.dtype, .shape = {make_int(16)}});
  const Var i = make_var(r.loop), vi = make_var(r.axis);
  const Expr load = make_load(a, {vi}), factor = make_float(r.factor, r.dtype);
  BlockRealize realize;
  realize.iter_values = {i};
  realize.predicate = make_bool(true);
  realize.block.id = make_block_id();
  realize.block.name = r.block;
  realize.block.iter_vars = {{vi, make_int(0), make_int(r.block_extent), r.axis_type}};
  realize.block.reads = {{a, {{vi, make_int(1)}}}};
  realize.block.writes = {{b, {{vi, make_int(1)}}}};
  if (r.writes_in_reads) realize.block.reads.push_back(realize.block.writes[0]);
  if (r.has_annotation) realize.block.annotations["k"] = Attr{int64_t{1}};
  realize.block.body = make_store(b, make_binary(ExprKind::Mul, r.swaps_operands ? factor : load, r.swaps_operands ? load : factor), {vi});
  For loop;
  loop.loop_var = i;
  loop.min = make_int(0);
  loop.extent = make_int(r.extent);
  if (r.step != 0) loop.step = make_int(r.step);
  loop.for_kind = r.for_kind;
  loop.body = make_stmt(std::move(realize));
  PrimFunc function;
  function.params = {{make_var("a", kHandle), a}, {make_var("b", kHandle), b}};
  function.attrs["global_symbol"] = Attr{r.function};
  function.body = make_stmt(std::move(loop));
  ModuleNode module;
  module.name = r.module_name;
  module.functions = {{r.function, std::make_shared<const PrimFunc>(std::move(function))}};
  return make_module(std::move(module));
}

Module changed(const std::function<void(Recipe&)>& change) {
  Recipe recipe;
  change(recipe);
  return make_program(recipe);
}

void expect_same(const Module& a, const Module& b) {
  EXPECT_TRUE(structural_equal(a, b));
  EXPECT_EQ(structural_hash(a), structural_hash(b));
  EXPECT_EQ(first_difference(a, b), "");
}

TEST(StructuralEqual, NamesDoNotCount) {
  const Module original = make_program({});
  expect_same(original, make_program({}));
  expect_same(original, changed([](Recipe& r) { r.buffer = "X"; }));
  expect_same(original, changed([](Recipe& r) { r.loop = "k"; r.axis = "vk"; }));
  expect_same(original, changed([](Recipe& r) { r.block = "other"; }));
  expect_same(original, changed([](Recipe& r) { r.module_name = "MyModule"; }));
  expect_same(original, changed([](Recipe& r) { r.step = 1; }));
}

TEST(StructuralEqual, TheRestCounts) {
  const std::pair<std::function<void(Recipe&)>, const char*> changes[] = {
      {[](Recipe& r) { r.function = "other"; }, "name of function"},
      {[](Recipe& r) { r.extent = 8; }, "scale:: extent"},
      {[](Recipe& r) { r.step = 2; }, "scale:: step"},
      {[](Recipe& r) { r.for_kind = ForKind::Parallel; }, "scale:: kind of loop"},
      {[](Recipe& r) { r.block_extent = 8; }, "scale:0: axes"},
      {[](Recipe& r) { r.axis_type = IterType::Reduction; }, "scale:0: axes"},
      {[](Recipe& r) { r.writes_in_reads = true; }, "scale:0: reads"},
      {[](Recipe& r) { r.has_annotation = true; }, "scale:0: annotations"},
      {[](Recipe& r) { r.factor = 3.0; }, "scale:0/0: value"},
      {[](Recipe& r) { r.swaps_operands = true; }, "scale:0/0: value"},
      {[](Recipe& r) { r.dtype = kFloat64; }, "parameter"},
      {[](Recipe& r) { r.scope = "local"; }, "parameter"},
  };
  const Module original = make_program({});
  for (const auto& [change, where] : changes) {
    const Module other = changed(change);
    EXPECT_FALSE(structural_equal(original, other)) << where;
    EXPECT_NE(structural_hash(original), structural_hash(other)) << where;
    EXPECT_NE(first_difference(original, other).find(where), std::string::npos) << first_difference(original, other) << " for " << where;
  }
}

TEST(StructuralEqual, FloatConstantsByTheirBits) {
  const auto with_factor = [](double factor) { return changed([&](Recipe& r) { r.factor = factor; }); };
  EXPECT_FALSE(structural_equal(with_factor(0.0), with_factor(-0.0)));
  expect_same(with_factor(std::numeric_limits<double>::quiet_NaN()), with_factor(-std::numeric_limits<double>::quiet_NaN()));
}

TEST(StructuralEqual, FreeVariablesOfExpressionsAreThemselves) {
  const Var x = make_var("x"), y = make_var("x");
  const Expr sum = make_binary(ExprKind::Add, x, make_int(1));
  EXPECT_TRUE(structural_equal(sum, make_binary(ExprKind::Add, x, make_int(1))));
  EXPECT_FALSE(structural_equal(sum, make_binary(ExprKind::Add, y, make_int(1))));
  EXPECT_FALSE(structural_equal(sum, make_binary(ExprKind::Add, make_int(1), x)));
  EXPECT_FALSE(structural_equal(make_int(1), make_int(1, kInt64)));
}

TEST(StructuralEqual, BoundVariablesOfExpressionsAreRenamed) {
  const Var x = make_var("x");
  const auto let = [&](const char* name) -> Expr {
    const Var bound = make_var(name);
    return std::make_shared<const Let>(bound, x, make_binary(ExprKind::Mul, bound, bound));
  };
  EXPECT_TRUE(structural_equal(let("p"), let("q")));
}

// The same use of two variables is no use of one twice.
TEST(StructuralEqual, RenamingIsOneToOne) {
  const auto module_of = [](bool same) {
    const Var m = make_var("m"), n = make_var("n");
    PrimFunc function;
    function.params = {{m, nullptr}, {n, nullptr}};
    function.body = make_stmt([&] {
      Evaluate e;
      e.value = make_binary(ExprKind::Add, m, same ? m : n);
      return e;
    }());
    ModuleNode module;
    module.functions = {{"f", std::make_shared<const PrimFunc>(std::move(function))}};
    return make_module(std::move(module));
  };
  EXPECT_FALSE(structural_equal(module_of(true), module_of(false)));
}

}  // namespace
}  // namespace loopglass::ir
