#include "engine/support/thread_turn.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace loopglass {

namespace {

constexpr uint64_t kTurn = 100'000;   // ns: the shortest that the kernel takes

// sched_setattr(2); Debian's headers have it in one that does not go with sched.h.
struct Attributes {
  uint32_t size = sizeof(Attributes), policy = SCHED_OTHER;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0, deadline = 0, period = 0;
};

}  // namespace

void ask_for_short_turns() {
  Attributes attributes;
  attributes.runtime = kTurn;
  ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

void give_way(int niceness) { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), niceness); }

}  // namespace loopglass
