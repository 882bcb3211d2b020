// One exact pass over a nest through a hierarchy of caches.
#pragma once

#include "engine/locality/cache_model.h"
#include "engine/locality/checkpoints.h"
#include "engine/locality/nest.h"

namespace loopglass::locality {

Options counting_options(const CacheOptions& options);
// Errors: BadArgument (no whole number of sets, no thread), KernelMemory.
Result<void> check_levels(const CacheOptions& options);
CacheResult empty_result(const CacheOptions& options, const Layout& layout, LineRange lines, size_t references);
// Keeps checkpoints where there are any to keep them, which needs one thread. Errors: KernelOutOfBounds, Cancelled.
Result<CacheResult> simulate_nest(const Nest& nest, const Layout& layout, LineRange lines, const CacheOptions& options, Checkpoints* checkpoints = nullptr);

}  // namespace loopglass::locality
