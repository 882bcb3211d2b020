// A program on the screen without an engine thread: what the panels are given in tests.
#pragma once

#include "app/model/view.h"

namespace loopglass::ui {

// The course's kind of program: a matrix product with a ReLU behind it, float32, n x n.
std::string matmul_relu(int n);

// Steps by name, applied one after the other: {"split", "j", "4"}, {"reorder", "k", "j_1"}, {"reverse_compute_at", "C", "j_0"}.
using Steps = std::vector<std::vector<std::string>>;

// The view of a text with steps applied; texts, access counts and made-up measurements filled in.
app::View view_of(const std::string& text, const Steps& steps);

// The path of a loop or block by name; the test ends where there is none.
ir::NodePath node_named(const ir::Module& module, const std::string& name);

}  // namespace loopglass::ui
