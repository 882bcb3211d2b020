// The name of a statement that holds across processes and through print -> parse: the way down to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ir/module.h"

namespace loopglass::ir {

// The children taken from a function's body down. Children are numbered: For, LetStmt, While, DeclBuffer, AllocBuffer, AttrStmt: 0 = body;
// Seq: its index; IfThenElse: 0 = then, 1 = else; BlockRealize: 0 = body, 1 = init.
struct NodePath {
  std::string function;
  std::vector<uint32_t> steps;
  bool operator==(const NodePath&) const = default;
  auto operator<=>(const NodePath&) const = default;
};

std::string to_string(const NodePath& path);                    // "mm_relu:0/1/0"
std::optional<NodePath> parse_node_path(std::string_view text);

// Null where the path leads nowhere.
Stmt node_at(const Module& module, const NodePath& path);
// The path of a statement by pointer.
std::optional<NodePath> path_of(const Module& module, const StmtNode* stmt);
std::optional<NodePath> path_of_loop(const Module& module, const VarNode* loop_var);
std::optional<NodePath> path_of_block(const Module& module, const BlockIdToken* block);

// A statement's children in the numbering above (nulls left in place). Lives no longer than the statement.
class Children {
 public:
  Children() = default;
  explicit Children(const std::vector<Stmt>& all) : first_(all.data()), size_(all.size()) {}
  explicit Children(const Stmt& only) : first_(&only), size_(1) {}
  Children(const Stmt& first, const Stmt& second) : first_(&first), second_(&second), size_(2) {}

  size_t size() const { return size_; }
  const Stmt& operator[](size_t i) const { return i == 1 && second_ ? *second_ : first_[i]; }

  struct Iterator {
    const Children* children;
    size_t i;
    const Stmt& operator*() const { return (*children)[i]; }
    Iterator& operator++() { return ++i, *this; }
    bool operator==(const Iterator& other) const { return i == other.i; }
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

 private:
  const Stmt* first_ = nullptr;
  const Stmt* second_ = nullptr;   // of a statement that has just two, where they do not stand side by side
  size_t size_ = 0;
};
Children children(const Stmt& stmt);

// One of them; null where there is none.
Stmt child(const Stmt& stmt, uint32_t index);
// The statement with one of its children replaced. Requires: both are there.
Stmt with_child(const Stmt& stmt, uint32_t index, Stmt child);

// The smallest part of a function in which two versions of it differ: what stands elsewhere is shared, at the same path. Nothing where they
// are the same.
std::optional<NodePath> changed_part(const NamedFunction& before, const NamedFunction& after);

// A loop's path as the command line's JSON names it: loop names from the outermost, "i/j_0", the n-th of a name among
// siblings as "i#2".
std::string loop_path(const Module& module, const NodePath& loop);

}  // namespace loopglass::ir
