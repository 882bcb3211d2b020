// The scheduled course program in every form: the loops of its notes, links, exports that read back.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/emit/emit.h"
#include "engine/ir/structural_equal.h"
#include "engine/schedule/replay.h"
#include "engine/script/parser.h"
#include "engine/script/printer.h"

namespace loopglass::emit {
namespace {

const std::string kCases = LOOPGLASS_SOURCE_DIR "/tests/cases/emit/";

std::string slurp(const std::string& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

schedule::Schedule scheduled(const std::string& name, int upto = -1) {
  const script::ParsedFile file = script::parse_file(slurp(kCases + name));
  EXPECT_TRUE(file.errors.empty());
  const schedule::Replayed replayed = schedule::replay(file.schedules.at(0), file.modules.at(0).module, {}, upto);
  EXPECT_FALSE(replayed.error) << replayed.error->message;
  return replayed.schedule;
}

void expect_text(const std::string& text, const std::string& name) {
  if (std::getenv("LOOPGLASS_UPDATE_CASES")) std::ofstream(kCases + name) << text;
  EXPECT_EQ(text, slurp(kCases + name));
}

struct Step {
  const char* name;   // of the expectation
  const char* file;
  int upto;
};
class CaseTexts : public ::testing::TestWithParam<Step> {};

TEST_P(CaseTexts, AreTheLoopsOfTheNotes) {
  const auto [name, file, upto] = GetParam();
  const schedule::Schedule schedule = scheduled(file, upto);
  expect_text(to_numpy(schedule.module()).value().text, std::string(name) + ".numpy.txt");
  expect_text(to_c(schedule.module()).value().text, std::string(name) + ".c.txt");
}

// v1, v2, v3: the three that the course writes by hand.
INSTANTIATE_TEST_SUITE_P(Cases, CaseTexts,
                         ::testing::Values(Step{"start", "scheduled_mm_relu.py", 0}, Step{"v1", "moved_mm_relu.py", -1}, Step{"v2", "scheduled_mm_relu.py", 4},
                                           Step{"v3", "scheduled_mm_relu.py", -1}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Links, EveryLoopAndStoreHasItsLine) {
  const schedule::Schedule schedule = scheduled("scheduled_mm_relu.py");
  for (const LinkedText& text : {to_numpy(schedule.module()).value(), to_c(schedule.module()).value()}) {
    std::vector<std::string> lines;
    std::stringstream in(text.text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    size_t loops = 0;
    for (const auto& [line, path] : text.lines) {
      const ir::Stmt node = ir::node_at(schedule.module(), path);
      ASSERT_TRUE(node);
      if (const auto* loop = ir::as<ir::For>(node)) {
        ++loops;
        EXPECT_NE(lines.at(line - 1).find(loop->loop_var->name), std::string::npos) << lines[line - 1];
      }
      if (const auto* store = ir::as<ir::BufferStore>(node)) {
        EXPECT_NE(lines.at(line - 1).find(store->buffer->name + "["), std::string::npos) << lines[line - 1];
      }
    }
    EXPECT_EQ(loops, 6u);
  }
}

TEST(Exports, ReadBackAsWhatTheyWere) {
  for (int upto : {0, 4, -1}) {
    const schedule::Schedule schedule = scheduled("scheduled_mm_relu.py", upto);
    for (const auto& [text, format] : {std::pair{to_python(schedule), Format::Python}, {to_python(schedule, true), Format::PythonTir}, {to_trace(schedule), Format::Trace},
                                       {to_record(schedule), Format::Record},
                                       {to_script(schedule), Format::Script}}) {
      const auto verified = verify_export(schedule, text, format);
      EXPECT_TRUE(verified) << verified.error().message << "\n" << text;
    }
  }
}

TEST(Exports, AWrongOneIsNotWritten) {
  const schedule::Schedule schedule = scheduled("scheduled_mm_relu.py");
  const auto spoilt = [](std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const auto kind = [&](const std::string& text, Format format) {
    const auto verified = verify_export(schedule, text, format);
    return verified ? std::string("accepted") : std::string(to_string(verified.error().kind));
  };
  EXPECT_EQ(kind(spoilt(to_python(schedule), "[None, 4]", "[None, 8]"), Format::Python), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_python(schedule), "A[vi, vk] * B[vk, vj]\n", "A[vi, vk] + B[vk, vj]\n"), Format::Python), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_python(schedule), "T.grid(", "T.gird("), Format::Python), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_trace(schedule), "\"None\",4", "\"None\",16"), Format::Trace), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_trace(schedule), "]", ""), Format::Trace), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_record(schedule), "\"None\",4", "\"None\",16"), Format::Record), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_record(schedule), "[\"", "[[\""), Format::Record), "ExportMismatch");
  EXPECT_EQ(kind(to_record(schedule) + to_record(schedule), Format::Record), "ExportMismatch");
  EXPECT_EQ(kind(spoilt(to_script(schedule), "T.max", "T.min"), Format::Script), "ExportMismatch");
}

TEST(Exports, ChooseAFunctionOfTheModule) {
  const ir::Module module = scheduled("scheduled_mm_relu.py", 0).module();
  EXPECT_TRUE(to_numpy(module, "mm_relu"));
  const auto refused = to_c(module, "mm");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, DiagnosticKind::BadArgument);
  EXPECT_NE(refused.error().help.find("mm_relu"), std::string::npos);
}

// The intrinsics that a file registers go with its schedule; TVM's own are imported.
TEST(Intrinsics, GoWithTheSchedule) {
  for (const char* name : {"strides", "vnni"}) {
    std::string text = slurp(std::string(LOOPGLASS_SOURCE_DIR "/tests/cases/schedule/tensorize/") + name + ".tir");
    text.resize(text.find("# expect:"));
    const script::ParsedFile file = script::parse_file(text);
    const schedule::Replayed replayed = schedule::replay(file.schedules.at(0), file.modules.at(0).module);
    ASSERT_FALSE(replayed.error) << replayed.error->message;
    for (const bool tir : {false, true}) {
      const std::string python = to_python(replayed.schedule, tir);
      const Result<void> verified = verify_export(replayed.schedule, python, tir ? Format::PythonTir : Format::Python);
      EXPECT_TRUE(verified) << verified.error().message << "\n" << verified.error().help << "\n" << python;
    }
    const std::string python = to_python(replayed.schedule);
    EXPECT_EQ(python.find("s_tir.TensorIntrin.register(\"tile_4x4\", tile_desc, tile_impl)") != std::string::npos, name == std::string("strides"));
    EXPECT_EQ(python.find("from tvm.s_tir.tensor_intrin import x86\n") != std::string::npos, name == std::string("vnni"));
    const script::ParsedFile source = script::parse_file(to_source(replayed.schedule));
    ASSERT_TRUE(source.errors.empty()) << source.errors.front().message;
    EXPECT_EQ(ir::first_difference(source.modules.at(0).module, replayed.schedule.original()), "");
  }
}

}  // namespace
}  // namespace loopglass::emit
