// A step of a schedule as a gesture gives it: nodes named by their paths in the version on the screen.
#pragma once

#include "engine/schedule/schedule.h"

namespace loopglass::app {

// One argument: a plain value, one node, or a list of nodes (reorder).
using StepArgument = std::variant<schedule::Value, ir::NodePath, std::vector<ir::NodePath>>;

struct StepRequest {
  const schedule::PrimitiveSpec* primitive = nullptr;
  std::vector<StepArgument> args;   // in the order of primitive->params; missing trailing ones take their defaults
  bool trust = false;               // applied although our own analysis finds it unsound
};

struct AppliedStep {
  schedule::Schedule::Step step;
  std::string text;   // for a person: "split(j, [None, 4])"
};

// A request's arguments as values: its nodes are random variables of `schedule`, which has gained the queries that name them.
struct NamedRequest {
  schedule::Schedule schedule;
  std::vector<schedule::Value> args;
};
Result<NamedRequest> name_nodes(const schedule::Schedule& schedule, const StepRequest& request);

// Names the nodes in the trace (queries are added where needed) and applies the step.
Result<AppliedStep> apply_step(const schedule::Schedule& schedule, const StepRequest& request);

}  // namespace loopglass::app
