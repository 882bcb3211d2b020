// Which elements a function touches, how often and when: every access counted, none sampled. The model is memory-model.md's: the scheduled
// program before lowering, one access per scalar load or store in program order.
#pragma once


#include "engine/interp/tensor.h"
#include "engine/ir/module.h"
#include "engine/locality/element_bits.h"
#include "engine/locality/element_counts.h"
#include "engine/support/interruption.h"
#include "engine/support/result.h"

namespace loopglass::locality {

struct Options {
  std::map<std::string, int64_t> row_pitch;   // bytes, by buffer name
  int64_t line = 64;                          // bytes
  int64_t max_bytes = int64_t{2} << 30;       // of what is held by element, 4 of each at least; more gives KernelMemory
  // What a function whose indices depend on data is executed on; null: interp::make_arguments with seed 0.
  const std::vector<interp::Tensor>* arguments = nullptr;
  size_t max_runs = 20000;                    // held at once; a nest that falls into more is counted piece by piece, more slowly
  Interruption stop;                          // gives Cancelled
};

// Those of the wanted row pitches that the function has a buffer for: of that name, of two dimensions or more, with rows that are not longer, of whole elements.
std::map<std::string, int64_t> fitting_row_pitches(const ir::Function& function, const std::map<std::string, int64_t>& wanted);

// Of one level of a cache hierarchy (cache_model.h).
struct BufferMisses {
  std::string level;                          // "L1"
  int64_t count = 0;                          // of accesses to the buffer
  ElementCounts of_elements;                  // of the line that each element lies on, row-major
};

struct BufferAccess {
  ir::Buffer buffer;
  std::vector<int64_t> shape;
  int64_t base = 0;                           // bytes, the contract's addresses
  std::vector<int64_t> strides;               // bytes
  int64_t reads = 0, writes = 0, lines = 0, bytes_used = 0;
  // Per element, row-major: counts; the ordinal (from 0, within the function) of the first and last access, -1 = never. Told by a formula wherever few runs say it all.
  ElementCounts read_counts, write_counts, first, last;
  std::vector<BufferMisses> misses;           // the nearest level first; empty until with_misses has run
};

// One textual occurrence of a load or store.
struct Reference {
  std::string block;    // the innermost, "" outside any
  ir::Buffer buffer;
  std::string text;     // "A[vi, vk]"
  bool is_write = false;
  int64_t count = 0;
};

struct LoopFootprint {
  std::string path;                           // "i/j_0"
  ir::Var var;
  int64_t extent = 0;
  std::vector<std::pair<ir::Buffer, int64_t>> footprint_bytes;  // distinct bytes of one iteration, the largest over all
  int64_t total_bytes = 0;
};

struct Access {
  int64_t accesses = 0;
  std::vector<BufferAccess> buffers;          // parameters in order, then allocated buffers in program order
  std::vector<Reference> references;
  std::vector<LoopFootprint> loops;
  int64_t runs_joined = 0;                    // counted together with others of the same elements
  double counts_ms = 0, total_ms = 0;
};

// The buffer of another version's with a buffer's name and shape; null where there is none.
const BufferAccess* counterpart(const BufferAccess& buffer, const Access& other);

// Errors: UnsupportedOperation (symbolic shapes, call_extern), BadArgument (row_pitch), KernelOutOfBounds, KernelMemory (buffers too large
// to hold), Cancelled; what interp::run gives, where the function has to be executed.
Result<Access> count_accesses(const ir::Function& function, const Options& options = {});

// Access::loops alone: where the function need not be executed and is not cut into thousands of pieces, within a frame. Errors: count_accesses'.
Result<std::vector<LoopFootprint>> measure_footprints(const ir::Function& function, const Options& options = {});

// Elements of each buffer that one iteration of a loop touches (all outer loops and itself at `iteration`'s values; those not named at
// their first), row-major.
struct Touched {
  ir::Buffer buffer;
  ElementBits elements;
};
Result<std::vector<Touched>> touched_by_iteration(const ir::Function& function, const ir::VarNode* loop_var,
                                                  const std::map<const ir::VarNode*, int64_t>& iteration = {});

}  // namespace loopglass::locality
