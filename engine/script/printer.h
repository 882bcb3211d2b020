// From TensorIR to text: TVMScript exactly as TVM 0.27 prints it, or in the course's dialect with the same layout; with the place of each
// node in the text.
#pragma once

#include "engine/ir/node_path.h"
#include "engine/script/parser.h"

namespace loopglass::script {

// The node that a range of the text shows. A loop's head line (or its part of a T.grid), a block's head line to its end, a statement.
struct NodeSpan {
  ir::NodePath path;
  SourceSpan head;   // the tokens that name it: "j" and its extent in a grid, `with T.block("Y"):`, the store
  SourceSpan whole;  // with everything below it
};

struct Printed {
  std::string text;
  std::vector<NodeSpan> nodes;  // in the order of the text
};

struct PrintOptions {
  Dialect dialect = Dialect::STir;
  bool header = true;              // the `# from tvm.script import ...` lines
  bool show_regions = true;        // T.reads / T.writes lines (false: the window's folded form; not parsed back the same)
};

Printed print(const ir::Module& module, const PrintOptions& options = {});
std::string print_expr(const ir::Expr& e, Dialect dialect = Dialect::STir);
// "A[vi, vk]", "P[vi:vi + 5, 0:16]".
std::string print_region(const ir::BufferRegion& region, Dialect dialect = Dialect::STir);

}  // namespace loopglass::script
