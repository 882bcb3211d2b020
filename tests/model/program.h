// The program that opens at first start, as the model's tests use it.
#pragma once

#include <filesystem>

#include "app/model/source.h"

namespace loopglass::app {

std::string program_text();                   // assets/programs/mm_relu.py
History opened_program();                     // its history: the root, and its schedule as a ready branch
std::filesystem::path fresh_folder();         // of this test's own, emptied
ir::NodePath loop_named(const ir::Module& module, const std::string& name);    // the first loop of that name
ir::NodePath block_named(const ir::Module& module, const std::string& name);

}  // namespace loopglass::app
