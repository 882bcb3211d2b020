// The memory's figures as a table of texts, and what a step changed as sentences. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/model/memory_figures.h"
#include "app/ui/locale.h"

namespace loopglass::ui {

// The first column is the buffer's name; one for each level whose misses are known stands between bytes and line use.
struct FigureTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;   // by buffer, as in Access::buffers
};
// `figures`: null while they are not known.
FigureTable figure_table(const locality::Access& access, const app::MemoryFigures* figures, const Locale& words);

// "C misses L1 62 700 000 times less (100 000 instead of 62 800 000): one iteration of k now stays in L1"
std::string change_text(const locality::MissChange& change, const Locale& words);

}  // namespace loopglass::ui
