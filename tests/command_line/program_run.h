// Running the program as a person at a shell does.
#pragma once

#include <filesystem>
#include <string>

namespace loopglass::testing {

struct ProgramRun {
  int exit_code = -1;
  std::string out, err;
};

// `ENVIRONMENT loopglass ARGUMENTS`, as a shell reads it; ENVIRONMENT as for env(1): "-u DISPLAY".
ProgramRun loopglass(const std::string& arguments, const std::string& environment = {});

// A folder of this test's own, emptied.
std::filesystem::path fresh_folder();
// Writes a file there and gives its path, quoted for the shell.
std::string written(const std::filesystem::path& path, const std::string& text);

std::string project_file(const std::string& path);   // a file of the project, quoted
// A file of ../shared; empty where it does not stand beside the checkout.
std::string shared_file(const std::string& path);
std::string text_of(const std::filesystem::path& path);

}  // namespace loopglass::testing
