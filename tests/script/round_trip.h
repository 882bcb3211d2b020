// What every program has to survive: printed, read and printed again it is the same, in both dialects.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/ir/node_path.h"
#include "engine/ir/structural_equal.h"
#include "engine/script/parser.h"
#include "engine/script/printer.h"

namespace loopglass::script {

inline void expect_round_trip(const ir::Module& module, const std::string& name) {
  const auto& functions = module->functions;
  const bool has_blocks = std::all_of(functions.begin(), functions.end(), [](const ir::NamedFunction& f) { return f.function->is_s_tir; });
  for (const Dialect dialect : {Dialect::STir, Dialect::Tir}) {
    if (dialect == Dialect::Tir && !has_blocks) continue;  // the course's dialect knows no other functions
    const Printed printed = print(module, {dialect});
    const ParsedFile file = parse_file(printed.text);
    ASSERT_TRUE(file.errors.empty()) << name << "\n" << render(file.errors[0], name, printed.text);
    ASSERT_EQ(file.modules.size(), 1u) << name << "\n" << printed.text;
    const ParsedModule& again = file.modules[0];
    EXPECT_EQ(again.dialect, dialect) << name;
    EXPECT_TRUE(ir::structural_equal(module, again.module)) << name << "\n" << ir::first_difference(module, again.module) << "\n" << printed.text;
    const Printed twice = print(again.module, {dialect});
    EXPECT_EQ(twice.text, printed.text) << name;
    // Paths name the same statements on both sides, and lie where the text says.
    ASSERT_EQ(twice.nodes.size(), printed.nodes.size()) << name;
    for (size_t i = 0; i < printed.nodes.size(); ++i) {
      const NodeSpan& node = printed.nodes[i];
      EXPECT_EQ(node.path, twice.nodes[i].path) << name;
      const ir::Stmt before = ir::node_at(module, node.path), after = ir::node_at(again.module, node.path);
      ASSERT_TRUE(before && after) << name << " " << ir::to_string(node.path);
      EXPECT_EQ(before->kind, after->kind) << name << " " << ir::to_string(node.path);
      EXPECT_LE(node.whole.begin, node.head.begin) << name;
      EXPECT_LE(node.head.end, node.whole.end) << name;
      EXPECT_LE(node.whole.end, printed.text.size()) << name;
    }
  }
}

}  // namespace loopglass::script
