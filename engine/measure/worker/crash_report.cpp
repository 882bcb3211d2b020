#include "engine/measure/worker/crash_report.h"

#include <fmt/format.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "engine/measure/protocol.h"

namespace loopglass::measure {
namespace {

constexpr size_t kStackBytes = 1 << 16;
constexpr std::string_view kPlaceholder = "<what>";
constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

struct Note {
  std::array<char, 1024> before, after;   // of the signal's name
  size_t before_length = 0, after_length = 0;
};

// A signal handler gets no argument of ours: this is the one place of the process that it can look at. Two notes, so that one is whole while
// the other is written.
std::array<Note, 2> notes;
std::atomic<const Note*> current_note = nullptr;

void copy_into(std::array<char, 1024>& to, size_t& length, std::string_view text) {
  length = std::min(text.size(), to.size());
  std::memcpy(to.data(), text.data(), length);
}

const char* name_of(int signal) {
  switch (signal) {
    case SIGSEGV: return "segmentation fault";
    case SIGBUS: return "bus error";
    case SIGFPE: return "arithmetic exception (an integer division overflowed or was by zero)";
    case SIGILL: return "illegal instruction";
    default: return "abort";
  }
}

// A fault beside the stack pointer is a stack that has no room left.
bool is_stack_overflow(int signal, const siginfo_t* info, const void* context) {
#if defined(__x86_64__)
  const auto stack = static_cast<uint64_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  const auto stack = static_cast<uint64_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.sp);
#else
  const uint64_t stack = 0;
#endif
  const auto address = reinterpret_cast<uint64_t>(info->si_addr);
  const uint64_t distance = address > stack ? address - stack : stack - address;
  return signal == SIGSEGV && distance < 1 << 16;
}

void say(const char* text, size_t length) { [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, text, length); }

void on_crash(int signal, siginfo_t* info, void* context) {
  if (const Note* note = current_note.exchange(nullptr)) {
    const char* what = is_stack_overflow(signal, info, context) ? "its stack overflowed" : name_of(signal);
    say(note->before.data(), note->before_length);
    say(what, std::strlen(what));
    say(note->after.data(), note->after_length);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);   // delivered when the handler returns
}

}  // namespace

void install_crash_report() {
  static const AlternateStack stack;   // the main thread's, for the whole run
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : kSignals) ::sigaction(signal, &action, nullptr);
}

void note_running(uint64_t request, const std::string& function, const std::string& doing) {
  if (request == 0) {
    current_note = nullptr;
    return;
  }
  Diagnostic crash{DiagnosticKind::KernelCrash, fmt::format("{:.200} crashed while it {}: {}", function, doing, kPlaceholder),
                   "the program is unharmed and the worker was started again", {}, {}, {}};
  const std::string line = encode(Event{request, std::move(crash)});
  const size_t cut = line.find(kPlaceholder);
  Note& note = current_note.load() == &notes[0] ? notes[1] : notes[0];
  copy_into(note.before, note.before_length, std::string_view(line).substr(0, cut));
  copy_into(note.after, note.after_length, std::string_view(line).substr(cut + kPlaceholder.size()));
  current_note = &note;
}

AlternateStack::AlternateStack() : memory_(std::make_unique<std::byte[]>(kStackBytes)) {
  const stack_t stack{memory_.get(), 0, kStackBytes};
  ::sigaltstack(&stack, nullptr);
}

AlternateStack::~AlternateStack() {
  const stack_t none{nullptr, SS_DISABLE, 0};
  ::sigaltstack(&none, nullptr);
}

}  // namespace loopglass::measure
