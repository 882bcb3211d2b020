#include "app/report/draw.h"

#include <fmt/chrono.h>

#include <ctime>

#include "app/model/cache_levels.h"
#include "app/model/files.h"
#include "app/model/known_peaks.h"
#include "app/report/html.h"
#include "app/report/memory_sheet.h"

namespace loopglass::report {

namespace {

constexpr int kPngScale = 2;

Result<Sheet> sheet_of(const app::View& view, const app::PictureChoice& choice, const Facts& facts, int scale) {
  if (!view.access || view.access->buffers.empty()) {
    if (view.access_error) return std::unexpected(*view.access_error);
    return fail(DiagnosticKind::BadArgument, "the accesses of this version have not been counted yet", "wait for its pictures, then export again");
  }
  TRY_ASSIGN(const Quantity quantity, quantity_of(choice, view));
  const ui::Locale& words = choice.language == "zh" ? facts.chinese : facts.english;
  return memory_sheet(*view.access, program_name(*view.version()), app::cache_levels(facts.machine), quantity, choice, scale, words);
}

}  // namespace

Result<Facts> load_facts(const std::filesystem::path& assets, const measure::Machine& machine, std::optional<measure::Peaks> peaks, int threads) {
  TRY_ASSIGN(ui::Locale english, ui::Locale::load(assets / "locale"));
  english.set_language(ui::Language::English);
  ui::Locale chinese = english;
  chinese.set_language(ui::Language::Chinese);
  TRY_ASSIGN(std::string style, app::read_text_file(assets / "report/report.css"));
  return Facts{machine, std::move(peaks), threads, fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr))), std::move(english), std::move(chinese), std::move(style)};
}

Result<std::string> draw(const app::View& view, const std::string& format, const app::PictureChoice& choice, const Facts& facts) {
  if (format == "html") return html_of(view, choice, facts);
  TRY_ASSIGN(const Sheet sheet, sheet_of(view, choice, facts, format == "png" ? kPngScale : 1));
  return format == "png" ? png_of(sheet, kPngScale) : svg_of(sheet);
}

std::function<Result<std::string>(const app::View&, const app::ExportAs&)> drawer(std::filesystem::path assets, int threads) {
  return [assets = std::move(assets), threads, facts = std::optional<Facts>()](const app::View& view, const app::ExportAs& wanted) mutable -> Result<std::string> {
    if (!facts) {
      const measure::Machine machine = measure::read_machine();
      TRY_ASSIGN(facts, load_facts(assets, machine, app::known_peaks(machine), threads));
    }
    return draw(view, wanted.format, wanted.pictures, *facts);
  };
}

}  // namespace loopglass::report
