// The loop tree as cards: which there are, what they say and where they lie. Pure: values in, values out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/ui/caches.h"
#include "app/ui/rect.h"
#include "engine/ir/node_path.h"
#include "engine/locality/access.h"
#include "engine/measure/client.h"

namespace loopglass::ui {

struct TreeCard {
  enum class Kind { Function, Loop, Block };
  Kind kind = Kind::Loop;
  ir::NodePath path;
  int depth = 0;                                               // 0 for a function
  std::string label;                                           // unique in its function: "j_0", the second i "i#2"
  std::string name;                                            // of the variable, block or function
  std::string extent;                                          // of a loop, "128" or an expression
  ir::ForKind for_kind = ir::ForKind::Serial;
  std::vector<ir::IterType> axes;                              // of a block
  std::vector<std::string> reads, writes;                      // of a block: buffer names, each once
  bool has_init = false;
  bool reduces = false;                                        // a loop that drives a reduction axis
  std::vector<std::pair<std::string, int64_t>> footprint;      // of one iteration: buffer, bytes
  int64_t footprint_total = 0;                                 // bytes
  int level = 0;                                               // level_that_holds(total); 0 = not known
  double share = -1;                                           // of the samples that hit it or what is below; -1 = not known
  bool added = false;                                          // not in `base`, or elsewhere there
  Rect rect;
};

struct TreeLayout {
  std::vector<TreeCard> cards;   // in program order
  float height = 0;
};

struct TreeMetrics {             // pixels
  float width = 360, indent = 22, card_height = 38, function_height = 24, gap = 6;
};

// `loops`: what their iterations touch, of the function it was measured for, or null. `profile`: of the same function, or null. `base`: what `added` is told against, or null (nothing is added).
TreeLayout layout_loop_tree(const ir::Module& module, const std::vector<locality::LoopFootprint>* loops, const Caches& caches, const TreeMetrics& metrics,
                            const ir::Module* base = nullptr, const measure::Profile* profile = nullptr);

// The card of a path, or null.
const TreeCard* find_card(const TreeLayout& layout, const ir::NodePath& path);
// The loop or block after (before) `path` among a function's cards, in program order; the first where there is no such path.
const TreeCard* next_card(const TreeLayout& layout, const std::optional<ir::NodePath>& path, int direction);

}  // namespace loopglass::ui
