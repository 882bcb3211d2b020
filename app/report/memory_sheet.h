// The memory page as one drawing: a picture of each buffer with its title, one scale for all of them, and what is shown.
#pragma once

#include "app/report/heatmap.h"
#include "app/report/sheet.h"
#include "engine/locality/cache_model.h"

namespace loopglass::report {

inline constexpr int kSide = 256;   // of a picture, in the sheet's pixels

// `program`: what the title says; `levels`: whose misses `access` has. Pictures have at most kSide * scale cells a side.
Sheet memory_sheet(const locality::Access& access, const std::string& program, const std::vector<locality::CacheLevel>& levels, const Quantity& quantity,
                   const app::PictureChoice& choice, int scale, const ui::Locale& words);

// "L1 48 KB, 12 ways · L2 1 MB, 16 ways"
std::string levels_text(const std::vector<locality::CacheLevel>& levels, const ui::Locale& words);
// "128×128 float32 · 2 113 536 · 129 each", with the slice that is shown and how much is pooled.
std::string caption_of(const locality::BufferAccess& buffer, const Heatmap& map, const Quantity& quantity, const ui::Locale& words);

}  // namespace loopglass::report
