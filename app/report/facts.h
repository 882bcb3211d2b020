// What a report says beside the program: the machine, and the words to say it with.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/ui/locale.h"
#include "engine/measure/machine.h"
#include "engine/measure/peaks.h"

namespace loopglass::report {

struct Facts {
  measure::Machine machine;
  std::optional<measure::Peaks> peaks;   // of one core
  int threads = 1;                       // that kernels run on
  std::string date;                      // "2026-11-26"; empty: not said
  ui::Locale english, chinese;           // each in its language
  std::string style;                     // CSS of the page
};

// Words and style from the assets, today's date. Errors: those of Locale::load; FileError.
Result<Facts> load_facts(const std::filesystem::path& assets, const measure::Machine& machine, std::optional<measure::Peaks> peaks, int threads);

}  // namespace loopglass::report
