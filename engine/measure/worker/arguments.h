// The memory that a kernel is called on: one page-aligned mapping per parameter.
#pragma once

#include <span>
#include <vector>

#include "engine/interp/tensor.h"
#include "engine/support/result.h"

namespace loopglass::measure {

// Lies where the memory picture says that it lies, if that place is free (the command line's contract: the first parameter at 0x10000000, each
// next one at the end of the one before rounded up to 4096), so that the model's addresses are the run's, and every run of a program has the
// same cache sets; otherwise anywhere.
class Arguments {
 public:
  static constexpr uint64_t kFirstAddress = 0x10000000;
  static constexpr uint64_t kPage = 4096;

  // Error: KernelMemory.
  static Result<Arguments> make(std::span<const interp::Tensor> values);
  Arguments(Arguments&& other) noexcept;
  Arguments& operator=(Arguments&& other) noexcept;
  ~Arguments();

  // Fills every parameter; as many as it was made of, and as large.
  void set(std::span<const interp::Tensor> values) const;
  interp::Tensor get(size_t parameter) const;
  std::span<void* const> pointers() const { return pointers_; }
  std::vector<std::span<const std::byte>> memory() const;   // that they lie in
  size_t size() const { return pointers_.size(); }
  // All of them lie at the contract's addresses.
  bool at_contract_addresses() const;

 private:
  struct Mapping {
    void* address;
    size_t bytes;
  };
  Arguments() = default;

  std::vector<Mapping> mappings_;
  std::vector<void*> pointers_;
  std::vector<interp::Tensor> types_;   // of each parameter, without elements
};

}  // namespace loopglass::measure
