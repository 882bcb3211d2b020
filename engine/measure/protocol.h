// What the window and the worker say to each other: lines of JSON over the worker's standard input and output.
//
//   both, first:  {"protocol": 1, "build": "loopglass 0.1.0"}            (the worker's has "confinement": [...] too, and comes once it is warm)
//   to the worker {"id": 7, "op": "run", "module": "...", "function": "mm_relu", "reference": "...", "against": "...", "inputs": ["A"],
//                  "threads": 1, "budget_s": 1.0, "seed": 0, "want_assembly": true}       op: compile | run | ab | machine
//                 {"id": 7, "op": "cancel"}
//   back          {"id": 7, "event": "compiled" | "verified" | "time" | "done" | "machine" | "kernel" | "error", ...}
// A new program whose run is short has `compiled` (code "quick"), `verified` and `time` first, then all three again for the optimised code.
//
// Programs travel as TVMScript. The files of `inputs` travel as open descriptors beside the first byte of the request's line, in the order of
// the names, because the worker may open none. `done` is a last `time`; for "compile" it stands alone; after it, or after an `error`, nothing more comes for the id.
// `kernels` of a request names files of compiled kernels (kernel_store.h), which travel behind those of `inputs`: kept ones to read, new ones to fill.
// {"event": "kernel", "kernel": "program", "whole": true} says that a new one is whole; false, that a kept one is of no use.
// Numbers that JSON has not ("nan", "inf", "-inf") are strings.
#pragma once

#include <string>
#include <string_view>

#include "engine/measure/client.h"
#include "engine/measure/machine.h"
#include "engine/support/result.h"

namespace loopglass::measure {

inline constexpr int kProtocol = 1;

// Of this program: "loopglass 0.1.0".
std::string build_name();

struct Hello {
  int protocol = kProtocol;
  std::string build = build_name();
  std::vector<std::string> confinement;   // the worker's
  std::string identity;                   // the worker's: kernels of another one are of no use to it; empty: it keeps none
  bool operator==(const Hello&) const = default;
};

enum class Op { Compile, Run, Ab, Machine, Cancel };

enum class KernelRole { Program, Reference };

struct KernelSlot {
  KernelRole role = KernelRole::Program;
  bool is_kept = false;   // else it is to be filled
  bool operator==(const KernelSlot&) const = default;
};

struct KernelNews {
  KernelRole role = KernelRole::Program;
  bool is_whole = false;
  bool operator==(const KernelNews&) const = default;
};

struct WireRequest {
  uint64_t id = 0;
  Op op = Op::Run;
  std::string module, function;
  std::string reference;              // empty: `module` itself
  std::string against;                // for Ab
  std::vector<std::string> inputs;    // parameter names
  int threads = 1;
  double budget_s = 1.0;
  uint64_t seed = 0;
  bool want_assembly = true;
  std::vector<KernelSlot> kernels;
  bool cold = false;
  bool operator==(const WireRequest&) const = default;
};

// Each gives one line with its newline at the end.
std::string encode(const Hello& hello);
std::string encode(const WireRequest& request);
std::string encode(const Event& event);
// `{"id", "event": "done"}`: the end of a request to compile alone.
std::string encode_done(uint64_t id);
// `{"id", "event": "machine", "machine": {...}}`: machine.h's JSON, and the end of its request.
std::string encode(uint64_t id, const Machine& machine);
std::string encode(uint64_t id, const KernelNews& news);

// Error: ProtocolError for a line that is not of the form above.
Result<Hello> decode_hello(std::string_view line);
Result<WireRequest> decode_request(std::string_view line);
// Nothing in `what` for a `machine`, for a `kernel`, and for the `done` of a request to compile alone.
struct WireEvent {
  uint64_t id = 0;
  std::optional<std::variant<Compiled, Verified, Timed, Diagnostic>> what;
  bool ends = false;   // nothing more comes for the id
  std::optional<KernelNews> kernel;
};
Result<WireEvent> decode_event(std::string_view line);

}  // namespace loopglass::measure
