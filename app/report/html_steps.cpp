// The steps with every version's time, and in words what the last one changed.
#include <fmt/format.h>

#include <algorithm>

#include "app/report/html.h"
#include "app/ui/figures_layout.h"
#include "app/ui/history_layout.h"
#include "app/ui/model_layout.h"
#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

double slowest_of(const std::vector<Row>& rows) {
  double slowest = 0;
  for (const Row& row : rows)
    if (row.time()) slowest = std::max(slowest, row.time()->median);
  return slowest;
}

std::string step_cell(const Contents& c, const Row& row) {
  const app::Version& version = *row.version;
  if (version.step.empty()) return c.say("report.unscheduled");
  std::string html = fmt::format("<code{}>{}</code>", version.skipped ? " class=\"off\"" : "", escaped(version.step));
  if (version.primitive) html += "<p>" + c.say(fmt::format("primitive.{}.summary", version.primitive->name)) + "</p>";
  if (version.skipped) html += "<p class=\"bad\">" + c.say("report.not_applied") + "</p>";
  for (const Diagnostic& warning : version.warnings) html += "<p class=\"bad\">" + c.say.each([&](const ui::Locale& words) { return words.message(warning); }) + "</p>";
  return html;
}

// The median with its interval below, and a bar of its length.
std::string time_cell(const Contents& c, const Row& row, double slowest) {
  const measure::TimeEstimate* time = row.time();
  if (!time) {
    if (row.measured && row.measured->error) return "<p class=\"bad\">" + c.say.each([&](const ui::Locale& words) { return words.message(*row.measured->error); }) + "</p>";
    return "<p>" + c.say("report.not_measured") + "</p>";
  }
  return fmt::format("{}<p>{}</p><div class=\"bar\"><i style=\"width:{:.1f}%\"></i></div>", escaped(ui::format_time(time->median)), c.say.each([&](const ui::Locale& words) { return spread_text(*time, words); }), slowest > 0 ? 100 * time->median / slowest : 0);
}

std::string ratio_cell(const Contents& c, const Row& row) {
  const measure::TimeEstimate* first = c.rows.front().time();
  return row.time() && first ? escaped(ui::format_ratio(first->median / row.time()->median)) : std::string("–");
}

std::string checked_cell(const Contents& c, const Row& row) {
  if (row.version->parent < 0) return c.say("report.reference");
  if (!row.measured || !row.measured->verified) return "–";
  return row.measured->verified->ok ? "<span class=\"good\">✓</span>" : "<span class=\"bad\">✗ " + c.say("report.wrong_short") + "</span>";
}

// Coloured where the step made them fewer or more.
std::string misses_cell(const Row& row, const Row* before, size_t level) {
  if (!row.traffic || level >= row.traffic->misses.size()) return "<td class=\"n\">–</td>";
  const int64_t now = row.traffic->misses[level], then = before && before->traffic ? before->traffic->misses[level] : now;
  return fmt::format("<td class=\"n{}\">{}</td>", now < then ? " good" : now > then ? " bad" : "", escaped(ui::format_count(now)));
}

// How the model's misses go together with the times, where there are enough versions of both, and what hardware counted of this version.
std::string agreement_html(const Contents& c) {
  std::vector<std::string> levels;
  for (const locality::CacheLevel& level : c.levels) levels.push_back(level.name);
  const ui::ModelLayout layout = ui::layout_model(c.view, levels, 0);
  std::string coefficients, html;
  for (const ui::Agreement& agreement : layout.agreements)
    if (agreement.rank && agreement.logs) coefficients += (coefficients.empty() ? "" : "; ") + fmt::format("{} {:.2f}, {:.2f}", agreement.level, *agreement.rank, *agreement.logs);
  if (!coefficients.empty()) html += " " + c.say.format("report.agreement", {{"levels", coefficients}, {"count", std::to_string(layout.points.size())}});
  for (const ui::Agreement& agreement : layout.agreements)
    if (agreement.modelled && agreement.counted)
      html += " " + c.say.format("report.counted", {{"level", agreement.level}, {"counter", agreement.counter}, {"modelled", ui::format_count(*agreement.modelled)}, {"counted", ui::format_count(*agreement.counted)}});
  return html;
}

// How the times were taken; nothing where there are none.
std::string times_note(const Contents& c) {
  if (std::ranges::none_of(c.rows, [](const Row& row) { return row.time() != nullptr; })) return {};
  return fmt::format("<p class=\"note\">{} {}{}</p>\n", c.say("report.times_note"), c.say(c.view.cold ? "report.cold_note" : "report.warm_note"), agreement_html(c));
}

}  // namespace

std::string steps_html(const Contents& c) {
  const double slowest = slowest_of(c.rows);
  const bool has_misses = std::ranges::any_of(c.rows, [](const Row& row) { return row.traffic != nullptr; });
  std::string head = fmt::format("<th></th><th>{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th>{}</th>", c.say("report.step"), c.say("report.time"), c.say("report.ratio"),
                                 c.say("report.checked"));
  if (has_misses)
    for (const auto& level : c.levels) head += "<th class=\"n\">" + c.say.format("memory.mode.misses", {{"level", level.name}}) + "</th>";
  std::string body;
  for (size_t i = 0; i < c.rows.size(); ++i) {
    const Row& row = c.rows[i];
    body += fmt::format("<tr><td class=\"n\">{}</td><td class=\"step\">{}</td><td class=\"n time\">{}</td><td class=\"n\">{}</td><td>{}</td>", i, step_cell(c, row),
                        time_cell(c, row, slowest), ratio_cell(c, row), checked_cell(c, row));
    for (size_t level = 0; has_misses && level < c.levels.size(); ++level) body += misses_cell(row, i > 0 ? &c.rows[i - 1] : nullptr, level);
    body += "</tr>\n";
  }
  return fmt::format("<section><h2>{}</h2>\n<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n{}</section>\n",
                     c.say("report.steps"), head, body, times_note(c));
}

std::string changes_html(const Contents& c) {
  const app::MemoryFigures* figures = c.view.figures.get();
  if (!figures || figures->compared_with < 0) return {};
  std::string items;
  for (const locality::MissChange& change : figures->changes)
    items += fmt::format("<li class=\"{}\">{}</li>\n", change.after < change.before ? "good" : "bad",
                         c.say.each([&](const ui::Locale& words) { return ui::change_text(change, words); }));
  if (items.empty()) items = "<li>" + c.say("figures.unchanged") + "</li>\n";
  return fmt::format("<section><h2>{}</h2>\n<p class=\"under\"><code>{}</code></p>\n<ul>\n{}</ul>\n</section>\n", c.say("report.changed"), escaped(c.rows.back().version->step), items);
}

}  // namespace loopglass::report
