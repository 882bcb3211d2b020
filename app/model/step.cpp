#include "app/model/step.h"

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

Result<NamedRequest> name_nodes(const schedule::Schedule& schedule, const StepRequest& request) {
  NamedRequest named{schedule, {}};
  for (const StepArgument& argument : request.args) {
    TRY_ASSIGN(schedule::Value value, std::visit(ArgumentNamer(named.schedule), argument));
    named.args.push_back(std::move(value));
  }
  return named;
}

Result<AppliedStep> apply_step(const schedule::Schedule& schedule, const StepRequest& request) {
  TRY_ASSIGN(NamedRequest named, name_nodes(schedule, request));
  TRY_ASSIGN(schedule::Schedule::Step step, named.schedule.apply(*request.primitive, std::move(named.args), request.trust));
  std::string text = schedule::describe(named.schedule, step.schedule.trace().instructions.back());
  return AppliedStep{std::move(step), std::move(text)};
}

}  // namespace loopglass::app
