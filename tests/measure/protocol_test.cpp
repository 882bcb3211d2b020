#include "engine/measure/protocol.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace loopglass::measure {
namespace {

// One line, and only at its end a newline: what the other side splits at.
void expect_one_line(const std::string& line) { EXPECT_EQ(line.find('\n'), line.size() - 1) << line; }

template <class T>
T round_trip(const T& what) {
  const std::string line = encode(Event{7, what});
  expect_one_line(line);
  const auto event = decode_event(line);
  EXPECT_TRUE(event) << line;
  EXPECT_EQ(event->id, 7u);
  return std::get<T>(event->what.value());
}

TEST(Protocol, HelloSurvives) {
  const Hello hello{kProtocol, build_name(), {"seccomp", "no_new_privs"}, "3f2a LLVM 19 znver5"};
  expect_one_line(encode(hello));
  EXPECT_EQ(decode_hello(encode(hello)).value(), hello);
  EXPECT_EQ(decode_hello(encode(Hello{})).value(), Hello{});
  EXPECT_EQ(encode(Hello{1, "b", {}}), "{\"protocol\":1,\"build\":\"b\"}\n");
}

TEST(Protocol, RequestsSurvive) {
  const WireRequest request{9, Op::Ab, "class Module:\n  # \"程序\"\n", "mm_relu", "r\n", "a\n", {"A", "B"}, 2, 0.25, 42, false,
                            {{KernelRole::Program, true}, {KernelRole::Reference, false}}, true};
  expect_one_line(encode(request));
  EXPECT_EQ(decode_request(encode(request)).value(), request);
  for (const Op op : {Op::Compile, Op::Run, Op::Machine, Op::Cancel}) {
    WireRequest short_request;
    short_request.id = 3;
    short_request.op = op;
    EXPECT_EQ(decode_request(encode(short_request)).value(), short_request);
  }
  EXPECT_EQ(decode_request(R"({"id":1,"op":"run","module":"m","function":"f"})").value(), (WireRequest{1, Op::Run, "m", "f"}))
      << "what may be left out has its default";
}

TEST(Protocol, NewsOfKernelsSurvive) {
  for (const KernelNews news : {KernelNews{KernelRole::Program, true}, KernelNews{KernelRole::Reference, false}}) {
    const auto event = decode_event(encode(4, news)).value();
    EXPECT_EQ(event.kernel, news);
    EXPECT_FALSE(event.ends || event.what);
  }
}

TEST(Protocol, EventsSurvive) {
  const Compiled compiled{0.5, 12.25, "znver5", "optimised", "vfmadd231ps\n", {{1, {"mm_relu", {0, 1, 0}}}, {2, {"mm_relu", {}}}}, "define void", true};
  EXPECT_EQ(round_trip(compiled), compiled);
  const Verified right{true, 1.2e-7, {}};
  EXPECT_EQ(round_trip(right), right);
  const Verified wrong{false, std::numeric_limits<double>::infinity(), FirstWrong{"C", {0, 3}, -1.5, 2.5}};
  EXPECT_EQ(round_trip(wrong), wrong);
  const Timed timed{{1, 1.5, 1.25, 1.75, 33, 0.05}, 4210688, 196608, {}, false};
  EXPECT_EQ(round_trip(timed), timed);
  Timed final = timed;
  final.profile = Profile{120, {{{"mm_relu", {0, 1}}, 90}, {{"mm_relu", {0}}, 7}}};
  final.final = true;
  final.conditions = {true, {7, {4.5, 0.25}}, 12, 1.125, 3, 0.5, 0.25};
  final.counters = {{"cycles", 12345.5}, {"instructions", 1e9}};
  final.against = Comparison{{2, 2.5, 2.25, 2.75, 33, 0.1}, 0.6, 0.59, 0.61, Verdict::Faster};
  EXPECT_EQ(round_trip(final), final);
}

TEST(Protocol, NumbersThatJsonHasNotSurvive) {
  const Verified nan{false, 0, FirstWrong{"C", {}, std::nan(""), -std::numeric_limits<double>::infinity()}};
  const Verified back = round_trip(nan);
  EXPECT_TRUE(std::isnan(back.first_wrong->got));
  EXPECT_EQ(back.first_wrong->expected, -std::numeric_limits<double>::infinity());
}

TEST(Protocol, DiagnosticsSurvive) {
  const Diagnostic diagnostic{DiagnosticKind::KernelOutOfBounds,
                              "A[130, 0] is outside",
                              "add a predicate",
                              {Label{"mm_relu:0/1", SourceSpan{3, 9}, "here"}, Label{}},
                              Witness{"Y", {0, 1}, {{"i", 0}}, {{"i", 1}, {"k", 2}}},
                              {{"buffer", "A"}}};
  const Diagnostic back = round_trip(diagnostic);
  EXPECT_EQ(encode(Event{7, back}), encode(Event{7, diagnostic}));
  EXPECT_EQ(back.witness->second, diagnostic.witness->second);
  EXPECT_EQ(back.labels[0].span, diagnostic.labels[0].span);
  EXPECT_EQ(back.values, diagnostic.values);
}

TEST(Protocol, SaysWhichEventEndsARequest) {
  const auto ends = [](const auto& what) { return decode_event(encode(Event{1, what}))->ends; };
  EXPECT_FALSE(ends(Compiled{}));
  EXPECT_FALSE(ends(Verified{}));
  EXPECT_FALSE(ends(Timed{}));
  EXPECT_TRUE(ends(Timed{{}, 0, 0, {}, true}));
  EXPECT_TRUE(ends(Diagnostic{DiagnosticKind::KernelMemory, "m", "", {}, {}, {}}));
  EXPECT_TRUE(decode_event(encode_done(4))->ends);
  EXPECT_FALSE(decode_event(encode_done(4))->what);
}

TEST(Protocol, GarbageIsADiagnostic) {
  for (const char* line : {"", "{", "[]", "null", "{\"id\":1}", "{\"id\":1,\"op\":\"fly\"}", "{\"id\":-1,\"op\":3}", "\xff\xfe", "{\"id\":1,\"event\":\"error\",\"kind\":\"Nothing\"}"}) {
    EXPECT_EQ(decode_request(line).error().kind, DiagnosticKind::ProtocolError) << line;
    EXPECT_EQ(decode_event(line).error().kind, DiagnosticKind::ProtocolError) << line;
    EXPECT_EQ(decode_hello(line).error().kind, DiagnosticKind::ProtocolError) << line;
  }
}

// Text that is not UTF-8 (a name from a broken file in a message) must not end the worker.
TEST(Protocol, BrokenTextIsReplaced) {
  const auto event = decode_event(encode(Event{1, Diagnostic{DiagnosticKind::SyntaxError, "\xff bad", "", {}, {}, {}}}));
  ASSERT_TRUE(event);
  EXPECT_NE(std::get<Diagnostic>(*event->what).message.find("bad"), std::string::npos);
}

}  // namespace
}  // namespace loopglass::measure
