// Traces: read in all their spellings, written as TVM writes them, and refused with a reason where they are not one.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/schedule/trace_json.h"
#include "tests/schedule/programs.h"
#include "tests/schedule/schedule_case.h"

namespace loopglass::tests {
namespace {

TEST(Trace, JsonAsTvmWritesIt) {
  const schedule::Replayed r = replay(
      "b = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(b)\ni_0, i_1 = sch.split(i, [None, 4])\nf = sch.fuse(i_1, j)\n"
      "sch.annotate(f, \"n\", \"x\")\nsch.annotate(b, \"l\", [1, \"y\"])\nc = sch.cache_read(b, 1, \"global\")\nsch.unannotate(f, \"n\")");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(schedule::trace_to_json(r.schedule.trace()).dump(),
            R"([[["GetSBlock",[],["Y","main"],["b0"]],["GetLoops",["b0"],[],["l1","l2","l3"]],["Split",["l1","None",4],[true,false],["l4","l5"]],)"
            R"(["Fuse",["l5","l2"],[1],["l6"]],["Annotate",["l6","\"x\""],["n"],[]],["Annotate",["b0",[1,"\"y\""]],["l"],[]],)"
            R"(["CacheRead",["b0",[]],[1,"global"],["b7"]],["Unannotate",["l6"],["n"],[]]],[]])");
}

// TVM writes the second statement in Python as no text at all: its as_python() fails there.
TEST(Trace, PaddingSteps) {
  const schedule::Replayed r = replay("sch.pad_einsum(\"Y\", [16, 16, 16])\np = sch.get_sblock(\"A_pad\")\nl = sch.get_loops(p)[0]\ncan = sch.can_decompose_padding(p, l)\nf = sch.decompose_padding(p, l)");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(schedule::trace_to_json(r.schedule.trace()).dump(),
            R"([[["GetSBlock",[],["Y","main"],["b0"]],["PadEinsum",["b0"],[[16,16,16]],[]],["GetSBlock",[],["A_pad","main"],["b1"]],)"
            R"(["GetLoops",["b1"],[],["l2","l3"]],["DecomposePadding",["b1","l2"],[],["b4"]]],[]])");
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace())[1], "sch.pad_einsum(block=b0, padding=[16, 16, 16])");
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace())[4], "b4 = sch.decompose_padding(block=b1, loop=l2)");
}

TEST(Trace, PythonAsTvmWritesIt) {
  const schedule::Replayed r = replay("b = sch.get_block(\"C\")\ni, j = sch.get_loops(b)\ni, = sch.split(i, [12])\nsch.reorder(j, i)");
  ASSERT_FALSE(r.error) << "reorder needs perfectly nested loops, which these are";
  const std::vector<std::string> want = {"b0 = sch.get_sblock(name=\"C\", func_name=\"main\")", "l1, l2 = sch.get_loops(block=b0)",
                                         "l3, = sch.split(loop=l1, factors=[12], preserve_unit_iters=True, disable_predication=False)",
                                         "sch.reorder(l2, l3)"};
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace()), want);
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace(), true)[0], "b0 = sch.get_block(name=\"C\", func_name=\"main\")");
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace(), true)[2], "l3, = sch.split(loop=l1, factors=[12])");
}

TEST(Trace, EndsAtEnterPostproc) {
  const schedule::Replayed r = replay("b = sch.get_sblock(\"Y\")\nsch.annotate(b, \"n\", 1)\nsch.enter_postproc()\nsch.unannotate(b, \"n\")\nsch.enter_postproc()");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(schedule::trace_to_json(r.schedule.trace()).dump(),
            R"([[["GetSBlock",[],["Y","main"],["b0"]],["Annotate",["b0",1],["n"],[]],["EnterPostproc",[],[],[]],["Unannotate",["b0"],["n"],[]],["EnterPostproc",[],[],[]]],[]])");
  const schedule::Trace searched = schedule::without_postproc(r.schedule.trace());
  EXPECT_EQ(schedule::trace_to_json(searched).dump(), R"([[["GetSBlock",[],["Y","main"],["b0"]],["Annotate",["b0",1],["n"],[]]],[]])");
  EXPECT_EQ(schedule::trace_to_python(searched).size(), 2u);
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace())[2], "sch.enter_postproc()");
  EXPECT_EQ(schedule::without_postproc(searched).instructions.size(), 2u) << "without the mark, all of it";
}

