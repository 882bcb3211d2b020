// What bad input gets: a clear message, the contract's exit code, and no final program on stdout.
#include <gtest/gtest.h>

#include "tests/command_line/program_run.h"

namespace loopglass::testing {
namespace {

const std::string kProgram = R"(from tvm.script import ir as I
from tvm.script import tirx as T

@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "float32"), B: T.Buffer((16,), "float32")):
        for i in range(16):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi] = A[vi] + T.float32(1)
)";

// A kernel whose body is one statement.
std::string kernel(const std::string& parameters, const std::string& body) {
  return "from tvm.script import tirx as T\n\n@T.prim_func(s_tir=True)\ndef main(" + parameters + "):\n" + body;
}

void expect_input_error(const ProgramRun& run, const std::string& words) {
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("error: "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find(words), std::string::npos) << run.err;
}

TEST(BadInput, MissingFile) { expect_input_error(loopglass("print /nowhere/x.py"), "/nowhere/x.py does not exist"); }
TEST(BadInput, Folder) { expect_input_error(loopglass("print " + project_file("assets")), "is a folder"); }
TEST(BadInput, EmptyFile) { expect_input_error(loopglass("print " + written(fresh_folder() / "empty.py", "")), "empty.py"); }

TEST(BadInput, BinaryFile) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 7919);
  expect_input_error(loopglass("print " + written(fresh_folder() / "binary.py", bytes)), "binary.py");
}

TEST(BadInput, NotUtf8) {
  expect_input_error(loopglass("print " + written(fresh_folder() / "latin1.py", "# caf\xe9\n" + kProgram + "        x = \"\xff\xfe\"\n")), "latin1.py:");
}

TEST(BadInput, HugeFile) {
  const auto folder = fresh_folder();
  written(folder / "huge.py", "");
  std::filesystem::resize_file(folder / "huge.py", 100u << 20);
  expect_input_error(loopglass("print '" + (folder / "huge.py").string() + "'"), "100 MB");
}

TEST(BadInput, PythonWithoutTvmScript) {
  expect_input_error(loopglass("print " + written(fresh_folder() / "plain.py", "import numpy as np\nprint(np.ones(3))\n")), "plain.py");
}

TEST(BadInput, SyntaxErrorsNameTheirPlaces) {
  std::string broken = kProgram;
  broken.replace(broken.find("A[vi] +"), 7, "Q[vi] +");
  broken.replace(broken.find("T.axis.spatial"), 14, "T.axis.spatail");
  const ProgramRun run = loopglass("print " + written(fresh_folder() / "broken.py", broken));
  expect_input_error(run, "broken.py:10:");
  EXPECT_NE(run.err.find("broken.py:11:"), std::string::npos) << "all errors at once: " << run.err;
  EXPECT_NE(run.err.find("^"), std::string::npos);
}

TEST(BadInput, PicturesOfWhatNoModeNames) {
  const auto folder = fresh_folder();
  for (const char* mode : {"moment", "reuse_medain"}) {
    const ProgramRun run = loopglass("export " + written(folder / "p.py", kProgram) + " --to svg --mode " + mode);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_NE(run.err.find("choose one of accesses, "), std::string::npos) << run.err;
  }
}

TEST(BadInput, UnknownPrimitiveInATrace) {
  const auto folder = fresh_folder();
  const std::string file = written(folder / "p.py", kProgram);
  const std::string trace = written(folder / "t.json", R"([[["GetSBlock",[],["B","main"],["b0"]],["Frobnicate",["b0"],[],[]]],[]])");
  const ProgramRun run = loopglass("replay " + file + " --schedule " + trace);
  expect_input_error(run, "Frobnicate");
  EXPECT_NE(run.err.find("instruction 1"), std::string::npos) << run.err;
}

TEST(BadInput, TraceForAnotherProgram) {
  const auto folder = fresh_folder();
  const std::string file = written(folder / "p.py", kProgram);
  const std::string trace = written(folder / "t.json", R"([[["GetSBlock",[],["Y","mm_relu"],["b0"]]],[]])");
  expect_input_error(loopglass("replay " + file + " --schedule " + trace), "instruction 0 (GetSBlock): error: ");
}

