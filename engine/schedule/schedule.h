// A module with the trace that made it: a value. Applying an instruction gives the next one and keeps this one, so that undo is a cursor.
#pragma once

#include "engine/ir/node_path.h"
#include "engine/ir/tensor_intrin.h"
#include "engine/schedule/judgement.h"

namespace loopglass::schedule {

struct ChangedPart;

// One step of a trace. `args` in the order of primitive->params, defaults filled in; outputs as TVM's trace has them.
struct Instruction {
  const PrimitiveSpec* primitive;
  std::vector<Value> args;
  std::vector<Value> outputs;   // BlockRV / LoopRV / ExprRV each
  bool unsound = false;         // applied under trust: our own analysis finds that the results change
};

struct Trace {
  std::vector<Instruction> instructions;
};

struct Options {
  bool enable_check = true;
  bool trust = false;
  uint64_t seed = 42;   // of what sampling steps without a decision draw
  ir::TensorIntrins intrinsics;   // that tensorize knows beside those that every schedule knows (shipped_intrinsics.h)
};

class Schedule {
 public:
  explicit Schedule(ir::Module module, Options options = {});

  const ir::Module& module() const { return module_; }
  const ir::Module& original() const { return original_; }
  const Trace& trace() const { return trace_; }
  const Options& options() const { return options_; }
  // Whether no step was applied under trust that changes the results.
  bool is_sound() const;
  // The options under which the trace can be replayed: `options`, with trust where a step needs it.
  Options replay_options() const { return {options_.enable_check, options_.trust || !is_sound(), options_.seed, options_.intrinsics}; }
  // The same schedule, knowing these tensor intrinsics.
  Schedule with_intrinsics(ir::TensorIntrins intrinsics) const;

  struct Step;
  // Applies a primitive. Random variables in args are this schedule's. Missing trailing args take their defaults.
  // `trust`: Options::trust for this step alone.
  // Errors: the primitive's; BadArgument; StaleReference where a loop or block is no longer in the program.
  Result<Step> apply(const PrimitiveSpec& primitive, std::vector<Value> args, bool trust = false) const;

  // The name that a random variable's loop or block had when the variable was made: "j", "Y"; empty for no node of this schedule.
  std::string name_of(const Value& rv) const;
  // Where a random variable's node is now; nothing where it is gone.
  std::optional<ir::NodePath> path(const Value& rv) const;
  // The schedule with a random variable for the node at a path, adding the queries (get_sblock, get_loops) that name it
  // where no live variable does. Error: BadArgument where the node cannot be named (two blocks of one name).
  struct Named;
  Result<Named> name_node(const ir::NodePath& path) const;

 private:
  // What a random variable stands for; `gone_at`: the instruction that took its node out of the program, -1 while it lives.
  struct Node {
    NodeRef ref;
    std::string name;
    int gone_at = -1;
  };
  Result<Argument> look_up(const PrimitiveSpec& primitive, const Value& value) const;
  Argument look_up_known(Value::Lambda lambda) const;
  Result<Value> look_up_values(const Value& value) const;
  Context context(bool trust) const;
  Error stale(const PrimitiveSpec& primitive, const Value& rv, const Node& node) const;
  std::optional<Value> live_rv(const NodeRef& node) const;
  Value new_rv(const Argument& result);
  void follow_nodes(std::span<const ChangedPart> changed, int instruction);

  ir::Module original_, module_;
  Judgements judgements_;
  Trace trace_;
  Options options_;
  std::map<int, Node> nodes_;          // of live and dead random variables
  std::map<int, int64_t> values_;      // of ExprRVs
  std::map<int, LocationMark> marks_;  // of LoopRVs that stand for no loop
  int next_rv_ = 0;
};

struct Schedule::Step {
  Schedule schedule;
  std::vector<Value> results;          // random variables; get_loops gives one per loop
  Forwarding forwarding;
  std::vector<Diagnostic> warnings;
};

struct Schedule::Named {
  Schedule schedule;
  Value rv;
};

}  // namespace loopglass::schedule