// GPU primitives are never applied, but traces with them are read and written.
TEST(Trace, GpuCopiesTravel) {
  const char text[] = R"(["ReadAt",["l1","b0"],[0,"shared"],["b9"]])";
  const schedule::NamedValues names{{"l1", {schedule::LoopRV{1}}}, {"b0", {schedule::BlockRV{0}}}};
  const auto read = schedule::read_instruction(nlohmann::json::parse(text), names);
  ASSERT_TRUE(read) << read.error().message;
  const schedule::Trace trace{{{read->primitive, read->args, {{schedule::BlockRV{9}}}}}};
  EXPECT_EQ(schedule::trace_to_json(trace)[0][0].dump(), text);
  EXPECT_EQ(schedule::trace_to_python(trace)[0], "b9 = sch.read_at(loop=l1, block=b0, read_buffer_index=0, storage_scope=\"shared\")");
}

TEST(Trace, NamesThatTvmsTraceHasUnlikeItsSignature) {
  const schedule::Replayed r = replay("a, = sch.get_output_blocks(scope_block=\"root\")\nb, = sch.get_output_blocks(block=\"root\")");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace())[1], "b1, = sch.get_output_blocks(block=b0)");
  EXPECT_EQ(schedule::trace_to_python(r.schedule.trace(), true)[1], "b1, = sch.get_output_blocks(scope_block=b0)") << "a statement that Python takes";
}

TEST(Trace, DecisionsAsTvmWritesThem) {
  const schedule::Replayed r = replay(
      "b = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(b)\nv = sch.sample_perfect_tile(i, n=2, max_innermost_factor=8, decision=[3, 4])\n"
      "sch.split(i, v)\nc = sch.sample_categorical([0, 16], [0.75, 0.25], decision=1)\nsch.annotate(b, \"n\", c)\n"
      "l = sch.sample_compute_location(b, decision=-1)\nsch.compute_at(b, l)");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(schedule::trace_to_json(r.schedule.trace()).dump(),
            R"([[["GetSBlock",[],["Y","main"],["b0"]],["GetLoops",["b0"],[],["l1","l2","l3"]],["SamplePerfectTile",["l1"],[2,8],["v4","v5"]],)"
            R"(["Split",["l1","v4","v5"],[true,false],["l6","l7"]],["SampleCategorical",[],[[0,16],[0.75,0.25]],["v8"]],["Annotate",["b0","v8"],["n"],[]],)"
            R"(["SampleComputeLocation",["b0"],[],["l9"]],["ComputeAt",["b0","l9"],[0,-1],[]]],[[2,[3,4]],[4,1],[6,-1]]])");
  const std::vector<std::string> python = schedule::trace_to_python(r.schedule.trace());
  EXPECT_EQ(python[2], "v4, v5 = sch.sample_perfect_tile(loop=l1, n=2, max_innermost_factor=8, decision=[3, 4])");
  EXPECT_EQ(python[4], "v8 = sch.sample_categorical(candidates=[0, 16], probs=[0.75, 0.25], decision=1)");
  EXPECT_EQ(python[6], "l9 = sch.sample_compute_location(block=b0, decision=-1)");
}

TEST(Trace, TheSameScheduleDrawsTheSame) {
  const char* steps = "i, j, k = sch.get_loops(\"Y\")\nsch.split(i, sch.sample_perfect_tile(i, n=3))";
  EXPECT_EQ(schedule::trace_to_json(replay(steps).schedule.trace()), schedule::trace_to_json(replay(steps).schedule.trace()));
}

TEST(Trace, OlderSpellingsAreRead) {
  const schedule::Replayed r = replay_json(
      R"([[["GetBlock",[],["Y","main"],["b0"]],["GetLoops",["b0"],[],["l1","l2","l3"]],["Split",["l1",null,4],[1],["x","y"]],["Fuse",["x","y"],[true],["z"]]],[]])");
  ASSERT_FALSE(r.error) << to_text(*r.error);
  EXPECT_EQ(r.schedule.trace().instructions.size(), 4u);
}

struct Refused { const char* trace; DiagnosticKind kind; int instruction; const char* step; };
class TraceRefused : public testing::TestWithParam<Refused> {};

