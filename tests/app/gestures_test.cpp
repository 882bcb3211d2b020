#include "app/ui/gestures.h"

#include <gtest/gtest.h>

#include "engine/script/parser.h"
#include "tests/app/program_fixture.h"

namespace loopglass::ui {
namespace {

ir::Module program() { return script::parse_file(matmul_relu(8)).modules.at(0).module; }

// "reorder(k, j)" by the names of the nodes; "-" for nothing.
std::string text_of(const ir::Module& module, const Request& request) {
  if (!request) return "-";
  auto name = [&](const ir::NodePath& path) {
    const ir::Stmt node = ir::node_at(module, path);
    if (const auto* loop = ir::as<ir::For>(node)) return loop->loop_var->name;
    return ir::get<ir::BlockRealize>(node).block.name;
  };
  std::string text = request->primitive->name, arguments;
  auto add = [&](const ir::NodePath& path) { arguments += (arguments.empty() ? "" : ", ") + name(path); };
  for (const auto& argument : request->args) {
    if (const auto* path = std::get_if<ir::NodePath>(&argument)) add(*path);
    if (const auto* paths = std::get_if<std::vector<ir::NodePath>>(&argument))
      for (const auto& path : *paths) add(path);
  }
  return text + "(" + arguments + ")";
}

TEST(Gestures, ALoopDroppedAboveAnotherReordersWhatIsBetween) {
  const ir::Module module = program();
  auto node = [&](const char* name) { return node_named(module, name); };
  EXPECT_EQ(text_of(module, reorder_above(module, node("k"), node("j"))), "reorder(k, j)");
  EXPECT_EQ(text_of(module, reorder_above(module, node("k"), node("i"))), "reorder(k, i, j)");
  EXPECT_EQ(text_of(module, reorder_above(module, node("i"), node("k"))), "reorder(j, i)");
  EXPECT_EQ(text_of(module, reorder_above(module, node("i"), node("j"))), "-") << "it stands there already";
  EXPECT_EQ(text_of(module, reorder_above(module, node("i"), node("i"))), "-");
  EXPECT_EQ(text_of(module, reorder_above(module, node("i"), node("i#2"))), "-") << "another nest";
}

TEST(Gestures, ALoopDroppedBelowAnotherReordersWhatIsBetween) {
  const ir::Module module = program();
  auto node = [&](const char* name) { return node_named(module, name); };
  EXPECT_EQ(text_of(module, reorder_below(module, node("i"), node("k"))), "reorder(j, k, i)");
  EXPECT_EQ(text_of(module, reorder_below(module, node("k"), node("i"))), "reorder(k, j)");
  EXPECT_EQ(text_of(module, reorder_below(module, node("j"), node("i"))), "-") << "it stands there already";
}

TEST(Gestures, AltArrowsMoveALoopByOne) {
  const ir::Module module = program();
  auto node = [&](const char* name) { return node_named(module, name); };
  EXPECT_EQ(text_of(module, move_loop(module, node("k"), -1)), "reorder(k, j)");
  EXPECT_EQ(text_of(module, move_loop(module, node("j"), +1)), "reorder(k, j)");
  EXPECT_EQ(text_of(module, move_loop(module, node("i"), -1)), "-");
  EXPECT_EQ(text_of(module, move_loop(module, node("k"), +1)), "-");
  EXPECT_EQ(text_of(module, move_loop(module, node("Y"), +1)), "-");
}

TEST(Gestures, ABlockDroppedOnALoopGoesToItsProducersOrConsumers) {
  const ir::Module module = program();
  auto node = [&](const char* name) { return node_named(module, name); };
  EXPECT_EQ(text_of(module, place_block(module, node("C"), node("j"))), "reverse_compute_at(C, j)");
  EXPECT_EQ(text_of(module, place_block(module, node("Y"), node("j#2"))), "compute_at(Y, j)");
  EXPECT_EQ(text_of(module, place_block(module, node("Y"), node("j"))), "-") << "it stands below it already";
  EXPECT_EQ(text_of(module, place_block(module, node("j"), node("i"))), "-") << "no block";
}

TEST(Gestures, TheSelectionFollowsItsNode) {
  const ir::Module before = program();
  const schedule::Schedule schedule(before);
  const auto applied = app::apply_step(schedule, split_by(node_named(before, "j"), 4));
  ASSERT_TRUE(applied);
  const schedule::Schedule::Step* step = &applied->step;
  const ir::Module& after = step->schedule.module();
  const auto block = carry_node(before, after, step->forwarding, node_named(before, "Y"));
  ASSERT_TRUE(block);
  EXPECT_EQ(*block, node_named(after, "Y"));
  const auto k = carry_node(before, after, step->forwarding, node_named(before, "k"));
  ASSERT_TRUE(k);
  EXPECT_EQ(*k, node_named(after, "k"));
  const auto back = carry_node(after, before, step->forwarding, node_named(after, "k"));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, node_named(before, "k"));
}

}  // namespace
}  // namespace loopglass::ui
