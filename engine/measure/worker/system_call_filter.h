// A seccomp filter: the system calls that a running kernel's process needs, and no others.
#pragma once

namespace loopglass::measure {

// Refuses all other calls with EPERM from here on, in this thread and those it starts. Requires no_new_privs. False where the system has no
// seccomp, or this architecture no list.
bool install_system_call_filter();

}  // namespace loopglass::measure