TEST_P(TraceRefused, WithAReason) {
  const schedule::Replayed r = replay_json(GetParam().trace);
  ASSERT_TRUE(r.error) << GetParam().trace;
  EXPECT_EQ(r.error->kind, GetParam().kind) << to_text(*r.error);
  EXPECT_EQ(r.failed_instruction, GetParam().instruction);
  EXPECT_EQ(r.failed_kind, GetParam().step);
  EXPECT_EQ(static_cast<int>(r.schedule.trace().instructions.size()), GetParam().instruction);
}

constexpr DiagnosticKind kBad = DiagnosticKind::BadArgument, kUnknown = DiagnosticKind::UnknownPrimitive;
INSTANTIATE_TEST_SUITE_P(All, TraceRefused, testing::Values(
    Refused{"{}", kBad, 0, ""}, Refused{"[]", kBad, 0, ""}, Refused{"[[], {}]", kBad, 0, ""}, Refused{"3", kBad, 0, ""},
    Refused{R"([[3],[]])", kBad, 0, ""}, Refused{R"([[["Split"]],[]])", kBad, 0, "Split"},
    Refused{R"([[["Slpit",[],[],[]]],[]])", kUnknown, 0, "Slpit"}, Refused{R"([[["Rfactor",["l0"],[0],["b0"]]],[]])", kUnknown, 0, "Rfactor"},
    Refused{R"([[["GetSBlock",[],["Y"],["b0"]],["GetLoops",["b9"],[],["l1"]]],[]])", kBad, 1, "GetLoops"},
    Refused{R"([[["GetSBlock",[],["Y","main"],["b0"]],["GetLoops",["b0"],[],["l1","l2"]]],[]])", kBad, 2, "GetLoops"},
    Refused{R"([[["GetSBlock",["b0"],["Y","main"],["b0"]]],[]])", kBad, 0, "GetSBlock"},
    Refused{R"([[["GetSBlock",[],[],["b0"]]],[]])", kBad, 0, "GetSBlock"}, Refused{R"([[["GetSBlock",[],[3,"main"],["b0"]]],[]])", kBad, 0, "GetSBlock"},
    Refused{R"([[["GetSBlock",[],["Y","main"],[0]]],[]])", kBad, 0, "GetSBlock"},
    Refused{R"([[["GetSBlock",[],["Y","main"],["b0"]],["GetLoops",["b0"],[],["l1","l2","l3"]],["Split",["l1",18446744073709551615],[true,false],["l4"]]],[]])", kBad, 2, "Split"},
    Refused{R"([[["GetSBlock",[],["Z","main"],["b0"]]],[]])", DiagnosticKind::NotSingleResult, 0, "GetSBlock"},
    Refused{R"([[["GetSBlock",[],["Y","main"],["b0"]]],[[1,[2]]]])", kBad, 0, ""}, Refused{R"([[["GetSBlock",[],["Y","main"],["b0"]]],[7]])", kBad, 0, ""},
    Refused{R"([[["SampleCategorical",[],[[1,2],[0.5,0.5]],["v0"]]],[[0,2]]])", DiagnosticKind::WrongDecision, 0, "SampleCategorical"},
    Refused{R"([[["SampleCategorical",[],[[1,2],[0.5,0.5]],["v0"]]],[[0,[1]]]])", kBad, 0, "SampleCategorical"},
    Refused{R"([[["GetSBlock",[],["Y","other"],["b0"]]],[]])", DiagnosticKind::NoSuchFunction, 0, "GetSBlock"}));

TEST(Trace, GoesOnFromASchedule) {
  const schedule::Replayed start = replay("b = sch.get_sblock(\"Y\")\ni, j, k = sch.get_loops(b)");
  const schedule::Replayed more = schedule::replay_onto(start.schedule, nlohmann::json::parse(R"([[["Split",["l1","None",4],[true,false],["l4","l5"]],["Reorder",["l5","l4"],[],[]]],[]])"));
  ASSERT_FALSE(more.error) << to_text(*more.error);
  EXPECT_EQ(more.schedule.trace().instructions.size(), 4u);
  EXPECT_EQ(start.schedule.trace().instructions.size(), 2u) << "a schedule is a value";
}

}  // namespace
}  // namespace loopglass::tests
