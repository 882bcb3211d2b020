// The subcommands on the program that opens at first start.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/command_line/program_run.h"

namespace loopglass::testing {
namespace {

using nlohmann::json;

const std::string kFile = project_file("assets/programs/mm_relu.py");

json json_of(const ProgramRun& run) {
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return json::parse(run.out);
}

TEST(Print, GivesBothDialectsAndReadsThemBack) {
  for (const std::string dialect : {"s_tir", "tir"}) {
    const ProgramRun once = loopglass("print " + kFile + " --dialect " + dialect);
    ASSERT_EQ(once.exit_code, 0) << once.err;
    const std::string again_file = written(fresh_folder() / "again.py", once.out);
    EXPECT_EQ(loopglass("print " + again_file + " --dialect " + dialect).out, once.out);
  }
}

TEST(Replay, UptoZeroIsTheProgramAsItCame) {
  EXPECT_EQ(loopglass("replay --upto 0 " + kFile).out, loopglass("print " + kFile).out);
  EXPECT_EQ(loopglass("replay --schedule none " + kFile).out, loopglass("print " + kFile).out);
  EXPECT_NE(loopglass("replay " + kFile).out, loopglass("print " + kFile).out);
}

TEST(Replay, ReadsStandardInput) { EXPECT_EQ(loopglass("replay - <" + kFile).out, loopglass("replay " + kFile).out); }

TEST(Run, VerifiesAndTimes) {
  const json run = json_of(loopglass("run --json --seconds 0.2 " + kFile + " --against none"));
  EXPECT_EQ(run["function"], "mm_relu");
  EXPECT_TRUE(run["verified"]);
  EXPECT_LE(run["max_rel_error"], 1e-5);
  EXPECT_EQ(run["flops"], 4210688);   // 2 * 128^3 for the product and sum, 128^2 for the max
  EXPECT_EQ(run["bytes_min"], 3 * 128 * 128 * 4);
  EXPECT_GT(run["time_ms"]["median"], 0);
  EXPECT_LE(run["time_ms"]["ci95"][0], run["time_ms"]["median"]);
  EXPECT_GE(run["time_ms"]["ci95"][1], run["time_ms"]["median"]);
  const json& against = run["against"];   // some four times faster, which a busy machine may not let it tell
  EXPECT_LE(against["ratio"]["ci95"][0], against["ratio"]["ci95"][1]);
  EXPECT_NE(against["verdict"], "slower") << against;
}

TEST(Access, CountsEveryAccess) {
  const json access = json_of(loopglass("access --json --schedule none " + kFile));
  const int64_t n = 128;
  // Init stores, then per iteration the loads of Y, A, B and the store of Y; then Y read and C written.
  EXPECT_EQ(access["accesses"], n * n + 4 * n * n * n + 2 * n * n);
  EXPECT_EQ(access["buffers"][0]["name"], "A");
  EXPECT_EQ(access["buffers"][0]["base"], 0x10000000);
  EXPECT_EQ(access["buffers"][0]["reads"], n * n * n);
  EXPECT_EQ(access["buffers"][0]["lines"], n * n * 4 / 64);
  EXPECT_EQ(access["loops"][0]["path"], "i");
  EXPECT_FALSE(access["levels"].empty());
}

TEST(Access, CountsTheMissesOfTheLevelsGiven) {
  const json access = json_of(loopglass("access --json --schedule none --level L1=32768,8 --level Huge=8388608,16 " + kFile));
  EXPECT_EQ(access["levels"], (json{{{"name", "L1"}, {"bytes", 32768}, {"ways", 8}}, {{"name", "Huge"}, {"bytes", 8388608}, {"ways", 16}}}));
  int64_t touched = 0;
  for (const json& buffer : access["buffers"]) {
    EXPECT_EQ(buffer["misses"]["Huge"], buffer["lines"]) << "all fits, so each line misses once";
    EXPECT_GE(buffer["misses"]["L1"], buffer["lines"]);
    EXPECT_EQ(buffer["reuse_distance"]["cold"], buffer["lines"]);
    touched += buffer["reuse_distance"]["cold"].get<int64_t>();
    for (const json& n : buffer["reuse_distance"]["log2"]) touched += n.get<int64_t>();
  }
  EXPECT_EQ(touched, access["accesses"]);
  int64_t misses = 0;
  for (const json& reference : access["references"]) misses += reference["misses"]["Huge"].get<int64_t>();
  EXPECT_EQ(misses, 4 * 128 * 128 * 4 / 64);
  for (const char* time : {"counts", "misses", "reuse", "total"}) EXPECT_GT(access["elapsed_ms"][time], 0);
}

TEST(Access, RefusesALevelThatIsNoCache) {
  for (const char* level : {"L1", "L1=32768", "=32768,8", "L1=32768,8,8", "L1=x,8", "L1=0,8"})
    EXPECT_EQ(loopglass("access --level " + std::string(level) + " " + kFile).exit_code, 2) << level;
  const ProgramRun run = loopglass("access --level L1=1000,8 " + kFile);
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("whole number of sets"), std::string::npos) << run.err;
}

TEST(Access, DumpsArraysOfTheBuffersShape) {
  const auto folder = fresh_folder();
  ASSERT_EQ(loopglass("access --level L1=32768,8 --level tiny=512,2 --dump '" + folder.string() + "' " + kFile).exit_code, 0);
  for (const char* name : {"A.reads.npy", "C.writes.npy", "Y.first.npy", "B.last.npy", "A.miss_L1.npy", "Y.miss_tiny.npy"}) {
    const std::string npy = text_of(folder / name);
    EXPECT_TRUE(npy.starts_with("\x93NUMPY")) << name;
    EXPECT_NE(npy.find("(128, 128)"), std::string::npos) << name;
    EXPECT_EQ(npy.size() % 64, 0u) << name;
  }
}

std::vector<int64_t> int64s_of(const std::filesystem::path& npy) {
  const std::string bytes = text_of(npy);
  std::vector<int64_t> values(128 * 128);
  std::memcpy(values.data(), bytes.data() + (bytes.size() - values.size() * 8), values.size() * 8);
  return values;
}

TEST(Access, DumpsTheReuseDistancesThatItCounts) {
  const auto folder = fresh_folder();
  const json access = json_of(loopglass("access --json --level L1=32768,8 --dump '" + folder.string() + "' " + kFile));
  const auto bucket = [](int64_t distance) { return static_cast<size_t>(std::bit_width(static_cast<uint64_t>(distance))); };
  for (const json& buffer : access["buffers"]) {
    const std::string name = buffer["name"];
    const std::vector<int64_t> least = int64s_of(folder / (name + ".reuse_min.npy")), median = int64s_of(folder / (name + ".reuse_median.npy")),
                               most = int64s_of(folder / (name + ".reuse_max.npy"));
    for (size_t e = 0; e < least.size(); ++e) EXPECT_TRUE(least[e] <= median[e] && median[e] <= most[e]) << name << ' ' << e;
    const json& log2 = buffer["reuse_distance"]["log2"];
    EXPECT_GE(std::ranges::min(least), 0) << name << ": lines of 16 elements come again";
    EXPECT_GT(log2[bucket(std::ranges::min(least))], 0) << name;
    EXPECT_EQ(bucket(std::ranges::max(most)) + 1, log2.size()) << name;
  }
}

TEST(Export, EveryFormatIsWritten) {
  for (const char* format : {"python", "python-tir", "trace", "record", "script", "project", "numpy", "c", "asm", "llvm"}) {
    const ProgramRun run = loopglass("export " + kFile + " --to " + format);
    EXPECT_EQ(run.exit_code, 0) << format << run.err;
    EXPECT_GT(run.out.size(), 100u) << format;
  }
}

// 2117648 as pages write it: thousands apart by a narrow gap.
std::string grouped(int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), "\u202f");
  return digits;
}

