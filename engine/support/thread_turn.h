// Who gets the processor first among the threads that want it.
#pragma once

namespace loopglass {

// Asks for short turns that come soon, for the thread that calls: it does little, and others wait for it. Linux 6.12 and later listen to it; elsewhere nothing changes.
void ask_for_short_turns();

}  // namespace loopglass
