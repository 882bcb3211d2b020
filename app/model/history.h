// The versions of a program as a tree: every step makes a child, undo and redo move a cursor, nothing is ever lost.
#pragma once

#include <memory>

#include "engine/schedule/trace_edit.h"
#include "engine/script/parser.h"

namespace loopglass::app {

// What a root of the history came from: one module of a text.
struct Source {
  std::string path;        // the file's, empty for a text that was typed
  std::string text;        // the whole file
  std::string module;      // the chosen module's name in it
  std::string function;    // the function on the screen
  script::Dialect dialect = script::Dialect::STir;
  std::vector<std::string> modules;  // all that the file holds
};

// A step that stands in the history and is not part of the schedule.
struct Skipped {
  std::vector<schedule::Instruction> instructions;   // what was not applied of it, the primitive last (numbering: trace_edit.h)
  std::optional<Diagnostic> reason;                  // why it does not apply; nothing where a person switched it off
};

// One node of the tree; immutable.
struct Version {
  int id = 0;
  int parent = -1;                                    // -1: a root
  schedule::Schedule schedule;
  std::shared_ptr<const Source> source;
  const schedule::PrimitiveSpec* primitive = nullptr; // null for a root
  std::string step;                                   // "split(j, [None, 4])"; empty for a root
  schedule::Forwarding forwarding;                    // from the parent's nodes
  std::vector<Diagnostic> warnings;                   // not empty: applied under trust, though the results change
  uint64_t hash = 0;                                  // structural, of the module
  std::optional<Skipped> skipped;                     // the module is the parent's then
  int edited_from = -1;                               // of a root that an edit of the text gave: the version that was edited; else -1
};
using VersionPtr = std::shared_ptr<const Version>;

// A value: every change gives a new History that shares all versions.
class History {
 public:
  bool empty() const { return versions_.empty(); }
  const std::vector<VersionPtr>& versions() const { return versions_; }   // by id
  const VersionPtr& at(int id) const { return versions_[id]; }
  const VersionPtr& current() const { return versions_[cursor_]; }
  const VersionPtr& root_of(int id) const;
  std::vector<int> children(int id) const;
  bool is_on_path(int id, int end) const;            // from `end` up to its root, both counted
  // The end of the branch that goes on from a version by redo.
  int tip(int id) const;
  int depth() const;                                  // steps from the root to the cursor
  // Undo leads from an edited text back to the version that was edited, and redo there again.
  bool can_undo() const { return !empty() && came_from(cursor_) >= 0; }
  bool can_redo() const { return !empty() && next_[cursor_] >= 0; }

  // Adds a version (its id is set here) below `parent`, -1 for a new root. The cursor does not move.
  [[nodiscard]] History with_version(Version version, int parent) const;
  [[nodiscard]] History at_cursor(int id) const;
  // The first `count` versions, at least one; the cursor goes to the last of them where its own is gone.
  [[nodiscard]] History first(int count) const;
  [[nodiscard]] History undone() const;       // Requires can_undo
  [[nodiscard]] History redone() const;       // Requires can_redo; goes to where the cursor was last

 private:
  int came_from(int id) const { return versions_[id]->parent >= 0 ? versions_[id]->parent : versions_[id]->edited_from; }
  std::vector<VersionPtr> versions_;
  std::vector<int> last_child_;   // per version: the child last visited, -1 = none yet
  std::vector<int> next_;         // per version: where redo goes, the child or the edited text last visited; -1 = nowhere yet
  int cursor_ = 0;
};

}  // namespace loopglass::app
