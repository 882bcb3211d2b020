// Finding one's way in a program as TVM's sref tree does: a loop or block with all that stands above it, the blocks below it, its scope.
//
// Only loops and blocks are nodes of that tree; Seqs, conditions and lets are passed over. "Scope" of a node: the nearest block above it.
#pragma once

#include <functional>
#include <span>

#include "engine/schedule/place.h"
#include "engine/schedule/primitive.h"

namespace loopglass::schedule {

// Nothing where the program has no such node (any more).
std::optional<Place> find(const ir::Module& module, const NodeRef& node);
// The paths of nodes, looked for in one walk at a place and below it; nothing for those that are not there.
std::vector<std::optional<ir::NodePath>> paths_below(const Place& place, std::span<const NodeRef* const> nodes);
// Whether the node stands at a path.
bool is_at(const ir::Module& module, const ir::NodePath& path, const NodeRef& node);
const std::shared_ptr<const ir::NodePath>& hint_of(const NodeRef& node);
std::optional<Place> place_at(const ir::Module& module, const ir::NodePath& path);
// The same for a node that is known to be there; CHECKs it.
Place at(const ir::Module& module, const NodeRef& node);

// The node above: nearest enclosing loop or block; nothing above the root block.
std::optional<Place> parent(const Place& place);
// The nearest enclosing block, the node itself not counted; nothing above the root block.
std::optional<Place> scope_of(const Place& place);
// The loops between a node and its scope, outermost first, the node itself not counted: what get_loops(block) gives.
std::vector<Place> loops_above(const Place& place);
// True where `inner` lies below `outer` (or is it).
bool is_below(const Place& inner, const Place& outer);
// True where the statement is the place's or one above it.
bool stands_in(const Place& place, const ir::Stmt& stmt);
// The deepest loop or block that is above (or is) both. Requires: nodes of one function.
Place common_ancestor(const Place& a, const Place& b);
// The blocks below a loop, or in the body of a block, that no other block between holds; in program order. A block's init is left out.
std::vector<Place> child_blocks(const Place& place);
// The same of a body, without their places.
void for_each_child_block(const ir::Stmt& body, const std::function<void(const ir::Block&)>& f);
// Every block below a node (itself not counted), nested ones too, in program order.
std::vector<Place> all_blocks_below(const Place& place);
// The only loop or block directly below a loop or in a block's body; nothing where there are several or other statements.
std::optional<Place> only_child(const Place& place);

// How a step refers to the node at a place. Requires: a loop or a block.
NodeRef ref(const Place& place);
LoopRef ref(const ir::For& loop);
BlockRef ref(const ir::BlockRealize& realize);

// The module with the statement at a place replaced; null removes it, with loops and Seqs that become empty.
ir::Module replace(const ir::Module& module, const Place& place, ir::Stmt with);
// The module with several statements of one function replaced by pointer (ir::replace_stmts).
ir::Module replace(const ir::Module& module, const std::string& function, const std::unordered_map<const ir::StmtNode*, ir::Stmt>& map);

// A label on the node at a place.
Label label(const Place& place, std::string text);
// The name of a node for a message: `block "Y"`, `loop "j_0"`.
std::string quoted(const Place& place);
// The bounds and kind of a loop for a message: "j_0 in [0, 32)".
std::string bounds_text(const ir::For& loop);

}  // namespace loopglass::schedule
