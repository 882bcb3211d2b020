// Schedule statements as they are written: a small syntax tree that the schedule library evaluates without Python.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/ir/tensor_intrin.h"
#include "engine/support/source_span.h"

namespace loopglass::script {

// A Python expression of the kinds that a schedule needs.
struct PyExpr;
using PyExprPtr = std::shared_ptr<const PyExpr>;

struct PyNone {};
struct PyName { std::string name; };
struct PyTuple { std::vector<PyExprPtr> items; };                    // tuples and lists alike
struct PyDict { std::vector<std::pair<PyExprPtr, PyExprPtr>> items; };
struct PyStar { PyExprPtr value; };                                  // *value
struct PyIndex { PyExprPtr value, index; };                          // value[index]
struct PySlice { PyExprPtr value, lower, upper, step; };             // value[lower:upper:step], nulls where absent
struct PyUnary { std::string op; PyExprPtr value; };                 // "-", "not"
struct PyBinary { std::string op; PyExprPtr left, right; };          // "+", "-", "*", "//", "%", "**"
struct PyLambda {                                                    // a function of indices, kept as written
  std::string text;
  std::optional<uint32_t> begin;                                     // where the text stands in the file
};
struct PyCall {                                                      // receiver.method(args, name=value)
  PyExprPtr receiver;                                                // null for a plain function: len(x), list(x)
  std::string method;
  std::vector<PyExprPtr> args;
  std::vector<std::pair<std::string, PyExprPtr>> keywords;
};

struct PyExpr {
  std::variant<PyNone, bool, int64_t, double, std::string, PyName, PyTuple, PyDict, PyStar, PyIndex, PySlice, PyUnary,
               PyBinary, PyLambda, PyCall>
      value;
  SourceSpan span;
};

// `targets = value`, or a bare call (targets null). A target is a PyName, or a PyTuple of them, with at most one PyStar in each.
struct PyStatement {
  PyExprPtr targets;
  PyExprPtr value;
  SourceSpan span;
};

struct ScheduleScript {
  std::string name;                       // of the schedule's variable ("sch") or of the function ("apply_trace")
  std::string schedule_variable;          // what calls are made on: "sch"
  std::string module_name;                // of `Schedule(M)`; empty for a function
  bool enable_check = true;               // Schedule(M, enable_check=False)
  std::vector<PyStatement> statements;    // in order, `sch = Schedule(M)` left out
  SourceSpan span;
  ir::TensorIntrins intrinsics;           // that the file registers
};

}  // namespace loopglass::script
