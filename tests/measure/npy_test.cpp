// Files under tests/cases/npy were written by NumPy 2; those named fail_… are refused.
#include "engine/measure/npy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace loopglass::measure {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(LOOPGLASS_SOURCE_DIR) / "tests/cases/npy";

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_values(const char* file, const char* dtype, std::vector<int64_t> shape, std::vector<double> values) {
  const auto tensor = read_npy(kCases / file);
  ASSERT_TRUE(tensor) << tensor.error().message;
  EXPECT_EQ(ir::to_string(tensor->dtype), dtype);
  EXPECT_EQ(tensor->shape, shape);
  ASSERT_EQ(tensor->size(), static_cast<int64_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(tensor->at(static_cast<int64_t>(i)), values[i]) << file << " " << i;
}

TEST(Npy, ReadsWhatNumPyWrites) {
  expect_values("matrix_f4.npy", "float32", {2, 3}, {0, 0.25, 0.5, 0.75, 1, 1.25});
  expect_values("vector_i8.npy", "int64", {3}, {1, -2, 4611686018427387904.0});
  expect_values("scalar_f8.npy", "float64", {}, {2.5});
  expect_values("bool.npy", "bool", {3}, {1, 0, 1});
  expect_values("half.npy", "float16", {2}, {1.5, -0.25});
  expect_values("int8.npy", "int8", {2, 1}, {1, -128});
  expect_values("empty.npy", "uint32", {0, 4}, {});
  expect_values("version2.npy", "uint16", {4}, {0, 1, 2, 3});
}

TEST(Npy, WritesWhatNumPyWouldWrite) {
  const fs::path out = fs::path(testing::TempDir()) / ("loopglass_" + std::to_string(::getpid()) + ".npy");
  for (const char* file : {"matrix_f4.npy", "vector_i8.npy", "scalar_f8.npy", "bool.npy", "half.npy", "int8.npy", "empty.npy"}) {
    ASSERT_TRUE(write_npy(out, read_npy(kCases / file).value()));
    EXPECT_EQ(bytes_of(out), bytes_of(kCases / file)) << file;
  }
  fs::remove(out);
  EXPECT_EQ(write_npy("/nowhere/a.npy", interp::make_tensor(ir::kFloat32, {1})).error().kind, DiagnosticKind::FileError);
}

TEST(Npy, RefusesWhatItCannotRead) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("fail_")) continue;
    const auto tensor = read_npy(entry.path());
    ASSERT_FALSE(tensor) << name;
    EXPECT_EQ(tensor.error().kind, DiagnosticKind::FileError);
    EXPECT_NE(tensor.error().message.find(name), std::string::npos) << "the file is named";
    ++cases;
  }
  EXPECT_GE(cases, 10);
  EXPECT_EQ(read_npy("/nowhere/a.npy").error().kind, DiagnosticKind::FileError);
  EXPECT_NE(read_npy(kCases / "fail_fortran.npy").error().help.find("ascontiguousarray"), std::string::npos);
}

// No cut and no flipped byte of a header may do more than be refused or read.
TEST(Npy, SurvivesEveryBrokenHeader) {
  const fs::path path = fs::path(testing::TempDir()) / ("loopglass_broken_" + std::to_string(::getpid()) + ".npy");
  const std::string good = bytes_of(kCases / "matrix_f4.npy");
  for (size_t i = 0; i < 128; ++i)
    for (const char byte : {'\0', '\xff', '9', '(', '\'', ' '}) {
      std::string broken = good;
      broken[i] = byte;
      std::ofstream(path, std::ios::binary) << broken;
      const auto tensor = read_npy(path);
      EXPECT_TRUE(!tensor || tensor->bytes.size() == 24u);
    }
  fs::remove(path);
}

}  // namespace
}  // namespace loopglass::measure
