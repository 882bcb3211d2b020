// The final program as text and as a loop tree, and the script that makes it in TVM.
#include <fmt/format.h>

#include "app/model/export.h"
#include "app/report/html.h"
#include "app/ui/loop_tree_layout.h"
#include "app/ui/quantities.h"
#include "app/ui/text_layout.h"
#include "engine/ir/structural_equal.h"

namespace loopglass::report {
namespace {

const char* class_of(ui::TokenClass kind) {
  switch (kind) {
    case ui::TokenClass::Plain: return "";
    case ui::TokenClass::Keyword: return "k";
    case ui::TokenClass::Function: return "f";
    case ui::TokenClass::Number: return "d";
    case ui::TokenClass::String: return "s";
    case ui::TokenClass::Type: return "t";
    case ui::TokenClass::Comment: return "c";
  }
  return "";
}

std::string coloured(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    for (const ui::Token& token : ui::tokens_of(line, ui::TextKind::Python)) {
      const std::string words = escaped(line.substr(token.begin, token.end - token.begin));
      const std::string kind = class_of(token.kind);
      html += kind.empty() ? words : "<span class=\"" + kind + "\">" + words + "</span>";
    }
    html += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return html;
}

std::string names(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& name : list) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string footprint_html(const Contents& c, const ui::TreeCard& card) {
  if (card.footprint_total == 0) return {};
  const auto& caches = c.facts.machine.caches;
  const bool fits = card.level > 0 && card.level <= static_cast<int>(caches.size());
  const std::string level = fits ? escaped(caches[static_cast<size_t>(card.level) - 1].name) : card.level > 0 ? c.say("tree.memory") : std::string();
  return fmt::format("<span class=\"bytes\">{}{}{}</span>", escaped(ui::format_bytes(card.footprint_total)), level.empty() ? "" : " · ", level);
}

std::string card_html(const Contents& c, const ui::TreeCard& card) {
  using Kind = ui::TreeCard::Kind;
  const std::string depth = fmt::format("style=\"--depth:{}\"", card.depth);
  if (card.kind == Kind::Function) return fmt::format("<li class=\"function\" {}>{} <code>{}</code></li>\n", depth, c.say("tree.function"), escaped(card.name));
  if (card.kind == Kind::Loop) {
    const std::string kind = card.for_kind == ir::ForKind::Serial ? std::string() : "<span class=\"kind\">" + c.say(fmt::format("tree.kind.{}", ir::to_string(card.for_kind))) + "</span>";
    return fmt::format("<li class=\"loop\" {}><code>{}</code> <span class=\"extent\">{}</span>{}{}</li>\n", depth, escaped(card.name), escaped(card.extent), kind, footprint_html(c, card));
  }
  std::string axes;
  for (const ir::IterType axis : card.axes) axes += axis == ir::IterType::Spatial ? 'S' : axis == ir::IterType::Reduction ? 'R' : 'O';
  std::string what;
  if (!card.reads.empty()) what += c.say.format("tree.reads", {{"buffers", names(card.reads)}});
  if (!card.writes.empty()) what += (what.empty() ? "" : " · ") + c.say.format("tree.writes", {{"buffers", names(card.writes)}});
  if (card.has_init) what += " · " + c.say("tree.init");
  return fmt::format("<li class=\"block\" {}><code>{}</code> <span class=\"extent\">{}</span><span class=\"bytes\">{}</span></li>\n", depth, escaped(card.name), axes, what);
}

}  // namespace

std::string program_html(const Contents& c) {
  const app::Version& version = *c.rows.back().version;
  const ir::Module& module = version.schedule.module();
  const std::string text = script::print(module, {.dialect = version.source->dialect, .header = false, .show_regions = false}).text;
  std::string cards;
  for (const ui::TreeCard& card : ui::layout_loop_tree(module, c.view.access ? &c.view.access->loops : nullptr, c.facts.machine.caches, {}).cards) cards += card_html(c, card);
  return fmt::format(
      "<section><h2>{}</h2>\n<div class=\"beside\">\n<div><h3>TVMScript</h3><pre><code>{}</code></pre></div>\n<div><h3>{}</h3><ul class=\"tree\">\n{}</ul>\n"
      "<p class=\"note\">{}</p></div>\n</div>\n</section>\n",
      c.say(c.rows.size() > 1 ? "report.program" : "report.program_alone"), coloured(text), c.say("panel.tree"), cards, c.say("report.tree_note"));
}

Result<std::string> again_html(const Contents& c) {
  const app::Version& version = *c.rows.back().version;
  TRY_ASSIGN(const std::string python, app::export_text(version.schedule, {}, "python"));
  const std::string file = version.source->function + "_scheduled.py";
  return fmt::format(
      "<section class=\"again\"><h2>{}</h2>\n<p class=\"under\">{} <a download=\"{}\" href=\"{}\">{}</a></p>\n<pre class=\"long\"><code>{}</code></pre>\n</section>\n"
      "<footer><p>{}</p></footer>\n",
      c.say("report.again"), c.say("report.again_note"), escaped(file), data_address("text/x-python;charset=utf-8", python), escaped(file), coloured(python),
      c.say.format("report.foot", {{"hash", fmt::format("{:016x}", ir::structural_hash(version.schedule.module()))}}));
}

}  // namespace loopglass::report
