// The names that are in force at a place of a script, and what they stand for.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/script/value.h"

namespace loopglass::script {

// A stack of frames; the innermost definition of a name counts. Blocks, loops and branches open a frame each, so that
// siblings may use a name anew, as TVMScript allows.
class Scope {
 public:
  // Opens a frame and closes it with its own life.
  class Frame {
   public:
    explicit Frame(Scope& scope) : scope_(scope), size_(scope.names_.size()), base_(scope.frame_base_) { scope.frame_base_ = size_; }
    ~Frame() {
      scope_.forget(size_);
      scope_.frame_base_ = base_;
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    Scope& scope_;
    size_t size_, base_;
  };

  const Value* find(std::string_view name) const;
  bool defined_in_frame(std::string_view name) const;
  // Defines a name in the innermost frame, or gives it a new value there.
  void set(std::string_view name, Value value);
  std::vector<std::string_view> names() const;

 private:
  struct Entry {
    std::string name;
    Value value;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  void forget(size_t size);

  std::vector<Entry> names_;
  std::unordered_map<std::string, std::vector<size_t>, Hash, std::equal_to<>> places_;  // of each name in names_, innermost last
  size_t frame_base_ = 0;
};

}  // namespace loopglass::script