TEST(Export, APageHasTheNumbersOfAccess) {
  const ProgramRun page = loopglass("export " + kFile + " --to html --no-times", "-u DISPLAY");
  ASSERT_EQ(page.exit_code, 0) << page.err;
  const json access = json_of(loopglass("access --json " + kFile));
  EXPECT_NE(page.out.find(grouped(access["accesses"]) + " accesses"), std::string::npos);
  for (const json& buffer : access["buffers"]) {
    const size_t row = page.out.find("<td><code>" + buffer["name"].get<std::string>() + "</code></td>");
    ASSERT_NE(row, std::string::npos) << buffer["name"];
    const std::string cells = page.out.substr(row, page.out.find("</tr>", row) - row);
    EXPECT_NE(cells.find(">" + grouped(buffer["reads"].get<int64_t>() + buffer["writes"].get<int64_t>()) + "<"), std::string::npos) << cells;
    for (const auto& [level, misses] : buffer["misses"].items()) EXPECT_NE(cells.find(">" + grouped(misses) + "<"), std::string::npos) << level << cells;
  }
}

TEST(Export, APageHasTheTimesOfBothEnds) {
  const ProgramRun page = loopglass("export " + kFile + " --to html");
  ASSERT_EQ(page.exit_code, 0) << page.err;
  EXPECT_NE(page.out.find("exactly the results of the unscheduled program"), std::string::npos);
  EXPECT_NE(page.out.find("run in turns with it"), std::string::npos);
}