TEST(BadInput, TraceThatIsNoJson) {
  const auto folder = fresh_folder();
  expect_input_error(loopglass("replay " + written(folder / "p.py", kProgram) + " --schedule " + written(folder / "t.json", "[[[\"GetS")), "JSON");
}

TEST(BadInput, ProjectOfANewerVersion) {
  const auto folder = fresh_folder();
  const std::string project = written(folder / "p.loopglass", R"({"loopglass": 99, "versions": [], "cursor": 0})");
  expect_input_error(loopglass("replay " + written(folder / "p.py", kProgram) + " --schedule " + project), "version 99");
}

TEST(BadInput, IllegalStepLeavesNoProgram) {
  const auto folder = fresh_folder();
  const std::string file = written(folder / "p.py", kProgram + "\nsch = tvm.s_tir.Schedule(Module)\nb = sch.get_sblock(\"B\")\ni, = sch.get_loops(b)\nsch.split(i, [0, 4])\n");
  expect_input_error(loopglass("replay " + file), "instruction 2 (Split): error: ");
}

TEST(BadInput, WrongUsage) {
  EXPECT_EQ(loopglass("print").exit_code, 2);
  EXPECT_EQ(loopglass("frobnicate x y z").exit_code, 2);
  EXPECT_EQ(loopglass("print --dialect latin x.py").exit_code, 2);
  EXPECT_EQ(loopglass("export " + project_file("assets/programs/mm_relu.py") + " --to poem").exit_code, 2);
  EXPECT_EQ(loopglass("--help").exit_code, 0);
}

ProgramRun run_kernel(const std::string& text) { return loopglass("run --json --seconds 0.1 --deadline 10 " + written(fresh_folder() / "kernel.py", text)); }

TEST(BadKernel, DividesByZero) {
  const ProgramRun run = run_kernel(kernel("A: T.Buffer((4,), \"int32\"), B: T.Buffer((4,), \"int32\")",
                                           "    for i in range(4):\n        B[i] = A[i] // (A[i] - A[i])\n"));
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_NE(run.err.find("zero"), std::string::npos) << run.err;
}

TEST(BadKernel, APageOfItSaysWhy) {
  const std::string file = written(fresh_folder() / "kernel.py", kernel("A: T.Buffer((4,), \"int32\"), B: T.Buffer((4,), \"int32\")",
                                                                       "    for i in range(4):\n        B[i] = A[i] // (A[i] - A[i])\n"));
  const ProgramRun page = loopglass("export --to html " + file);
  EXPECT_EQ(page.exit_code, 3) << page.err;
  EXPECT_NE(page.out.find("zero"), std::string::npos);
  EXPECT_NE(page.out.find("整数除以了零"), std::string::npos);
  EXPECT_TRUE(page.out.ends_with("</html>\n"));
}

TEST(BadKernel, AsksForATerabyte) {
  const ProgramRun run = run_kernel(kernel("A: T.Buffer((1048576, 262144), \"float32\")",
                                           "    for i in range(4):\n        A[i, 0] = T.float32(1)\n"));
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_NE(run.err.find("TB"), std::string::npos) << run.err;
}

TEST(BadKernel, NeverEnds) {
  const ProgramRun run = run_kernel(kernel("A: T.Buffer((4,), \"int32\")", "    A[0] = 1\n    while A[0] > 0:\n        A[0] = 1\n"));
  EXPECT_EQ(run.exit_code, 3) << run.err;
}

TEST(BadKernel, ReadsOutOfBounds) {
  const ProgramRun run = run_kernel(kernel("A: T.Buffer((4,), \"float32\"), B: T.Buffer((4,), \"float32\")",
                                           "    for i in range(4):\n        B[i] = A[i + 1000000]\n"));
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_NE(run.err.find("A"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace loopglass::testing
