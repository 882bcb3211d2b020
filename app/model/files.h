// Reading and writing whole files, with errors that say what to do.
#pragma once

#include <filesystem>

#include "engine/support/result.h"

namespace loopglass::app {

// The text of a file ("-": of standard input), at most 64 MiB. Error: FileError.
Result<std::string> read_text_file(const std::filesystem::path& path);

// Writes a file by way of a temporary one beside it, so that a full disk or a kill leaves the old file. Error: FileError.
Result<void> write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace loopglass::app
