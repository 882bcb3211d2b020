// Compares a block of a program with the description of a tensor intrinsic, as TVM's TensorizeComparator does: node by node, with the
// variables and buffers of the one standing for those of the other, and the program's indices counted from where the block's regions begin.
#pragma once

#include <expected>
#include <unordered_map>

#include "engine/ir/rewriter.h"
#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

struct DescriptionMatch {
  ir::BufferMap program_buffers;    // by buffer of the description
  std::unordered_map<const ir::BufferNode*, std::vector<ir::Expr>> origins;   // by buffer of the program: where its region begins
  std::vector<std::string> dropped_inits;   // program blocks with an init: TVM does not compare it, and it would be lost
};

// The first two parts that differ.
struct Mismatch {
  std::string what;                      // "the factors of a product"
  std::string program, description;      // their text
  std::optional<NodeRef> where;          // the innermost loop or block of the program around it
};

// `description`: a function's body, its root block.
std::expected<DescriptionMatch, Mismatch> match_description(const ir::BlockRealize& program, const ir::Stmt& description);

}  // namespace loopglass::schedule
