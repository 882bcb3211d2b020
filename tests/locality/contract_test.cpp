// The contract's numbers: addresses, pitches, names, errors.
#include <gtest/gtest.h>

#include "engine/ir/op.h"
#include "engine/locality/access.h"

namespace loopglass::locality {
namespace {

using namespace ir;

Buffer buffer(const char* name, std::vector<int64_t> shape, DataType dtype = kFloat32, const char* scope = "global") {
  std::vector<Expr> extents;
  for (int64_t extent : shape) extents.push_back(make_int(extent, kInt64));
  return make_buffer({.name = name, .dtype = dtype, .shape = extents, .scope = scope});
}
Function function(std::vector<Buffer> buffers, Stmt body) {
  PrimFunc f;
  for (const Buffer& b : buffers) f.params.push_back({make_var("handle", kHandle), b});
  f.body = std::move(body);
  return std::make_shared<const PrimFunc>(std::move(f));
}
Stmt allocate(const Buffer& b, Stmt body) {
  AllocBuffer alloc;
  alloc.buffer = b;
  alloc.body = std::move(body);
  return make_stmt(std::move(alloc));
}
Stmt touch(const Buffer& b, Expr index) { return make_store(b, make_float(0), {std::move(index)}); }

TEST(Layout, BuffersFollowOneAnotherOnPages) {
  const Buffer a = buffer("A", {3, 5}), s = buffer("S", {}), b = buffer("B", {2000}, kFloat64);
  const auto access = count_accesses(function({a, s}, allocate(b, make_store(b, make_float(0, kFloat64), {make_int(0)})))).value();
  EXPECT_EQ(access.buffers[0].base, 0x10000000);
  EXPECT_EQ(access.buffers[0].strides, (std::vector<int64_t>{20, 4}));
  EXPECT_EQ(access.buffers[1].base, 0x10001000);
  EXPECT_EQ(access.buffers[2].base, 0x10002000);
}

TEST(Layout, ARowPitchMovesTheOuterStridesToo) {
  const Buffer a = buffer("A", {2, 3, 5}), b = buffer("B", {4});
  const Function f = function({a, b}, make_store(a, make_float(1), {make_int(1), make_int(2), make_int(4)}));
  const auto access = count_accesses(f, {.row_pitch = {{"A", 4096}}}).value();
  EXPECT_EQ(access.buffers[0].strides, (std::vector<int64_t>{12288, 4096, 4}));
  EXPECT_EQ(access.buffers[1].base, 0x10000000 + 2 * 12288);
  EXPECT_EQ(access.buffers[0].lines, 1);
  EXPECT_EQ(count_accesses(f, {.row_pitch = {{"B", 64}}}).error().kind, DiagnosticKind::BadArgument) << "rank 1";
  EXPECT_EQ(count_accesses(f, {.row_pitch = {{"A", 16}}}).error().kind, DiagnosticKind::BadArgument) << "shorter than a row";
  EXPECT_EQ(count_accesses(f, {.row_pitch = {{"A", 22}}}).error().kind, DiagnosticKind::BadArgument) << "splits an element";
  EXPECT_EQ(count_accesses(f, {.row_pitch = {{"Z", 64}}}).error().kind, DiagnosticKind::BadArgument) << "no such buffer";
}

TEST(Access, WhatAWindowTouchesCountsForTheBufferBehindItWhereItIsExecuted) {
  const Buffer a = buffer("A", {8}), window = buffer("W", {4}), b = buffer("B", {4});
  const auto four = [](int64_t from) { return Expr(std::make_shared<const Ramp>(make_int(from), make_int(1), 4)); };
  BlockRealize realize;
  realize.block.name = "copy";
  realize.predicate = make_bool(true);
  realize.block.match_buffers.push_back({window, {a, {{make_int(4), make_int(4)}}}});
  realize.block.body = make_store(b, make_load(window, {four(0)}), {four(0)});
  const auto access = count_accesses(function({a, b}, make_stmt(std::move(realize)))).value();
  EXPECT_EQ(access.buffers[0].reads, 4);
  EXPECT_EQ(access.buffers[0].read_counts.dense(), (DenseCounts{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(access.buffers[1].writes, 4);
}

TEST(Access, LinesShorterThanElementsAreThoseOfTheirFirstBytes) {
  const Buffer a = buffer("A", {16});
  const Var i = make_var("i");
  const Function all = function({a}, make_for(i, make_int(0), make_int(16), ForKind::Serial, touch(a, i)));
  for (const auto& [line, lines] : {std::pair(1, 16), {2, 16}, {4, 16}, {8, 8}, {64, 1}}) EXPECT_EQ(count_accesses(all, {.line = line})->buffers[0].lines, lines) << line;
}

TEST(Access, LocalBuffersAreListedWithZeros) {
  const Buffer a = buffer("A", {4}), t = buffer("T", {4}, kFloat32, "local");
  const auto access = count_accesses(function({a}, allocate(t, make_seq({touch(t, make_int(0)), touch(a, make_int(1))})))).value();
  EXPECT_EQ(access.accesses, 1);
  EXPECT_EQ(access.buffers[1].writes, 0);
  EXPECT_EQ(access.buffers[1].first.dense(), DenseCounts(4, -1));
  ASSERT_EQ(access.references.size(), 2u);
  EXPECT_EQ(access.references[0].count, 0);
  EXPECT_EQ(access.buffers[0].first[1], 0);
}

TEST(Access, ReferencesAndLoopsHaveTheirNames) {
  const Buffer a = buffer("A", {8}), b = buffer("B", {8});
  const Var i = make_var("i"), other = make_var("i"), j = make_var("j");
  const Stmt one = make_for(i, make_int(0), make_int(8), ForKind::Serial, make_store(a, mul(make_load(b, {i}), make_load(b, {i})), {i}));
  const Stmt two = make_for(other, make_int(0), make_int(2), ForKind::Serial,
                            make_for(j, make_int(0), make_int(4), ForKind::Serial, touch(a, add(mul(other, make_int(4)), j))));
  const auto access = count_accesses(function({a, b}, make_seq({one, two}))).value();
  ASSERT_EQ(access.references.size(), 4u);
  EXPECT_EQ(access.references[0].text, "B[i]");
  EXPECT_EQ(access.references[1].text, "B[i]");
  EXPECT_TRUE(access.references[2].is_write);
  ASSERT_EQ(access.loops.size(), 3u);
  EXPECT_EQ(access.loops[1].path, "i#2");
  EXPECT_EQ(access.loops[2].path, "i#2/j");
  EXPECT_EQ(access.loops[1].footprint_bytes.at(0).second, 16);
}

TEST(Access, AVectorIsOneEventForEachLine) {
  const Buffer a = buffer("A", {64});
  const Expr ramp = std::make_shared<Ramp>(make_int(12), make_int(1), 8);   // elements 12..19: lines 0 and 1
  const auto access = count_accesses(function({a}, make_store(a, std::make_shared<Broadcast>(make_float(1), 8), {ramp}))).value();
  EXPECT_EQ(access.accesses, 2);
  EXPECT_EQ(access.buffers[0].writes, 8);
  EXPECT_EQ(access.buffers[0].first[15], 0);
  EXPECT_EQ(access.buffers[0].first[16], 1);
}

TEST(Access, BadFunctionsAreRefused) {
  const Buffer a = buffer("A", {4});
  const Var i = make_var("i"), n = make_var("n");
  const auto outside = count_accesses(function({a}, make_for(i, make_int(0), make_int(5), ForKind::Serial, touch(a, i))));
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().kind, DiagnosticKind::KernelOutOfBounds);
  EXPECT_NE(outside.error().message.find("from 0 to 4"), std::string::npos) << outside.error().message;
  const Buffer symbolic = make_buffer({.name = "S", .dtype = kFloat32, .shape = {n}});
  EXPECT_EQ(count_accesses(function({symbolic}, touch(symbolic, make_int(0)))).error().kind, DiagnosticKind::UnsupportedOperation);
  const Buffer huge = buffer("H", {int64_t{1} << 40});
  EXPECT_EQ(count_accesses(function({huge}, touch(huge, make_int(0)))).error().kind, DiagnosticKind::KernelMemory);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(count_accesses(function({a}, touch(a, make_int(0))), {.stop = source.get_token()}).error().kind, DiagnosticKind::Cancelled);
}

}  // namespace
}  // namespace loopglass::locality
