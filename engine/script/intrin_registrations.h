// `TensorIntrin.register("name", description, implementation)` among the statements of a Python file.
#pragma once

#include "engine/script/evaluator.h"
#include "engine/script/parser.h"

namespace loopglass::script {

class IntrinRegistrations {
 public:
  // True where the statement registers an intrinsic; what is wrong with it is recorded.
  bool statement(const StatementSyntax& s, Evaluator& evaluator, std::vector<Diagnostic>& errors);

  // Looks up the functions among the file's modules, and takes those out that no schedule is made of. Errors are recorded.
  void resolve(ParsedFile& file) const;

 private:
  struct Registration {
    std::string name, description, implementation;
    SourceSpan span;
  };
  std::vector<Registration> registrations_;
};

}  // namespace loopglass::script
