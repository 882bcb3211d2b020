// The pictures of every buffer, the table of its figures, and the cache model by its name.
#include <fmt/format.h>

#include <algorithm>

#include "app/image/png.h"
#include "app/image/colour_scale.h"
#include "app/report/html.h"
#include "app/report/memory_sheet.h"
#include "app/ui/figures_layout.h"
#include "app/ui/quantities.h"

namespace loopglass::report {
namespace {

constexpr size_t kLevelsShown = 2;

// The mode on the screen first, then accesses, then the misses of the nearest levels.
Result<std::vector<Quantity>> quantities_of(const Contents& c) {
  TRY_ASSIGN(const Quantity chosen, quantity_of(c.choice, c.view));
  std::vector<Quantity> shown{{}};
  for (size_t level = 0; level < std::min(kLevelsShown, c.view.access->buffers.front().misses.size()); ++level) shown.push_back({.kind = Quantity::Kind::Misses, .level = level});
  if (std::ranges::find(shown, chosen) == shown.end()) shown.insert(shown.begin(), chosen);
  return shown;
}

std::string css(const image::Colour& colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]); }

std::string gradient(image::ColourScale scale) {
  constexpr int kStops = 9;
  std::string stops;
  for (int i = 0; i < kStops; ++i) stops += (i ? "," : "") + css(image::colour_at(scale, static_cast<double>(i) / (kStops - 1)));
  return stops;
}

// What each colour of a moment's pictures says.
std::string moment_legend_html(const Contents& c, const Quantity& quantity, const Scale& scale) {
  const size_t last = value_names(quantity, c.facts.english).size() - 1;
  std::string entries;
  for (size_t i = 0; i <= last; ++i)
    entries += fmt::format("<span class=\"swatch\"><i style=\"background:{}\"></i>{}</span>", css(image::colour_at(scale.colours, static_cast<double>(last - i) / static_cast<double>(last))),
                           c.say.each([&](const ui::Locale& words) { return value_names(quantity, words)[i]; }));
  return fmt::format("<div class=\"legend\">{}<p>{}</p></div>\n", entries, c.say.each([&](const ui::Locale& words) { return unit_of(quantity, words); }));
}

std::string legend_html(const Contents& c, const Quantity& quantity, const Scale& scale, bool has_untouched) {
  if (quantity.kind == Quantity::Kind::Moment) return moment_legend_html(c, quantity, scale);
  const ScaleTexts texts = texts_of(scale);
  const std::string never = has_untouched ? "<span class=\"never\"><i></i>" + c.say("memory.never") + "</span>" : "";
  return fmt::format(
      "<div class=\"legend\"><div class=\"ramp\"><i style=\"background:linear-gradient(90deg,{})\"></i><span>{}</span><span>{}</span><span>{}</span></div>"
      "<p>{} · {}</p>{}</div>\n",
      gradient(scale.colours), escaped(texts.low), escaped(texts.middle), escaped(texts.high), c.say.each([&](const ui::Locale& words) { return unit_of(quantity, words); }),
      c.say(scale.logarithmic ? "report.scale_log" : "report.scale_linear"), never);
}

std::string figure_html(const Contents& c, const locality::BufferAccess& buffer, const Quantity& quantity, const Heatmap& map) {
  const Size size = drawn_size(map.cells, kSide);
  const std::string name = buffer.buffer->name;
  return fmt::format("<figure><figcaption><code>{0}</code><br/>{1}</figcaption><img class=\"map\" width=\"{2}\" height=\"{3}\" alt=\"{0}: {4}\" src=\"{5}\"/></figure>\n", escaped(name),
                     c.say.each([&](const ui::Locale& words) { return caption_of(buffer, map, quantity, words); }), size.width, size.height,
                     escaped(name_of(quantity, *c.view.access, c.facts.english)), data_address("image/png", image::png_of(map.cells)));
}

