// Who gets the processor first among the threads that want it.
#pragma once

namespace loopglass {

// Asks for short turns that come soon, for the thread that calls: it does little, and others wait for it. Linux 6.12 and later listen to it; elsewhere nothing changes.
void ask_for_short_turns();

// The niceness of the thread that calls: from 0, as before, to 19, what nothing else wants.
void give_way(int niceness);

}  // namespace loopglass
