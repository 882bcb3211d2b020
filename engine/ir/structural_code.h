// A program as a sequence of words that is the same for two programs exactly where they are structurally equal.
//
// Variables and buffers are numbered in the order in which they are first met, so that two programs agree word by word
// exactly where renaming makes one of the other. Equality compares the words, a hash mixes them: the two cannot disagree.
#pragma once

#include <unordered_map>

#include "engine/ir/module.h"

namespace loopglass::ir {

enum class FreeVars {
  Numbered,    // a free variable or buffer may stand for another (TVM's map_free_vars)
  Themselves,  // only for itself; the words then hold addresses and mean nothing in another run
};

class StructuralCode {
 public:
  explicit StructuralCode(FreeVars free_vars, bool with_marks = false) : free_vars_(free_vars), with_marks_(with_marks) {}

  void add(const Module& module);
  void add(const Function& function);
  void add(const Stmt& s);
  void add(const Expr& e);

  const std::vector<uint64_t>& words() const { return words_; }

  // What a stretch of words stands for: "mm_relu:0/1" (a node path) and "extent". Kept only where asked for.
  struct Mark {
    size_t begin;
    std::string place;
    std::string field;
  };
  // The mark that a word stands under; null where there is none.
  const Mark* mark_at(size_t word) const;

 private:
  void word(uint64_t w) { words_.push_back(w); }
  void text(std::string_view s);
  void real(double d);
  void type(DataType t);
  void var(const Var& v);
  void bind(const Var& v);
  void buffer(const Buffer& b);
  void exprs(const std::vector<Expr>& es);
  void optional(const Expr& e, int64_t default_value);
  void region(const BufferRegion& r);
  void regions(const std::vector<BufferRegion>& rs);
  void attr(const Attr& a);
  void attrs(const AttrMap& map);
  void block(const Block& b);
  void statement(const Stmt& s);
  void child(const Stmt& s, size_t index);
  void mark(const char* field);

  FreeVars free_vars_;
  bool with_marks_;
  std::vector<uint64_t> words_;
  std::unordered_map<const void*, uint64_t> numbers_;  // of variables and buffers
  std::vector<Mark> marks_;
  std::string place_;
};

}  // namespace loopglass::ir
