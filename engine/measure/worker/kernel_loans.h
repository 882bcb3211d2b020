// The files of compiled kernels that came with a request: kept ones to read, new ones to fill (KernelStore).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/measure/protocol.h"
#include "engine/measure/worker/kernel_file.h"

namespace loopglass::measure {

class KernelLoans {
 public:
  // `files`: of request.kernels. `say` is called with lines for the client.
  KernelLoans(const WireRequest& request, std::vector<FileDescriptor> files, const std::string& identity, std::function<void(const std::string&)> say)
      : request_(request), files_(std::move(files)), identity_(identity), say_(std::move(say)) {}

  // What was kept of this kernel; nothing where nothing was, or nothing that is of use.
  std::optional<codegen::Image> take(KernelRole role) const;
  // Whether the client wants to keep it.
  bool wants(KernelRole role) const;
  // Requires: wants(role).
  void give(KernelRole role, const codegen::Image& image) const;

 private:
  size_t place_of(KernelRole role) const;   // in request.kernels; its size where it is not there
  KernelSource source_of(KernelRole role) const;

  const WireRequest& request_;
  std::vector<FileDescriptor> files_;
  const std::string& identity_;
  std::function<void(const std::string&)> say_;
};

}  // namespace loopglass::measure