TEST(Export, DrawingsNeedNoDisplay) {
  for (const char* mode : {"accesses", "reads", "writes", "first", "last", "L1"}) {
    const ProgramRun svg = loopglass("export " + kFile + " --to svg --mode " + std::string(mode), "-u DISPLAY");
    EXPECT_EQ(svg.exit_code, 0) << svg.err;
    EXPECT_TRUE(svg.out.starts_with("<svg")) << mode;
  }
  const auto file = fresh_folder() / "pictures.png";
  EXPECT_EQ(loopglass("export " + kFile + " --to png --language zh -o '" + file.string() + "'", "-u DISPLAY").exit_code, 0);
  EXPECT_TRUE(text_of(file).starts_with("\x89PNG"));
  const ProgramRun unknown = loopglass("export " + kFile + " --to svg --mode heat");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("choose one of accesses, reads"), std::string::npos) << unknown.err;
}

TEST(Export, SchedulesComeBackToTheSameProgram) {
  const std::string scheduled = loopglass("replay " + kFile).out;
  const auto folder = fresh_folder();
  for (const char* format : {"python", "python-tir"}) {
    const std::string file = written(folder / (std::string(format) + ".py"), loopglass("export " + kFile + " --to " + format).out);
    EXPECT_EQ(loopglass("replay " + file).out, scheduled) << format;
  }
  for (const char* format : {"trace", "record", "project"}) {
    const std::string file = written(folder / format, loopglass("export " + kFile + " --to " + format).out);
    EXPECT_EQ(loopglass("replay " + kFile + " --schedule " + file).out, scheduled) << format;
  }
}

TEST(Export, ARecordIsAProgramToo) {
  const auto folder = fresh_folder();
  const std::string file = written(folder / "record.json", loopglass("export " + kFile + " --to record").out);
  EXPECT_EQ(loopglass("replay " + file).out, loopglass("replay " + kFile).out);
  EXPECT_EQ(loopglass("print " + file).exit_code, 0);
  const ProgramRun alone = loopglass("replay " + written(folder / "alone.json", "[0,[[[],[]],[1.0],null,null]]"));
  EXPECT_EQ(alone.exit_code, 1);
  EXPECT_NE(alone.err.find("there is no program in it"), std::string::npos) << alone.err;
}

TEST(Machine, SaysWhatItHas) {
  const json machine = json_of(loopglass("machine --json"));
  EXPECT_GE(machine["cores"], 1);
  EXPECT_GT(machine["peak_gflops"], 1);
  EXPECT_EQ(machine["bandwidth"].back()["name"], "memory");
}

}  // namespace
}  // namespace loopglass::testing
