#include "tests/command_line/program_run.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

namespace loopglass::testing {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path fresh_folder() {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  const fs::path folder = fs::path(LOOPGLASS_BINARY_DIR) / "scratch" / (std::string(info->test_suite_name()) + "." + info->name());
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

ProgramRun loopglass(const std::string& arguments, const std::string& environment) {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  const fs::path base = fs::path(LOOPGLASS_BINARY_DIR) / "scratch" / (std::string("run.") + info->test_suite_name() + "." + info->name());
  fs::create_directories(base);
  const std::string command = "env " + environment + " '" LOOPGLASS_BINARY_DIR "/bin/loopglass' " + arguments + " >'" + (base / "out").string() + "' 2>'" + (base / "err").string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of(base / "out"), text_of(base / "err")};
}

std::string written(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  return "'" + path.string() + "'";
}

std::string project_file(const std::string& path) { return "'" LOOPGLASS_SOURCE_DIR "/" + path + "'"; }

std::string shared_file(const std::string& path) {
  const fs::path file = fs::path(LOOPGLASS_SOURCE_DIR) / "../shared" / path;
  return fs::exists(file) ? "'" + file.string() + "'" : std::string();
}

}  // namespace loopglass::testing
