// Forms without a window: what stands in them when they open, and what is typed into them.
#include "app/ui/step_form.h"

#include <gtest/gtest.h>

#include <set>

#include "app/model/moves.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

const schedule::PrimitiveSpec& primitive(const char* name) { return *schedule::find_primitive(name); }

struct Program {
  app::View view = view_of(matmul_relu(8), {});
  const schedule::Schedule& schedule = view.version()->schedule;
  const ir::Module& module = schedule.module();

  OpenForm form(const char* name, const char* node) const { return open_form(schedule, primitive(name), node_named(module, node)); }
  // What comes of the form as it stands: the step, or what is wrong.
  std::string outcome(const OpenForm& form) const {
    const auto request = request_of(module, form);
    if (!request) return request.error().message;
    const auto applied = app::apply_step(schedule, *request);
    return applied ? applied->text : applied.error().message;
  }
};

TEST(StepForm, EveryDefaultReadsBack) {
  for (const auto* spec : schedule::primitives())
    for (const auto& param : spec->params) {
      if (!param.default_value || is_nodes(param.kind)) continue;
      const std::string text = print_value(param, *param.default_value);
      const auto value = parse_value(param, text);
      ASSERT_TRUE(value) << spec->name << "." << param.name << ": " << text;
      EXPECT_EQ(print_value(param, *value), text) << spec->name << "." << param.name;
      EXPECT_EQ(value->v.index(), param.default_value->v.index()) << spec->name << "." << param.name;
    }
}

// Only what the person alone knows is empty when a form opens.
TEST(StepForm, EveryFormOpensWithAStepThatReads) {
  const Program program;
  const std::set<std::string> open{"annotate", "unannotate", "tensorize"};
  for (const auto* spec : schedule::primitives()) {
    if (spec->is_query) continue;
    for (const char* node : {"i", "j", "k", "Y", "i#2", "C"}) {
      const ir::NodePath path = node_named(program.module, node);
      if (!app::takes_first(*spec, ir::node_at(program.module, path)) && !app::takes_no_node(*spec)) continue;
      const OpenForm form = open_form(program.schedule, *spec, path);
      const auto request = request_of(program.module, form);
      const bool has_reader = std::string_view(node) != "C" || std::string_view(spec->name) != "fuse_reduction_epilogue";
      if (!open.contains(spec->name) && has_reader) {
        EXPECT_TRUE(request) << spec->name << " of " << node << ": " << request.error().message;
      } else {
        EXPECT_FALSE(request) << spec->name << " of " << node;
      }
    }
  }
}

TEST(StepForm, AnOptionalListOfBlocksMayBeEmptyOrNamed) {
  const Program program;
  OpenForm form = program.form("cache_read", "Y");
  EXPECT_EQ(program.outcome(form), "cache_read(Y, 0, \"global\")");
  form.texts[3] = "[]";
  EXPECT_EQ(program.outcome(form), "cache_read(Y, 0, \"global\")");
  form.texts[3] = "Y";
  EXPECT_EQ(program.outcome(form), "cache_read(Y, 0, \"global\", [Y])");
  form.texts[3] = "Y, Z";
  EXPECT_EQ(program.outcome(form), "no block is called \"Z\"");
  form.texts[3] = "i";
  EXPECT_EQ(program.outcome(form), "no block is called \"i\"");
  EXPECT_EQ(program.outcome(program.form("cache_write", "Y")), "cache_write(Y, 0, \"global\")");
}

TEST(StepForm, ExamplesAreAboutTheNode) {
  const Program program;
  EXPECT_EQ(program.form("rfactor", "k").texts[1], "0");
  EXPECT_EQ(program.form("reindex", "Y").texts[1], "(\"write\", 0)");
  EXPECT_EQ(program.form("transform_layout", "Y").texts[2], "lambda i, j: (i, j)");
  EXPECT_EQ(program.form("transform_block_layout", "Y").texts[1], "lambda vi, vj, vk: (vi, vj, vk)");
  EXPECT_EQ(program.form("reindex_cache_read", "Y").texts[3], "lambda vi, vj, vk: (vi, vk)");
  EXPECT_EQ(program.form("reorder_block_iter_var", "Y").texts[1], "0, 1, 2");
  EXPECT_EQ(program.form("fuse_reduction_epilogue", "Y").texts[1], "C");
  EXPECT_EQ(program.form("decompose_padding", "Y").texts[1], "i");
}

TEST(StepForm, ALoneFactorIsThatOfTheInnerLoop) {
  const Program program;
  OpenForm form = program.form("split", "j");
  form.texts[1] = "4";
  EXPECT_EQ(program.outcome(form), "split(j, [None, 4])");
  OpenForm partition = program.form("loop_partition", "j");
  partition.texts[1] = "4";
  EXPECT_FALSE(request_of(program.module, partition)) << "here it could be either";
}

TEST(StepForm, WhatDoesNotReadSaysWhatIsTaken) {
  const Program program;
  OpenForm form = program.form("split", "j");
  form.texts[1] = "abc";
  const auto request = request_of(program.module, form);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "\"factors\" takes a list of integers, at most one of them None, not \"abc\"");
  EXPECT_EQ(request.error().help, "for example None, 4");
  OpenForm annotate = program.form("annotate", "j");
  EXPECT_EQ(program.outcome(annotate), "\"ann_key\" is empty: it takes a string");
  annotate.texts[1] = "pragma_auto_unroll_max_step";
  annotate.texts[2] = "16";
  EXPECT_EQ(program.outcome(annotate), "annotate(j, \"pragma_auto_unroll_max_step\", 16)");
  annotate.texts[2] = "[4, \"x\", 0.5]";
  EXPECT_EQ(program.outcome(annotate), "annotate(j, \"pragma_auto_unroll_max_step\", [4, \"x\", 0.5])");
}

TEST(StepForm, AFormFollowsTheSelectionWithWhatWasTyped) {
  const Program program;
  OpenForm form = program.form("split", "j");
  form.texts[1] = "None, 2";
  form.typed = true;
  const auto moved = moved_form(program.schedule, form, node_named(program.module, "k"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(program.outcome(*moved), "split(k, [None, 2])");
  EXPECT_FALSE(moved_form(program.schedule, form, node_named(program.module, "Y")));
}

}  // namespace
}  // namespace loopglass::ui
