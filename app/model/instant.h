// A program's memory at one moment: where its loops stand, what is touched next, and what each cache level holds.
#pragma once

#include <memory>
#include <optional>

#include "engine/locality/cache_history.h"
#include "engine/locality/seek.h"

namespace loopglass::app {

struct Instant {
  struct Loop {
    const ir::VarNode* var = nullptr;
    std::string name;
    int64_t min = 0, extent = 0, value = 0;   // extent 0: not constant
  };
  // Of a buffer's lines, by place: the nearest level that has each, from 1; 0: none.
  struct Lines {
    int64_t first = 0;                        // line number: address / line
    std::vector<uint8_t> level;
  };

  struct Level {
    std::string name;                         // "L1"
    int64_t held = 0;                         // lines that it has now
  };

  int64_t time = 0, accesses = 0;             // the moment before access `time`; the end where they are equal
  std::optional<locality::Position> next;     // nothing at the end
  std::string statement;                      // of `next`: its reference as it is written, "A[vi, vk]"
  std::string block;
  bool is_write = false;
  std::vector<Loop> loops;                    // around `next`, the outermost first
  // While the exact pass over the caches is still under way these are empty.
  std::vector<Lines> lines;                   // by buffer, as in Access::buffers
  std::vector<Level> levels;                  // the nearest first
};

// What moments are looked up in: one version's. Used by one thread at a time.
class Moments {
 public:
  // `options`: row pitches and line. Errors: those of locality::Timeline::make.
  static Result<Moments> make(const ir::Function& function, std::shared_ptr<const locality::Access> access, const locality::Options& options);

  int64_t accesses() const { return timeline_.accesses(); }
  // The caches can be asked from then on. Null: not yet.
  void set_history(std::shared_ptr<locality::CacheHistory> history) { history_ = std::move(history); }

  // Of a time, which is brought into 0..accesses(). Errors: where the program has to be executed, those of executing it.
  Result<Instant> at(int64_t time);
  // The first access while loops are at these values; those that are not named are at their first. Nothing where there is none.
  Result<std::optional<int64_t>> time_of(const ir::VarNode* loop, const std::map<const ir::VarNode*, int64_t>& values) { return timeline_.time_of(loop, values); }

 private:
  Moments(ir::Function function, std::shared_ptr<const locality::Access> access, locality::Timeline timeline);
  Result<void> add_caches(Instant& instant);

  ir::Function function_;
  std::shared_ptr<const locality::Access> access_;
  locality::Timeline timeline_;
  std::map<const ir::VarNode*, Instant::Loop> loops_;
  std::shared_ptr<locality::CacheHistory> history_;
};

}  // namespace loopglass::app
