// The strip at the foot: which step of the first two minutes comes next, and its gesture with this program's own names. Pure.
#pragma once

#include "app/model/view.h"
#include "app/ui/locale.h"
#include "app/ui/view_state.h"

namespace loopglass::ui {

enum class StoryStep { Select, Split, Reorder, Place, Decompose, UndoRedo, Export, Done };

StoryStep story_step(const app::View& view, const ViewState& state);
// The sentence for a step, with the loops and blocks of the current program; empty where there is nothing left to say.
std::string story_text(const app::View& view, StoryStep step, const Locale& words);

}  // namespace loopglass::ui
