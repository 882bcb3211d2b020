// The state of one execution, and the two kinds of compiled code that run on it.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/interp/interpreter.h"
#include "engine/interp/observer.h"

namespace loopglass::interp {

// A variable's value: integers, bool and handles in `i`, floats in `f`.
union Slot {
  int64_t i;
  double f;
};

struct Storage {
  std::vector<std::byte> bytes;
};

// A buffer as it is indexed now: dimension d takes low[d] <= index < high[d].
struct View {
  int storage = 0;
  int64_t offset = 0;                        // elements
  std::vector<int64_t> shape, low, high, strides;   // strides in elements
};

// Where a piece of code stands, for its errors.
struct Place {
  std::string path;                                       // node path of the statement
  std::vector<std::pair<std::string, int>> loops;         // enclosing loop variables and their slots
};

struct Frame {
  std::vector<Slot> slots;
  std::vector<Storage> storages;
  std::vector<View> views;
  int lane = 0;                      // of the vector operation under way
  int64_t steps = 0;
  Limits limits;
  Observer* observer = nullptr;

  void count_step(const Place& place) {
    if (++steps > limits.max_steps || (steps & 0xfff) == 0) check_limits(place);
  }
  void check_limits(const Place& place) const;
};

// Ends an execution; caught in run().
struct Stopped {
  Diagnostic diagnostic;
};
[[noreturn]] void stop(const Frame& frame, const Place& place, DiagnosticKind kind, std::string message, std::string help = {});

struct IntCode {
  virtual ~IntCode() = default;
  virtual int64_t operator()(Frame& frame) const = 0;
};
struct FloatCode {
  virtual ~FloatCode() = default;
  virtual double operator()(Frame& frame) const = 0;
};
struct StmtCode {
  virtual ~StmtCode() = default;
  virtual void operator()(Frame& frame) const = 0;
};
using IntPtr = std::unique_ptr<const IntCode>;
using FloatPtr = std::unique_ptr<const FloatCode>;
using StmtPtr = std::unique_ptr<const StmtCode>;

// Code of a closure; its captures are the children.
template <class Base, class F>
struct Closure final : Base {
  F f;
  explicit Closure(F f) : f(std::move(f)) {}
  auto operator()(Frame& frame) const -> decltype(f(frame)) override { return f(frame); }
};
template <class F>
IntPtr int_code(F f) { return std::make_unique<Closure<IntCode, F>>(std::move(f)); }
template <class F>
FloatPtr float_code(F f) { return std::make_unique<Closure<FloatCode, F>>(std::move(f)); }
template <class F>
StmtPtr stmt_code(F f) { return std::make_unique<Closure<StmtCode, F>>(std::move(f)); }

}  // namespace loopglass::interp
