// What an execution tells to whoever counts it: every access and every loop iteration, in program order.
#pragma once

#include <cstdint>
#include <span>

#include "engine/ir/module.h"

namespace loopglass::interp {

// One textual load or store of the function. The references are numbered in program order: a statement's loads from left to right (the
// loads of a store's indices first), then the store; a block's init before its body; a condition's loads before those of the sides.
struct Reference {
  ir::Buffer buffer;                  // as written: perhaps a view
  const std::vector<ir::Expr>* indices;
  const ir::Block* block;             // the innermost, or null
  bool is_write;
};

struct AccessEvent {
  int reference;                      // into Program::references()
  int storage;                        // into Program::storages()
  std::span<const int64_t> bytes;     // offset of each lane's element in the storage
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void access(const AccessEvent& event) = 0;
  // The loop (into Program::loops()) starts the iteration at which its variable is `value`.
  virtual void iteration(int loop, int64_t value) { (void)loop, (void)value; }
  virtual void loop_end(int loop) { (void)loop; }
};

}  // namespace loopglass::interp
