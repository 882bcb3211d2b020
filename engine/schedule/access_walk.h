// The accesses of a program one by one, as an execution would make them: loops run, indices are evaluated, no data is touched. The ground
// on which dependences are decided; it reads the bodies, not what T.reads and T.writes claim.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/ir/stmt.h"

namespace loopglass::schedule {

// The values of variables, innermost binding last.
class Bindings {
 public:
  void push(const ir::VarNode* var, std::optional<int64_t> value) { values_.emplace_back(var, value); }
  void pop() { values_.pop_back(); }
  std::optional<int64_t> operator[](const ir::VarNode* var) const;

 private:
  std::vector<std::pair<const ir::VarNode*, std::optional<int64_t>>> values_;
};

// The value of an integer or bool expression; nothing where it depends on data or on what is not bound.
std::optional<int64_t> evaluate(const ir::Expr& e, const Bindings& bindings);

struct Access {
  const ir::BufferNode* buffer;
  std::vector<int64_t> index;             // empty with `known` false, where it depends on data
  bool known = true;
  bool is_write = false;
  bool is_init = false;                   // by the init of a reduction block
  const ir::BlockRealize* block = nullptr;  // the innermost
};

struct WalkLimits {
  int64_t accesses = 100000;              // in all
  int64_t iterations = INT64_MAX;         // of one loop; the rest is passed over
  const ir::VarNode* unlimited = nullptr; // this loop's iterations are not
  int64_t symbolic_extent = 4;            // stands for an extent that is not known
};

enum class WalkEnd {
  Complete,    // every access was seen
  Partial,     // iterations were passed over, or a condition or extent was not known
  Stopped,     // by the visitor
};

// Calls `visit` for each access below `root`, in program order; false stops. `bindings`: the variables around it.
WalkEnd walk_accesses(const ir::Stmt& root, Bindings bindings, const WalkLimits& limits,
                      const std::function<bool(const Access&, const Bindings&)>& visit);

}  // namespace loopglass::schedule
