#include "engine/measure/worker/confinement.h"

#include <fmt/format.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>

#include "engine/measure/worker/system_call_filter.h"
#include "engine/support/file_descriptor.h"

namespace loopglass::measure {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

constexpr double kShareOfMemory = 0.75;   // the rest is the window's and the system's

bool limit(__rlimit_resource resource, rlim_t bytes) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return false;
  const rlim_t value = now.rlim_max == RLIM_INFINITY ? bytes : std::min(bytes, now.rlim_max);
  const rlimit wanted{value, value};
  return ::setrlimit(resource, &wanted) == 0;
}

int64_t physical_memory() {
  struct sysinfo info {};
  return ::sysinfo(&info) == 0 ? static_cast<int64_t>(info.totalram) * info.mem_unit : int64_t{4} << 30;
}

// A ruleset that handles every right and grants none.
bool restrict_files() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;   // all rights of the first version
  const FileDescriptor ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  return ruleset && ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace

Confinement confine() {
  Confinement result;
  result.memory_bytes = static_cast<int64_t>(kShareOfMemory * static_cast<double>(physical_memory()));
  if (kSanitized) return result;
  const auto note = [&](bool obtained, std::string name) {
    if (obtained) result.obtained.push_back(std::move(name));
  };
  note(limit(RLIMIT_CORE, 0), "no core dump");
  note(limit(RLIMIT_DATA, static_cast<rlim_t>(result.memory_bytes)), fmt::format("memory {:.1f} GB", static_cast<double>(result.memory_bytes) / 1e9));
  note(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  note(restrict_files(), "landlock");
  note(install_system_call_filter(), "seccomp");
  return result;
}

void die_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }

}  // namespace loopglass::measure
