// What the worker gives up before it runs code that a user's program became: files, network, other processes, endless memory.
//
// Layers, each of its own, since none is everywhere: no_new_privs; landlock (no file at all); a seccomp filter that lets through what running
// threads, memory and open descriptors need and refuses the rest with EPERM; RLIMIT_DATA; no core dump. Off under sanitizers, whose run times
// need what is refused here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace loopglass::measure {

struct Confinement {
  std::vector<std::string> obtained;   // "no_new_privs", "landlock", "seccomp", "memory 6.0 GB", "no core dump"
  int64_t memory_bytes = 0;            // what a kernel's buffers may take
};

// For the calling thread and those that it starts: call it before there are others, with all that is needed open.
Confinement confine();

// The kernel ends this process when the thread that started it ends.
void die_with_parent();

}  // namespace loopglass::measure
