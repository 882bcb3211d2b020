#include "app/model/step.h"

#include <nlohmann/json_fwd.hpp>

#include "engine/schedule/replay.h"

namespace loopglass::app {

namespace {

// Turns an argument's paths into random variables of `schedule`, which gains the queries that name them.
class ArgumentNamer {
 public:
  explicit ArgumentNamer(schedule::Schedule& schedule) : schedule_(schedule) {}

  Result<schedule::Value> operator()(const schedule::Value& value) const { return value; }
  Result<schedule::Value> operator()(const ir::NodePath& path) const {
    TRY_ASSIGN(schedule::Schedule::Named named, schedule_.name_node(path));
    schedule_ = std::move(named.schedule);
    return named.rv;
  }
  Result<schedule::Value> operator()(const std::vector<ir::NodePath>& paths) const {
    schedule::ValueList list;
    for (const ir::NodePath& path : paths) {
      TRY_ASSIGN(schedule::Value rv, (*this)(path));
      list.push_back(std::move(rv));
    }
    return schedule::Value{std::move(list)};
  }

 private:
  schedule::Schedule& schedule_;
};

}  // namespace

Result<AppliedStep> apply_step(const schedule::Schedule& schedule, const StepRequest& request) {
  schedule::Schedule named = schedule;
  std::vector<schedule::Value> args;
  for (const StepArgument& argument : request.args) {
    TRY_ASSIGN(schedule::Value value, std::visit(ArgumentNamer(named), argument));
    args.push_back(std::move(value));
  }
  TRY_ASSIGN(schedule::Schedule::Step step, named.apply(*request.primitive, std::move(args), request.trust));
  std::string text = schedule::describe(named, step.schedule.trace().instructions.back());
  return AppliedStep{std::move(step), std::move(text)};
}

}  // namespace loopglass::app
