// The window's and command line's side of the worker: requests out, events back, the process kept alive.
//
// The worker (loopglass-worker) compiles, checks, verifies and times kernels in a process of its own. One Client owns one worker and a warm
// spare. Calls return at once; events are taken with `poll` (from one thread), or waited for with `wait`.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/ir/module.h"
#include "engine/ir/node_path.h"
#include "engine/measure/conditions.h"
#include "engine/measure/statistics.h"
#include "engine/support/result.h"

namespace loopglass::measure {

struct Request {
  ir::Module module;                  // what is timed
  std::string function;
  ir::Module reference;               // what it is verified against (the unscheduled program); null: itself, lowered plainly
  ir::Module against;                 // for an interleaved A/B run; null: none
  int threads = 1;
  double budget_s = 1.0;              // for sampling
  double deadline_s = 30.0;           // for all of it, the check by the interpreter too (some 10 s at most); then KernelDeadline
  uint64_t seed = 0;
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;  // NAME=FILE.npy
  bool want_assembly = true;
  bool cold = false;                  // the caches are emptied before each call, which is timed by itself
  bool compile_only = false;          // ends with Compiled; nothing is run
};

struct Compiled {
  double lower_ms = 0, compile_ms = 0;
  std::string target;                                              // "znver5"
  std::string code = "optimised";
  std::string assembly;                                            // text
  std::vector<std::pair<uint32_t, ir::NodePath>> assembly_lines;   // line from 1 -> node
  std::string llvm_ir;                                             // text, optimised; comes with the assembly
  bool cached = false;                                             // it was compiled by an earlier worker: compile_ms is what loading took
  bool operator==(const Compiled&) const = default;
};

struct FirstWrong {
  std::string buffer;
  std::vector<int64_t> index;
  double got = 0, expected = 0;
  bool operator==(const FirstWrong&) const = default;
};

struct Verified {
  bool ok = false;
  double max_rel_error = 0;
  std::optional<FirstWrong> first_wrong;   // in the order of the parameters, row-major
  bool operator==(const Verified&) const = default;
};

// Where a run's time goes, by samples of what it was doing.
struct Profile {
  int64_t samples = 0;
  std::vector<std::pair<ir::NodePath, int64_t>> statements;   // and the samples in each, most first; what is missing was in none
  bool operator==(const Profile&) const = default;
};

struct Timed {
  TimeEstimate time;                  // tightens with every event
  int64_t flops = 0, bytes_min = 0;
  std::optional<Comparison> against;
  bool final = false;
  std::optional<Profile> profile;     // with the final one, where the assembly was wanted too
  Conditions conditions;
  // Hardware counters of one call by perf_event's names, with the final one; empty where there are none, or several threads.
  std::vector<std::pair<std::string, double>> counters;
  bool operator==(const Timed&) const = default;
};

// They come in the order Compiled, Verified, Timed…; where the assembly is wanted, a second Compiled brings it after the first Timed, because
// it takes as long to write down as the kernel took to compile (a request that is `compile_only` has it at once). A Diagnostic, a Timed with `final`, or the Compiled of a request that is `compile_only`
// ends the request. Wrong numbers: a Verified that is not ok, then the Diagnostic KernelWrongResult; nothing is timed.
struct Event {
  uint64_t request = 0;
  std::variant<Compiled, Verified, Timed, Diagnostic> what;
};

class Client {
 public:
  // `worker`: the program's path. Starts it at once, and a spare. `kernels`: the directory where compiled kernels are kept; empty: none are.
  explicit Client(std::filesystem::path worker, std::filesystem::path kernels = {});
  ~Client();

  // Queues a request; an earlier one that has not ended is left to run (cancel it if the user has moved on).
  uint64_t submit(Request request);
  void cancel(uint64_t request);
  // A hand is at work, which a process that starts would keep waiting: no spare is started for so long. What is needed at once is.
  void hold_spare(std::chrono::milliseconds time);
  // Events since the last call, never waiting.
  std::vector<Event> poll();
  // Waits until there is an event or the time is up.
  std::vector<Event> wait(std::chrono::milliseconds timeout);
  // Called from the client's thread whenever an event has come (to wake a window's loop).
  void on_event(std::function<void()> wake);
  // What confinement the worker reports ("seccomp", "landlock", ...).
  std::vector<std::string> confinement() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace loopglass::measure
