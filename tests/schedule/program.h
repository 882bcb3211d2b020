// A program of a test, given as text, and its nodes by name.
#pragma once

#include <gtest/gtest.h>

#include "engine/schedule/tree.h"
#include "engine/script/parser.h"

namespace loopglass::tests {

inline ir::Module parse(const std::string& text) {
  Result<ir::Module> module = script::parse_module(text);
  EXPECT_TRUE(module) << module.error().message;
  return *module;
}

inline schedule::Place root_of(const ir::Module& module) {
  return *schedule::place_at(module, {module->functions.front().name, {}});
}

inline schedule::Place block(const ir::Module& module, const std::string& name) {
  for (const schedule::Place& place : schedule::all_blocks_below(root_of(module)))
    if (place.block().name == name) return place;
  ADD_FAILURE() << "no block " << name;
  return root_of(module);
}

// The loop of that name above a block.
inline schedule::Place loop(const ir::Module& module, const std::string& block_name, const std::string& name) {
  for (const schedule::Place& place : schedule::loops_above(block(module, block_name)))
    if (place.loop().loop_var->name == name) return place;
  ADD_FAILURE() << "no loop " << name;
  return root_of(module);
}

}  // namespace loopglass::tests
