#include "tests/app/program_fixture.h"

#include <fmt/format.h>

#include "app/ui/gestures.h"
#include "app/ui/loop_tree_layout.h"
#include "engine/ir/structural_equal.h"
#include "engine/script/parser.h"
#include "engine/support/check.h"

namespace loopglass::ui {
namespace {

std::shared_ptr<const app::Texts> texts_of(const app::Version& version) {
  script::PrintOptions options;
  options.dialect = script::Dialect::Tir;
  options.header = false;
  options.show_regions = false;
  auto texts = std::make_shared<app::Texts>();
  texts->script = script::print(version.schedule.module(), options);
  return texts;
}

app::StepRequest request_of(const ir::Module& module, const std::vector<std::string>& step) {
  const auto node = [&](size_t i) { return node_named(module, step[i]); };
  if (step[0] == "split") return split_by(node(1), std::stoll(step[2]));
  if (step[0] == "reorder") return *reorder_above(module, node(1), node(2));
  app::StepRequest request{schedule::find_primitive(step[0]), {}};
  CHECK(request.primitive);
  for (size_t i = 1; i < step.size(); ++i) request.args.emplace_back(node(i));
  return request;
}

std::shared_ptr<const app::Measurement> measurement(double ms) {
  auto made = std::make_shared<app::Measurement>();
  made->state = app::Measurement::State::Done;
  made->compiled = measure::Compiled{0.4, 9.1, "znver3", "optimised", "", {}};
  made->verified = measure::Verified{true, 1.2e-7, {}};
  made->timed = measure::Timed{{ms * 0.98, ms, ms * 0.992, ms * 1.011, 37, 0.5}, 4210688, 262144, {}, true};
  return made;
}

}  // namespace

std::string matmul_relu(int n) {
  const std::string shape = fmt::format("({0}, {0})", n);
  return fmt::format(R"(import tvm
from tvm.script import tir as T

@tvm.script.ir_module
class MyModule:
    @T.prim_func
    def mm_relu(A: T.Buffer({0}, "float32"), B: T.Buffer({0}, "float32"), C: T.Buffer({0}, "float32")):
        T.func_attr({{"global_symbol": "mm_relu", "tir.noalias": True}})
        Y = T.alloc_buffer({0}, "float32")
        for i, j, k in T.grid({1}, {1}, {1}):
            with T.block("Y"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    Y[vi, vj] = T.float32(0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i, j in T.grid({1}, {1}):
            with T.block("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0))
)", shape, n);
}

ir::NodePath node_named(const ir::Module& module, const std::string& name) {
  const TreeLayout layout = layout_loop_tree(module, nullptr, {}, {});
  for (const auto& card : layout.cards)
    if (card.kind != TreeCard::Kind::Function && card.label == name) return card.path;
  CHECK(false, name);
  return {};
}

app::View view_of(const std::string& text, const Steps& steps) {
  const script::ParsedFile parsed = script::parse_file(text);
  CHECK(parsed.errors.empty() && !parsed.modules.empty(), parsed.errors.empty() ? "no module" : parsed.errors[0].message);
  auto source = std::make_shared<app::Source>();
  source->path = "course_article.py";
  source->text = text;
  source->module = parsed.modules[0].name;
  source->function = parsed.modules[0].module->functions[0].name;
  source->modules = {source->module};

  app::View view;
  double ms = 1.149;
  app::History history;
  history = history.with_version(app::Version{0, -1, schedule::Schedule(parsed.modules[0].module), source}, -1);
  for (size_t i = 0; i <= steps.size(); ++i) {
    const app::VersionPtr before = history.versions().back();
    const uint64_t hash = ir::structural_hash(before->schedule.module());
    view.measurements[hash] = measurement(ms);
    auto hashed = *before;
    hashed.hash = hash;
    if (i == 0) history = app::History().with_version(hashed, -1);
    if (i == steps.size()) break;
    const app::StepRequest request = request_of(before->schedule.module(), steps[i]);
    auto applied = app::apply_step(before->schedule, request);
    CHECK(applied.has_value(), applied ? "" : applied.error().message);
    schedule::Schedule::Step* step = &applied->step;
    app::Version version{0, before->id, std::move(step->schedule), source, request.primitive, request.primitive->name, step->forwarding};
    version.hash = ir::structural_hash(version.schedule.module());
    for (size_t a = 1; a < steps[i].size(); ++a) version.step += (a == 1 ? "(" : ", ") + steps[i][a];
    version.step += ")";
    history = history.with_version(version, before->id);
    ms *= 0.64;
  }
  history = history.at_cursor(static_cast<int>(history.versions().size()) - 1);
  const app::VersionPtr current = history.current();
  view.texts = texts_of(*current);
  if (current->parent >= 0) view.parent_texts = texts_of(*history.at(current->parent));
  auto access = locality::count_accesses(current->schedule.module()->functions[0].function);
  if (access) view.access = std::make_shared<const locality::Access>(std::move(*access));
  view.history = std::make_shared<const app::History>(std::move(history));
  view.serial = 1;
  return view;
}

}  // namespace loopglass::ui
