// What the window remembers beyond the document: selection, tabs, folds, open forms. Lives as long as the window; undo does not touch it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/gl/pyramid.h"
#include "app/model/pictures.h"
#include "app/model/step.h"
#include "app/ui/model_layout.h"
#include "app/ui/rect.h"
#include "engine/ir/node_path.h"
#include "engine/locality/access.h"

namespace loopglass::ui {

enum class TextTab { Script, Numpy, C, Assembly };
enum class TimePage { Times, Roofline, Model };
// Misses1 to Misses3: of the nearest cache levels. Now: the nearest level that holds each element at a moment. Figures: no pictures but a table.
enum class HeatMode { Accesses, Reads, Writes, FirstTouch, LastTouch, Misses1, Misses2, Misses3, ReuseMin, ReuseMedian, ReuseMax, LineUse, Thread, Now, Figures };

using app::PlaneChoice;

// A primitive's form that is open: the step it would make, as far as it is filled in.
struct OpenForm {
  const schedule::PrimitiveSpec* primitive = nullptr;
  std::optional<ir::NodePath> node;       // the loop or block that it was opened for
  std::vector<std::string> texts;         // one per parameter, as typed; nodes by name
  std::vector<std::optional<ir::NodePath>> nodes;   // of the parameters that `node` gives
  int changes = -1;                       // the version whose step it changes; -1: it makes a new step
  std::vector<std::string> fixed;         // of a step that it changes: what the node parameters stand for
  bool just_opened = true;
  bool typed = false;                     // by the person: what does not read is an error from then on
};

struct ViewState {
  std::optional<ir::NodePath> selection;  // a loop or block of the version on the screen
  TextTab text_tab = TextTab::Script;
  std::set<ir::NodePath> folded;
  bool show_diff = true;                  // of the last step
  bool other_dialect = false;             // TVMScript in the dialect that the file is not written in
  bool editing = false;
  bool edit_ends = false;                 // asked for: once what was typed has been read and holds no error
  std::string edit_buffer;
  TimePage time_page = TimePage::Times;
  Against model_against = Against::Misses;  // on the model's page; a machine without counters shows times
  int traffic_level = -1;                 // beyond which cache bytes count, in the roofline and beside the times: an index; -1: level_to_show (model_layout.h)
  HeatMode heat_mode = HeatMode::Accesses;
  bool logarithmic = false;
  bool own_scales = false;                // of the pictures: each its own, or one for all
  gl::Pooling pooling = gl::Pooling::Largest;
  std::map<std::string, gl::PictureWindow> windows;   // what is seen of each picture, by buffer name
  std::optional<app::BufferElement> pinned;   // an element whose numbers stay on the screen
  std::shared_ptr<const locality::Access> pictured;   // whose pictures, or figures, are on the screen
  std::map<std::string, PlaneChoice> planes;   // by buffer name
  std::optional<OpenForm> form;
  Rect selected_card;                     // on the screen, for what opens beside it
  bool placing_block = false;             // `m` was pressed: the next loop chosen takes the block
  std::optional<ir::NodePath> placing_target;  // chosen so far by the arrow keys
  std::string tree_note;                  // why the last gesture in the tree did nothing; until the next one
  bool palette_open = false;
  bool focus_tree = false;                // the keyboard goes back to the loop tree once nothing lies over it
  bool story_dismissed = false;
  bool exported = false;                  // an export has ended well since the start
  int undone = 0, redone = 0;             // since the last step, for the story
  uint64_t notice_seen = 0;
  std::map<std::string, Rect> marks;      // where things are on the screen in this frame, by name ("loop k"): what the tour's hand aims at
};

}  // namespace loopglass::ui
