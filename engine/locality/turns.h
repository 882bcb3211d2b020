// Threads on one hierarchy where the accesses come in program order: what reaches the shared levels waits for its turn.
#pragma once

#include "engine/locality/miss_counter.h"
#include "engine/locality/ordered_nest.h"

namespace loopglass::locality {

class Turns {
 public:
  Turns(const CacheOptions& options, MissCounter& counter);

  void touch(int reference, int buffer, int64_t line);
  // The outermost parallel loop's n-th iteration starts; `count` it has in all.
  void iteration(int64_t n, int64_t count);
  void end();
  // More waits than max_bytes allow: the counts are incomplete.
  bool is_full() const { return is_full_; }

 private:
  struct Waiting {
    int reference, buffer;
    int64_t line;
  };
  MissCounter& counter_;
  ThreadOrder order_;
  size_t levels_, first_shared_, most_waiting_;
  bool is_parallel_ = false, is_full_ = false;
  std::vector<Waiting> waiting_;
  std::vector<size_t> starts_;   // of each iteration's, in waiting_
};

}  // namespace loopglass::locality
