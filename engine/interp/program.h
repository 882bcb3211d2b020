// A function compiled for execution: what run() uses once, and what an observer's owner keeps to make sense of the events.
#pragma once

#include "engine/interp/frame.h"

namespace loopglass::interp {

class Program {
 public:
  // Errors: UnsupportedOperation.
  static Result<Program> compile(const ir::Function& function);

  // Runs on the arguments in place; tells the observer, if there is one, of every access and iteration.
  Result<void> run(std::span<Tensor> arguments, const Limits& limits = {}, Observer* observer = nullptr) const;

  const std::vector<Reference>& references() const { return references_; }
  // The buffer behind each storage: parameters in order, then allocations in program order.
  const std::vector<ir::Buffer>& storages() const { return storages_; }
  const std::vector<const ir::For*>& loops() const { return loops_; }   // in program order

 private:
  ir::Function function_;
  StmtPtr code_;
  std::vector<Reference> references_;
  std::vector<ir::Buffer> storages_;
  std::vector<const ir::For*> loops_;
  std::vector<ir::Expr> kept_;
  struct Parameter;
  std::shared_ptr<const std::vector<Parameter>> parameters_;
  int slots_ = 0, views_ = 0;
};

}  // namespace loopglass::interp
