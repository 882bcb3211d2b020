// A last line from a worker that crashes: what was running, and what struck it.
//
// The report is written by a signal handler, which may not allocate or format: the line is made beforehand, cut where the signal's name goes in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace loopglass::measure {

// Handles SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT: writes the line to standard output, then lets the signal end the process. Installs an
// alternate stack for the calling thread, so that an overflow of its stack is reported too.
void install_crash_report();

// From now on a crash ends this request with KernelCrash "FUNCTION crashed while it DOING: ..." ("was compiled", "ran"). 0: nothing is running.
void note_running(uint64_t request, const std::string& function, const std::string& doing);

// The stack that signal handlers of this thread use, as long as it lives.
class AlternateStack {
 public:
  AlternateStack();
  ~AlternateStack();
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace loopglass::measure
