// From expressions and statements to closures over slots: done once per function, so that running it looks nothing up.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "engine/interp/frame.h"
#include "engine/ir/node_path.h"

namespace loopglass::interp {

// A vector value: `fill` computes all lanes into slots first, first + 1, ...
struct VectorCode {
  StmtPtr fill;
  int first;
  int lanes;
};

struct ElementCode;

class Compiler {
 public:
  explicit Compiler(std::string function_name);

  IntPtr compile_int(const ir::Expr& e);       // of an integral, bool or handle type, one lane
  FloatPtr compile_float(const ir::Expr& e);   // of a float type, one lane
  VectorCode compile_vector(const ir::Expr& e);
  // Evaluates a scalar or vector into slots.
  StmtPtr compile_into(const ir::Expr& e, int slot);
  StmtPtr compile(const ir::Stmt& s);          // null does nothing

  int slot_of(const ir::VarNode* var);         // made where there is none
  int view_of(const ir::Buffer& buffer);
  int storage_of(const ir::Buffer& buffer);    // of the data that it lies in
  // Sets up the view of a buffer over its data's storage; `bytes` null: the storage stands already.
  StmtPtr bind_view(const ir::Buffer& buffer);
  StmtPtr allocate(const ir::Buffer& buffer);

  std::shared_ptr<const Place> place();

  // Nodes made while compiling whose addresses the code keeps.
  std::vector<ir::Expr> take_kept() { return std::move(kept_); }
  int slots() const { return next_slot_; }
  int views() const { return next_view_; }
  std::vector<ir::Buffer> storages;            // the buffer that made each
  std::vector<const ir::For*> loops;
  std::vector<Reference> references;

 private:
  // A checked place in a buffer and its reference, which is numbered here: after the loads in its indices.
  ElementCode compile_element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, bool is_write);
  ElementCode make_element(const ir::Buffer& buffer, const std::vector<ir::Expr>& indices, std::vector<IntPtr> code, bool is_write);
  IntPtr compile_binary_int(const ir::Binary& e);
  IntPtr compile_comparison(const ir::Binary& e);
  IntPtr compile_division(const ir::Binary& e);
  FloatPtr compile_binary_float(const ir::Binary& e);
  IntPtr compile_call_int(const ir::Call& call);
  FloatPtr compile_call_float(const ir::Call& call);
  StmtPtr compile_for(const ir::For& loop);
  StmtPtr compile_block(const ir::BlockRealize& realize);
  StmtPtr compile_store(const ir::BufferStore& store);
  StmtPtr compile_child(const ir::Stmt& s, uint32_t step);
  StmtPtr bind_match(const ir::MatchBuffer& match);
  VectorCode compile_vector_branch(const ir::Call& call);
  VectorCode compile_element_vector(const ir::BufferLoad& load);
  VectorCode compile_reinterpret(const ir::Call& call);
  VectorCode vector_of_lanes(int lanes, std::vector<VectorCode> operands, const ir::Expr& scalar);
  [[noreturn]] void unsupported(const std::string& what);
  // A vector longer than its buffer's rows goes on in the next ones: they have to lie one after another.
  void require_rows(const ir::BufferNode& buffer, int lanes);

  int new_slots(int count);

  int next_slot_ = 0, next_view_ = 0;
  std::unordered_map<const ir::VarNode*, int> slots_, storages_;
  std::unordered_map<const ir::BufferNode*, int> views_;
  std::unordered_set<const ir::VarNode*> lane_vars_;   // stand for one lane of an operand
  ir::NodePath path_;
  std::vector<std::pair<std::string, int>> loop_slots_;
  std::shared_ptr<const Place> place_;
  const ir::Block* block_ = nullptr;
  std::unordered_set<const ir::BufferNode*> scattered_;      // windows whose rows lie apart
  std::vector<ir::Expr> kept_;                               // nodes made here, alive as long as their addresses are keys
};

}  // namespace loopglass::interp
