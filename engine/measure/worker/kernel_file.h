// A compiled kernel as the bytes of a file (kernel_store.h), with what it was made from.
#pragma once

#include <optional>
#include <string>

#include "engine/codegen/kernel.h"
#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

// What code depends on. A kernel is used where all of it is the same.
struct KernelSource {
  std::string identity;   // of the worker's program and its compiler
  std::string function;   // the name that paths start with
  std::string program;    // TVMScript
  std::string kind;       // "optimised", "reference": how it was compiled
  bool operator==(const KernelSource&) const = default;
};

std::string encode_kernel(const KernelSource& source, const codegen::Image& image);
// Nothing where the bytes are damaged, or of another source.
std::optional<codegen::Image> decode_kernel(const std::string& bytes, const KernelSource& source);

// The whole of an open file, at most 64 MiB; nothing where it cannot be read.
std::optional<std::string> read_whole(const FileDescriptor& file);
bool write_whole(const FileDescriptor& file, const std::string& bytes);

// Changes with every byte that was linked: the linker's build id. Empty where the program has none.
std::string identity_of_this_program();

}  // namespace loopglass::measure
