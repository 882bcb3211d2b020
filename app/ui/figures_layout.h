// The memory's figures as a table of texts, and what a step changed as sentences. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/model/memory_figures.h"
#include "app/ui/locale.h"
#include "app/ui/sets_layout.h"

namespace loopglass::ui {

// The first column is the buffer's name; one for each level whose misses are known stands between bytes and line use.
struct FigureTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;   // by buffer, as in Access::buffers
  // By row and column: of cells that are estimates, what more there is to say of them; "" for the others. No rows where there is no estimate.
  std::vector<std::vector<std::string>> notes;
};
// `figures`, `estimate`: null while they are not known. An estimate stands only where no exact misses are known.
FigureTable figure_table(const locality::Access& access, const app::MemoryFigures* figures, const Locale& words, const app::EstimatedMisses* estimate = nullptr);

// "≈ 1.20 M ± 5 %"; where the interval reaches below half of it, "up to 1.3 M".
std::string estimate_text(const locality::MissEstimate::Range& range, const Locale& words);

// The misses of the nearest level by kind. `figures.kinds` and `figures.sets` are not empty.
FigureTable kind_table(const locality::Access& access, const app::MemoryFigures& figures, const Locale& words);

// "set 17: 96 lines for 8 ways, 2 048 misses"; where sets share the column, of the fullest.
std::string set_text(const SetColumn& column, int64_t ways, const Locale& words);

// "C misses L1 62 700 000 times less (100 000 instead of 62 800 000): one iteration of k now stays in L1"
std::string change_text(const locality::MissChange& change, const Locale& words);

}  // namespace loopglass::ui
