// NumPy's .npy files: one array each, versions 1 to 3 of the format, little-endian, C order.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <filesystem>
#include <string>

#include "engine/interp/tensor.h"
#include "engine/support/result.h"

namespace loopglass::measure {

// Error: FileError (cannot be read, no .npy, another byte order or layout, a type without an equal here, cut off), in `name`'s words.
Result<interp::Tensor> read_npy(int fd, const std::string& name);
Result<interp::Tensor> read_npy(const std::filesystem::path& path);
// Error: FileError.
Result<void> write_npy(const std::filesystem::path& path, const interp::Tensor& tensor);

}  // namespace loopglass::measure
