#include "engine/measure/worker/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace loopglass::measure {
namespace {

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;
#endif

constexpr int kAllowed[] = {
    // descriptors that are open already
    SYS_read, SYS_write, SYS_pread64, SYS_readv, SYS_writev, SYS_recvmsg, SYS_close, SYS_fstat, SYS_newfstatat, SYS_lseek, SYS_ppoll, SYS_ioctl, SYS_fcntl,
    // memory
    SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk,
    // threads, their places, turns and locks
    SYS_futex, SYS_set_robust_list, SYS_sched_setaffinity, SYS_sched_getaffinity, SYS_sched_yield, SYS_gettid, SYS_getpid, SYS_membarrier,
    SYS_getcpu, SYS_set_tid_address, SYS_setpriority,
#ifdef SYS_rseq
    SYS_rseq,
#endif
    // time
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_getrusage, SYS_timer_create, SYS_timer_settime, SYS_timer_delete,
    // signals to itself, and the end
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_tgkill, SYS_restart_syscall, SYS_exit, SYS_exit_group,
    // what libraries ask at odd moments
    SYS_getrandom, SYS_sysinfo, SYS_uname, SYS_prlimit64,
};

sock_filter load(unsigned offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset); }
sock_filter give(unsigned result) { return BPF_STMT(BPF_RET | BPF_K, result); }
// Skips the next instruction where the loaded word is not `value`.
sock_filter if_equal(unsigned value) { return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1); }

std::vector<sock_filter> make_filter() {
  constexpr unsigned kNumber = offsetof(seccomp_data, nr), kMachine = offsetof(seccomp_data, arch), kFirstArgument = offsetof(seccomp_data, args);
  std::vector<sock_filter> filter = {load(kMachine), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0), give(SECCOMP_RET_KILL_PROCESS),
                                     load(kNumber)};
  for (const int number : kAllowed) {
    filter.push_back(if_equal(static_cast<unsigned>(number)));
    filter.push_back(give(SECCOMP_RET_ALLOW));
  }
  // clone3 hides its flags behind a pointer: without it the C library takes clone, and that may make threads alone.
  filter.push_back(if_equal(SYS_clone3));
  filter.push_back(give(SECCOMP_RET_ERRNO | ENOSYS));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
  filter.push_back(load(kFirstArgument));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  filter.push_back(give(SECCOMP_RET_ALLOW));
  filter.push_back(give(SECCOMP_RET_ERRNO | EPERM));
  return filter;
}

}  // namespace

bool install_system_call_filter() {
  if (kArchitecture == 0) return false;
  std::vector<sock_filter> filter = make_filter();
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace loopglass::measure
