// Finds the schedule statements of a Python file and keeps them as they are written.
#pragma once

#include <map>
#include <set>

#include "engine/script/schedule_script.h"
#include "engine/script/syntax.h"
#include "engine/script/token.h"
#include "engine/support/diagnostic.h"

namespace loopglass::script {

// Given the statements of a file in their order, builds one script for each `sch = Schedule(M)`, and for calls on a name
// that nothing defines (`sch.get_block(...)` in a pasted trace). Assignments of constants and of results are followed;
// what other Python computes is known to be unknown. Statements that only look at a schedule (`sch.mod.show()`,
// `print(sch.trace)`) are no part of it; any other that touches one is an error at its place.
class ScheduleFinder {
 public:
  ScheduleFinder(std::string_view text, const std::vector<Token>& tokens, std::vector<Diagnostic>& errors)
      : text_(text), tokens_(tokens), errors_(errors) {}

  // True where the statement belongs to a schedule, so that its syntax errors count.
  bool statement(const StatementSyntax& s);
  void imported(std::string_view name) { unknown_.insert(std::string(name)); }
  // A function that takes a schedule: its body is a script of its own.
  void function(const StatementSyntax& definition);
  // A function of one return statement may be an index map that a schedule uses by its name.
  void index_function(const StatementSyntax& definition);
  static bool takes_schedule(const StatementSyntax& definition, std::string_view text, const std::vector<Token>& tokens);
  bool touches_schedule(const StatementSyntax& s) const;

  std::vector<ScheduleScript> take() { return std::move(scripts_); }
  bool found_any() const { return !scripts_.empty(); }

 private:
  struct NotUnderstood {  // thrown inside this class alone
    SourceSpan span;
    std::string what;
  };
  static constexpr int kConstant = -1;

  bool create(const StatementSyntax& s);
  void add(const StatementSyntax& s, std::string_view schedule);
  void refuse(SourceSpan span, std::string_view schedule, std::string what);
  void assign_elsewhere(const StatementSyntax& s);
  PyExprPtr convert(const Syntax& e, int& owner) const;
  PyExprPtr convert_call(const Syntax& e, int& owner) const;
  PyExprPtr convert_target(const Syntax& e, std::vector<std::string>& names) const;
  void bind(const std::vector<std::string>& names, int owner);
  void forget_targets(const StatementSyntax& s);
  const std::string* schedule_in(const StatementSyntax& s) const;
  bool only_looks(const StatementSyntax& s, std::string_view schedule) const;
  std::string_view implicit_schedule(const StatementSyntax& s) const;

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::vector<Diagnostic>& errors_;
  std::vector<ScheduleScript> scripts_;
  std::vector<PyStatement> constants_;         // assignments that belong to every schedule after them
  std::map<std::string, int, std::less<>> owners_;     // of known names: a script, or kConstant
  std::map<std::string, int, std::less<>> schedules_;  // schedule variables: their script
  std::set<std::string, std::less<>> unknown_;         // names that other Python defines
};

}  // namespace loopglass::script