// Logarithmic, too, where a linear scale would show a buffer's counts in its lowest colours alone.
Scale chosen_scale(const Contents& c, const Quantity& quantity) {
  constexpr int64_t kLowest = 10;
  Scale scale = scale_of(*c.view.access, quantity, c.choice.logarithmic);
  for (const locality::BufferAccess& buffer : c.view.access->buffers) {
    const int64_t most = largest_value(buffer, quantity);
    scale.logarithmic = scale.logarithmic || (total_of(buffer, quantity) && most > 0 && most < scale.high / kLowest);
  }
  return scale;
}

std::string pictures_html(const Contents& c, const Quantity& quantity) {
  const Scale scale = chosen_scale(c, quantity);
  std::string figures;
  bool has_untouched = false;
  for (const locality::BufferAccess& buffer : c.view.access->buffers) {
    if (buffer.reads + buffer.writes == 0) continue;   // registers: a row of the table says so
    const auto plane = c.choice.planes.find(buffer.buffer->name);
    const Heatmap map = heatmap_of(buffer, quantity, plane == c.choice.planes.end() ? app::PlaneChoice() : plane->second, scale, kSide);
    has_untouched = has_untouched || map.has_untouched;
    figures += figure_html(c, buffer, quantity, map);
  }
  return fmt::format("<div class=\"pictures\"><h3>{}</h3>\n{}<div class=\"maps\">\n{}</div></div>\n", c.say.each([&](const ui::Locale& words) { return name_of(quantity, *c.view.access, words); }),
                     legend_html(c, quantity, scale, has_untouched), figures);
}

std::string table_html(const Contents& c) {
  const ui::FigureTable english = ui::figure_table(*c.view.access, c.view.figures.get(), c.facts.english), chinese = ui::figure_table(*c.view.access, c.view.figures.get(), c.facts.chinese);
  const auto both = [&](const std::string& en, const std::string& zh) { return c.say.each([&](const ui::Locale& words) { return words.language() == ui::Language::English ? en : zh; }); };
  std::string head, body;
  for (size_t i = 0; i < english.head.size(); ++i) head += fmt::format("<th{}>{}</th>", i ? " class=\"n\"" : "", both(english.head[i], chinese.head[i]));
  for (size_t r = 0; r < english.rows.size(); ++r) {
    body += "<tr>";
    for (size_t i = 0; i < english.rows[r].size(); ++i)
      body += i == 0 ? "<td><code>" + escaped(english.rows[r][i]) + "</code></td>" : "<td class=\"n\">" + both(english.rows[r][i], chinese.rows[r][i]) + "</td>";
    body += "</tr>\n";
  }
  return fmt::format("<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n", head, body);
}

std::string model_html(const Contents& c) {
  if (c.view.access->buffers.front().misses.empty()) return "<p class=\"note\">" + c.say(c.levels.empty() ? "memory.no_caches" : "report.not_simulated") + "</p>\n";
  const int64_t line = c.rows.back().traffic ? c.rows.back().traffic->line : locality::CacheOptions{}.line;
  return "<p class=\"note\">" + c.say.each([&](const ui::Locale& words) {
    return words.format("report.model", {{"levels", levels_text(c.levels, words)}, {"line", std::to_string(line)}});
  }) + "</p>\n";
}

}  // namespace

Result<std::string> memory_html(const Contents& c) {
  const std::string title = "<section><h2>" + c.say("report.memory") + "</h2>\n";
  if (!c.view.access || c.view.access->buffers.empty()) {
    const std::string why = c.view.access_error ? c.say.each([&](const ui::Locale& words) { return words.message(*c.view.access_error); }) : c.say("report.not_counted");
    return title + "<p class=\"note\">" + why + "</p>\n</section>\n";
  }
  TRY_ASSIGN(const std::vector<Quantity> quantities, quantities_of(c));
  std::string html = title + "<p class=\"under\">" + c.say.format("memory.total", {{"count", ui::format_count(c.view.access->accesses)}}) + "</p>\n" + table_html(c);
  for (const Quantity& quantity : quantities) html += pictures_html(c, quantity);
  return html + model_html(c) + "</section>\n";
}

}  // namespace loopglass::report
