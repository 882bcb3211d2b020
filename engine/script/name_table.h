// The names that variables and buffers have at a place of the printed text.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace loopglass::script {

// Objects (variables, buffers) get the name they ask for, or that name with _1, _2, ... where something else in force has
// it. A frame's names are free again when it ends, so that siblings may share them. `I`, `T` and `R` are taken.
class NameTable {
 public:
  class Frame {
   public:
    explicit Frame(NameTable& table) : table_(table), size_(table.defined_.size()) {}
    ~Frame() { table_.forget(size_); }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    NameTable& table_;
    size_t size_;
  };

  // The object's name, made up where it has none yet.
  const std::string& define(const void* object, std::string_view wish);
  // Gives the object a text that reserves no name: "A.data", "S.strides[0]".
  void define_as(const void* object, std::string text);
  // Null where the object has no name.
  const std::string* find(const void* object) const;
  bool knows(const void* object) const { return find(object) != nullptr; }
  // Of a buffer that `x: T.int32` declares: its element is written x, not x[0]. Requires: it has a name.
  void mark_scalar(const void* object) { names_.at(object).is_scalar = true; }
  bool is_scalar(const void* object) const;

 private:
  void forget(size_t size);

  struct Entry {
    std::string text;
    bool reserves;
    bool is_scalar = false;
  };
  std::unordered_map<const void*, Entry> names_;
  std::unordered_set<std::string> taken_{"I", "T", "R"};
  std::vector<const void*> defined_;  // in order
};

}  // namespace loopglass::script
