// The page's title, what came of the schedule, and the machine.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/report/html.h"
#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

// A figure that is read at a glance, with what it is.
std::string card(const std::string& figure, const std::string& what, const std::string& kind = {}) {
  return fmt::format("<div class=\"card{}\"><b>{}</b><p>{}</p></div>\n", kind.empty() ? "" : " " + kind, figure, what);
}

// How many times as fast the last version is as the first: of an A/B run of the two where there was one.
std::string ratio_card(const Contents& c) {
  const Row &first = c.rows.front(), &last = c.rows.back();
  const auto& duel = c.view.duel;
  const bool is_of_these = duel && duel->result && std::minmax(duel->first, duel->second) == std::minmax(first.version->id, last.version->id);
  if (is_of_these && duel->result->ratio_low > 0) {
    const measure::Comparison& run = *duel->result;
    const bool turned = duel->first == last.version->id;
    const auto ratio = [turned](double of_times) { return fmt::format("{:.3g}×", turned ? 1 / of_times : of_times); };
    const bool is_faster = run.verdict == (turned ? measure::Verdict::Faster : measure::Verdict::Slower);
    return card(ratio(run.ratio_median), c.say.format("report.speed_ab", {{"low", ratio(turned ? run.ratio_high : run.ratio_low)}, {"high", ratio(turned ? run.ratio_low : run.ratio_high)}}),
                run.verdict == measure::Verdict::Tie ? "" : is_faster ? "good" : "bad");
  }
  if (!first.time() || !last.time()) return {};
  return card(ui::format_ratio(first.time()->median / last.time()->median), c.say("report.speed"));
}

std::string time_card(const Contents& c) {
  const measure::TimeEstimate* time = c.rows.back().time();
  if (!time) return {};
  return card(ui::format_time(time->median), c.say.each([&](const ui::Locale& words) { 
    return words.format(time->samples < kEnoughSamples ? "report.time_card_few" : "report.time_card", {{"samples", ui::format_count(time->samples)}, {"spread", spread_text(*time, words)}});
   }));
}

std::string speed_card(const Contents& c) {
  const Row& last = c.rows.back();
  if (!last.time() || last.measured->timed->flops <= 0) return {};
  const double gflops = static_cast<double>(last.measured->timed->flops) / last.time()->median / 1e6;
  const ir::Function function = ir::find_function(last.version->schedule.module(), last.version->source->function);
  const auto peak = c.facts.peaks && function ? measure::peak_gflops(*c.facts.peaks, *function, c.facts.threads) : std::nullopt;
  return card(fmt::format("{:.3g} GFLOP/s", gflops), peak ? c.say.format("report.of_peak", {{"share", fmt::format("{:.0f} %", 100 * gflops / *peak)}}) : c.say("report.operations"));
}

std::string misses_card(const Contents& c) {
  const Row &first = c.rows.front(), &last = c.rows.back();
  if (!last.traffic || last.traffic->misses.empty() || c.levels.empty()) return {};
  const auto& level = c.levels.front().name;
  const std::string now = ui::format_count(last.traffic->misses.front());
  if (&first == &last || !first.traffic) return card(now, c.say.format("report.misses", {{"level", level}}));
  return card(now, c.say.format("report.misses_before", {{"level", level}, {"before", ui::format_count(first.traffic->misses.front())}}));
}

std::string checked_card(const Contents& c) {
  const app::Measurement* measured = c.rows.back().measured;
  if (!measured || !measured->verified) return {};
  if (!measured->verified->ok) return card("✗", c.say("report.wrong"), "bad");
  if (measured->verified->max_rel_error == 0) return card("✓", c.say("report.verified_exactly"), "good");
  return card("✓", c.say.format("report.verified", {{"error", fmt::format("{:.1e}", measured->verified->max_rel_error)}}), "good");
}

std::string caches_text(const measure::Machine& machine, const ui::Locale& words) {
  std::string text;
  for (const measure::Cache& cache : machine.caches) {
    text += (text.empty() ? "" : " · ") + fmt::format("{} {}", cache.name, ui::format_bytes(cache.bytes));
    if (cache.ways > 0) text += ", " + words.format("report.ways", {{"ways", std::to_string(cache.ways)}});
    if (cache.shared_by > 1) text += ", " + words.format("report.shared", {{"cores", std::to_string(cache.shared_by)}});
  }
  return text.empty() ? std::string(words("memory.no_caches")) : text;
}

std::string peaks_text(const measure::Peaks& peaks, const ui::Locale& words) {
  std::string text = fmt::format("{:.0f} GFLOP/s (float32)", peaks.gflops);
  for (const measure::Bandwidth& bandwidth : peaks.bandwidths)
    text += fmt::format(" · {} {:.0f} GB/s", bandwidth.level == "memory" ? words("roofline.memory") : bandwidth.level, bandwidth.gb_per_s);
  return text;
}

std::string fact(const Contents& c, const char* key, const std::string& html) { return fmt::format("<dt>{}</dt><dd>{}</dd>\n", c.say(key), html); }

}  // namespace

std::string title_html(const Contents& c) {
  const app::Version& version = *c.rows.back().version;
  const std::string& function = version.source->function;
  const bool is_main = program_name(version) != function;
  const std::string file = std::filesystem::path(version.source->path).filename().string();
  std::string below = file.empty() ? std::string() : escaped(file) + " · ";
  below += is_main ? c.say.format("report.function", {{"function", function}}) : c.say.format("report.module", {{"module", version.source->module}});
  below += " · " + c.say.format(c.rows.size() == 2 ? "report.one_step" : "report.steps_count", {{"count", std::to_string(c.rows.size() - 1)}});
  if (!c.facts.date.empty()) below += " · " + escaped(c.facts.date);
  return fmt::format("<header><p class=\"over\">{}</p><h1>{}</h1><p>{}</p></header>\n", c.say("report.title"), escaped(program_name(version)), below);
}

std::string headline_html(const Contents& c) {
  std::string cards;
  if (c.rows.size() > 1) cards += ratio_card(c);
  cards += time_card(c) + speed_card(c) + misses_card(c) + checked_card(c);
  if (!c.rows.back().time()) cards += card("–", c.say("report.not_timed"));
  return "<section class=\"cards\">\n" + cards + "</section>\n";
}

std::string machine_html(const Contents& c) {
  const measure::Machine& machine = c.facts.machine;
  std::string facts = fact(c, "report.cpu", escaped(machine.model));
  facts += fact(c, "report.threads", escaped(std::to_string(c.facts.threads)));
  facts += fact(c, "report.caches", c.say.each([&](const ui::Locale& words) { return caches_text(machine, words); }));
  if (!machine.vector_extensions.empty()) facts += fact(c, "report.vectors", escaped(machine.vector_extensions.back()));
  if (c.facts.peaks) facts += fact(c, "report.peak", c.say.each([&](const ui::Locale& words) { return peaks_text(*c.facts.peaks, words); }));
  return fmt::format("<section><h2>{}</h2>\n<dl>\n{}</dl>\n</section>\n", c.say("report.machine"), facts);
}

}  // namespace loopglass::report
