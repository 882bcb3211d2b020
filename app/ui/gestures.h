// What a gesture in the loop tree asks for: from the nodes that were dragged, dropped on or selected to the step of a schedule.
#pragma once

#include "app/model/step.h"

namespace loopglass::ui {

using Request = std::optional<app::StepRequest>;

// A loop dropped above (below) another of the same nest: reorder of the loops from the one to the other. Nothing where the two are not
// above each other, or stand so already.
Request reorder_above(const ir::Module& module, const ir::NodePath& dragged, const ir::NodePath& target);
Request reorder_below(const ir::Module& module, const ir::NodePath& dragged, const ir::NodePath& target);
// Alt+Up (-1), Alt+Down (+1): past the next loop of the nest.
Request move_loop(const ir::Module& module, const ir::NodePath& loop, int direction);

// A block dropped on a loop: compute_at where blocks below the loop read what it writes, else reverse_compute_at.
Request place_block(const ir::Module& module, const ir::NodePath& block, const ir::NodePath& loop);

// split with [None, factor].
app::StepRequest split_by(const ir::NodePath& loop, int64_t factor);

// Where a node of one version is in a version that came from it (by the loop's variable, the block's identity, or the step's forwarding) or
// that it came from; nothing where it is gone.
std::optional<ir::NodePath> carry_node(const ir::Module& from, const ir::Module& to, const schedule::Forwarding& forwarding,
                                       const ir::NodePath& path);

}  // namespace loopglass::ui
