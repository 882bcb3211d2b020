#include "engine/measure/worker/kernel_loans.h"

#include <algorithm>

namespace loopglass::measure {

size_t KernelLoans::place_of(KernelRole role) const {
  const auto slot = std::ranges::find(request_.kernels, role, &KernelSlot::role);
  return std::min(static_cast<size_t>(slot - request_.kernels.begin()), files_.size());
}

KernelSource KernelLoans::source_of(KernelRole role) const {
  if (role == KernelRole::Program) return {identity_, request_.function, request_.module, request_.want_assembly ? "optimised, with listing" : "optimised"};
  return {identity_, request_.function, request_.reference.empty() ? request_.module : request_.reference, "reference"};
}

std::optional<codegen::Image> KernelLoans::take(KernelRole role) const {
  const size_t place = place_of(role);
  if (place == files_.size() || !request_.kernels[place].is_kept) return std::nullopt;
  const auto bytes = read_whole(files_[place]);
  auto image = bytes ? decode_kernel(*bytes, source_of(role)) : std::nullopt;
  if (!image) say_(encode(request_.id, KernelNews{role, false}));
  return image;
}

bool KernelLoans::wants(KernelRole role) const {
  const size_t place = place_of(role);
  return place < files_.size() && !request_.kernels[place].is_kept;
}

void KernelLoans::give(KernelRole role, const codegen::Image& image) const {
  if (write_whole(files_[place_of(role)], encode_kernel(source_of(role), image))) say_(encode(request_.id, KernelNews{role, true}));
}

}  // namespace loopglass::measure
