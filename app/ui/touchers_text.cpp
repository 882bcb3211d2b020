#include "app/ui/touchers_text.h"

#include <algorithm>

#include "app/ui/quantities.h"

namespace loopglass::ui {
namespace {

constexpr size_t kMost = 6;   // lines

std::string loops_text(const app::Toucher& toucher) {
  std::string text;
  for (const app::Toucher::Loop& loop : toucher.loops) {
    text += (text.empty() ? "" : ", ") + loop.name + "\u00a0=\u00a0" + format_count(loop.first);   // spaces that a line does not break at
    if (loop.last != loop.first) text += "\u00a0…\u00a0" + format_count(loop.last);
  }
  return text;
}

std::string line_of(const app::Toucher& toucher, const Locale& words) {
  std::string line = words.format(toucher.is_write ? "memory.writes" : "memory.reads", {{"block", toucher.block}, {"reference", toucher.reference}, {"count", format_count(toucher.count)}});
  if (const std::string loops = loops_text(toucher); !loops.empty()) line += words.format("memory.at_loops", {{"loops", loops}});
  return line;
}

}  // namespace

std::string touchers_text(const app::Touchers& touchers, const Locale& words) {
  std::string text;
  for (size_t i = 0; i < std::min(touchers.touchers.size(), kMost); ++i) text += (text.empty() ? "" : "\n") + line_of(touchers.touchers[i], words);
  if (touchers.touchers.size() > kMost) text += "\n" + words.format("memory.more_references", {{"count", format_count(static_cast<int64_t>(touchers.touchers.size() - kMost))}});
  return text;
}

}  // namespace loopglass::ui
