#include "app/report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/model/cache_levels.h"
#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

// From the start to the current version.
std::vector<Row> rows_of(const app::View& view) {
  std::vector<Row> rows;
  for (int id = view.version()->id; id >= 0; id = view.history->at(id)->parent) {
    const app::Version& version = *view.history->at(id);
    const auto traffic = view.traffic.find(id);
    rows.push_back({&version, view.measurement(version), traffic == view.traffic.end() ? nullptr : &traffic->second});
  }
  std::ranges::reverse(rows);
  return rows;
}

// Two radio buttons before everything choose the language: no script, so that it works where scripts do not run.
constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="generator" content="Loopglass"/>
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<input type="radio" name="language" id="in-english"{english}/>
<input type="radio" name="language" id="in-chinese"{chinese}/>
<nav><label for="in-english" lang="en" class="always">English</label><label for="in-chinese" lang="zh" class="always">中文</label></nav>
<main>
{parts}</main>
</body>
</html>
)";

}  // namespace

const measure::TimeEstimate* Row::time() const {
  return measured && measured->timed && measured->timed->time.samples > 0 ? &measured->timed->time : nullptr;
}

std::string program_name(const app::Version& version) {
  const app::Source& source = *version.source;
  return source.function == "main" && !source.module.empty() ? source.module : source.function;
}

std::string spread_text(const measure::TimeEstimate& time, const ui::Locale& words) {
  if (time.samples == 1) return words("report.one_call");
  const std::string low = ui::format_time(time.ci95_low), high = ui::format_time(time.ci95_high);
  return words.format(time.samples < kEnoughSamples ? "report.range" : "report.interval", {{"low", low}, {"high", high}, {"samples", std::to_string(time.samples)}});
}

Result<std::string> html_of(const app::View& view, const app::PictureChoice& choice, const Facts& facts) {
  const Contents contents{view, choice, facts, {facts.english, facts.chinese}, app::cache_levels(facts.machine), rows_of(view)};
  TRY_ASSIGN(const std::string memory, memory_html(contents));
  TRY_ASSIGN(const std::string again, again_html(contents));
  const bool is_chinese = choice.language == "zh";
  const std::string parts = title_html(contents) + headline_html(contents) + machine_html(contents) + steps_html(contents) + changes_html(contents) +
                            program_html(contents) + memory + again;
  constexpr const char* kChecked = " checked=\"checked\"";
  return fmt::format(kPage, fmt::arg("language", is_chinese ? "zh" : "en"), fmt::arg("title", escaped(program_name(*view.version()) + " · Loopglass")),
                     fmt::arg("style", facts.style), fmt::arg("english", is_chinese ? "" : kChecked), fmt::arg("chinese", is_chinese ? kChecked : ""),
                     fmt::arg("parts", parts));
}

}  // namespace loopglass::report
