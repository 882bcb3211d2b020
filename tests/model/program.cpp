#include "tests/model/program.h"

#include <gtest/gtest.h>

#include "app/model/files.h"
#include "engine/ir/visitor.h"

namespace loopglass::app {

std::string program_text() { return read_text_file(LOOPGLASS_SOURCE_DIR "/assets/programs/mm_relu.py").value(); }

History opened_program() {
  Opened opened = open_source(History(), "mm_relu.py", program_text());
  EXPECT_TRUE(opened.errors.empty());
  EXPECT_FALSE(opened.schedule_error);
  return opened.history;
}

std::filesystem::path fresh_folder() {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder =
      std::filesystem::path(LOOPGLASS_BINARY_DIR) / "scratch" / (std::string("model.") + info->test_suite_name() + "." + info->name());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

namespace {
template <class Match>
ir::NodePath first_node(const ir::Module& module, const Match& match) {
  for (const ir::NamedFunction& function : module->functions) {
    const ir::StmtNode* found = nullptr;
    ir::for_each_stmt(function.function->body, [&](const ir::Stmt& s) {
      if (!found && match(s)) found = s.get();
      return !found;
    });
    if (found) return *ir::path_of(module, found);
  }
  ADD_FAILURE() << "no such node";
  return {};
}
}  // namespace

ir::NodePath loop_named(const ir::Module& module, const std::string& name) {
  return first_node(module, [&](const ir::Stmt& s) { return ir::as<ir::For>(s) && ir::get<ir::For>(s).loop_var->name == name; });
}

ir::NodePath block_named(const ir::Module& module, const std::string& name) {
  return first_node(module, [&](const ir::Stmt& s) { return ir::as<ir::BlockRealize>(s) && ir::get<ir::BlockRealize>(s).block.name == name; });
}

}  // namespace loopglass::app
