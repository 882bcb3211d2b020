// Sums that wait for their own last value: an addition has a shorter latency than a fused multiply-add.
#pragma once

#include <llvm/IR/Module.h>

namespace loopglass::codegen {

// In innermost loops with few accumulators, takes the permission to fuse from the additions of `sum = sum + a * b`: the product is then computed
// ahead, and an iteration costs an addition's latency (2 to 3 cycles on Zen 5, a fused one 4). With many accumulators the units are the limit, and fusing
// halves the work: those loops are left alone. To be run on the optimised module.
void unfuse_short_chains(llvm::Module& module);

}  // namespace loopglass::codegen
