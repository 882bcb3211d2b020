// Counting by running the function: for what depends on its data.
#pragma once

#include "engine/interp/program.h"
#include "engine/locality/tally.h"

namespace loopglass::locality {

// Where a storage's byte lies in its buffer's per-element data; by storage of the program.
class ElementMap {
 public:
  ElementMap(const interp::Program& program, const Layout& layout);
  int buffer(int storage) const { return buffers_[static_cast<size_t>(storage)]; }
  int64_t element(int storage, int64_t byte) const;

 private:
  const Layout& layout_;
  std::vector<int> buffers_;
};

// Errors: UnsupportedOperation where a view has elements of another size than its buffer.
Result<void> require_whole_views(const interp::Program& program, const Layout& layout);

// What the function is executed on: those given, else interp::make_arguments with seed 0.
Result<std::vector<interp::Tensor>> arguments_of(const ir::Function& function, const Options& options);

// Runs the program on the arguments and tallies every access. Gives the number of accesses.
// Errors: interp::run's; UnsupportedOperation where a view has elements of another size than its buffer.
Result<int64_t> count_executed(const interp::Program& program, const Layout& layout, std::vector<interp::Tensor> arguments,
                               const Options& options, Access& access, Tally& tally);

}  // namespace loopglass::locality
