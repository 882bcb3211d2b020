// What the CPU counts while a kernel runs.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/support/file_descriptor.h"

namespace loopglass::measure {

// To be made before the process confines itself, by the thread that runs kernels.
class HardwareCounters {
 public:
  HardwareCounters();
  bool any() const { return !open_.empty(); }
  // Of the calling thread while `work` runs, by name; a counter that the CPU had no room for is left out.
  std::vector<std::pair<std::string, double>> count(const std::function<void()>& work) const;

 private:
  struct Open {
    std::string name;
    FileDescriptor file;
  };
  std::vector<Open> open_;
};

}  // namespace loopglass::measure
